//! Whether the roles of the peers fit.

use signaling::Role;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::record::Description;
use crate::trace::{Exchange, PairTrace, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Each session has one initiator and one recipient, and both know which they are.";

/// Judges by the descriptions that the transports made; the roles that peers report must agree with them.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut judged, mut failures) = (0, Vec::new());
    for (_, visit) in evidence.visits() {
        if let Some(reported) = visit.met {
            judged += 1;
            failures.extend(mistaken(visit, reported));
        }
    }
    for trace in &evidence.traces {
        failures.extend(alone(trace));
    }
    if judged == 0 {
        return Verdict::NotChecked("no peer reports that it met another".to_owned());
    }
    Verdict::of(failures, || format!("{} that know their roles", counted(judged, "peer")))
}

/// The failure if a peer reports another role than its own.
fn mistaken(visit: &VisitTrace, reported: Role) -> Option<String> {
    let role = match visit.made_last() {
        Some(Description::Offer) => Role::Initiator,
        Some(Description::Answer) => Role::Recipient,
        None => return Some(format!("the {} reports that it met, but made no offer and no answer", visit.who)),
    };
    (reported != role).then(|| format!("the {} is the {role}, but reports that it is the {reported}", visit.who))
}

/// Each peer that reports a meeting must be in one session: a pair of both roles, with an answer that was accepted. The
/// other peer may have died since, or given up.
fn alone(trace: &PairTrace) -> impl Iterator<Item = String> {
    let sessions: Vec<_> = trace.exchanges().filter(Exchange::is_accepted).collect();
    let has_met = trace.visits.iter().filter(|visit| visit.met.is_some());
    let is_of = |session: &Exchange<'_>, visit: &VisitTrace| {
        let is_in_it = session.initiator.who == visit.who || session.recipient.who == visit.who;
        // An answer may be accepted after its recipient has given up and answered another offer.
        is_in_it && visit.last_offer() == Some(session.offer)
    };
    let alone = has_met.filter(|visit| sessions.iter().filter(|session| is_of(session, visit)).count() != 1);
    let failures: Vec<_> =
        alone.map(|visit| format!("the {} reports that it met, but is in no session of two", visit.who)).collect();
    failures.into_iter()
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn two_initiators_in_one_session_are_found() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| match what {
            EventKind::Made(kind, _) => *kind = Description::Offer,
            EventKind::Met(role) => *role = Role::Initiator,
            _ => {}
        });
        let said = [
            "the first peer of pair 1 reports that it met, but is in no session of two",
            "the second peer of pair 1 reports that it met, but is in no session of two",
        ];
        assert_eq!(failures(&judge(&run.evidence())), said);
    }

    #[test]
    fn a_peer_that_reports_the_wrong_role_is_found() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| {
            if let EventKind::Met(role) = what {
                *role = Role::Initiator;
            }
        });
        let said = "the second peer of pair 1 is the recipient, but reports that it is the initiator";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_changes_its_role_at_the_end_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::First, 2_030, EventKind::Made(Description::Answer, Sdp::new("again")));
        let said = [
            "the first peer of pair 1 is the recipient, but reports that it is the initiator",
            "the first peer of pair 1 reports that it met, but is in no session of two",
        ];
        assert_eq!(failures(&judge(&run.evidence())), said);
    }

    #[test]
    fn without_a_meeting_nothing_is_judged() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.kind, EventKind::Met(_)));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
