//! The trace of a pair: its events, sorted by what checks and reports need.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use signaling::{GENERATIONS_MAX, RecordName, RoomName};

use super::exchange::{Exchange, ExchangeIndex};
use super::poll::Poll;
use super::visit::{Stored, VisitTrace};
use crate::record::{Description, Event, EventKind};
use crate::scenario::{PeerIndex, VisitId};

/// The trace of one pair.
#[derive(Debug, Clone, Default)]
pub struct PairTrace {
    /// The pair, counted from 1.
    pub pair: usize,
    /// The room in which it meets.
    pub room: String,
    /// The trace of each visit, in the order of peers and visits.
    pub visits: Vec<VisitTrace>,
    /// All events, in the order in which they happened.
    pub events: Arc<[Event]>,
    /// The offer/answer exchanges between those visits.
    exchanges: Vec<ExchangeIndex>,
}

impl PairTrace {
    /// Sorts the events of one pair.
    pub fn new<'a>(pair: usize, room: &str, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let of_pair = |event: &&Event| event.who.is_some_and(|who| who.pair == pair);
        Self::of(pair, room, events.into_iter().filter(of_pair).cloned().collect())
    }

    /// As [`new`](Self::new), of events that are all of this pair.
    pub(crate) fn of(pair: usize, room: &str, events: Arc<[Event]>) -> Self {
        Self::with_records(pair, room, &generations(room), events)
    }

    /// As [`new`](Self::new), of events that are all of this pair, in a room of which the records are known: those for its offers, one
    /// for each generation.
    pub(crate) fn with_records(pair: usize, room: &str, rooms: &Arc<[String]>, events: Arc<[Event]>) -> Self {
        let mut by_visit: BTreeMap<VisitId, Vec<&Event>> = BTreeMap::new();
        for event in events.iter() {
            if let Some(who) = event.who {
                by_visit.entry(who).or_default().push(event);
            }
        }
        let visits = by_visit.into_iter().map(|(who, events)| VisitTrace::new(who, Arc::clone(rooms), events));
        let visits: Vec<VisitTrace> = visits.collect();
        Self { pair, room: room.to_owned(), exchanges: ExchangeIndex::all(&visits), visits, events }
    }

    /// The names of the records for the offers of its room, one for each generation.
    pub(crate) fn records(&self) -> Arc<[String]> {
        self.visits.first().map(|visit| Arc::clone(&visit.rooms)).unwrap_or_default()
    }

    /// What a record is, with its name in the launcher's form: "the offer of pair 1 (NAME)".
    pub(crate) fn record(&self, name: &str) -> String {
        let generation = self.visits.iter().find_map(|visit| visit.rooms.iter().position(|room| room == name));
        let stored = self.visits.iter().find_map(|visit| Some((visit.who, visit.description_under(name)?)));
        let what = match (generation, stored) {
            (Some(1..), _) => {
                format!("offer of pair {} in generation {}", self.pair, generation.map_or(1, |at| at + 1))
            }
            (Some(0), _) | (None, Some((_, Description::Offer))) => format!("offer of pair {}", self.pair),
            (None, Some((who, Description::Answer))) => format!("answer of the {who}"),
            // A record that nobody stored was looked up under the answer id of an offer.
            (None, None) => format!("answer of pair {}", self.pair),
        };
        format!("the {what} ({name})")
    }

    /// The last visit of a peer.
    pub fn last_visit(&self, peer_index: PeerIndex) -> Option<&VisitTrace> {
        self.visits.iter().rev().find(|visit| visit.who.peer_index == peer_index)
    }

    /// Every offer that was answered.
    pub fn exchanges(&self) -> impl DoubleEndedIterator<Item = Exchange<'_>> {
        self.exchanges.iter().map(|exchange| exchange.of(&self.visits))
    }

    /// The exchange that counts: the last that connected, or else the last.
    pub fn exchange(&self) -> Option<Exchange<'_>> {
        self.exchanges().rfind(Exchange::is_connected).or_else(|| self.exchanges().next_back())
    }

    /// The visits that made an offer, and no answer after it.
    pub fn initiators(&self) -> impl Iterator<Item = &VisitTrace> {
        self.visits.iter().filter(|visit| visit.made_last() == Some(Description::Offer))
    }

    /// The initiator of the exchange that counts, or else the last peer that made an offer.
    pub fn initiator(&self) -> Option<&VisitTrace> {
        self.exchange().map(|exchange| exchange.initiator).or_else(|| self.initiators().last())
    }

    /// The recipient of the exchange that counts.
    pub fn recipient(&self) -> Option<&VisitTrace> {
        self.exchange().map(|exchange| exchange.recipient)
    }

    /// The stored offer.
    pub fn offer_stored(&self) -> Option<Stored> {
        self.initiator()?.stored()
    }

    /// The stored answer, if it was not deleted before it could be found.
    pub fn answer_stored(&self) -> Option<Stored> {
        self.exchange()?.answer_kept()
    }

    /// The time from the storing of the answer until it was read.
    pub fn detection(&self) -> Option<Duration> {
        Some(self.initiator()?.answer_taken()?.saturating_sub(self.answer_stored()?.at))
    }

    /// The initiator's polls, in the order in which they began.
    pub fn polls(&self) -> &[Poll] {
        self.initiator().map(VisitTrace::polls).unwrap_or_default()
    }

    /// The times from the storing of the offer to the first poll, and from each poll to the next.
    pub fn poll_intervals(&self) -> Vec<Duration> {
        let starts = || self.polls().iter().map(|poll| poll.started);
        let froms = self.offer_stored().map(|stored| stored.at).into_iter().chain(starts());
        froms.zip(starts()).map(|(from, to)| to.saturating_sub(from)).collect()
    }

    /// Whether two of its peers had a channel open to each other.
    pub fn is_connected(&self) -> bool {
        self.exchanges().any(|exchange| exchange.is_connected())
    }

    /// The time from the joining of the first of the two until both channels were open.
    pub fn connecting(&self) -> Option<Duration> {
        let exchange = self.exchange()?;
        let joined = exchange.initiator.joined?.min(exchange.recipient.joined?);
        Some(exchange.connected_at()?.saturating_sub(joined))
    }

    /// Whether all descriptions of this kind that peers applied were made by another peer; `None` if none was applied.
    pub fn arrived(&self, kind: Description) -> Option<bool> {
        let all = self.visits.iter().flat_map(|visit| visit.applied.iter().map(move |applied| (visit, applied)));
        let mut applied = all.filter(|(_, (applied, ..))| *applied == kind).peekable();
        applied.peek()?;
        Some(applied.all(|(visit, (_, sdp, _))| self.is_made_by_another(visit, kind, sdp)))
    }

    /// Whether another visit made this description.
    pub fn is_made_by_another(&self, visit: &VisitTrace, kind: Description, sdp: &signaling::Sdp) -> bool {
        let others = self.visits.iter().filter(|other| other.who != visit.who);
        others.flat_map(|other| &other.made).any(|(made, text, _)| *made == kind && text == sdp)
    }

    /// The time of its last event.
    pub fn end(&self) -> Duration {
        self.events.iter().map(|event| event.at).max().unwrap_or_default()
    }

    /// When a fault last struck one of its requests.
    pub fn last_fault(&self) -> Option<Duration> {
        let struck = |event: &&Event| matches!(&event.kind, EventKind::Called(call) if !call.is_clean());
        self.events.iter().filter(struck).map(|event| event.at).max()
    }
}

/// The names of the records for the offers of a room; none if the room has no valid name.
fn generations(room: &str) -> Arc<[String]> {
    let Ok(room) = RoomName::new(room) else { return Arc::default() };
    (1..=GENERATIONS_MAX).map(|generation| RecordName::of_generation(&room, generation).as_str().to_owned()).collect()
}
