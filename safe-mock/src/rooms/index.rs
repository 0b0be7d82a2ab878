//! All rooms of one network.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use lru::LruCache;

use super::event::{RoomEvent, RoomEventKind, Side};
use super::nearest::difference;
use super::observation::{Observation, Outcome, Remark};
use super::obstacles::Obstacles;
use super::place::Place;
use super::room::{Room, RoomState};
use super::sentence::sentence;
use super::waits::Waits;
use super::words;
use super::writes::{Write, Writes};
use crate::call::Call;
use crate::escape::Escaped;
use crate::journal::PayloadType;
use crate::network::DataName;

/// How many rooms are kept: those that were used last.
pub const ROOMS_MAX: usize = 1_000;

/// Of how many records looks are kept, in case they turn out to be rooms, and how many looks of each.
const LOOKED_FOR_MAX: usize = 256;
const LOOKS_MAX: usize = 8;

/// With how many rooms in which a peer waits the name of one is compared.
const COMPARED_MAX: usize = 64;

/// A peer whose last request is longer ago is not said to wait.
const WAITS_FOR: Duration = Duration::from_mins(1);

/// A peer that was alone for so long is told at which launchers it can be met.
const ALONE_AFTER: Duration = Duration::from_secs(10);

/// How many launchers a sentence names.
const NAMED_MAX: usize = 4;

/// The rooms of one network, who stored what, and what keeps apps away.
#[derive(Debug)]
pub struct Rooms {
    /// By the record of the offer.
    by_record: LruCache<DataName, Room>,
    /// The record of the room, by the record of the answer to its latest offer.
    answers: HashMap<DataName, DataName>,
    waits: Waits,
    looked_for: LruCache<DataName, Vec<RoomEvent>>,
    last_number: u64,
    /// Counts up with each change.
    changes: u64,
    writes: Writes,
    /// Who waits for consent, and who was sent away.
    pub obstacles: Obstacles,
    /// The URLs of the launchers of this network that listen on a port, by number.
    pub urls: BTreeMap<u64, String>,
}

impl Default for Rooms {
    fn default() -> Self {
        Self {
            // Created without a capacity, so that an idle network allocates nothing.
            by_record: LruCache::unbounded(),
            answers: HashMap::new(),
            waits: Waits::default(),
            looked_for: LruCache::unbounded(),
            last_number: 0,
            changes: 0,
            writes: Writes::default(),
            obstacles: Obstacles::default(),
            urls: BTreeMap::new(),
        }
    }
}

impl Rooms {
    /// Takes what a request did with a record. Returns what is said of it, if it belongs to a meeting.
    pub fn observe(&mut self, seen: &Observation<'_>) -> Option<Remark> {
        if seen.call.changes_structured_data() && seen.outcome.is_carried_out() {
            let Observation { version, at, launcher, request, content_bytes: bytes, .. } = *seen;
            self.writes.add(seen.record, Write { version, at, launcher, request, bytes });
        }
        let remark = match seen.call {
            Call::Put | Call::Post => self.store(seen),
            Call::Delete | Call::Unclaim => self.remove(seen),
            Call::Fetch => self.fetch(seen),
            Call::Read => self.read(seen),
            Call::HoldDataId if seen.outcome == Outcome::Failed => self.poll(seen),
            _ => None,
        };
        self.changes += u64::from(remark.is_some());
        remark
    }

    /// The name of the room whose offer or answer is in a record, where it is known.
    pub fn name_of(&self, record: DataName) -> Option<&str> {
        self.by_record.peek(self.answers.get(&record).unwrap_or(&record))?.name.as_deref()
    }

    /// What a record is in the room that it belongs to, if it belongs to one.
    pub fn place_of(&self, record: DataName) -> Option<Place> {
        let answer_of = self.answers.get(&record);
        let room = self.by_record.peek(answer_of.unwrap_or(&record))?;
        let what = if answer_of.is_some() { PayloadType::Answer } else { PayloadType::Offer };
        Some(Place { what, number: room.number, name: room.name.clone() })
    }

    /// How often a room changed: another number than before means that something is new.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Forgets all rooms and writes; numbers go on, launchers stay, and apps that wait for consent at other launchers still do.
    pub fn clear(&mut self) {
        let (last_number, changes) = (self.last_number, self.changes + 1);
        let obstacles = std::mem::take(&mut self.obstacles).of_now();
        let urls = std::mem::take(&mut self.urls);
        *self = Self { last_number, changes, obstacles, urls, ..Self::default() };
    }

    /// The rooms, latest first.
    pub fn latest_first(&self) -> Vec<&Room> {
        let mut rooms: Vec<_> = self.by_record.iter().map(|(_, room)| room).collect();
        rooms.sort_by_key(|room| std::cmp::Reverse(room.number));
        rooms
    }

    /// The room of a number.
    pub fn numbered(&self, number: u64) -> Option<&Room> {
        self.by_record.iter().map(|(_, room)| room).find(|room| room.number == number)
    }

    /// The last writes of a record, latest first.
    pub fn writes(&self, record: DataName) -> impl Iterator<Item = Write> {
        self.writes.of(record)
    }

    /// The state of a room, and what may explain it: another room of a like name, or apps that were kept away.
    pub fn diagnosis(&self, room: &Room, now: Duration) -> String {
        let sentence = sentence(room, now);
        let mut further = match room.state() {
            RoomState::Waiting | RoomState::Empty => [self.elsewhere(room, now), self.obstacles.sentence(now)],
            RoomState::Over if room.is_unmet() => [self.elsewhere(room, now), None],
            _ => [None, None],
        };
        let wait = room.wait();
        let waited = wait.to.unwrap_or(now).saturating_sub(wait.from);
        let is_alone = matches!(room.state(), RoomState::Waiting | RoomState::Empty) || room.is_unmet();
        if further == [None, None] && is_alone && waited >= ALONE_AFTER {
            further[0] = only_at(&self.urls);
        }
        [Some(sentence)].into_iter().chain(further).flatten().collect::<Vec<_>>().join(" ")
    }

    /// Where else an offer is stored whose peer has asked lately: in the room with the nearest name, or in the only other one; or where
    /// one of a like name was at the same time.
    fn elsewhere(&self, room: &Room, now: Duration) -> Option<String> {
        let wait = room.wait();
        let others = || {
            let numbers = self.waits.now.iter().rev().filter(|(number, _)| **number != room.number);
            let rooms = numbers.filter_map(|(_, record)| self.by_record.peek(record));
            let waits_still = rooms.filter(|other| now.saturating_sub(other.last) <= WAITS_FOR);
            waits_still.filter(|other| wait.to.is_none_or(|to| other.wait().from <= to)).take(COMPARED_MAX)
        };
        let names = |other: &Room| Some((room.name.as_deref()?.to_owned(), other.name.clone()?));
        let alike = others().find_map(|other| {
            let (one, name) = names(other)?;
            difference(&one, &name).map(|how| (other, how))
        });
        if let Some((other, how)) = alike {
            let name = other.name.as_deref().unwrap_or_default();
            return Some(format!("An offer waits in the room \"{}\", {how}.", Escaped(name)));
        }
        if let Some(missed) = self.waits.missed(wait, now) {
            return Some(missed);
        }
        match (others().next(), others().nth(1)) {
            (Some(other), None) => {
                Some(format!("An offer waits in another room, \"{}\".", Escaped(other.name.as_deref()?)))
            }
            (Some(_), Some(_)) => Some(format!("Offers wait in {} other rooms.", others().count())),
            (None, _) => None,
        }
    }

    fn store(&mut self, seen: &Observation<'_>) -> Option<Remark> {
        let payload = seen.payload?;
        let room = match payload.kind {
            PayloadType::Offer => self.room(seen),
            PayloadType::Answer => self.by_record.get_mut(self.answers.get(&seen.record)?)?,
        };
        let (what, side) = match payload.kind {
            PayloadType::Offer => ("offer", Side::First),
            PayloadType::Answer => ("answer", Side::Second),
        };
        if !seen.outcome.is_carried_out() {
            room.refused(side, seen);
            let told = format!("{}: refused", words::step(room, what));
            return Some(Remark { told, why: None });
        }
        match payload.kind {
            PayloadType::Offer => {
                let before = room.answer_record;
                room.offered(seen, payload);
                room.offer_stored(seen);
                self.answer_moves(seen.record, before);
            }
            PayloadType::Answer => room.answered(seen, payload),
        }
        self.told_and_noted(seen, |room| format!("{} stored", words::step(room, what)))
    }

    fn remove(&mut self, seen: &Observation<'_>) -> Option<Remark> {
        let answer_of = self.answers.get(&seen.record).copied();
        let room = self.by_record.get_mut(&answer_of.unwrap_or(seen.record))?;
        let what = if answer_of.is_some() { "answer" } else { "offer" };
        if !seen.outcome.is_carried_out() {
            let side = if answer_of.is_some() { Side::Second } else { Side::First };
            room.refused(side, seen);
            return Some(Remark { told: format!("{}: removal refused", words::step(room, what)), why: None });
        }
        // What its peer may not know: that nobody has come to see it.
        let was_met = room.found.is_some();
        if answer_of.is_some() {
            room.answer_removed(seen);
        } else {
            room.offer_removed(seen);
        }
        let record = room.record;
        let remark = self.told_and_noted(seen, |room| format!("{} removed", words::step(room, what)))?;
        let why = self.by_record.peek(&record).filter(|_| !was_met).map(|room| self.diagnosis(room, seen.at));
        Some(Remark { why, ..remark })
    }

    fn fetch(&mut self, seen: &Observation<'_>) -> Option<Remark> {
        if self.answers.contains_key(&seen.record) {
            return self.poll(seen);
        }
        let is_known = self.by_record.contains(&seen.record);
        let is_of_offer = seen.outcome.is_carried_out() && self.has_live_offer(seen.record);
        if is_of_offer || seen.outcome == Outcome::Failed {
            return None;
        }
        if !is_known && seen.room.is_none() {
            if seen.outcome == Outcome::NothingThere {
                self.remember_look(seen);
            }
            return None;
        }
        if !is_known && seen.outcome != Outcome::NothingThere {
            // Something is stored there, and the read that follows shows what it is.
            return None;
        }
        let room = self.room(seen);
        room.looked(seen);
        let told = words::look(room);
        let record = room.record;
        let why = self.by_record.peek(&record).map(|room| self.diagnosis(room, seen.at));
        Some(Remark { told, why })
    }

    fn poll(&mut self, seen: &Observation<'_>) -> Option<Remark> {
        let record = *self.answers.get(&seen.record)?;
        let room = self.by_record.get_mut(&record)?;
        room.polled(seen);
        let told = words::poll(room, seen);
        let room = self.by_record.peek(&record)?;
        let why = (!room.is_answer_there(seen)).then(|| self.diagnosis(room, seen.at));
        Some(Remark { told, why })
    }

    fn read(&mut self, seen: &Observation<'_>) -> Option<Remark> {
        let payload = seen.payload.filter(|_| seen.outcome.is_carried_out())?;
        match payload.kind {
            PayloadType::Offer => {
                let room = self.room(seen);
                let before = room.answer_record;
                room.offer_read(seen, payload);
                self.answer_moves(seen.record, before);
                self.told_and_noted(seen, |room| format!("{} read", words::step(room, "offer")))
            }
            PayloadType::Answer => {
                let record = *self.answers.get(&seen.record)?;
                let room = self.by_record.get_mut(&record)?;
                room.answer_found(seen, payload);
                self.told_and_noted(seen, |room| format!("{} found", words::step(room, "answer")))
            }
        }
    }

    /// Notes where the answer to the latest offer of a room will be, in place of the answer to the offer before.
    fn answer_moves(&mut self, record: DataName, before: Option<DataName>) {
        let now = self.by_record.peek(&record).and_then(|room| room.answer_record);
        if now == before {
            return;
        }
        before.map(|before| self.answers.remove(&before));
        now.map(|now| self.answers.insert(now, record));
    }

    /// What is said of a step, and whether a peer waits in its room from now on.
    fn told_and_noted(&mut self, seen: &Observation<'_>, told: impl FnOnce(&Room) -> String) -> Option<Remark> {
        let record = self.answers.get(&seen.record).copied().unwrap_or(seen.record);
        let room = self.by_record.peek(&record)?;
        if room.state() == RoomState::Waiting {
            self.waits.now.insert(room.number, record);
        } else if self.waits.now.remove(&room.number).is_some() && room.is_unmet() {
            self.waits.ended(room.wait(), seen.at);
        }
        Some(Remark { told: told(room), why: None })
    }

    fn has_live_offer(&self, record: DataName) -> bool {
        !matches!(self.by_record.peek(&record).map(Room::state), None | Some(RoomState::Empty | RoomState::Over))
    }

    /// The room of the record, which becomes the one that was used last. A new one takes the place of the one that was not used for
    /// the longest time.
    fn room(&mut self, seen: &Observation<'_>) -> &mut Room {
        if !self.by_record.contains(&seen.record) {
            if self.by_record.len() >= ROOMS_MAX
                && let Some((_, oldest)) = self.by_record.pop_lru()
            {
                self.waits.now.remove(&oldest.number);
                oldest.answer_record.map(|answer| self.answers.remove(&answer));
            }
            self.last_number += 1;
            let mut room = Room::new(self.last_number, seen);
            if let Some(looks) = self.looked_for.pop(&seen.record) {
                room.take_over(looks);
            }
            self.by_record.put(seen.record, room);
        }
        self.by_record.get_or_insert_mut(seen.record, || Room::new(0, seen))
    }

    fn remember_look(&mut self, seen: &Observation<'_>) {
        let looks = self.looked_for.get_or_insert_mut(seen.record, Vec::new);
        if looks.len() < LOOKS_MAX {
            looks.push(RoomEvent::new(RoomEventKind::Looked, Side::First, seen));
        }
        if self.looked_for.len() > LOOKED_FOR_MAX {
            self.looked_for.pop_lru();
        }
    }
}

/// At which launchers a peer of this network can be met: two of different networks never meet. `None` if none listens on a port.
fn only_at(urls: &BTreeMap<u64, String>) -> Option<String> {
    let mut names: Vec<_> = urls.values().take(NAMED_MAX).cloned().collect();
    if urls.len() > NAMED_MAX {
        names.push(format!("{} more", urls.len() - NAMED_MAX));
    }
    let last = names.pop()?;
    let all = if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) };
    let (noun, verb) = if urls.len() == 1 { ("launcher", "is") } else { ("launchers", "are") };
    Some(format!("Only peers at a launcher of this network come here; its {noun} {verb} {all}."))
}
