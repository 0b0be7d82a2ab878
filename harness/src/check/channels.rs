//! Whether the two can talk.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::meeting::Meeting;
use crate::part::{End, Part};
use crate::story::Story;
use crate::words::counted;

/// What holds if this passes.
pub const PROMISE: &str = "A channel that is open at both ends carries a message each way, as it was sent.";

/// Judges by what went into one channel and came out of the other.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut judged, mut complaints) = (0, Vec::new());
    for meeting in evidence.stories.iter().flat_map(Story::meetings).filter(Meeting::is_connected) {
        let (initiator, recipient) = (meeting.initiator, meeting.recipient);
        // One that died in the middle said what it could.
        if [initiator, recipient].iter().any(|part| matches!(part.end, Some((End::Died(_), _)))) {
            continue;
        }
        // One that had gone before the other came cannot be told anything.
        let is_gone =
            |part: &Part| part.gone_at().is_some_and(|gone| meeting.connected_at().is_some_and(|open| gone <= open));
        if is_gone(initiator) || is_gone(recipient) {
            continue;
        }
        judged += 1;
        complaints.extend([silent(initiator, recipient), silent(recipient, initiator)].into_iter().flatten());
    }
    if judged == 0 {
        return Verdict::NotChecked("no channel opened at both ends".to_owned());
    }
    Verdict::of(complaints, || format!("{} talked both ways", counted(judged, "session")))
}

/// What is wrong with the way from one peer to the other.
fn silent(part: &Part, other: &Part) -> Option<String> {
    if part.sent.is_empty() {
        return Some(format!("the {} could send nothing", part.who));
    }
    (other.received != part.sent).then(|| format!("what the {} sent did not arrive as it was sent", part.who))
}

#[cfg(test)]
mod tests {
    use signaling::Message;

    use super::*;
    use crate::check::planted::{complaints, good_run};
    use crate::event::{Seat, What};

    #[test]
    fn a_peer_that_can_send_nothing_is_found() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.what, What::Sent(_) | What::Received(_)));
        let said = ["the first peer of pair 1 could send nothing", "the second peer of pair 1 could send nothing"];
        assert_eq!(complaints(&judge(&run.evidence())), said);
    }

    #[test]
    fn where_no_channel_opened_nothing_is_judged() {
        let mut run = good_run();
        run.remove(Seat::First, |what| matches!(what, What::Opened));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
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

    #[test]
    fn a_peer_that_came_when_the_other_had_gone_could_not_talk() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.what, What::Sent(_) | What::Received(_)));
        run.add(Seat::First, 2_030, What::Closed);
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
