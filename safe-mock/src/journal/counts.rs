//! What the journal says of itself: how much was written, and how much of it was forgotten.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::entry::JournalEntry;
use crate::call::Call;

/// Counts of one launcher's journal, since the launcher started. They go on when entries are forgotten or cleared, and
/// over a reset.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournalSummary {
    /// When the launcher started, as time since 1970: [`JournalEntry::at`] counts from then on.
    #[serde(rename = "startedAtMs", with = "crate::millis::fractional")]
    pub started_at: Duration,
    /// How many entries were written; the number of the last one.
    pub written: u64,
    /// How many of them were dropped because newer ones needed the room. Those that were cleared do not count.
    pub forgotten: u64,
    /// How many entries were written of each call.
    pub calls: BTreeMap<Call, u64>,
}

/// A part of the journal, as `GET /__mock/journal` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct JournalPage {
    /// The counts of the whole journal.
    #[serde(flatten)]
    pub summary: JournalSummary,
    /// The entries that were asked for, oldest first.
    pub entries: Vec<JournalEntry>,
    /// If there are earlier ones: the number to ask for next, as `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// The counts, as they grow.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// See [`JournalSummary::written`].
    pub written: u64,
    /// See [`JournalSummary::forgotten`].
    pub forgotten: u64,
    calls: BTreeMap<Call, u64>,
}

impl Counts {
    /// Counts an entry of `call`, and returns its number.
    pub fn write(&mut self, call: Option<Call>) -> u64 {
        self.written += 1;
        if let Some(call) = call {
            *self.calls.entry(call).or_default() += 1;
        }
        self.written
    }

    /// The counts of a launcher that started at this time.
    pub fn summary(&self, started_at: Duration) -> JournalSummary {
        JournalSummary { started_at, written: self.written, forgotten: self.forgotten, calls: self.calls.clone() }
    }
}
