//! Whether each offer gets its own answer.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::Description;
use crate::part::Part;
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "No answer is applied to another offer than the one that it answers.";

/// Judges by which offer each recipient had been given before it made its answer.
pub fn judge(evidence: &Evidence) -> Verdict {
    let mut applied = 0;
    let mut complaints = Vec::new();
    for (story, part) in evidence.parts() {
        for (kind, answer, at) in &part.applied {
            if *kind == Description::Answer {
                applied += 1;
                complaints.extend(foreign(story, part, answer, *at));
            }
        }
    }
    if applied == 0 {
        return Verdict::NotChecked("no answer was applied".to_owned());
    }
    Verdict::of(complaints, || format!("{}, each to its own offer", counted(applied, "answer")))
}

/// What is wrong with an answer that was made for another offer. One that nobody made is for the round trips to find.
fn foreign(story: &Story, part: &Part, answer: &signaling::Sdp, at: std::time::Duration) -> Option<String> {
    let offer = part.made.iter().rev().find(|(kind, _, made)| *kind == Description::Offer && *made <= at);
    let meetings = story.meetings();
    let maker = meetings.iter().filter(|meeting| meeting.answer == answer).collect::<Vec<_>>();
    let first = maker.first()?;
    let fits = |part: &Part| {
        part.applied
            .iter()
            .any(|(kind, sdp, _)| *kind == Description::Offer && offer.is_some_and(|(_, offer, _)| offer == sdp))
    };
    let is_own = maker.iter().any(|meeting| meeting.initiator.who == part.who && fits(meeting.recipient));
    (!is_own)
        .then(|| format!("the {} was given an answer of the {} to another offer", part.who, first.recipient.who.name()))
}

#[cfg(test)]
mod tests {
    use signaling::Sdp;

    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Seat, What};

    #[test]
    fn an_answer_to_an_offer_of_before_is_found() {
        let mut run = good_run();
        run.add(Seat::First, 2_015, What::Made(Description::Offer, Sdp::new("a newer offer")));
        let said = "the first peer of pair 1 was given an answer of the second peer to another offer";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn an_answer_to_the_offer_of_another_peer_is_found() {
        let mut run = good_run();
        run.add(Seat::Third, 50, What::Made(Description::Offer, Sdp::new("another offer")));
        run.add(Seat::Third, 60, What::Applied(Description::Answer, Sdp::new("answer")));
        let said = "the third peer of pair 1 was given an answer of the second peer to another offer";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }
}
