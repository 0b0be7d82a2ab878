//! Whether the two can talk.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::event::Seat;
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "Both channels of each pair open and carry a message each way.";

/// Judges by what went into one channel and came out of the other.
pub fn judge(evidence: &Evidence) -> Verdict {
    if evidence.stories.is_empty() {
        return Verdict::NotChecked("there was no pair".to_owned());
    }
    let complaints = evidence.stories.iter().flat_map(|story| Seat::BOTH.map(|seat| silent(story, seat))).flatten();
    Verdict::of(complaints.collect(), || format!("{} talked both ways", counted(evidence.stories.len(), "pair")))
}

/// What is wrong with the channel of one peer, or with its way to the other.
fn silent(story: &Story, seat: Seat) -> Option<String> {
    let (part, other) = (story.part(seat), story.part(seat.other()));
    let whose = format!("the {seat} of pair {}", story.pair);
    if part.opened.is_none() {
        let why = part.failed.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        return Some(format!("the channel of {whose} never opened{why}"));
    }
    if part.sent.is_empty() {
        return Some(format!("{whose} could send nothing"));
    }
    if other.opened.is_some() && other.received != part.sent {
        return Some(format!("what {whose} sent did not arrive as it was sent"));
    }
    None
}

#[cfg(test)]
mod tests {
    use signaling::Message;

    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::What;

    #[test]
    fn a_channel_that_never_opened_is_found_with_the_reason() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.what, What::Opened | What::Sent(_) | What::Received(_)));
        run.add(Seat::First, 9_000, What::Failed("no way".to_owned()));
        let said = [
            "the channel of the first peer of pair 1 never opened: no way",
            "the channel of the second peer of pair 1 never opened",
        ];
        assert_eq!(complaints(&judge(&run.evidence())), said);
    }

    #[test]
    fn a_channel_that_carries_one_way_only_is_found() {
        let mut run = good_run();
        run.remove(Seat::First, |what| matches!(what, What::Received(_)));
        let said = "what the second peer of pair 1 sent did not arrive as it was sent";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_message_that_was_changed_is_found() {
        let mut run = good_run();
        run.change(Seat::Second, |what| {
            if let What::Received(message) = what {
                *message = Message::text("other words");
            }
        });
        let said = "what the first peer of pair 1 sent did not arrive as it was sent";
        assert_eq!(complaints(&judge(&run.evidence())), [said]);
    }
}
