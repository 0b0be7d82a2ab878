//! Whether open channels carry messages.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::trace::{End, Exchange, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "A channel that is open at both peers carries a message in each direction, unchanged.";

/// Judges by the messages that each peer sent and received.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut judged, mut failures) = (0, Vec::new());
    for exchange in evidence.exchanges().filter(Exchange::is_connected) {
        let (initiator, recipient) = (exchange.initiator, exchange.recipient);
        // A peer that died may not have sent its message.
        if [initiator, recipient].iter().any(|visit| matches!(visit.end, Some((End::Died(_), _)))) {
            continue;
        }
        // A peer that was gone before the other's channel opened cannot receive anything.
        let is_gone = |visit: &VisitTrace| {
            visit.gone_at().is_some_and(|gone| exchange.connected_at().is_some_and(|open| gone <= open))
        };
        if is_gone(initiator) || is_gone(recipient) {
            continue;
        }
        judged += 1;
        failures.extend([undelivered(initiator, recipient), undelivered(recipient, initiator)].into_iter().flatten());
    }
    if judged == 0 {
        return Verdict::NotChecked("no channel opened at both peers".to_owned());
    }
    Verdict::of(failures, || format!("{} with messages in both directions", counted(judged, "session")))
}

/// The failure in the direction from one peer to the other, if there is one.
fn undelivered(visit: &VisitTrace, other: &VisitTrace) -> Option<String> {
    if visit.sent.is_empty() {
        return Some(format!("the {} sent no message", visit.who));
    }
    (other.received != visit.sent).then(|| format!("the messages of the {} did not arrive unchanged", visit.who))
}

#[cfg(test)]
mod tests {
    use signaling::Message;

    use super::*;
    use crate::check::test_run::{failures, good_run};
    use crate::record::EventKind;
    use crate::scenario::PeerIndex;

    #[test]
    fn a_peer_that_sends_nothing_is_found() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.kind, EventKind::Sent(_) | EventKind::Received(_)));
        let said = ["the first peer of pair 1 sent no message", "the second peer of pair 1 sent no message"];
        assert_eq!(failures(&judge(&run.evidence())), said);
    }

    #[test]
    fn without_an_open_channel_nothing_is_judged() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Opened));
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }

    #[test]
    fn a_channel_that_carries_messages_in_one_direction_is_found() {
        let mut run = good_run();
        run.remove(PeerIndex::First, |what| matches!(what, EventKind::Received(_)));
        let said = "the messages of the second peer of pair 1 did not arrive unchanged";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_message_that_is_changed_is_found() {
        let mut run = good_run();
        run.change(PeerIndex::Second, |what| {
            if let EventKind::Received(message) = what {
                *message = Message::text("another text");
            }
        });
        let said = "the messages of the first peer of pair 1 did not arrive unchanged";
        assert_eq!(failures(&judge(&run.evidence())), [said]);
    }

    #[test]
    fn a_channel_that_opens_after_the_other_peer_closed_is_not_judged() {
        let mut run = good_run();
        run.events.retain(|event| !matches!(event.kind, EventKind::Sent(_) | EventKind::Received(_)));
        run.add(PeerIndex::First, 2_030, EventKind::Closed);
        assert!(matches!(judge(&run.evidence()), Verdict::NotChecked(_)));
    }
}
