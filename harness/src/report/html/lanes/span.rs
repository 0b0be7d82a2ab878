//! How long peers were there, channels were open, and records were stored.

use std::collections::BTreeMap;

use serde::Serialize;

use super::call::micros;
use super::lane::Lane;
use crate::record::{Event, EventKind, RequestKind};
use crate::scenario::VisitId;

/// What a bar along a lane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "u8")]
pub(super) enum SpanKind {
    Present,
    Open,
    Offer,
    Answer,
}

impl From<SpanKind> for u8 {
    fn from(kind: SpanKind) -> Self {
        match kind {
            SpanKind::Present => 0,
            SpanKind::Open => 1,
            SpanKind::Offer => 2,
            SpanKind::Answer => 3,
        }
    }
}

/// A bar along a lane, from an event to an event: their indices among those of the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) lane: Lane,
    pub(super) kind: SpanKind,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// A bar as the script reads it: lane, kind, beginning and end as times, and as rows.
#[derive(Debug, Serialize)]
pub(super) struct SpanRow(Lane, SpanKind, u64, u64, usize, usize);

impl Span {
    /// `rows` has the row of each event that has one. An event without a row, such as an empty poll that is folded, is at the row before.
    pub(super) fn row(&self, events: &[Event], rows: &BTreeMap<usize, usize>) -> SpanRow {
        let at = |index: usize| events.get(index).map_or(0, |event| micros(event.at));
        let row = |index: usize| rows.range(..=index).next_back().map_or(0, |(_, row)| *row);
        SpanRow(self.lane, self.kind, at(self.from), at(self.to), row(self.from), row(self.to))
    }
}

/// All bars of a pair.
pub(super) fn spans(events: &[Event], room_records: &[String], network: Lane) -> Vec<Span> {
    let mut bars = Bars { room_records, network, open: BTreeMap::new(), ended: Vec::new() };
    let mut last: BTreeMap<VisitId, (usize, usize)> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        let Some(who) = event.who else { continue };
        match &event.kind {
            EventKind::Joined => _ = last.insert(who, (index, index)),
            EventKind::Left | EventKind::Logged(_) => continue,
            kind => bars.add(who, index, kind),
        }
        if let Some((_, to)) = last.get_mut(&who) {
            *to = index;
        }
    }
    let present = last.into_iter().map(|(who, (from, to))| Span {
        lane: Lane::of_peer(who.peer_index),
        kind: SpanKind::Present,
        from,
        to,
    });
    let mut all: Vec<Span> = present.collect();
    all.extend(bars.until(events.len().saturating_sub(1)));
    all
}

/// What can be open: the channel of a visit, or a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing<'a> {
    Channel(VisitId),
    Record(&'a str),
}

struct Bars<'a> {
    room_records: &'a [String],
    network: Lane,
    /// Since which event.
    open: BTreeMap<Thing<'a>, usize>,
    ended: Vec<Span>,
}

impl<'a> Bars<'a> {
    fn add(&mut self, who: VisitId, index: usize, kind: &'a EventKind) {
        match kind {
            EventKind::Opened => _ = self.open.entry(Thing::Channel(who)).or_insert(index),
            EventKind::Closed | EventKind::Died(_) => self.end(Thing::Channel(who), index),
            EventKind::Called(call) if call.kind.is_mutating() && call.is_ok() => {
                let Some(name) = call.name.as_deref() else { return };
                if call.kind == RequestKind::DeleteRecord {
                    self.end(Thing::Record(name), index);
                } else {
                    self.open.entry(Thing::Record(name)).or_insert(index);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, thing: Thing<'a>, to: usize) {
        if let Some(from) = self.open.remove(&thing) {
            self.ended.push(self.span(thing, from, to));
        }
    }

    fn span(&self, thing: Thing<'a>, from: usize, to: usize) -> Span {
        let (lane, kind) = match thing {
            Thing::Channel(who) => (Lane::of_peer(who.peer_index), SpanKind::Open),
            Thing::Record(name) if self.room_records.iter().any(|room| room == name) => (self.network, SpanKind::Offer),
            Thing::Record(_) => (self.network, SpanKind::Answer),
        };
        Span { lane, kind, from, to }
    }

    /// All bars. What is still open ends with that event.
    fn until(self, last: usize) -> Vec<Span> {
        let open = self.open.iter().map(|(thing, from)| self.span(*thing, *from, last));
        self.ended.iter().copied().chain(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    #[test]
    fn a_record_is_stored_until_it_is_deleted_and_a_channel_is_open_until_the_end() {
        let trace = &good_run().evidence().traces[0];
        let spans = spans(&trace.events, &["room".to_owned()], Lane::Network);
        let millis = |index: usize| trace.events[index].at.as_millis();
        let shown: Vec<_> =
            spans.iter().map(|span| (span.lane, span.kind, millis(span.from), millis(span.to))).collect();
        assert!(shown.contains(&(Lane::Network, SpanKind::Offer, 15, 2_047)), "{shown:?}");
        assert!(shown.contains(&(Lane::Network, SpanKind::Answer, 40, 2_047)), "{shown:?}");
        assert!(shown.contains(&(Lane::FirstPeer, SpanKind::Open, 2_040, 2_048)), "{shown:?}");
        assert!(shown.contains(&(Lane::SecondPeer, SpanKind::Present, 16, 2_048)), "{shown:?}");
    }
}
