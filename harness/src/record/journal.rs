//! What a launcher saw: calls derived from the entries of its journal (`docs/journal.md`), for any client. The seams of the
//! harness's own peers see the same calls from the other side.

use std::time::Duration;

use safe_mock::JournalEntry;
use safe_mock::fault::Call as LauncherCall;

use super::event::{Call, CallOutcome};
use super::request::RequestKind;
use crate::linearizability::Content;

/// The journals of the launchers of a run.
pub type Journals = Vec<LauncherJournal>;

/// The journal of one launcher.
#[derive(Debug, Clone, Default)]
pub struct LauncherJournal {
    /// The URL of the launcher, as peers were given it.
    pub url: String,
    /// When it started, as time since 1970: the times of its entries count from then on.
    pub started_at: Duration,
    /// How many entries it has written, with those that it has forgotten and those that were removed.
    pub written: u64,
    /// How many entries it has forgotten: those that are left are not all.
    pub forgotten: u64,
    /// Its entries, oldest first.
    pub entries: Vec<JournalEntry>,
}

impl LauncherJournal {
    /// How many entries are not there any more: forgotten, or removed by somebody.
    pub fn missing(&self) -> u64 {
        self.written.saturating_sub(self.entries.len() as u64)
    }
}

impl RequestKind {
    /// The kind of a call, in the launcher's word for it.
    pub fn of_call(call: LauncherCall) -> Self {
        match call {
            LauncherCall::Authorise => Self::Authorise,
            LauncherCall::HoldDataId => Self::NameRecord,
            LauncherCall::Fetch => Self::FetchRecord,
            LauncherCall::Read => Self::ReadRecord,
            LauncherCall::Create => Self::CreateRecord,
            LauncherCall::Patch => Self::ChangeRecord,
            LauncherCall::Put => Self::StoreRecord,
            LauncherCall::Post => Self::UpdateRecord,
            LauncherCall::Delete | LauncherCall::Unclaim => Self::DeleteRecord,
            LauncherCall::DropDataId => Self::DropDataId,
            LauncherCall::DropHandle => Self::DropRecord,
            _ => Self::Other,
        }
    }
}

impl Call {
    /// The call of an entry, whose times are since the launcher started; and when its answer was ready.
    pub fn of_entry(entry: &JournalEntry) -> (Self, Duration) {
        let call = Self {
            kind: entry.call.map_or(RequestKind::Other, RequestKind::of_call),
            name: entry.record.clone(),
            target: entry.handle,
            given: entry.given,
            version: entry.version,
            content: entry.content.as_ref().and_then(|content| content.digest).map(|digest| Content(digest.0)),
            started: entry.at,
            outcome: match entry.status {
                0 => CallOutcome::Failed("a fault broke the connection".to_owned()),
                status => CallOutcome::Answered(status),
            },
            code: entry.error_code.map(i64::from),
            fault: entry.fault.clone(),
        };
        (call, entry.at + entry.took)
    }
}
