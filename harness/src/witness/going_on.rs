//! A client that goes on with another session, and is known by an answer that no other client can look for: the id of an answer is in
//! the offer alone, and that client has not read the offer in its new session.

use std::collections::{BTreeMap, BTreeSet};

use super::client::{Client, Clients};
use super::records::answer_record;
use super::request::Request;
use crate::record::{Description, RequestKind};

/// Joins the clients that go on with another session.
pub(super) fn join_those_that_go_on(clients: &mut Clients, requests: &[Request<'_>]) {
    let mut initiators = BTreeMap::<(usize, String), usize>::new();
    let mut joined = Vec::<Client>::new();
    let mut in_order = std::mem::take(&mut clients.all);
    in_order.sort_by_key(|client| client.requests.first().copied());
    for client in in_order {
        let earlier = looked_for(&client, requests).find_map(|answer| {
            let place = *initiators.get(&(client.launcher, answer))?;
            let is_before = |initiator: &Client| initiator.requests.last() < client.requests.first();
            joined.get(place).filter(|initiator| initiator.peer == client.peer && is_before(initiator))?;
            Some(place)
        });
        let place = earlier.unwrap_or(joined.len());
        for answer in offered(&client, requests) {
            initiators.insert((client.launcher, answer), place);
        }
        match joined.get_mut(place) {
            Some(initiator) => {
                initiator.sessions.extend(client.sessions);
                initiator.requests.extend(client.requests);
                // The first of them is no client that has come.
                initiator.logins.extend(client.logins.into_iter().skip(1));
            }
            None => joined.push(client),
        }
    }
    clients.all = joined;
}

/// The records of the answers to the offers that a client stores, or wants to.
fn offered<'a>(client: &'a Client, requests: &'a [Request<'_>]) -> impl Iterator<Item = String> + 'a {
    let stored = client.requests.iter().filter_map(|index| requests[*index].stored());
    stored.filter(|payload| payload.kind == Description::Offer).filter_map(answer_record)
}

/// The records that a client looks up, and of which it can have learned only before its session.
fn looked_for<'a>(client: &'a Client, requests: &'a [Request<'_>]) -> impl Iterator<Item = String> + 'a {
    let own = || client.requests.iter().map(|index| &requests[*index]);
    let learned: BTreeSet<String> = own().filter_map(Request::read).filter_map(answer_record).collect();
    let stored: BTreeSet<&str> =
        own().filter(|request| request.stored().is_some()).filter_map(Request::record).collect();
    let looks = own().filter(|request| request.call.kind == RequestKind::NameRecord);
    let looked = looks.filter_map(Request::record);
    looked.filter(move |record| !learned.contains(*record) && !stored.contains(record)).map(ToOwned::to_owned)
}
