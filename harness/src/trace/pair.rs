//! One pair's events, sorted by what checks and reports ask for. Nothing here judges.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use signaling::{GENERATIONS_MAX, RecordName, RoomName};

use super::exchange::{Exchange, ExchangeIndex};
use super::poll::Poll;
use super::visit::{Stored, VisitTrace};
use crate::record::{Description, Event, EventKind};
use crate::scenario::{PeerIndex, VisitId};

/// What happened to one pair.
#[derive(Debug, Clone, Default)]
pub struct PairTrace {
    /// The pair, counted from 1.
    pub pair: usize,
    /// Where it met.
    pub room: String,
    /// What happened to each of its peers in each visit, in the order of peers and visits.
    pub visits: Vec<VisitTrace>,
    /// All of it, in the order in which it happened.
    pub events: Arc<[Event]>,
    /// The offer/answer exchanges between those visits.
    exchanges: Vec<ExchangeIndex>,
}

impl PairTrace {
    /// Sorts the events of one pair.
    pub fn new<'a>(pair: usize, room: &str, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let of_pair = |event: &&Event| event.who.is_some_and(|who| who.pair == pair);
        let events: Arc<[Event]> = events.into_iter().filter(of_pair).cloned().collect();
        let rooms = generations(room);
        let mut by_visit: BTreeMap<VisitId, Vec<&Event>> = BTreeMap::new();
        for event in events.iter() {
            if let Some(who) = event.who {
                by_visit.entry(who).or_default().push(event);
            }
        }
        let visits = by_visit.into_iter().map(|(who, events)| VisitTrace::new(who, Arc::clone(&rooms), events));
        let visits: Vec<VisitTrace> = visits.collect();
        Self { pair, room: room.to_owned(), exchanges: ExchangeIndex::all(&visits), visits, events }
    }

    /// The part of a peer in its last visit.
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

    /// The peers that made an offer, and no answer after it.
    pub fn initiators(&self) -> impl Iterator<Item = &VisitTrace> {
        self.visits.iter().filter(|visit| visit.made_last() == Some(Description::Offer))
    }

    /// The initiator of the meeting that counts, or else the last that made an offer.
    pub fn initiator(&self) -> Option<&VisitTrace> {
        self.exchange().map(|exchange| exchange.initiator).or_else(|| self.initiators().last())
    }

    /// The recipient of the meeting that counts.
    pub fn recipient(&self) -> Option<&VisitTrace> {
        self.exchange().map(|exchange| exchange.recipient)
    }

    /// When the network took the offer.
    pub fn offer_stored(&self) -> Option<Stored> {
        self.initiator()?.stored()
    }

    /// When the network took the answer, if it was there to be found.
    pub fn answer_stored(&self) -> Option<Stored> {
        self.exchange()?.answer_kept()
    }

    /// How long the answer lay there until it was taken.
    pub fn detection(&self) -> Option<Duration> {
        Some(self.initiator()?.answer_taken()?.saturating_sub(self.answer_stored()?.at))
    }

    /// The initiator's polls, in the order in which they began.
    pub fn polls(&self) -> &[Poll] {
        self.initiator().map(VisitTrace::polls).unwrap_or_default()
    }

    /// How long it took from the offer being stored to the first poll, and from each poll to the next.
    pub fn poll_intervals(&self) -> Vec<Duration> {
        let starts = || self.polls().iter().map(|poll| poll.started);
        let froms = self.offer_stored().map(|stored| stored.at).into_iter().chain(starts());
        froms.zip(starts()).map(|(from, to)| to.saturating_sub(from)).collect()
    }

    /// Whether two of its peers had a channel open to each other.
    pub fn is_connected(&self) -> bool {
        self.exchanges().any(|exchange| exchange.is_connected())
    }

    /// How long it took from the joining of the first of the two until both channels were open.
    pub fn connecting(&self) -> Option<Duration> {
        let exchange = self.exchange()?;
        let joined = exchange.initiator.joined?.min(exchange.recipient.joined?);
        Some(exchange.connected_at()?.saturating_sub(joined))
    }

    /// Whether the description that the other peer was given is the one that was made; `None` if none was given.
    pub fn arrived(&self, kind: Description) -> Option<bool> {
        let given_to_others =
            self.visits.iter().flat_map(|visit| visit.applied.iter().map(move |given| (visit, given)));
        let mut given = given_to_others.filter(|(_, (given, ..))| *given == kind).peekable();
        given.peek()?;
        Some(given.all(|(visit, (_, sdp, _))| self.is_made_by_another(visit, kind, sdp)))
    }

    /// Whether somebody else than that peer made this description.
    pub fn is_made_by_another(&self, visit: &VisitTrace, kind: Description, sdp: &signaling::Sdp) -> bool {
        let others = self.visits.iter().filter(|other| other.who != visit.who);
        others.flat_map(|other| &other.made).any(|(made, text, _)| *made == kind && text == sdp)
    }

    /// When the last happened that is known of it.
    pub fn end(&self) -> Duration {
        self.events.iter().map(|event| event.at).max().unwrap_or_default()
    }

    /// When a fault struck last, as far as requests tell.
    pub fn last_fault(&self) -> Option<Duration> {
        let struck = |event: &&Event| matches!(&event.kind, EventKind::Called(call) if !call.is_clean());
        self.events.iter().filter(struck).map(|event| event.at).max()
    }
}

/// The records that hold the offers of a room. One that peers cannot be told has none.
fn generations(room: &str) -> Arc<[String]> {
    let Ok(room) = RoomName::new(room) else { return Arc::default() };
    (1..=GENERATIONS_MAX).map(|generation| RecordName::of_generation(&room, generation).as_str().to_owned()).collect()
}
