//! The polls of one visit, found among its requests.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::record::{Call, CallOutcome, HandleKind, RequestKind};

/// One poll: an initiator's lookup of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// When its first request was sent.
    pub started: Duration,
    /// When its result was known.
    pub answered: Duration,
    /// When its last request ended: by then its handles are dropped.
    pub ended: Duration,
    /// Whether it read an answer.
    pub found: bool,
    /// Whether the launcher answered that nothing is stored under the name. A poll that is neither `found` nor `empty`
    /// failed.
    pub empty: bool,
    /// Whether all of its requests were answered, and no fault struck one.
    pub is_clean: bool,
    /// Its requests, as indices into [`VisitTrace::calls`](super::VisitTrace::calls).
    pub calls: Vec<usize>,
}

/// All polls among the requests of a visit, in the order in which they began. A lookup of one of the peer's `own`
/// records is no poll.
pub(super) fn polls(calls: &[(Call, Duration)], own: &BTreeSet<&str>) -> Vec<Poll> {
    let uses = Uses::of(calls);
    let is_poll = |call: &Call| {
        call.kind == RequestKind::NameRecord && call.name.as_deref().is_none_or(|name| !own.contains(name))
    };
    let begun = (0..uses.sent.len()).filter(|place| is_poll(&calls[uses.sent[*place]].0));
    begun.map(|place| poll(calls, &uses, place)).collect()
}

/// The handle that a lookup request uses.
fn used(call: &Call) -> Option<(HandleKind, u64)> {
    let is_of_a_lookup = matches!(
        call.kind,
        RequestKind::FetchRecord | RequestKind::DropDataId | RequestKind::ReadRecord | RequestKind::DropRecord
    );
    call.handle_used().filter(|_| is_of_a_lookup)
}

/// Which requests use which handle. Several lookups may be in progress at the same time, and a launcher that restarts assigns the
/// same numbers again: a handle is used until its number is assigned again.
struct Uses {
    /// The requests by the time at which they were sent, as indices.
    sent: Vec<usize>,
    /// For each number, the places in `sent` of the requests that use it.
    used: BTreeMap<(HandleKind, u64), Vec<usize>>,
    /// For each number, the places in `sent` of the requests that are given it.
    assigned: BTreeMap<(HandleKind, u64), Vec<usize>>,
}

impl Uses {
    fn of(calls: &[(Call, Duration)]) -> Self {
        let mut sent: Vec<usize> = (0..calls.len()).collect();
        sent.sort_by_key(|index| calls[*index].0.started);
        let mut uses = Self { sent, used: BTreeMap::new(), assigned: BTreeMap::new() };
        for (place, index) in uses.sent.iter().enumerate() {
            let call = &calls[*index].0;
            if let Some(handle) = used(call) {
                uses.used.entry(handle).or_default().push(place);
            }
            if let Some(handle) = call.handle_given() {
                uses.assigned.entry(handle).or_default().push(place);
            }
        }
        uses
    }

    /// The places of the requests that use the handle that the request at `place` is given.
    fn of_the_handle_given(&self, place: usize, calls: &[(Call, Duration)]) -> &[usize] {
        let given = calls[self.sent[place]].0.handle_given();
        let Some((handle, used)) = given.and_then(|handle| Some((handle, self.used.get(&handle)?))) else { return &[] };
        let after = |places: &[usize]| places.partition_point(|other| *other <= place);
        let again = self.assigned.get(&handle).and_then(|places| places.get(after(places)).copied());
        let end = again.map_or(used.len(), |again| used.partition_point(|other| *other < again));
        used.get(after(used)..end).unwrap_or_default()
    }
}

/// A poll consists of a data id, the record that was fetched with it, the read of that record, and the dropping of both
/// handles. It begins with the request at this place.
fn poll(calls: &[(Call, Duration)], uses: &Uses, place: usize) -> Poll {
    let of = |place: &usize| &calls[uses.sent[*place]].0;
    let named = of(&place);
    let of_data_id = uses.of_the_handle_given(place, calls);
    let fetch = of_data_id.iter().find(|place| of(place).kind == RequestKind::FetchRecord);
    let of_record = fetch.map_or(&[][..], |place| uses.of_the_handle_given(*place, calls));
    let fetch = fetch.map(of);
    let all = std::iter::once(&place).chain(of_data_id).chain(of_record);
    let mut own: Vec<usize> = all.map(|place| uses.sent[*place]).collect();
    own.sort_unstable();
    let requests = || own.iter().map(|index| &calls[*index]);
    let drops = |call: &Call| matches!(call.kind, RequestKind::DropDataId | RequestKind::DropRecord);
    let last = |ends: &mut dyn Iterator<Item = Duration>| ends.fold(Duration::ZERO, Duration::max);
    Poll {
        started: named.started,
        answered: last(&mut requests().filter(|(call, _)| !drops(call)).map(|(_, ended)| *ended)),
        ended: last(&mut requests().map(|(_, ended)| *ended)),
        found: requests().any(|(call, _)| call.kind == RequestKind::ReadRecord && call.is_ok()),
        empty: fetch.is_some_and(|fetch| fetch.outcome == CallOutcome::Answered(404)),
        is_clean: requests().all(|(call, _)| call.is_clean()),
        calls: own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(kind: RequestKind, at_ms: u64, target: Option<u64>, given: Option<u64>) -> (Call, Duration) {
        let (at, name) = (Duration::from_millis(at_ms), Some("answer".to_owned()));
        (Call { kind, name, target, given, started: at, outcome: CallOutcome::Answered(200), ..Call::default() }, at)
    }

    /// A lookup: its requests begin at these times.
    fn lookup(times: [u64; 5], data_id: u64, record: u64) -> [(Call, Duration); 5] {
        let [named, fetched, dropped, read, record_dropped] = times;
        [
            call(RequestKind::NameRecord, named, None, Some(data_id)),
            call(RequestKind::FetchRecord, fetched, Some(data_id), Some(record)),
            call(RequestKind::DropDataId, dropped, Some(data_id), None),
            call(RequestKind::ReadRecord, read, Some(record), None),
            call(RequestKind::DropRecord, record_dropped, Some(record), None),
        ]
    }

    fn ends(mut calls: Vec<(Call, Duration)>) -> Vec<(usize, u128)> {
        calls.sort_by_key(|(_, ended)| *ended);
        let polls = polls(&calls, &BTreeSet::new());
        polls.iter().map(|poll| (poll.calls.len(), poll.ended.as_millis())).collect()
    }

    #[test]
    fn two_lookups_at_the_same_time_have_their_own_requests() {
        let calls = [lookup([0, 20, 40, 60, 80], 1, 1), lookup([10, 30, 50, 70, 90], 2, 2)].concat();
        assert_eq!(ends(calls), [(5, 80), (5, 90)]);
    }

    #[test]
    fn a_number_that_is_assigned_again_after_a_restart_is_another_handle() {
        let calls = [lookup([0, 1, 2, 3, 4], 1, 1), lookup([10, 11, 12, 13, 14], 1, 1)].concat();
        assert_eq!(ends(calls), [(5, 4), (5, 14)]);
        // The first was interrupted by the restart.
        let calls = [lookup([0, 1, 2, 3, 4], 1, 1)[..2].to_vec(), lookup([10, 11, 12, 13, 14], 1, 1).to_vec()].concat();
        assert_eq!(ends(calls), [(2, 1), (5, 14)]);
    }
}
