//! The order of a diagram: a request is an event when it ends, and has to be shown when it begins as well.

use std::time::Duration;

use crate::record::{Event, EventKind};

/// Something to show: a number is an event's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// The request of this event was sent, and something else happened before it ended.
    Sent(usize),
    /// The request of this event was sent and ended, and nothing happened in between.
    SentAndEnded(usize),
    /// This event happened; if it is a request, that ended.
    Happened(usize),
}

/// Orders the events. One that is sent at the very moment of other events is shown after these: what a peer does follows
/// from what happened to it.
pub(super) fn moments(events: &[Event]) -> Vec<Moment> {
    let mut keyed: Vec<((usize, bool, Duration, usize), Moment)> = Vec::with_capacity(events.len() * 2);
    for (index, event) in events.iter().enumerate() {
        if let EventKind::Called(call) = &event.kind {
            let place = events.partition_point(|event| event.at <= call.started).min(index);
            keyed.push(((place, false, call.started, index), Moment::Sent(index)));
        }
        keyed.push(((index, true, event.at, index), Moment::Happened(index)));
    }
    keyed.sort_by_key(|(key, _)| *key);
    let mut moments: Vec<Moment> = Vec::with_capacity(keyed.len());
    for (_, moment) in keyed {
        match (moments.last_mut(), moment) {
            (Some(last), Moment::Happened(index)) if *last == Moment::Sent(index) => {
                *last = Moment::SentAndEnded(index);
            }
            _ => moments.push(moment),
        }
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Call, Outcome, RequestKind};
    use crate::scenario::{PeerIndex, VisitId};

    fn event(at_ms: u64, kind: EventKind) -> Event {
        Event {
            at: Duration::from_millis(at_ms),
            who: Some(VisitId { pair: 1, peer_index: PeerIndex::First, visit: 1 }),
            kind,
        }
    }

    fn call(started_ms: u64, ended_ms: u64) -> Event {
        let (kind, outcome) = (RequestKind::FetchRecord, Outcome::Answered(200));
        let started = Duration::from_millis(started_ms);
        event(ended_ms, EventKind::Called(Call { kind, started, outcome, ..Call::default() }))
    }

    #[test]
    fn a_request_is_shown_in_two_parts_if_something_happened_in_between() {
        let events = [event(0, EventKind::Joined), call(1, 2), event(5, EventKind::Opened), call(4, 6)];
        let expected =
            [Moment::Happened(0), Moment::SentAndEnded(1), Moment::Sent(3), Moment::Happened(2), Moment::Happened(3)];
        assert_eq!(moments(&events), expected);
    }

    #[test]
    fn two_requests_at_once_are_shown_as_they_overlapped() {
        let expected = [Moment::Sent(0), Moment::Sent(1), Moment::Happened(0), Moment::Happened(1)];
        assert_eq!(moments(&[call(1, 8), call(2, 9)]), expected);
    }

    #[test]
    fn what_takes_no_time_stays_in_order() {
        let events = [event(0, EventKind::Joined), call(0, 0), call(0, 0), event(0, EventKind::Opened)];
        let expected = [Moment::Happened(0), Moment::SentAndEnded(1), Moment::SentAndEnded(2), Moment::Happened(3)];
        assert_eq!(moments(&events), expected);
    }
}
