//! One pair's events, sorted by what checks and reports ask for. Nothing here judges.

use std::sync::Arc;
use std::time::Duration;

use signaling::{GENERATIONS_MAX, RecordName, RoomName};

use super::exchange::Exchange;
use super::visit::{Poll, Stored, VisitTrace};
use crate::record::{Description, Event, EventKind};
use crate::scenario::PeerIndex;

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
}

impl PairTrace {
    /// Sorts the events of one pair.
    pub fn tell<'a>(pair: usize, room: &str, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let of_pair = |event: &&Event| event.who.is_some_and(|who| who.pair == pair);
        let events: Arc<[Event]> = events.into_iter().filter(of_pair).cloned().collect();
        let rooms = generations(room);
        let mut visits: Vec<VisitTrace> = Vec::new();
        for event in events.iter() {
            let Some(who) = event.who else { continue };
            let index = visits.binary_search_by_key(&who, |visit| visit.who).unwrap_or_else(|place| {
                visits.insert(place, VisitTrace::of(who, Arc::clone(&rooms)));
                place
            });
            visits[index].add(event);
        }
        Self { pair, room: room.to_owned(), visits, events }
    }

    /// The part of a peer in its last visit.
    pub fn last_visit(&self, peer_index: PeerIndex) -> Option<&VisitTrace> {
        self.visits.iter().rev().find(|visit| visit.who.peer_index == peer_index)
    }

    /// Every offer that was answered.
    pub fn exchanges(&self) -> Vec<Exchange<'_>> {
        Exchange::among(&self.visits)
    }

    /// The meeting that counts: the last that connected, or else the last.
    pub fn exchange(&self) -> Option<Exchange<'_>> {
        let exchanges = self.exchanges();
        let connected = exchanges.iter().rev().find(|exchange| exchange.is_connected());
        connected.or(exchanges.last()).copied()
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
    pub fn polls(&self) -> Vec<Poll> {
        self.initiator().map(VisitTrace::polls).unwrap_or_default()
    }

    /// How long it took from the offer being stored to the first poll, and from each poll to the next.
    pub fn poll_intervals(&self) -> Vec<Duration> {
        let starts: Vec<_> = self.polls().iter().map(|poll| poll.started).collect();
        let froms = self.offer_stored().map(|stored| stored.at).into_iter().chain(starts.iter().copied());
        froms.zip(&starts).map(|(from, to)| to.saturating_sub(from)).collect()
    }

    /// Whether two of its peers had a channel open to each other.
    pub fn is_connected(&self) -> bool {
        self.exchanges().iter().any(Exchange::is_connected)
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
