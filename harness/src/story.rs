//! One pair's events, sorted by what checks and reports ask for. Nothing here judges.

use std::sync::Arc;
use std::time::Duration;

use signaling::{Message, Role, Sdp};

use crate::event::{Call, Description, Event, Noun, Seat, What};

/// What happened to one pair.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// The pair, counted from 1.
    pub pair: usize,
    /// Where it met.
    pub room: String,
    /// The first peer's part.
    pub first: Part,
    /// The second peer's part.
    pub second: Part,
    /// All of it, in the order in which it happened.
    pub events: Arc<[Event]>,
}

/// What happened to one peer. Moments are since the run began.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// When it was told to meet the other.
    pub joined: Option<Duration>,
    /// Its requests in the order in which they ended, each with when that was.
    pub calls: Vec<(Call, Duration)>,
    /// The session descriptions that its transport made, and when.
    pub made: Vec<(Description, Sdp, Duration)>,
    /// The session descriptions that its transport was given.
    pub applied: Vec<(Description, Sdp)>,
    /// When its channel opened.
    pub opened: Option<Duration>,
    /// What it sent.
    pub sent: Vec<Message>,
    /// What it received.
    pub received: Vec<Message>,
    /// The role that it says it played.
    pub met: Option<Role>,
    /// Why it says that it did not meet the other.
    pub failed: Option<String>,
}

/// A record that the network took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name, as the launcher takes it.
    pub name: Option<String>,
    /// When that was answered.
    pub at: Duration,
}

/// One look of an initiator for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// When its first request was sent.
    pub started: Duration,
    /// When its last request was answered.
    pub ended: Duration,
    /// Its requests: where they are in [`Part::calls`].
    pub calls: Vec<usize>,
}

impl Story {
    /// Sorts the events of one pair.
    pub fn tell<'a>(pair: usize, room: &str, events: impl IntoIterator<Item = &'a Event>) -> Self {
        let of_pair = |event: &&Event| event.who.is_some_and(|who| who.pair == pair);
        let events: Arc<[Event]> = events.into_iter().filter(of_pair).cloned().collect();
        let [mut first, mut second] = [Part::default(), Part::default()];
        for event in events.iter() {
            match event.who.map(|who| who.seat) {
                Some(Seat::First) => first.add(event),
                Some(Seat::Second) => second.add(event),
                None => {}
            }
        }
        Self { pair, room: room.to_owned(), first, second, events }
    }

    /// One peer's part.
    pub fn part(&self, seat: Seat) -> &Part {
        match seat {
            Seat::First => &self.first,
            Seat::Second => &self.second,
        }
    }

    /// The peer that made an offer, if exactly one did.
    pub fn initiator(&self) -> Option<&Part> {
        self.only_maker_of(Description::Offer)
    }

    /// The peer that made an answer, if exactly one did.
    pub fn recipient(&self) -> Option<&Part> {
        self.only_maker_of(Description::Answer)
    }

    fn only_maker_of(&self, kind: Description) -> Option<&Part> {
        match (self.first.description(kind), self.second.description(kind)) {
            (Some(_), None) => Some(&self.first),
            (None, Some(_)) => Some(&self.second),
            _ => None,
        }
    }

    /// When the network took the offer.
    pub fn offer_stored(&self) -> Option<Stored> {
        self.initiator()?.stored()
    }

    /// When the network took the answer.
    pub fn answer_stored(&self) -> Option<Stored> {
        self.recipient()?.stored()
    }

    /// When the initiator had read the answer.
    pub fn answer_taken(&self) -> Option<Duration> {
        let offer = self.offer_stored()?;
        let read =
            |(call, _): &&(Call, Duration)| call.noun == Noun::ReadRecord && call.is_ok() && call.name != offer.name;
        self.initiator()?.calls.iter().find(read).map(|(_, ended)| *ended)
    }

    /// How long the answer lay there until it was taken.
    pub fn detection(&self) -> Option<Duration> {
        Some(self.answer_taken()?.saturating_sub(self.answer_stored()?.at))
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

    /// Whether both channels opened.
    pub fn is_connected(&self) -> bool {
        self.first.opened.is_some() && self.second.opened.is_some()
    }

    /// How long it took from the first peer's joining until both channels were open.
    pub fn connecting(&self) -> Option<Duration> {
        let opened = self.first.opened?.max(self.second.opened?);
        Some(opened.saturating_sub(self.first.joined?))
    }

    /// Whether the description that the other peer was given is the one that was made; `None` if none was given.
    pub fn arrived(&self, kind: Description) -> Option<bool> {
        let (made_by, given_to) = match (kind, self.initiator(), self.recipient()) {
            (Description::Offer, Some(initiator), Some(recipient)) => (initiator, recipient),
            (Description::Answer, Some(initiator), Some(recipient)) => (recipient, initiator),
            _ => return None,
        };
        let (_, given) = given_to.applied.iter().find(|(applied, _)| *applied == kind)?;
        made_by.description(kind).map(|made| made == given)
    }
}

impl Part {
    fn add(&mut self, event: &Event) {
        match &event.what {
            What::Joined => self.joined = self.joined.or(Some(event.at)),
            What::Called(call) => self.calls.push((call.clone(), event.at)),
            What::Made(kind, sdp) => self.made.push((*kind, sdp.clone(), event.at)),
            What::Applied(kind, sdp) => self.applied.push((*kind, sdp.clone())),
            What::Opened => self.opened = self.opened.or(Some(event.at)),
            What::Sent(message) => self.sent.push(message.clone()),
            What::Received(message) => self.received.push(message.clone()),
            What::Met(role) => self.met = Some(*role),
            What::Failed(why) => self.failed = Some(why.clone()),
            What::Counted(_) => {}
        }
    }

    /// The last description of this kind that it made: the one that counts.
    pub fn description(&self, kind: Description) -> Option<&Sdp> {
        self.made.iter().rev().find(|(made, ..)| *made == kind).map(|(_, sdp, _)| sdp)
    }

    /// When its offer was ready, from which its polls are counted.
    pub fn offer_ready(&self) -> Option<Duration> {
        self.made.iter().rev().find(|(made, ..)| *made == Description::Offer).map(|(.., at)| *at)
    }

    fn stored(&self) -> Option<Stored> {
        let put = self.calls.iter().find(|(call, _)| call.noun == Noun::PutRecord && call.is_ok());
        put.map(|(call, ended)| Stored { name: call.name.clone(), at: *ended })
    }

    /// The record that it looked at first, which is its room's.
    pub fn room_record(&self) -> Option<&str> {
        let looks = self.calls.iter().filter(|(call, _)| call.noun == Noun::NameRecord);
        looks.min_by_key(|(call, _)| call.started)?.0.name.as_deref()
    }

    /// Every look at another record than its room's, in the order in which they began.
    pub fn polls(&self) -> Vec<Poll> {
        let room = self.room_record();
        let is_poll = |call: &Call| call.noun == Noun::NameRecord && call.name.as_deref() != room;
        let polls = (0..self.calls.len()).filter(|index| is_poll(&self.calls[*index].0));
        let mut polls: Vec<_> = polls.map(|index| self.look(index)).collect();
        polls.sort_by_key(|poll| poll.started);
        polls
    }

    /// A look is a data id, the record that was fetched with it, the reading of that, and the dropping of both.
    fn look(&self, index: usize) -> Poll {
        let named = &self.calls[index].0;
        let of_data_id = |call: &Call| {
            matches!(call.noun, Noun::FetchRecord | Noun::DropDataId)
                && named.given.is_some()
                && call.target == named.given
        };
        let record = self.calls.iter().find(|(call, _)| call.noun == Noun::FetchRecord && of_data_id(call));
        let record = record.and_then(|(call, _)| call.given);
        let of_record = |call: &Call| {
            matches!(call.noun, Noun::ReadRecord | Noun::DropRecord) && record.is_some() && call.target == record
        };
        let is_part = |at: &usize| {
            let call = &self.calls[*at].0;
            *at == index || of_data_id(call) || of_record(call)
        };
        let calls: Vec<_> = (0..self.calls.len()).filter(is_part).collect();
        let ended = calls.iter().map(|at| self.calls[*at].1).fold(Duration::ZERO, Duration::max);
        Poll { started: named.started, ended, calls }
    }
}
