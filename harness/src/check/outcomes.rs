//! Whether each visit ended as its scenario says.

use std::collections::BTreeMap;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::scenario::{ExpectedEnd, VisitId};
use crate::trace::{End, VisitTrace, still_waiting};

/// What holds if this passes.
pub const PROMISE: &str =
    "Each visit ends as its scenario says: with an open channel, or with an error and its reason.";

/// Judges by the end that each peer reports, and by whether its channel opened.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.traces.is_empty() {
        return Verdict::NotChecked("there was no pair".to_owned());
    }
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let (mut failures, mut lenient) = (Vec::new(), Vec::new());
    for (who, visit, expected) in evidence.planned_visits() {
        match judged(who, visit, &expected, evidence.is_foreign(who)) {
            Outcome::Expected(end) => *seen.entry(end).or_default() += 1,
            Outcome::WaitsForEver(said) => lenient.push(said),
            Outcome::Other(failure) => {
                let own = visit.filter(|_| evidence.is_foreign(who)).and_then(|visit| evidence.own_offer_of(visit));
                failures.push(failure + own.unwrap_or_default());
            }
        }
    }
    let ends = || seen.iter().map(|(end, number)| format!("{} {end}", counted(*number, "visit"))).collect::<Vec<_>>();
    Verdict::of_both(failures, lenient, || ends().join(", "))
}

/// How a visit ended, compared with what its scenario says.
enum Outcome {
    /// As expected: the end in a word or two.
    Expected(&'static str),
    /// A foreign client should have given up, and went on waiting.
    WaitsForEver(String),
    /// In another way.
    Other(String),
}

fn judged(who: VisitId, visit: Option<&VisitTrace>, expected: &ExpectedEnd, is_foreign: bool) -> Outcome {
    let Some((visit, (end, _))) = visit.and_then(|visit| Some((visit, visit.end.as_ref()?))) else {
        return Outcome::Other(format!("the {who} did not end"));
    };
    match (end, expected) {
        (End::Met, _) if visit.opened.is_empty() => {
            Outcome::Other(format!("the {who} reports that it met, but its channel never opened"))
        }
        (End::Met, ExpectedEnd::Met | ExpectedEnd::Either) => Outcome::Expected("met"),
        // Another client has its own words for a reason.
        (End::Failed(why), ExpectedEnd::Failed(text)) if is_foreign || why.contains(text.as_str()) => {
            Outcome::Expected("failed as expected")
        }
        (End::Failed(why) | End::StayedAway(why), ExpectedEnd::Either) if !why.is_empty() => {
            Outcome::Expected("failed with a reason")
        }
        (End::Died(_), _) => Outcome::Expected("died"),
        (End::StillWaiting(after), ExpectedEnd::Failed(_) | ExpectedEnd::Either) if is_foreign => {
            Outcome::WaitsForEver(format!("the {who} was expected to give up, but {}", still_waiting(*after)))
        }
        (End::Met, ExpectedEnd::Failed(_)) => Outcome::Other(format!("the {who} met, but was expected to fail")),
        (End::Failed(why), _) => {
            Outcome::Other(format!("the {who} failed, but was expected {}: {why}", wanted(expected)))
        }
        (End::StillWaiting(after), _) => {
            let waited = still_waiting(*after);
            Outcome::Other(format!("the {who} was expected {}, but {waited}", wanted(expected)))
        }
        (End::StayedAway(why), _) => Outcome::Other(format!("the {who} did not join: {why}")),
    }
}

fn wanted(expected: &ExpectedEnd) -> String {
    match expected {
        ExpectedEnd::Met => "to meet".to_owned(),
        ExpectedEnd::Failed(text) => format!("to fail with {text:?}"),
        ExpectedEnd::Either => "to give a reason".to_owned(),
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
        run.add(PeerIndex::First, 9_000, EventKind::Failed("no route".to_owned()));
        let said = "the first peer of pair 1 failed, but was expected to meet: no route";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_visit_that_does_not_end_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        assert_eq!(failures(&judge(&run.evidence())), ["the second peer of pair 1 did not end"]);
    }

    #[test]
    fn a_peer_that_reports_a_meeting_without_a_channel_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Opened));
        let said = "the second peer of pair 1 reports that it met, but its channel never opened";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_meets_instead_of_failing_is_found_and_so_is_a_wrong_reason() {
        let mut run = good_run();
        run.scenario.peers[1].visits[0].ends = Some(ExpectedEnd::Failed("taken".to_owned()));
        assert_eq!(failures(&judge(&run.evidence())), ["the second peer of pair 1 met, but was expected to fail"]);
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::Second, 9_000, EventKind::Failed("no route".to_owned()));
        let said = "the second peer of pair 1 failed, but was expected to fail with \"taken\": no route";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn where_either_end_is_expected_an_error_needs_a_reason() {
        let mut run = good_run();
        run.scenario.peers[1].visits[0].ends = Some(ExpectedEnd::Either);
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::Second, 9_000, EventKind::Failed(String::new()));
        assert_eq!(failures(&judge(&run.evidence())).len(), 1);
    }

    #[test]
    fn a_planned_death_is_no_failure() {
        let mut run = good_run();
        run.remove(PeerIndex::Second, |what| matches!(what, EventKind::Met(_)));
        run.add(PeerIndex::Second, 3_000, EventKind::Died(Death::Crash));
        assert_eq!(failures(&judge(&run.evidence())), [""; 0]);
    }
}
