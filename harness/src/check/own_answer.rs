//! Whether each answer is applied to the offer that it answers.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::record::Description;
use crate::trace::{PairTrace, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "Each answer is applied to the offer that it answers, and to no other.";

/// Judges by which offer each recipient applied before it made its answer.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut applied = 0;
    let mut failures = Vec::new();
    for (trace, visit) in evidence.visits() {
        for (kind, answer, at) in &visit.applied {
            if *kind == Description::Answer {
                applied += 1;
                failures.extend(foreign(trace, visit, answer, *at));
            }
        }
    }
    if applied == 0 {
        return Verdict::NotChecked("no answer was applied".to_owned());
    }
    Verdict::of(failures, || format!("{}, each to its own offer", counted(applied, "answer")))
}

/// The failure if an answer was made for another offer. An answer that no peer made is a failure of `round_trips`.
fn foreign(trace: &PairTrace, visit: &VisitTrace, answer: &signaling::Sdp, at: std::time::Duration) -> Option<String> {
    let offer = visit.made.iter().rev().find(|(kind, _, made)| *kind == Description::Offer && *made <= at);
    let maker = trace.exchanges().filter(|exchange| exchange.answer == answer).collect::<Vec<_>>();
    let first = maker.first()?;
    let fits = |visit: &VisitTrace| {
        visit
            .applied
            .iter()
            .any(|(kind, sdp, _)| *kind == Description::Offer && offer.is_some_and(|(_, offer, _)| offer == sdp))
    };
    let is_own = maker.iter().any(|exchange| exchange.initiator.who == visit.who && fits(exchange.recipient));
    (!is_own)
        .then(|| format!("the {} applied an answer of the {} to another offer", visit.who, first.recipient.who.name()))
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn an_answer_to_an_earlier_offer_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::First, 2_015, EventKind::Made(Description::Offer, Sdp::new("a newer offer")));
        let said = "the first peer of pair 1 applied an answer of the second peer to another offer";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn an_answer_to_the_offer_of_another_peer_is_found() {
        let mut run = good_run();
        run.add(PeerIndex::Third, 50, EventKind::Made(Description::Offer, Sdp::new("another offer")));
        run.add(PeerIndex::Third, 60, EventKind::Applied(Description::Answer, Sdp::new("answer")));
        let said = "the third peer of pair 1 applied an answer of the second peer to another offer";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }
}
