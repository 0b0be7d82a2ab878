//! Who sent which requests: a client is what uses one session at one launcher, or says its name in `x-mock-peer`. One whose session was
//! lost goes on with a new session.

use std::collections::{BTreeMap, BTreeSet};

use super::request::Request;
use crate::record::{CallOutcome, RequestKind};

/// What uses one session at a launcher: one client, or several that share it.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) launcher: usize,
    /// The name that it says.
    pub(super) peer: Option<String>,
    /// The id of its app.
    app: Option<String>,
    /// The numbers of its sessions, in the order in which they were opened.
    pub(super) sessions: Vec<u64>,
    /// Its requests, as indices.
    pub(super) requests: Vec<usize>,
    /// Those of its requests that ask for a session though none was lost: each is of a client that was not there before.
    pub(super) logins: BTreeSet<usize>,
    /// Whether its last request was refused for want of a session.
    has_lost_session: bool,
}

/// The clients, and the requests of which no client is known.
#[derive(Debug, Default)]
pub(super) struct Clients {
    pub(super) all: Vec<Client>,
    pub(super) nobodys: Vec<usize>,
}

/// What is known while requests are read in order.
#[derive(Default)]
struct Reader {
    found: Clients,
    by_session: BTreeMap<(usize, u64, Option<String>), usize>,
    by_chain: BTreeMap<usize, usize>,
    /// The last client that says this name in this room.
    by_name: BTreeMap<(usize, String, String), usize>,
    /// The client that sent the last request to each launcher: one without a session and without a name is taken for its.
    last: BTreeMap<usize, usize>,
}

impl Clients {
    /// Sorts requests, which are in the order of their launchers.
    pub(super) fn of(requests: &[Request<'_>]) -> Self {
        let mut reader = Reader::default();
        for (index, request) in requests.iter().enumerate() {
            reader.add(index, request);
        }
        reader.found
    }
}

impl Reader {
    fn add(&mut self, index: usize, request: &Request<'_>) {
        let Some(client) = self.client_of(request) else {
            self.found.nobodys.push(index);
            return;
        };
        self.by_chain.insert(request.chain, client);
        self.last.insert(request.launcher, client);
        if let Some(name) = name(request) {
            self.by_name.insert(name, client);
        }
        let client = &mut self.found.all[client];
        client.requests.push(index);
        if request.call.kind == RequestKind::Authorise && !client.has_lost_session {
            client.logins.insert(index);
        }
        client.has_lost_session = request.call.outcome == CallOutcome::Answered(401);
    }

    fn client_of(&mut self, request: &Request<'_>) -> Option<usize> {
        let Some(session) = request.entry.session else {
            let by_name = || self.by_name.get(&name(request)?);
            let last = || self.last.get(&request.launcher).filter(|_| request.entry.peer.is_none());
            return self.by_chain.get(&request.chain).or_else(by_name).or_else(last).copied();
        };
        let key = (request.launcher, session, request.entry.peer.clone());
        if let Some(client) = self.by_session.get(&key) {
            return Some(*client);
        }
        let client = self.that_goes_on(request).unwrap_or_else(|| self.new_client(request));
        self.found.all[client].sessions.push(session);
        self.by_session.insert(key, client);
        Some(client)
    }

    /// The client that has lost its session, and goes on with this new one.
    fn that_goes_on(&self, request: &Request<'_>) -> Option<usize> {
        let is_it = |client: &Client| {
            client.has_lost_session
                && client.launcher == request.launcher
                && client.peer == request.entry.peer
                && client.app.as_deref() == app(request)
        };
        let lost = self.found.all.iter().enumerate().filter(|(_, client)| is_it(client));
        lost.max_by_key(|(_, client)| client.requests.last().copied()).map(|(index, _)| index)
    }

    fn new_client(&mut self, request: &Request<'_>) -> usize {
        self.found.all.push(Client {
            launcher: request.launcher,
            peer: request.entry.peer.clone(),
            app: app(request).map(ToOwned::to_owned),
            sessions: Vec::new(),
            requests: Vec::new(),
            logins: BTreeSet::new(),
            has_lost_session: false,
        });
        self.found.all.len() - 1
    }
}

fn app<'a>(request: &'a Request<'_>) -> Option<&'a str> {
    request.entry.app.as_ref().map(|app| app.id.as_str())
}

/// The name that its client says, if it says one.
fn name(request: &Request<'_>) -> Option<(usize, String, String)> {
    Some((request.launcher, request.entry.peer.clone()?, request.entry.room.clone()?))
}
