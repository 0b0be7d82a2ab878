//! What one client did in one room, as events of a visit.

use std::time::Duration;

use signaling::Role;

use super::request::Request;
use crate::record::{Description, DescriptionReader, EventKind, RequestKind};
use crate::scenario::PeerIndex;

/// A visit of a client to a room.
#[derive(Debug)]
pub(super) struct SeenVisit {
    /// Its requests, as indices.
    pub(super) requests: Vec<usize>,
    /// What happened, in order.
    pub(super) events: Vec<(Duration, EventKind)>,
}

/// A request is read twice: when it arrives, and when it is answered.
enum Moment<'a> {
    Arrived(&'a Request<'a>),
    Answered(&'a Request<'a>),
}

impl SeenVisit {
    /// Reads the requests of a client, which are in the order in which they were answered.
    pub(super) fn of(requests: &[Request<'_>], of_client: Vec<usize>) -> Self {
        let mut moments = Vec::with_capacity(2 * of_client.len());
        for request in of_client.iter().map(|index| &requests[*index]) {
            moments.push((request.call.started, Moment::Arrived(request)));
            moments.push((request.ended, Moment::Answered(request)));
        }
        // Stable: what happened at one time stays in its order.
        moments.sort_by_key(|(at, _)| *at);
        let mut events: Vec<(Duration, EventKind)> =
            moments.first().map(|(at, _)| (*at, EventKind::Joined)).into_iter().collect();
        let mut reader = DescriptionReader::default();
        for (at, moment) in moments {
            match moment {
                Moment::Arrived(request) => {
                    if request.call.kind == RequestKind::NameRecord {
                        reader.looks(request.record());
                    }
                    let stored = request.stored().filter(|_| is_of_the_client(request.call.kind));
                    let made = stored.map(|payload| reader.stores(request.record(), payload.clone()));
                    events.extend(made.into_iter().flatten().map(|kind| (at, kind)));
                }
                Moment::Answered(request) => {
                    events.push((at, EventKind::Called(request.call.clone())));
                    let applied =
                        request.read().and_then(|payload| reader.reads(request.record(), payload.clone(), at));
                    events.extend(applied.map(|kind| (at, kind)));
                }
            }
        }
        Self { requests: of_client, events }
    }

    /// When its first request arrived.
    pub(super) fn joined(&self) -> Duration {
        self.events.first().map(|(at, _)| *at).unwrap_or_default()
    }

    /// What it is, by what it wanted to store last.
    pub(super) fn role(&self) -> Option<Role> {
        self.events.iter().rev().find_map(|(_, kind)| match kind {
            EventKind::Made(Description::Offer, _) => Some(Role::Initiator),
            EventKind::Made(Description::Answer, _) => Some(Role::Recipient),
            _ => None,
        })
    }

    /// Which peer of its room it is taken for.
    pub(super) fn peer_index(&self) -> PeerIndex {
        match self.role() {
            Some(Role::Initiator) => PeerIndex::First,
            Some(Role::Recipient) => PeerIndex::Second,
            None => PeerIndex::Third,
        }
    }
}

/// Whether the content is in the request itself, and not behind its handle.
fn is_of_the_client(kind: RequestKind) -> bool {
    matches!(kind, RequestKind::CreateRecord | RequestKind::ChangeRecord)
}
