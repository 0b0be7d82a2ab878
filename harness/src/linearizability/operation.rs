//! The operations of a history: what a client invoked on the register, and the response.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::register::{Change, Observed};

/// Identifies an operation within its history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub usize);

/// One operation: an invocation and its response. A read that failed is no operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Unique within its history.
    pub id: OperationId,
    /// The client, as a counterexample names it.
    pub actor: String,
    /// The time of the invocation, since the run started.
    pub start: Duration,
    /// The time of the response, or when the client gave up; never before `start`.
    pub end: Duration,
    /// What was invoked, and the response.
    pub action: Action,
}

impl Operation {
    /// An operation from its invocation to its response. An end before the start counts as the start.
    pub fn new(id: OperationId, actor: impl Into<String>, time: RangeInclusive<Duration>, action: Action) -> Self {
        let (start, end) = time.into_inner();
        Self { id, actor: actor.into(), start, end: end.max(start), action }
    }
}

/// What was invoked, with the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// A write or a deletion.
    Change(Change, Response),
    /// A read, and what it observed.
    Read(Observed),
}

/// The response to a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Response {
    /// Acknowledged: it takes effect exactly once, between its start and its end.
    Acknowledged,
    /// Refused for a conflict: at some time between its start and its end it could not take effect, and it never does.
    Refused,
    /// No response, or one that says nothing: it takes effect once, at any time after its start, or never.
    Unknown,
}
