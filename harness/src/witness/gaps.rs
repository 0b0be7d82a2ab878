//! What the journals do not show of a room. A room with a gap is not judged by what may be in the gap.

use std::collections::BTreeSet;

use super::client::Client;
use super::request::Request;
use crate::record::{Call, CallOutcome, LauncherJournal, RequestKind};

/// What all clients stored, as far as the journals show it.
#[derive(Debug)]
pub(super) struct StoredContent<'a> {
    /// The hashes of all session descriptions.
    descriptions: BTreeSet<&'a str>,
    /// The records whose first version was stored.
    begun: BTreeSet<&'a str>,
}

impl<'a> StoredContent<'a> {
    pub(super) fn of(requests: &'a [Request<'_>]) -> Self {
        let mut changed = BTreeSet::new();
        let mut in_order: Vec<_> = requests.iter().filter(|request| may_change(&request.call)).collect();
        in_order.sort_by_key(|request| request.call.started);
        let first = in_order.into_iter().filter(|request| request.record().is_some_and(|name| changed.insert(name)));
        let begun = first.filter(|request| request.call.version.is_none_or(|version| version == 0));
        Self {
            begun: begun.filter_map(Request::record).collect(),
            descriptions: requests.iter().filter_map(|request| Some(request.stored()?.hash.as_str())).collect(),
        }
    }

    /// What the journals do not show of a room, of which these are the clients and the requests.
    pub(super) fn gap<'r>(
        &self,
        journals: &[LauncherJournal],
        clients: impl IntoIterator<Item = &'r Client>,
        requests: impl IntoIterator<Item = &'r Request<'r>>,
    ) -> Option<String> {
        for client in clients {
            let Some(journal) = journals.get(client.launcher).filter(|journal| journal.missing() > 0) else { continue };
            let is_opened = |session: &u64| {
                let opens = |entry: &safe_mock::JournalEntry| {
                    entry.session == Some(*session) && entry.call == Some(safe_mock::fault::Call::Authorise)
                };
                journal.entries.iter().any(opens)
            };
            if !client.sessions.iter().all(is_opened) {
                return Some(format!(
                    "the journal of {} does not go back to the begin of session {}",
                    journal.url,
                    client.sessions.iter().find(|session| !is_opened(session)).copied().unwrap_or_default()
                ));
            }
        }
        let is_unseen = |request: &&'r Request<'r>| {
            let was_stored = |record: &str| self.begun.contains(record);
            let unseen_version = request.call.kind == RequestKind::FetchRecord
                && request.call.is_ok()
                && !request.record().is_some_and(was_stored);
            let unseen_text = request.read().is_some_and(|payload| !self.descriptions.contains(payload.hash.as_str()));
            unseen_version || unseen_text
        };
        let unseen = requests.into_iter().find(is_unseen)?;
        Some(format!(
            "a client has found what no request in the journals has stored, under {}",
            unseen.record().unwrap_or("a record without a name")
        ))
    }
}

/// Whether a request may have changed what the network stores.
fn may_change(call: &Call) -> bool {
    call.kind.is_mutating() && (call.is_ok() || matches!(call.outcome, CallOutcome::Failed(_)))
}
