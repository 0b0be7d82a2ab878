//! Whether session descriptions arrive as they were sent.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::Description;
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "The offer and the answer that arrive are, to the byte, those that were sent.";

/// Compares what one transport made with what the other was given.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.stories.is_empty() {
        return Verdict::NotChecked("there was no pair".to_owned());
    }
    let both = |story| [Description::Offer, Description::Answer].map(|kind| lost(story, kind));
    let complaints = evidence.stories.iter().flat_map(both).flatten().collect();
    Verdict::of(complaints, || format!("{} both ways", counted(evidence.stories.len(), "pair")))
}

fn lost(story: &Story, kind: Description) -> Option<String> {
    let pair = story.pair;
    match story.arrived(kind) {
        Some(true) => None,
        Some(false) => Some(format!("the {kind} of pair {pair} arrived changed")),
        None => Some(format!("no {kind} of pair {pair} arrived")),
    }
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
        assert_eq!(complaints(&judge(&run.evidence())), ["the offer of pair 1 arrived changed"]);
    }

    #[test]
    fn an_answer_to_another_offer_is_found() {
        let mut run = good_run();
        run.change(Seat::First, |what| {
            if let What::Applied(Description::Answer, sdp) = what {
                *sdp = Sdp::new("somebody else's answer");
            }
        });
        assert_eq!(complaints(&judge(&run.evidence())), ["the answer of pair 1 arrived changed"]);
    }

    #[test]
    fn an_answer_that_never_arrived_is_found() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.what, What::Applied(Description::Answer, _)));
        assert_eq!(complaints(&judge(&run.evidence())), ["no answer of pair 1 arrived"]);
    }
}
