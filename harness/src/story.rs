//! One pair's events, sorted by what checks and reports ask for. Nothing here judges.

use std::sync::Arc;
use std::time::Duration;

use signaling::rendezvous::GENERATIONS_MAX;
use signaling::{RecordName, RoomName};

use crate::event::{Description, Event, Seat, What};
use crate::meeting::Meeting;
use crate::part::{Part, Poll, Stored};

/// What happened to one pair.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The pair, counted from 1.
    pub pair: usize,
    /// Where it met.
    pub room: String,
    /// What happened to each of its peers in each visit, in the order of peers and visits.
    pub parts: Vec<Part>,
    /// All of it, in the order in which it happened.
    pub events: Arc<[Event]>,
}

impl Story {
    /// Sorts the events of one pair.
    pub fn tell<'a>(pair: usize, room: &str, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let of_pair = |event: &&Event| event.who.is_some_and(|who| who.pair == pair);
        let events: Arc<[Event]> = events.into_iter().filter(of_pair).cloned().collect();
        let rooms = generations(room);
        let mut parts: Vec<Part> = Vec::new();
        for event in events.iter() {
            let Some(who) = event.who else { continue };
            let index = parts.binary_search_by_key(&who, |part| part.who).unwrap_or_else(|place| {
                parts.insert(place, Part::of(who, Arc::clone(&rooms)));
                place
            });
            parts[index].add(event);
        }
        Self { pair, room: room.to_owned(), parts, events }
    }

    /// The part of a peer in its last visit.
    pub fn last_part(&self, seat: Seat) -> Option<&Part> {
        self.parts.iter().rev().find(|part| part.who.seat == seat)
    }

    /// Every offer that was answered.
    pub fn meetings(&self) -> Vec<Meeting<'_>> {
        Meeting::among(&self.parts)
    }

    /// The meeting that counts: the last that connected, or else the last.
    pub fn meeting(&self) -> Option<Meeting<'_>> {
        let meetings = self.meetings();
        let connected = meetings.iter().rev().find(|meeting| meeting.is_connected());
        connected.or(meetings.last()).copied()
    }

    /// The peers that made an offer, and no answer after it.
    pub fn initiators(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.made_last() == Some(Description::Offer))
    }

    /// The initiator of the meeting that counts, or else the last that made an offer.
    pub fn initiator(&self) -> Option<&Part> {
        self.meeting().map(|meeting| meeting.initiator).or_else(|| self.initiators().last())
    }

    /// The recipient of the meeting that counts.
    pub fn recipient(&self) -> Option<&Part> {
        self.meeting().map(|meeting| meeting.recipient)
    }

    /// When the network took the offer.
    pub fn offer_stored(&self) -> Option<Stored> {
        self.initiator()?.stored()
    }

    /// When the network took the answer, if it was there to be found.
    pub fn answer_stored(&self) -> Option<Stored> {
        self.meeting()?.answer_kept()
    }

    /// How long the answer lay there until it was taken.
    pub fn detection(&self) -> Option<Duration> {
        Some(self.initiator()?.answer_taken()?.saturating_sub(self.answer_stored()?.at))
    }

    /// The initiator's polls, in the order in which they began.
    pub fn polls(&self) -> Vec<Poll> {
        self.initiator().map(Part::polls).unwrap_or_default()
    }

    /// How long it took from the offer being stored to the first poll, and from each poll to the next.
    pub fn poll_intervals(&self) -> Vec<Duration> {
        let starts: Vec<_> = self.polls().iter().map(|poll| poll.started).collect();
        let froms = self.offer_stored().map(|stored| stored.at).into_iter().chain(starts.iter().copied());
        froms.zip(&starts).map(|(from, to)| to.saturating_sub(from)).collect()
    }

    /// Whether two of its peers had a channel open to each other.
    pub fn is_connected(&self) -> bool {
        self.meetings().iter().any(Meeting::is_connected)
    }

    /// How long it took from the joining of the first of the two until both channels were open.
    pub fn connecting(&self) -> Option<Duration> {
        let meeting = self.meeting()?;
        let joined = meeting.initiator.joined?.min(meeting.recipient.joined?);
        Some(meeting.connected_at()?.saturating_sub(joined))
    }

    /// Whether the description that the other peer was given is the one that was made; `None` if none was given.
    pub fn arrived(&self, kind: Description) -> Option<bool> {
        let given_to_others = self.parts.iter().flat_map(|part| part.applied.iter().map(move |given| (part, given)));
        let mut given = given_to_others.filter(|(_, (given, ..))| *given == kind).peekable();
        given.peek()?;
        Some(given.all(|(part, (_, sdp, _))| self.is_made_by_another(part, kind, sdp)))
    }

    /// Whether somebody else than that peer made this description.
    pub fn is_made_by_another(&self, part: &Part, kind: Description, sdp: &signaling::Sdp) -> bool {
        let others = self.parts.iter().filter(|other| other.who != part.who);
        others.flat_map(|other| &other.made).any(|(made, text, _)| *made == kind && text == sdp)
    }

    /// When the last happened that is known of it.
    pub fn end(&self) -> Duration {
        self.events.iter().map(|event| event.at).max().unwrap_or_default()
    }

    /// When a fault struck last, as far as requests tell.
    pub fn last_fault(&self) -> Option<Duration> {
        let struck = |event: &&Event| matches!(&event.what, What::Called(call) if !call.is_clean());
        self.events.iter().filter(struck).map(|event| event.at).max()
    }
}

/// The records that hold the offers of a room. One that peers cannot be told has none.
fn generations(room: &str) -> Arc<[String]> {
    let Ok(room) = RoomName::new(room) else { return Arc::default() };
    (1..=GENERATIONS_MAX).map(|generation| RecordName::of_generation(&room, generation).as_str().to_owned()).collect()
}
