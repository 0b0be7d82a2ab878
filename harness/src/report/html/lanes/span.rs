//! How long peers were there, channels were open, and records were stored.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::call::micros;
use super::lane::Lane;
use crate::record::{Call, RequestKind};
use crate::trace::PairTrace;

/// A bar along a lane: lane, kind, beginning, end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Span(Lane, u8, u64, u64);

const PRESENT: u8 = 0;
const OPEN: u8 = 1;
const OFFER: u8 = 2;
const ANSWER: u8 = 3;

/// All bars of a pair.
pub(super) fn spans(trace: &PairTrace, room_records: &[String], network: Lane) -> Vec<Span> {
    let end = trace.end();
    let mut spans = Vec::new();
    for visit in &trace.visits {
        let lane = Lane::of_peer(visit.who.peer_index);
        let last = visit.calls.iter().map(|(_, ended)| *ended).max();
        let ended = visit.closed.into_iter().chain(visit.end.iter().map(|(_, at)| *at)).chain(last).max();
        if let Some(joined) = visit.joined {
            spans.push(Span(lane, PRESENT, micros(joined), micros(ended.unwrap_or(end))));
        }
        if let Some(opened) = visit.opened_at() {
            spans.push(Span(lane, OPEN, micros(opened), micros(visit.gone_at().unwrap_or(end))));
        }
    }
    spans.extend(stored(trace, room_records, network));
    spans
}

/// The records, each from its storing to its deletion.
fn stored(trace: &PairTrace, room_records: &[String], network: Lane) -> Vec<Span> {
    let mut changes: Vec<(Duration, &Call)> = trace
        .visits
        .iter()
        .flat_map(|visit| &visit.calls)
        .filter(|(call, _)| call.kind.is_mutating() && call.is_ok())
        .map(|(call, ended)| (*ended, call))
        .collect();
    changes.sort_by_key(|(ended, _)| *ended);
    let mut open: BTreeMap<&str, Duration> = BTreeMap::new();
    let mut spans = Vec::new();
    let kind = |name: &str| if room_records.iter().any(|room| room == name) { OFFER } else { ANSWER };
    for (ended, call) in changes {
        let Some(name) = call.name.as_deref() else { continue };
        if call.kind == RequestKind::DeleteRecord {
            if let Some(from) = open.remove(name) {
                spans.push(Span(network, kind(name), micros(from), micros(ended)));
            }
        } else {
            open.entry(name).or_insert(ended);
        }
    }
    let end = trace.end();
    spans.extend(open.into_iter().map(|(name, from)| Span(network, kind(name), micros(from), micros(end))));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    #[test]
    fn a_record_is_stored_until_it_is_deleted_and_a_channel_is_open_from_its_opening() {
        let trace = &good_run().evidence().traces[0];
        let spans = spans(trace, &["room".to_owned()], Lane::Network);
        assert!(spans.contains(&Span(Lane::Network, OFFER, 15_000, 2_047_000)), "{spans:?}");
        assert!(spans.contains(&Span(Lane::Network, ANSWER, 40_000, 2_047_000)), "{spans:?}");
        assert!(spans.contains(&Span(Lane::FirstPeer, OPEN, 2_040_000, 2_048_000)), "{spans:?}");
    }
}
