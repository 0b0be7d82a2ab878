//! Short handwritten histories for tests.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::operation::{Action, Operation, OperationId, Response};
use super::register::{Change, Content, Observed};

/// A client, with the milliseconds of an invocation and its response.
pub(super) struct By(&'static str, RangeInclusive<u64>);

/// An operation by this client from one millisecond to another.
pub(super) fn by(actor: &'static str, millis: RangeInclusive<u64>) -> By {
    By(actor, millis)
}

impl By {
    pub(super) fn wrote(self, version: u64, content: u64) -> Operation {
        self.change(write(version, content), Response::Acknowledged)
    }

    pub(super) fn write_refused(self, version: u64, content: u64) -> Operation {
        self.change(write(version, content), Response::Refused)
    }

    pub(super) fn write_without_response(self, version: u64, content: u64) -> Operation {
        self.change(write(version, content), Response::Unknown)
    }

    pub(super) fn deleted(self, version: u64) -> Operation {
        self.change(Change::Delete { version }, Response::Acknowledged)
    }

    pub(super) fn deletion_refused(self, version: u64) -> Operation {
        self.change(Change::Delete { version }, Response::Refused)
    }

    pub(super) fn deletion_without_response(self, version: u64) -> Operation {
        self.change(Change::Delete { version }, Response::Unknown)
    }

    pub(super) fn read(self, version: u64, content: u64) -> Operation {
        self.operation(Action::Read(Observed::Stored { version, content: Some(Content(content)) }))
    }

    pub(super) fn read_version(self, version: u64) -> Operation {
        self.operation(Action::Read(Observed::Stored { version, content: None }))
    }

    pub(super) fn read_tombstone(self, version: u64) -> Operation {
        self.operation(Action::Read(Observed::Deleted { version }))
    }

    pub(super) fn read_nothing(self) -> Operation {
        self.operation(Action::Read(Observed::Nothing))
    }

    fn change(self, change: Change, response: Response) -> Operation {
        self.operation(Action::Change(change, response))
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

/// A history of these operations, numbered from 1.
pub(super) fn history(operations: impl IntoIterator<Item = Operation>) -> Vec<Operation> {
    operations
        .into_iter()
        .zip(1..)
        .map(|(operation, number)| Operation { id: OperationId(number), ..operation })
        .collect()
}
