//! What somebody asked of the register, and what they were told.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::register::{Change, Content};

/// Names an operation within its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub usize);

/// One request and its answer. A read that failed says nothing, and is no operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its own among those of its history.
    pub id: OperationId,
    /// Who asked, in a few words that people read.
    pub actor: String,
    /// When they asked, since the run began.
    pub start: Duration,
    /// When they were answered, or gave up; never before `start`.
    pub end: Duration,
    /// What they asked for, and were told.
    pub action: Action,
}

impl Operation {
    /// An operation that took this time. An end before the start counts as the start.
    pub fn new(id: OperationId, actor: impl Into<String>, time: RangeInclusive<Duration>, action: Action) -> Self {
        let (start, end) = time.into_inner();
        Self { id, actor: actor.into(), start, end: end.max(start), action }
    }
}

/// What was asked for, and what came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A write or a deletion.
    Change(Change, Answer),
    /// A read, and what it saw.
    Read(Seen),
}

/// How a change was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Done: it takes effect exactly once, between its start and its end.
    Acknowledged,
    /// Refused for a conflict: at some moment between its start and its end it could not take effect, and it never
    /// does.
    Refused,
    /// No answer, or one that says nothing: it takes effect once, at any time after its start, or never.
    Unknown,
}

/// What a read saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// That nothing was ever stored.
    Nothing,
    /// Content.
    Stored {
        /// Its version.
        version: u64,
        /// What it was, if whoever read looked at it.
        content: Option<Content>,
    },
    /// A tombstone.
    Deleted {
        /// Its version.
        version: u64,
    },
}

impl Seen {
    /// The version that it saw.
    pub fn version(self) -> Option<u64> {
        match self {
            Self::Nothing => None,
            Self::Stored { version, .. } | Self::Deleted { version } => Some(version),
        }
    }
}
