//! What one request did with a record, as the launcher saw it.

use std::time::Duration;

use crate::call::Call;
use crate::journal::JournalPayload;
use crate::network::DataName;

/// A request about a record.
#[derive(Debug, Clone, Copy)]
pub struct Observation<'a> {
    /// When it arrived, since the network was created.
    pub at: Duration,
    /// The number of the launcher on its network, from 1.
    pub launcher: u64,
    /// Its number in the journal of that launcher.
    pub request: u64,
    /// The session that sent it.
    pub session: Option<u64>,
    /// The peer that its header names.
    pub peer: Option<&'a str>,
    /// The room that its header names.
    pub room: Option<&'a str>,
    /// What it asked for.
    pub call: Call,
    /// The record.
    pub record: DataName,
    /// The version that it read, stored, or would have stored.
    pub version: Option<u64>,
    /// The size of the content that it stored, in bytes.
    pub content_bytes: Option<u64>,
    /// The offer or answer that it read, stored, or would have stored.
    pub payload: Option<&'a JournalPayload>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out, and its answer was sent.
    Done,
    /// It was carried out, and its answer was lost.
    AnswerLost,
    /// Nothing is stored there.
    NothingThere,
    /// It was refused, or failed.
    Failed,
}

impl Outcome {
    /// Whether it was carried out.
    pub fn is_carried_out(self) -> bool {
        matches!(self, Self::Done | Self::AnswerLost)
    }
}

/// What is said of a request that belongs to a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// In the words of meetings, such as "poll 3 of room1: nothing yet".
    pub told: String,
    /// Why the peer did not find what it looked for: the state of its room, as one or more sentences.
    pub why: Option<String>,
}
