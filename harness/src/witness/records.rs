//! Which records are those of rooms, and which hold their answers.

use std::collections::{BTreeMap, BTreeSet};

use signaling::{AnswerId, GENERATIONS_MAX, RecordName, RoomName};

use super::request::Request;
use crate::record::{Description, Payload, RequestKind};

/// The rooms that were used, and the records of each.
#[derive(Debug, Default)]
pub(super) struct Records {
    /// The rooms, in the order in which they were used first.
    pub(super) rooms: Vec<KnownRoom>,
    /// The room of each record: of those with its offers, and of those with their answers.
    of_record: BTreeMap<String, usize>,
}

/// A room.
#[derive(Debug, Default)]
pub(super) struct KnownRoom {
    /// Its name, if a client says it in `x-mock-room`.
    pub(super) name: Option<String>,
    /// The records for its offers, one for each generation.
    pub(super) records: Vec<String>,
    /// Whether a client has stored an offer there, or wanted to, or has read one.
    pub(super) has_offer: bool,
}

impl Records {
    /// Finds the rooms. A record that was only looked up is taken for that of a room if no offer can be missing, of which it holds the
    /// answer.
    pub(super) fn of(requests: &[Request<'_>], is_complete: bool) -> Self {
        let named = named(requests);
        let offers: Vec<(&str, &Payload)> = requests.iter().filter_map(offer).collect();
        let of_rooms: BTreeSet<&str> = offers.iter().map(|(record, _)| *record).collect();
        let of_answers: BTreeMap<String, &str> =
            offers.iter().filter_map(|(record, offer)| Some((answer_record(offer)?, *record))).collect();
        let not_only_looked_up: BTreeSet<&str> =
            requests.iter().filter(|request| is_more_than_a_lookup(request)).filter_map(Request::record).collect();
        let is_room = |record: &str| {
            let is_only_looked_up = || !of_answers.contains_key(record) && !not_only_looked_up.contains(record);
            of_rooms.contains(record) || is_only_looked_up() && (is_complete || named.contains_key(record))
        };

        let mut records = Self::default();
        let mut in_order: Vec<&Request<'_>> = requests.iter().collect();
        in_order.sort_by_key(|request| request.call.started);
        for record in in_order.into_iter().filter_map(Request::record).filter(|record| is_room(record)) {
            records.add_room(record, named.get(record), of_rooms.contains(record));
        }
        for (answer, offer) in of_answers.iter().filter(|(record, _)| !of_rooms.contains(record.as_str())) {
            if let Some(room) = records.of_record.get(*offer).copied() {
                records.of_record.entry(answer.clone()).or_insert(room);
            }
        }
        records
    }

    /// The room of a record.
    pub(super) fn room_of(&self, record: &str) -> Option<usize> {
        self.of_record.get(record).copied()
    }

    /// Adds a record that holds an answer to an offer that nobody has seen.
    pub(super) fn add_answer(&mut self, record: &str, room: usize) {
        self.of_record.entry(record.to_owned()).or_insert(room);
    }

    fn add_room(&mut self, record: &str, named: Option<&Named>, has_offer: bool) {
        let known = match (self.of_record.get(record), named) {
            (Some(room), _) => Some(*room),
            (None, Some(named)) => self.rooms.iter().position(|room| room.name.as_ref() == Some(&named.room)),
            (None, None) => None,
        };
        let index = known.unwrap_or(self.rooms.len());
        if known.is_none() {
            self.rooms.push(KnownRoom { name: named.map(|named| named.room.clone()), ..KnownRoom::default() });
        }
        let room = &mut self.rooms[index];
        room.has_offer |= has_offer;
        match named {
            // Those of the generations before it are the room's too.
            Some(named) if named.until.len() > room.records.len() => room.records.clone_from(&named.until),
            Some(_) => {}
            None if room.records.iter().any(|known| known == record) => {}
            None => room.records.push(record.to_owned()),
        }
        self.of_record.insert(record.to_owned(), index);
    }
}

/// The name of a room whose record this is, and its records until this generation.
#[derive(Debug, Clone)]
struct Named {
    room: String,
    until: Vec<String>,
}

/// The records of the rooms that clients name.
fn named(requests: &[Request<'_>]) -> BTreeMap<String, Named> {
    let rooms: BTreeSet<&str> = requests.iter().filter_map(|request| request.entry.room.as_deref()).collect();
    let used: BTreeSet<&str> = requests.iter().filter_map(Request::record).collect();
    let mut named = BTreeMap::new();
    for name in rooms {
        let Ok(room) = RoomName::new(name) else { continue };
        let generation = |number| RecordName::of_generation(&room, number).as_str().to_owned();
        let records: Vec<String> = (1..=GENERATIONS_MAX).map(generation).collect();
        for (number, record) in records.iter().enumerate().filter(|(_, record)| used.contains(record.as_str())) {
            let until = records[..=number].to_vec();
            named.entry(record.clone()).or_insert(Named { room: name.to_owned(), until });
        }
    }
    named
}

fn offer<'a>(request: &'a Request<'_>) -> Option<(&'a str, &'a Payload)> {
    let payload = request.stored().or_else(|| request.read())?;
    (payload.kind == Description::Offer).then_some((request.record()?, payload))
}

/// The record of the answer to an offer.
pub(super) fn answer_record(offer: &Payload) -> Option<String> {
    let id = AnswerId::new(offer.answer_id.as_str()).ok()?;
    Some(RecordName::of_answer(&id).as_str().to_owned())
}

/// Whether it shows more of its record than that nothing is there.
fn is_more_than_a_lookup(request: &Request<'_>) -> bool {
    let looks = matches!(
        request.call.kind,
        RequestKind::NameRecord
            | RequestKind::FetchRecord
            | RequestKind::ReadRecord
            | RequestKind::DropDataId
            | RequestKind::DropRecord
    );
    !looks || request.entry.content.is_some()
}
