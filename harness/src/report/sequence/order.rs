//! The order of a diagram: a request is recorded when it ends, and is shown when it begins as well.

use std::time::Duration;

use crate::record::{Event, EventKind};

/// One entry of the diagram, with the index of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// The request of this event was sent, and another event happened before it ended.
    Sent(usize),
    /// The request of this event was sent and ended, and no other event happened in between.
    SentAndEnded(usize),
    /// The event happened; if it is a request, it ended.
    Happened(usize),
}

/// Sorts the events. A request that is sent at the time of other events is shown after these, since the peer may react to
/// them.
pub(super) fn in_order(events: &[Event]) -> Vec<Entry> {
    let mut keyed: Vec<((usize, bool, Duration, usize), Entry)> = Vec::with_capacity(events.len() * 2);
    for (index, event) in events.iter().enumerate() {
        if let EventKind::Called(call) = &event.kind {
            let place = events.partition_point(|event| event.at <= call.started).min(index);
            keyed.push(((place, false, call.started, index), Entry::Sent(index)));
        }
        keyed.push(((index, true, event.at, index), Entry::Happened(index)));
    }
    keyed.sort_by_key(|(key, _)| *key);
    let mut entries: Vec<Entry> = Vec::with_capacity(keyed.len());
    for (_, entry) in keyed {
        match (entries.last_mut(), entry) {
            (Some(last), Entry::Happened(index)) if *last == Entry::Sent(index) => {
                *last = Entry::SentAndEnded(index);
            }
            _ => entries.push(entry),
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Call, CallOutcome, RequestKind};
    use crate::scenario::{PeerIndex, VisitId};

    fn event(at_ms: u64, kind: EventKind) -> Event {
        Event {
            at: Duration::from_millis(at_ms),
            who: Some(VisitId { pair: 1, peer_index: PeerIndex::First, visit: 1 }),
            kind,
        }
    }

    fn call(started_ms: u64, ended_ms: u64) -> Event {
        let (kind, outcome) = (RequestKind::FetchRecord, CallOutcome::Answered(200));
        let started = Duration::from_millis(started_ms);
        event(ended_ms, EventKind::Called(Call { kind, started, outcome, ..Call::default() }))
    }

    #[test]
    fn a_request_is_shown_in_two_parts_if_an_event_happened_in_between() {
        let events = [event(0, EventKind::Joined), call(1, 2), event(5, EventKind::Opened), call(4, 6)];
        let expected =
            [Entry::Happened(0), Entry::SentAndEnded(1), Entry::Sent(3), Entry::Happened(2), Entry::Happened(3)];
        assert_eq!(in_order(&events), expected);
    }

    #[test]
    fn two_concurrent_requests_are_shown_overlapping() {
        let expected = [Entry::Sent(0), Entry::Sent(1), Entry::Happened(0), Entry::Happened(1)];
        assert_eq!(in_order(&[call(1, 8), call(2, 9)]), expected);
    }

    #[test]
    fn requests_without_duration_stay_in_order() {
        let events = [event(0, EventKind::Joined), call(0, 0), call(0, 0), event(0, EventKind::Opened)];
        let expected = [Entry::Happened(0), Entry::SentAndEnded(1), Entry::SentAndEnded(2), Entry::Happened(3)];
        assert_eq!(in_order(&events), expected);
    }
}
