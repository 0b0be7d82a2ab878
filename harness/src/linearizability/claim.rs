//! What an operation says of the register, as far as it is believed.

use std::time::Duration;

use super::operation::{Action, Answer, Operation};

/// An operation without the words for people: what a search holds the register against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hypothesis {
    /// Its operation's place in the history.
    pub(super) place: usize,
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) action: Action,
}

impl Hypothesis {
    /// All that the operation says.
    pub(super) fn of(place: usize, operation: &Operation) -> Self {
        let Operation { start, end, action, .. } = *operation;
        // The fields are public, so an end may still be before its start.
        Self { place, start, end: end.max(start), action }
    }

    /// What is left of it once its operation is forgotten. A change leaves that it may have happened at any time:
    /// without that, forgetting it would make versions missing. So whatever order fits a history still fits it with any
    /// of its operations forgotten.
    pub(super) fn forgotten(self) -> Option<Self> {
        match self.action {
            Action::Read(_) | Action::Change(_, Answer::Refused) => None,
            Action::Change(change, Answer::Acknowledged | Answer::Unknown) => {
                Some(Self { start: Duration::ZERO, action: Action::Change(change, Answer::Unknown), ..self })
            }
        }
    }
}
