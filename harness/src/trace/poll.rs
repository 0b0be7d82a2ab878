//! The polls of one visit, found among its requests.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::record::{Call, CallOutcome, RequestKind};

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
    // By the time at which they were sent. A lookup lasts until the next begins: a launcher that restarts assigns the
    // same handles again.
    let mut sent: Vec<usize> = (0..calls.len()).collect();
    sent.sort_by_key(|index| calls[*index].0.started);
    let begins = |index: &usize| calls[*index].0.kind == RequestKind::NameRecord;
    let lookups = sent.chunk_by(|_, next| !begins(next)).filter(|lookup| lookup.first().is_some_and(begins));
    let is_poll = |name: Option<&str>| name.is_none_or(|name| !own.contains(name));
    let polls = lookups.filter(|lookup| is_poll(calls[lookup[0]].0.name.as_deref()));
    polls.map(|lookup| poll(calls, lookup)).collect()
}

/// A poll consists of a data id, the record that was fetched with it, the read of that record, and the dropping of both
/// handles.
fn poll(calls: &[(Call, Duration)], lookup: &[usize]) -> Poll {
    let named = &calls[lookup[0]].0;
    let is_of = |call: &Call, kinds: [RequestKind; 2], handle: Option<u64>| {
        kinds.contains(&call.kind) && handle.is_some() && call.target == handle
    };
    let is_of_data_id = |call: &Call| is_of(call, [RequestKind::FetchRecord, RequestKind::DropDataId], named.given);
    let mut sent = lookup.iter().map(|index| &calls[*index].0);
    let fetch = sent.find(|call| call.kind == RequestKind::FetchRecord && is_of_data_id(call));
    let record = fetch.and_then(|fetch| fetch.given);
    let is_of_record = |call: &Call| is_of(call, [RequestKind::ReadRecord, RequestKind::DropRecord], record);
    let (first, rest) = (lookup[0], &lookup[1..]);
    let belongs = |index: &&usize| {
        let call = &calls[**index].0;
        is_of_data_id(call) || is_of_record(call)
    };
    let mut own: Vec<usize> = std::iter::once(first).chain(rest.iter().filter(belongs).copied()).collect();
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
