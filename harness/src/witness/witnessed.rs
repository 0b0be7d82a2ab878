//! Reads the journals of the launchers of one network.

use std::collections::BTreeMap;

use super::client::Clients;
use super::clients_of_session::by_client;
use super::gaps::StoredContent;
use super::going_on::join_those_that_go_on;
use super::records::Records;
use super::request::Request;
use super::room::{SeenRoom, Visits, by_room};
use super::visit::SeenVisit;
use crate::record::{Description, LauncherJournal};

/// What launchers saw.
#[derive(Debug, Clone, Default)]
pub struct Witnessed {
    /// The rooms that were used, in the order in which they were used first.
    pub rooms: Vec<SeenRoom>,
    /// How many requests belong to no room, by the word of their call.
    pub elsewhere: BTreeMap<String, usize>,
    /// Each launcher whose journal does not have all its entries: its URL, how many there are, and how many were written.
    pub incomplete: Vec<Incomplete>,
}

/// A journal that does not have all its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incomplete {
    /// The URL of the launcher.
    pub launcher: String,
    /// How many entries it has written.
    pub written: u64,
    /// How many of them are not there any more.
    pub missing: u64,
}

impl Witnessed {
    /// Reads the journals of all launchers of one network.
    pub fn of(journals: &[LauncherJournal]) -> Self {
        let requests = Request::all(journals);
        let incomplete: Vec<Incomplete> = journals.iter().filter_map(Incomplete::of).collect();
        let mut records = Records::of(&requests, incomplete.is_empty());
        let mut clients = Clients::of(&requests);
        join_those_that_go_on(&mut clients, &requests);
        for client in &clients.all {
            add_stray_answers(&mut records, &requests, &client.requests);
        }

        let mut visits: Vec<Visits<'_>> = records.rooms.iter().map(|_| Vec::new()).collect();
        let mut nobodys = clients.nobodys.clone();
        for client in &clients.all {
            let (of_rooms, elsewhere) = by_room(&requests, client, |request| records.room_of(request.record()?));
            nobodys.extend(elsewhere);
            for (room, of_room) in of_rooms {
                for part in by_client(&requests, &of_room, |index| client.logins.contains(&index)) {
                    visits[room].push((client, SeenVisit::of(&requests, part)));
                }
            }
        }
        let stored = StoredContent::of(&requests);
        let rooms = records.rooms.iter().zip(visits).zip(1..).map(|((known, visits), number)| {
            let seen_by = visits.iter().map(|(client, _)| *client);
            let of_room = visits.iter().flat_map(|(_, visit)| &visit.requests).map(|index| &requests[*index]);
            let gap = stored.gap(journals, seen_by, of_room);
            SeenRoom::of(number, known, visits, journals, gap)
        });
        Self { rooms: rooms.collect(), elsewhere: counted(&requests, &nobodys), incomplete }
    }
}

impl Incomplete {
    fn of(journal: &LauncherJournal) -> Option<Self> {
        let (launcher, written, missing) = (journal.url.clone(), journal.written, journal.missing());
        (missing > 0).then_some(Self { launcher, written, missing })
    }
}

/// An answer under a record of which no offer says that it is looked for there belongs to the room in which its client was last.
fn add_stray_answers(records: &mut Records, requests: &[Request<'_>], of_client: &[usize]) {
    let mut last = None;
    for request in of_client.iter().map(|index| &requests[*index]) {
        let Some(record) = request.record() else { continue };
        match (records.room_of(record), request.stored(), last) {
            (Some(room), ..) => last = Some(room),
            (None, Some(payload), Some(room)) if payload.kind == Description::Answer => {
                records.add_answer(record, room);
            }
            (None, ..) => {}
        }
    }
}

fn counted(requests: &[Request<'_>], indices: &[usize]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for request in indices.iter().map(|index| &requests[*index]) {
        let word = request.entry.call.map_or_else(|| "other".to_owned(), |call| call.to_string());
        *counts.entry(word).or_default() += 1;
    }
    counts
}
