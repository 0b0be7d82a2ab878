//! Whether each visit ended as its scenario says.

use std::collections::BTreeMap;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::scenario::{ExpectedEnd, VisitId};
use crate::trace::{End, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Each visit ends as its scenario says: with an open channel, or with an error that says why.";

/// Judges by what each peer said at its end, and by what its channel did.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.traces.is_empty() {
        return Verdict::NotChecked("there was no pair".to_owned());
    }
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for (who, visit, expected) in evidence.planned_visits() {
        match judged(who, visit, &expected) {
            Ok(way) => *seen.entry(way).or_default() += 1,
            Err(complaint) => failures.push(complaint),
        }
    }
    let ways = || seen.iter().map(|(way, number)| format!("{} {way}", counted(*number, "visit"))).collect::<Vec<_>>();
    Verdict::of(failures, || ways().join(", "))
}

fn judged(who: VisitId, visit: Option<&VisitTrace>, expected: &ExpectedEnd) -> Result<&'static str, String> {
    let Some((visit, (end, _))) = visit.and_then(|visit| Some((visit, visit.end.as_ref()?))) else {
        return Err(format!("the {who} came to no end"));
    };
    match (end, expected) {
        (End::Met, _) if visit.opened.is_empty() => {
            Err(format!("the {who} says that it met, and its channel never opened"))
        }
        (End::Met, ExpectedEnd::Met | ExpectedEnd::Either) => Ok("met"),
        (End::Failed(why), ExpectedEnd::Failed(visit)) if why.contains(visit.as_str()) => Ok("failed as they should"),
        (End::Failed(why) | End::StayedAway(why), ExpectedEnd::Either) if !why.is_empty() => Ok("failed and said why"),
        (End::Died(_), _) => Ok("died"),
        (End::Met, ExpectedEnd::Failed(_)) => Err(format!("the {who} met, and should not have")),
        (End::Failed(why), _) => Err(format!("the {who} failed, and should {}: {why}", wanted(expected))),
        (End::StayedAway(why), _) => Err(format!("the {who} never came, since {why}")),
    }
}

fn wanted(expected: &ExpectedEnd) -> String {
    match expected {
        ExpectedEnd::Met => "have met".to_owned(),
        ExpectedEnd::Failed(text) => format!("have said {text:?}"),
        ExpectedEnd::Either => "have said why".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::{Death, PeerIndex};

    #[test]
    fn a_peer_that_should_have_met_and_did_not_is_found_with_its_reason() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::First, 9_000, EventKind::Failed("no way".to_owned()));
        let said = "the first peer of pair 1 failed, and should have met: no way";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_comes_to_no_end_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        assert_eq!(failures(&judge(&run.evidence())), ["the second peer of pair 1 came to no end"]);
    }

    #[test]
    fn a_peer_that_says_it_met_without_a_channel_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Opened));
        let said = "the second peer of pair 1 says that it met, and its channel never opened";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_meets_where_it_should_be_refused_is_found_and_so_is_a_wrong_reason() {
        let mut run = good_run();
        run.scenario.peers[1].visits[0].ends = Some(ExpectedEnd::Failed("taken".to_owned()));
        assert_eq!(failures(&judge(&run.evidence())), ["the second peer of pair 1 met, and should not have"]);
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::Second, 9_000, EventKind::Failed("no way".to_owned()));
        let said = "the second peer of pair 1 failed, and should have said \"taken\": no way";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn where_either_will_do_an_error_must_still_say_something() {
        let mut run = good_run();
        run.scenario.peers[1].visits[0].ends = Some(ExpectedEnd::Either);
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::Second, 9_000, EventKind::Failed(String::new()));
        assert_eq!(failures(&judge(&run.evidence())).len(), 1);
    }

    #[test]
    fn a_peer_that_died_on_purpose_is_no_complaint() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::Second, 3_000, EventKind::Died(Death::Crash));
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
    }
}
