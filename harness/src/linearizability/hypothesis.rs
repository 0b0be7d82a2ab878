//! The constraint that an operation puts on the register, with its response or without.

use std::time::Duration;

use super::operation::{Action, Operation, Response};

/// An operation as the search uses it, without names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hypothesis {
    /// The place of the operation in the history.
    pub(super) place: usize,
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) action: Action,
}

impl Hypothesis {
    /// The operation with its response.
    pub(super) fn of(place: usize, operation: &Operation) -> Self {
        let Operation { start, end, action, .. } = *operation;
        // The fields are public, so an end may still be before its start.
        Self { place, start, end: end.max(start), action }
    }

    /// What is left if the response is ignored. A change may then have taken effect at any time: without that, versions
    /// would be missing. So a witness order of a history remains one if any of its responses are ignored.
    pub(super) fn without_response(self) -> Option<Self> {
        match self.action {
            Action::Read(_) | Action::Change(_, Response::Refused) => None,
            Action::Change(change, Response::Acknowledged | Response::Unknown) => {
                Some(Self { start: Duration::ZERO, action: Action::Change(change, Response::Unknown), ..self })
            }
        }
    }
}
