//! Whether session descriptions arrive unchanged.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::record::Description;

/// What holds if this passes.
pub const PROMISE: &str =
    "Each offer or answer that a peer applies was made by another peer of its room, to the last byte.";

/// Judges by the descriptions that one transport made and another applied.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut arrived = [0, 0];
    let mut failures = Vec::new();
    for (trace, visit) in evidence.visits() {
        for (kind, sdp, _) in &visit.applied {
            arrived[usize::from(*kind == Description::Answer)] += 1;
            if !trace.is_made_by_another(visit, *kind, sdp) {
                failures.push(format!(
                    "the {kind} that the {} applied was not made by another peer of its room",
                    visit.who
                ));
            }
        }
    }
    let [offers, answers] = arrived;
    if offers + answers == 0 {
        return Verdict::NotChecked("no offer and no answer arrived".to_owned());
    }
    Verdict::of(failures, || format!("{} and {} unchanged", counted(offers, "offer"), counted(answers, "answer")))
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn an_offer_that_was_changed_is_found() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| {
            if let EventKind::Applied(Description::Offer, sdp) = what {
                *sdp = Sdp::new("offer ");
            }
        });
        assert_eq!(
            failures(&judge(&run.evidence())),
            ["the offer that the second peer of pair 1 applied was not made by another peer of its room"]
        );
    }

    #[test]
    fn an_answer_that_no_peer_made_is_found() {
        let mut run = good_run();
        run.change(PeerIndex::First, |what| {
            if let EventKind::Applied(Description::Answer, sdp) = what {
                *sdp = Sdp::new("an answer of no peer");
            }
        });
        assert_eq!(
            failures(&judge(&run.evidence())),
            ["the answer that the first peer of pair 1 applied was not made by another peer of its room"]
        );
    }

    #[test]
    fn without_a_description_that_arrived_nothing_is_judged() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.kind, EventKind::Applied(..)));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
