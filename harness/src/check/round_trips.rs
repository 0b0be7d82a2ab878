//! Whether session descriptions arrive as they were sent.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::Description;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str =
    "Whatever offer or answer a peer is given, another peer of its room made it, to the last byte.";

/// Judges by what went into one transport and came out of another.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut arrived = [0, 0];
    let mut complaints = Vec::new();
    for (story, part) in evidence.parts() {
        for (kind, sdp, _) in &part.applied {
            arrived[usize::from(*kind == Description::Answer)] += 1;
            if !story.is_made_by_another(part, *kind, sdp) {
                complaints.push(format!("the {kind} that the {} was given is none that another made", part.who));
            }
        }
    }
    let [offers, answers] = arrived;
    if offers + answers == 0 {
        return Verdict::NotChecked("no offer and no answer arrived".to_owned());
    }
    Verdict::of(complaints, || {
        format!("{} and {} as they were made", counted(offers, "offer"), counted(answers, "answer"))
    })
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Seat, What};

    #[test]
    fn an_offer_that_was_changed_on_its_way_is_found() {
        let mut run = good_run();
        run.change(Seat::Second, |what| {
            if let What::Applied(Description::Offer, sdp) = what {
                *sdp = Sdp::new("offer ");
            }
        });
        assert_eq!(
            complaints(&judge(&run.evidence())),
            ["the offer that the second peer of pair 1 was given is none that another made"]
        );
    }

    #[test]
    fn an_answer_to_another_offer_is_found() {
        let mut run = good_run();
        run.change(Seat::First, |what| {
            if let What::Applied(Description::Answer, sdp) = what {
                *sdp = Sdp::new("somebody else's answer");
            }
        });
        assert_eq!(
            complaints(&judge(&run.evidence())),
            ["the answer that the first peer of pair 1 was given is none that another made"]
        );
    }

    #[test]
    fn where_nothing_arrived_nothing_is_judged() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.what, What::Applied(..)));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
