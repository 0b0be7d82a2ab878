//! One room: what is stored in it, and what was seen of the two peers.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use serde::Serialize;

use super::address;
use super::description::Description;
use super::event::{RoomEvent, RoomEventKind, Side};
use super::observation::{Observation, Outcome};
use super::waits::Wait;
use crate::journal::JournalPayload;
use crate::network::DataName;

/// How many polls of one room are kept, and how many other events: the latest.
const POLLS_MAX: usize = 256;
const STEPS_MAX: usize = 128;

/// How far the meeting in a room has come, by its latest offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RoomState {
    /// No offer was stored.
    Empty,
    /// An offer is stored, and nobody else has read it.
    Waiting,
    /// Somebody else has read the offer, and there is no answer.
    Seen,
    /// An answer is stored, and the first peer has not read it.
    Answered,
    /// The first peer has read the answer.
    Found,
    /// The offer is removed.
    Over,
}

/// What was seen of one room.
#[derive(Debug)]
pub struct Room {
    /// Counts up as rooms are first used.
    pub number: u64,
    /// The record of its offer.
    pub record: DataName,
    /// Its name, if an offer or a header told it.
    pub name: Option<String>,
    /// When it was first and last used.
    pub first: Duration,
    /// When it was last used.
    pub last: Duration,
    /// The launchers that were used.
    pub launchers: BTreeSet<u64>,
    /// The latest offer.
    pub offer: Option<Description>,
    /// The answer to it.
    pub answer: Option<Description>,
    /// The record where the latest offer says that its answer will be.
    pub answer_record: Option<DataName>,
    /// The polls for an answer to the latest offer.
    pub polls: u64,
    /// When the last of them was.
    pub last_poll: Option<Duration>,
    /// Whether the last of them failed.
    pub last_poll_failed: bool,
    /// The looks for an offer that found none, since the last offer.
    pub looks: u64,
    /// Who else read the latest offer last.
    pub read: Option<RoomEvent>,
    /// When the first peer read the answer.
    pub found: Option<Duration>,
    polled: VecDeque<RoomEvent>,
    steps: VecDeque<RoomEvent>,
    /// How many events are no longer kept.
    pub forgotten: u64,
}

impl Room {
    /// A room that is used for the first time.
    pub fn new(number: u64, seen: &Observation<'_>) -> Self {
        Self {
            number,
            record: seen.record,
            name: None,
            first: seen.at,
            last: seen.at,
            launchers: BTreeSet::new(),
            offer: None,
            answer: None,
            answer_record: None,
            polls: 0,
            last_poll: None,
            last_poll_failed: false,
            looks: 0,
            read: None,
            found: None,
            polled: VecDeque::new(),
            steps: VecDeque::new(),
            forgotten: 0,
        }
    }

    /// How far the meeting has come.
    pub fn state(&self) -> RoomState {
        match (&self.offer, &self.answer) {
            (None, _) => RoomState::Empty,
            (Some(offer), _) if !offer.is_live() => RoomState::Over,
            _ if self.found.is_some() => RoomState::Found,
            (_, Some(answer)) if answer.is_live() => RoomState::Answered,
            (_, Some(_)) => RoomState::Seen,
            (_, None) if self.read.is_some() => RoomState::Seen,
            (_, None) => RoomState::Waiting,
        }
    }

    /// Whether its offer was removed, and nobody else had read it.
    pub fn is_unmet(&self) -> bool {
        self.state() == RoomState::Over && self.read.is_none() && self.answer.is_none()
    }

    /// Since when a peer waits, or looked for an offer first, and until when if its offer is removed.
    pub fn wait(&self) -> Wait<'_> {
        let offer = self.offer.as_ref();
        let from = offer.map_or(self.first, |offer| offer.stored);
        Wait { room: self.number, name: self.name.as_deref(), from, to: offer.and_then(|offer| offer.removed) }
    }

    /// All events that are kept, oldest first.
    pub fn events(&self) -> Vec<&RoomEvent> {
        let mut events: Vec<_> = self.steps.iter().chain(&self.polled).collect();
        events.sort_by_key(|event| event.at);
        events
    }

    /// Takes over looks that were made before it was known that this is a room.
    pub fn take_over(&mut self, looks: Vec<RoomEvent>) {
        for look in looks {
            self.first = self.first.min(look.at);
            self.launchers.insert(look.launcher);
            self.looks += 1;
            self.step(look);
        }
    }

    /// A look for an offer, which found none.
    pub fn looked(&mut self, seen: &Observation<'_>) {
        self.looks += 1;
        let side = if self.has_live_offer() { Side::Second } else { Side::First };
        self.step_of(RoomEventKind::Looked, side, seen);
    }

    /// An offer that was stored, or read for the first time.
    pub fn offered(&mut self, seen: &Observation<'_>, payload: &JournalPayload) {
        if let Some(room) = address::room_of(&payload.answer_id, seen.record) {
            self.name = Some(room);
        }
        let is_same = self.offer.as_ref().is_some_and(|offer| offer.is_live() && offer.is(payload));
        if !is_same {
            self.answer = None;
            self.polls = 0;
            (self.last_poll, self.last_poll_failed) = (None, false);
            self.looks = 0;
            self.read = None;
            self.found = None;
        }
        self.offer = Some(Description::new(seen, payload));
        self.answer_record = address::record_of(&payload.answer_id);
    }

    /// Adds the event of an offer that was stored.
    pub fn offer_stored(&mut self, seen: &Observation<'_>) {
        self.step_of(RoomEventKind::OfferStored, Side::First, seen);
    }

    /// A read of the offer.
    pub fn offer_read(&mut self, seen: &Observation<'_>, payload: &JournalPayload) {
        if !self.offer.as_ref().is_some_and(|offer| offer.is(payload)) {
            // It was stored before the launcher began to watch; or an old handle shows an earlier version, which changes nothing.
            let known = self.offer.as_ref().map(|offer| (offer.is_live(), offer.version));
            if known.is_some_and(|(is_live, version)| is_live || seen.version <= version) {
                return;
            }
            self.offered(seen, payload);
        }
        // Two clients of one app at one launcher share a session, and are told apart by what they do.
        let is_own = self.offer.as_ref().is_some_and(|offer| {
            offer.request != seen.request && (offer.launcher, offer.session) == (seen.launcher, seen.session)
        });
        let side = if is_own { Side::First } else { Side::Second };
        let event = RoomEvent::new(RoomEventKind::OfferRead, side, seen);
        // An old handle shows an offer that was removed meanwhile, too.
        if !is_own && self.has_live_offer() {
            self.read = Some(event.clone());
        }
        self.step(event);
    }

    /// An answer that was stored.
    pub fn answered(&mut self, seen: &Observation<'_>, payload: &JournalPayload) {
        self.found = None;
        self.answer = Some(Description::new(seen, payload));
        // Its reader shares the session of the initiator: so the reads of that session were the second peer's.
        for read in self.steps.iter_mut().filter(|step| step.kind == RoomEventKind::OfferRead && step.is_by(seen)) {
            read.side = Side::Second;
            self.read = Some(read.clone());
        }
        self.step_of(RoomEventKind::AnswerStored, Side::Second, seen);
    }

    /// A poll for the answer.
    pub fn polled(&mut self, seen: &Observation<'_>) {
        self.polls += 1;
        self.last_poll = Some(seen.at);
        self.last_poll_failed = matches!(seen.outcome, Outcome::Failed | Outcome::AnswerLost);
        let kind = if self.last_poll_failed { RoomEventKind::PollFailed } else { RoomEventKind::Poll };
        self.used(seen);
        if self.is_answer_there(seen) {
            return;
        }
        let event = RoomEvent { poll: Some(self.polls), ..RoomEvent::new(kind, Side::First, seen) };
        self.polled.push_back(event);
        if self.polled.len() > POLLS_MAX {
            self.polled.pop_front();
            self.forgotten += 1;
        }
    }

    /// Whether a poll has found the answer, which is read next.
    pub fn is_answer_there(&self, seen: &Observation<'_>) -> bool {
        seen.outcome == Outcome::Done && self.answer.as_ref().is_some_and(Description::is_live)
    }

    /// A read of the answer.
    pub fn answer_found(&mut self, seen: &Observation<'_>, payload: &JournalPayload) {
        if self.answer.is_none() {
            self.answer = Some(Description::new(seen, payload));
        }
        if self.found.is_none() && seen.outcome == Outcome::Done {
            self.found = Some(seen.at);
            self.step_of(RoomEventKind::AnswerFound, Side::First, seen);
        }
    }

    /// The offer was removed.
    pub fn offer_removed(&mut self, seen: &Observation<'_>) {
        if let Some(offer) = &mut self.offer {
            offer.removed = offer.removed.or(Some(seen.at));
        }
        self.step_of(RoomEventKind::OfferRemoved, Side::First, seen);
    }

    /// The answer was removed.
    pub fn answer_removed(&mut self, seen: &Observation<'_>) {
        let answer = self.answer.as_mut();
        let side = match &answer {
            Some(answer) if (answer.launcher, answer.session) != (seen.launcher, seen.session) => Side::First,
            _ => Side::Second,
        };
        if let Some(answer) = answer {
            answer.removed = answer.removed.or(Some(seen.at));
        }
        self.step_of(RoomEventKind::AnswerRemoved, side, seen);
    }

    /// A write that was refused.
    pub fn refused(&mut self, side: Side, seen: &Observation<'_>) {
        self.step_of(RoomEventKind::Refused, side, seen);
    }

    fn has_live_offer(&self) -> bool {
        self.offer.as_ref().is_some_and(Description::is_live)
    }

    fn step_of(&mut self, kind: RoomEventKind, side: Side, seen: &Observation<'_>) {
        self.used(seen);
        self.step(RoomEvent::new(kind, side, seen));
    }

    fn used(&mut self, seen: &Observation<'_>) {
        self.last = self.last.max(seen.at);
        self.launchers.insert(seen.launcher);
        if self.name.is_none() {
            self.name = seen.room.map(ToOwned::to_owned);
        }
    }

    fn step(&mut self, event: RoomEvent) {
        self.steps.push_back(event);
        if self.steps.len() > STEPS_MAX {
            self.steps.pop_front();
            self.forgotten += 1;
        }
    }
}
