//! Whether a room brings two together, and never more.

use std::time::Duration;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::part::Part;
use crate::story::Story;
use crate::words::{counted, length};

/// What holds if this passes.
pub const PROMISE: &str = "At any moment a room has one open session at most, between one initiator and one recipient, \
                           and no peer opens a second in one visit.";

/// Judges by when channels opened and when they began to close.
pub fn judge(evidence: &Evidence) -> Verdict {
    let sessions = evidence.stories.iter().map(|story| open_times(story).len() / 2).sum();
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

/// From when to when the channel of each part was open.
fn open_times(story: &Story) -> Vec<(Duration, Duration, &Part)> {
    let opened = story.parts.iter().filter_map(|part| {
        let from = part.opened_at()?;
        Some((from, part.gone_at().unwrap_or(Duration::MAX), part))
    });
    opened.collect()
}

/// The moment at which a third channel is open in one room, if there is one.
fn crowded(story: &Story) -> Option<String> {
    let times = open_times(story);
    times.iter().find_map(|(at, ..)| {
        let open: Vec<_> = times.iter().filter(|(from, to, _)| from <= at && at < to).collect();
        let names = || open.iter().map(|(.., part)| part.who.name()).collect::<Vec<_>>().join(", ");
        let number = open.len();
        (number > 2).then(|| {
            format!("at {} {} channels are open in the room of pair {}: {}", length(*at), number, story.pair, names())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Seat, What};

    #[test]
    fn a_third_channel_in_one_room_is_found() {
        let mut run = good_run();
        run.add(Seat::Third, 2_050, What::Opened);
        let said = "at 2.05 s 3 channels are open in the room of pair 1: first peer, second peer, third peer";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_channel_that_opens_once_another_has_closed_is_fine() {
        let mut run = good_run();
        run.add(Seat::Second, 4_000, What::Closed);
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
