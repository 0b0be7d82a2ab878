//! The requests that launchers saw, on one time line, with the record of each and with what belongs together by handles.

use std::collections::BTreeMap;
use std::time::Duration;

use safe_mock::JournalEntry;

use crate::record::{Call, CallOutcome, HandleKind, LauncherJournal, Payload, RequestKind};

/// A request, as its launcher saw it.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// The launcher, by its place among the journals.
    pub(super) launcher: usize,
    pub(super) entry: &'a JournalEntry,
    /// The call, whose times count from the start of the first launcher.
    pub(super) call: Call,
    pub(super) ended: Duration,
    /// Requests that use each other's handles have the same number: those of one lookup, say.
    pub(super) chain: usize,
    /// The offer or answer that it would store, or has read.
    pub(super) payload: Option<Payload>,
}

impl<'a> Request<'a> {
    /// All requests: launcher by launcher, each in the order in which it answered them.
    pub(super) fn all(journals: &'a [LauncherJournal]) -> Vec<Self> {
        let origin = journals.iter().map(|journal| journal.started_at).min().unwrap_or_default();
        let mut chains = Chains::default();
        let of_journal = |(launcher, journal): (usize, &'a LauncherJournal)| {
            let offset = journal.started_at.saturating_sub(origin);
            journal.entries.iter().map(move |entry| (launcher, offset, entry))
        };
        let all = journals.iter().enumerate().flat_map(of_journal);
        all.map(|(launcher, offset, entry)| {
            let (mut call, ended) = Call::of_entry(entry);
            call.started += offset;
            let (chain, record) = chains.of(launcher, &call);
            call.name = call.name.or(record);
            let payload = entry.payload.as_deref().map(Payload::of_journal);
            Self { launcher, entry, call, ended: ended + offset, chain, payload }
        })
        .collect()
    }

    /// The record that it was about.
    pub(super) fn record(&self) -> Option<&str> {
        self.call.name.as_deref()
    }

    /// The offer or answer that it stores, or wants to.
    pub(super) fn stored(&self) -> Option<&Payload> {
        self.payload.as_ref().filter(|_| self.call.kind.is_writing())
    }

    /// The offer or answer that it has read.
    pub(super) fn read(&self) -> Option<&Payload> {
        self.payload
            .as_ref()
            .filter(|_| self.call.kind == RequestKind::ReadRecord && self.call.is_ok() && self.call.is_truthful())
    }

    /// Whether the network may have taken what it stores.
    pub(super) fn may_store(&self) -> bool {
        let stores = matches!(self.call.kind, RequestKind::StoreRecord | RequestKind::UpdateRecord);
        stores && (self.call.is_ok() || matches!(self.call.outcome, CallOutcome::Failed(_)))
    }
}

impl RequestKind {
    /// Whether a client of a room sends such requests.
    pub(super) fn is_of_rooms(self) -> bool {
        self != Self::Other
    }

    /// Whether it brings content: to its launcher, or to the network.
    fn is_writing(self) -> bool {
        matches!(self, Self::CreateRecord | Self::ChangeRecord | Self::StoreRecord | Self::UpdateRecord)
    }
}

/// Finds the chain of each request by its handles. A launcher that restarts assigns the same numbers again: the last use of a number
/// counts.
#[derive(Default)]
struct Chains {
    /// The chain of a handle, and the record behind it.
    of_handle: BTreeMap<(usize, HandleKind, u64), (usize, Option<String>)>,
    next: usize,
}

impl Chains {
    /// The chain of a request, and the record behind the handle that it uses.
    fn of(&mut self, launcher: usize, call: &Call) -> (usize, Option<String>) {
        let used = call.handle_used().and_then(|(kind, number)| self.of_handle.get(&(launcher, kind, number)));
        let (chain, record) = used.cloned().unwrap_or_else(|| {
            self.next += 1;
            (self.next, None)
        });
        if let Some((kind, number)) = call.handle_given() {
            let record = call.name.clone().or_else(|| record.clone());
            self.of_handle.insert((launcher, kind, number), (chain, record));
        }
        (chain, record)
    }
}
