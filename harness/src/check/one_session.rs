//! Whether an offer brings two together, and never more.

use signaling::Sdp;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::part::Part;
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "Each offer leads to one session at most, between one initiator and one recipient, \
                           and no peer opens a second in one visit.";

/// Judges by which channels opened over which offer. A room is free for the next two once two have met in it.
pub fn judge(evidence: &Evidence) -> Verdict {
    let sessions = evidence.stories.iter().map(|story| opened(story).count() / 2).sum();
    if sessions == 0 {
        return Verdict::NotChecked("no session opened".to_owned());
    }
    let complaints = evidence.stories.iter().flat_map(|story| opened_twice(story).chain(crowded(story))).collect();
    Verdict::of(complaints, || counted(sessions, "session"))
}

fn opened_twice(story: &Story) -> impl Iterator<Item = String> {
    let twice = story.parts.iter().filter(|part| part.opened.len() > 1);
    twice.map(|part| format!("the {} opened {} channels in one visit", part.who, part.opened.len()))
}

/// The parts whose channel opened, each with the offer over which it did.
fn opened(story: &Story) -> impl Iterator<Item = (&Sdp, &Part)> {
    let parts = story.parts.iter().filter(|part| !part.opened.is_empty());
    parts.filter_map(|part| Some((part.last_offer()?, part)))
}

/// The first offer over which more than two channels opened.
fn crowded(story: &Story) -> Option<String> {
    let opened: Vec<_> = opened(story).collect();
    opened.iter().find_map(|(offer, _)| {
        let of_it: Vec<_> = opened.iter().filter(|(other, _)| other == offer).map(|(_, part)| part).collect();
        let names = || of_it.iter().map(|part| part.who.name()).collect::<Vec<_>>().join(", ");
        let number = of_it.len();
        (number > 2).then(|| format!("{number} channels opened over one offer in pair {}: {}", story.pair, names()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Description, Seat, What};

    #[test]
    fn a_third_channel_over_one_offer_is_found() {
        let mut run = good_run();
        run.add(Seat::Third, 2_040, What::Applied(Description::Offer, Sdp::new("offer")));
        run.add(Seat::Third, 2_045, What::Made(Description::Answer, Sdp::new("another answer")));
        run.add(Seat::Third, 2_050, What::Opened);
        let said = "3 channels opened over one offer in pair 1: first peer, second peer, third peer";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_channel_that_opens_over_another_offer_is_fine() {
        let mut run = good_run();
        run.add(Seat::Third, 2_045, What::Made(Description::Offer, Sdp::new("another offer")));
        run.add(Seat::Third, 4_000, What::Opened);
        assert_eq!(complaints(&judge(&run.evidence())), [""; 0]);
    }

    #[test]
    fn a_peer_that_opens_two_channels_is_found() {
        let mut run = good_run();
        run.add(Seat::First, 2_060, What::Opened);
        assert_eq!(complaints(&judge(&run.evidence())), ["the first peer of pair 1 opened 2 channels in one visit"]);
    }
}
