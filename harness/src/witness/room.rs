//! A room, as launchers saw it.

use std::collections::BTreeMap;
use std::sync::Arc;

use signaling::Role;

use super::client::Client;
use super::records::KnownRoom;
use super::request::Request;
use super::visit::SeenVisit;
use crate::record::{Event, LauncherJournal};
use crate::scenario::{PeerIndex, VisitId};
use crate::trace::PairTrace;

/// How many characters of the name of a record name a room of which no name is known.
const RECORD_CHARACTERS: usize = 8;

/// A room that was used.
#[derive(Debug, Clone)]
pub struct SeenRoom {
    /// Its name, or that of its record where no client said it.
    pub name: String,
    /// What its clients did.
    pub trace: PairTrace,
    /// Its clients, in the order of their visits in the trace.
    pub clients: Vec<SeenClient>,
    /// The records for its offers, one for each generation that was used or is before it.
    records: Arc<[String]>,
    /// Whether a client stored an offer there, or wanted to, or read one.
    pub has_offer: bool,
    /// What the journals do not show of it, if that is known.
    pub gap: Option<String>,
}

/// A client in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenClient {
    /// The visit for which it is taken: initiators are first peers, recipients are second peers, and others are third peers.
    pub who: VisitId,
    /// What it wanted to store last says what it is.
    pub role: Option<Role>,
    /// The URL of its launcher.
    pub launcher: String,
    /// The numbers of its sessions there.
    pub sessions: Vec<u64>,
    /// What it calls itself in `x-mock-peer`.
    pub name: Option<String>,
}

/// The visits of the clients of a room, each with its client.
pub(super) type Visits<'c> = Vec<(&'c Client, SeenVisit)>;

impl SeenRoom {
    /// A room, counted from 1.
    pub(super) fn of(
        number: usize,
        known: &KnownRoom,
        mut visits: Visits<'_>,
        journals: &[LauncherJournal],
        gap: Option<String>,
    ) -> Self {
        visits.sort_by_key(|(_, visit)| visit.joined());
        let mut counts = BTreeMap::<PeerIndex, u32>::new();
        let (mut clients, mut events) = (Vec::new(), Vec::new());
        for (client, visit) in visits {
            let count = counts.entry(visit.peer_index()).or_default();
            *count += 1;
            let who = VisitId { pair: number, peer_index: visit.peer_index(), visit: *count };
            clients.push(SeenClient {
                who,
                role: visit.role(),
                launcher: journals.get(client.launcher).map(|journal| journal.url.clone()).unwrap_or_default(),
                sessions: client.sessions.clone(),
                name: client.peer.clone(),
            });
            events.extend(visit.events.into_iter().map(|(at, kind)| Event { at, who: Some(who), kind }));
        }
        clients.sort_by_key(|client| client.who);
        // Stable: those of one client stay in their order.
        events.sort_by_key(|event| event.at);
        let name = known.name.clone().unwrap_or_else(|| nameless(known));
        let records: Arc<[String]> = known.records.as_slice().into();
        let trace = PairTrace::with_records(number, &name, &records, Arc::from(events));
        Self { name, records, trace, clients, has_offer: known.has_offer, gap }
    }

    /// The names of the records for its offers, one for each generation that was used or is before it.
    pub fn records(&self) -> &[String] {
        &self.records
    }
}

/// What a room is called of which no name is known.
fn nameless(known: &KnownRoom) -> String {
    let record: String =
        known.records.first().into_iter().flat_map(|record| record.chars()).take(RECORD_CHARACTERS).collect();
    format!("record {record}…")
}

/// The requests of a client that are of each room, in their order.
pub(super) fn by_room(
    requests: &[Request<'_>],
    client: &Client,
    room_of: impl Fn(&Request<'_>) -> Option<usize>,
) -> (BTreeMap<usize, Vec<usize>>, Vec<usize>) {
    let (mut by_room, mut elsewhere) = (BTreeMap::<usize, Vec<usize>>::new(), Vec::new());
    // What concerns no record belongs to what comes next, such as the request for a session.
    let (mut waiting, mut last) = (Vec::new(), None);
    for index in &client.requests {
        let request = &requests[*index];
        match room_of(request) {
            Some(room) => {
                let of_room = by_room.entry(room).or_default();
                of_room.append(&mut waiting);
                of_room.push(*index);
                last = Some(room);
            }
            None if request.record().is_none() && request.call.kind.is_of_rooms() => waiting.push(*index),
            None => elsewhere.push(*index),
        }
    }
    match last {
        Some(room) => by_room.entry(room).or_default().append(&mut waiting),
        None => elsewhere.append(&mut waiting),
    }
    (by_room, elsewhere)
}
