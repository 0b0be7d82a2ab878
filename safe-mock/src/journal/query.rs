//! Which entries of the journal to find.

use serde::Deserialize;

use super::entry::JournalEntry;
use crate::call::Call;

/// Which entries to find. An absent field matches everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    /// Only this method.
    pub method: Option<String>,
    /// Only paths that contain this text.
    pub path: Option<String>,
    /// Only this status.
    pub status: Option<u16>,
    /// Only this call.
    pub call: Option<Call>,
    /// Only this session.
    pub session: Option<u64>,
    /// Only apps of this id.
    pub app: Option<String>,
    /// Only the record of this name, in base64.
    pub record: Option<String>,
    /// Only the peer that this header names.
    pub peer: Option<String>,
    /// Only the room that this header names.
    pub room: Option<String>,
    /// Only entries with a higher number.
    pub after: Option<u64>,
    /// Only entries with a lower number.
    pub before: Option<u64>,
    /// At most this many, the latest.
    pub limit: Option<usize>,
}

impl JournalQuery {
    pub(super) fn matches(&self, entry: &JournalEntry) -> bool {
        let is = |wanted: &Option<String>, text: Option<&String>| wanted.is_none() || wanted.as_ref() == text;
        self.method.as_ref().is_none_or(|method| entry.method.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|text| entry.path.contains(text))
            && self.status.is_none_or(|status| entry.status == status)
            && self.call.is_none_or(|call| entry.call == Some(call))
            && self.session.is_none_or(|session| entry.session == Some(session))
            && is(&self.app, entry.app.as_ref().map(|app| &app.id))
            && is(&self.record, entry.record.as_ref())
            && is(&self.peer, entry.peer.as_ref())
            && is(&self.room, entry.room.as_ref())
    }
}
