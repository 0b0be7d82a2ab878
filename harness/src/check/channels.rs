//! Whether the two can talk.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::trace::{End, Exchange, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "A channel that is open at both ends carries a message each way, as it was sent.";

/// Judges by what went into one channel and came out of the other.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut judged, mut failures) = (0, Vec::new());
    for exchange in evidence.exchanges().filter(Exchange::is_connected) {
        let (initiator, recipient) = (exchange.initiator, exchange.recipient);
        // One that died in the middle said what it could.
        if [initiator, recipient].iter().any(|visit| matches!(visit.end, Some((End::Died(_), _)))) {
            continue;
        }
        // One that had gone before the other came cannot be told anything.
        let is_gone = |visit: &VisitTrace| {
            visit.gone_at().is_some_and(|gone| exchange.connected_at().is_some_and(|open| gone <= open))
        };
        if is_gone(initiator) || is_gone(recipient) {
            continue;
        }
        judged += 1;
        failures.extend([silent(initiator, recipient), silent(recipient, initiator)].into_iter().flatten());
    }
    if judged == 0 {
        return Verdict::NotChecked("no channel opened at both ends".to_owned());
    }
    Verdict::of(failures, || format!("{} talked both ways", counted(judged, "session")))
}

/// What is wrong with the way from one peer to the other.
fn silent(visit: &VisitTrace, other: &VisitTrace) -> Option<String> {
    if visit.sent.is_empty() {
        return Some(format!("the {} could send nothing", visit.who));
    }
    (other.received != visit.sent).then(|| format!("what the {} sent did not arrive as it was sent", visit.who))
}

#[cfg(test)]
mod tests {
    use signaling::Message;

    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn a_peer_that_can_send_nothing_is_found() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.kind, EventKind::Sent(_) | EventKind::Received(_)));
        let said = ["the first peer of pair 1 could send nothing", "the second peer of pair 1 could send nothing"];
        assert_eq!(failures(&judge(&run.evidence())), said);
    }

    #[test]
    fn where_no_channel_opened_nothing_is_judged() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Opened));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }

    #[test]
    fn a_channel_that_carries_one_way_only_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Received(_)));
        let said = "what the second peer of pair 1 sent did not arrive as it was sent";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_message_that_was_changed_is_found() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| {
            if let EventKind::Received(message) = what {
                *message = Message::text("other words");
            }
        });
        let said = "what the first peer of pair 1 sent did not arrive as it was sent";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_peer_that_came_when_the_other_had_gone_could_not_talk() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.kind, EventKind::Sent(_) | EventKind::Received(_)));
        run.add(PeerIndex::First, 2_030, EventKind::Closed);
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
