//! Short histories for tests, written as one would tell them.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::operation::{Action, Answer, Operation, OperationId, Seen};
use super::register::{Change, Content};

/// Somebody who asks at one millisecond and is answered at another.
pub(super) struct By(&'static str, RangeInclusive<u64>);

/// Somebody, from one millisecond to another.
pub(super) fn by(actor: &'static str, millis: RangeInclusive<u64>) -> By {
    By(actor, millis)
}

impl By {
    pub(super) fn wrote(self, version: u64, content: u64) -> Operation {
        self.change(write(version, content), Answer::Acknowledged)
    }

    pub(super) fn write_refused(self, version: u64, content: u64) -> Operation {
        self.change(write(version, content), Answer::Refused)
    }

    pub(super) fn write_unanswered(self, version: u64, content: u64) -> Operation {
        self.change(write(version, content), Answer::Unknown)
    }

    pub(super) fn deleted(self, version: u64) -> Operation {
        self.change(Change::Delete { version }, Answer::Acknowledged)
    }

    pub(super) fn deletion_refused(self, version: u64) -> Operation {
        self.change(Change::Delete { version }, Answer::Refused)
    }

    pub(super) fn deletion_unanswered(self, version: u64) -> Operation {
        self.change(Change::Delete { version }, Answer::Unknown)
    }

    pub(super) fn saw(self, version: u64, content: u64) -> Operation {
        self.operation(Action::Read(Seen::Stored { version, content: Some(Content(content)) }))
    }

    pub(super) fn saw_version(self, version: u64) -> Operation {
        self.operation(Action::Read(Seen::Stored { version, content: None }))
    }

    pub(super) fn saw_tombstone(self, version: u64) -> Operation {
        self.operation(Action::Read(Seen::Deleted { version }))
    }

    pub(super) fn saw_nothing(self) -> Operation {
        self.operation(Action::Read(Seen::Nothing))
    }

    fn change(self, change: Change, answer: Answer) -> Operation {
        self.operation(Action::Change(change, answer))
    }

    fn operation(self, action: Action) -> Operation {
        let Self(actor, millis) = self;
        let [start, end] = [*millis.start(), *millis.end()].map(Duration::from_millis);
        Operation::new(OperationId(0), actor, start..=end, action)
    }
}

fn write(version: u64, content: u64) -> Change {
    Change::Write { version, content: Content(content) }
}

/// A history of these, numbered from 1.
pub(super) fn history(operations: impl IntoIterator<Item = Operation>) -> Vec<Operation> {
    operations
        .into_iter()
        .zip(1..)
        .map(|(operation, number)| Operation { id: OperationId(number), ..operation })
        .collect()
}
