//! The launcher's error codes that a trace distinguishes. In this crate they stand here alone; the code under test has
//! a table of its own.

use crate::record::Call;

/// The meaning of an error code of the launcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LauncherCode {
    /// The record was deleted: it has no content to read (launcher behaviour §7.11). That is the code for the type of
    /// record that peers store, unversioned structured data; the other code, -1511, is for custom types.
    NoContent,
    /// A read found nothing under the name.
    NothingStored,
    /// A change found nothing under the name (launcher behaviour §5.2).
    NothingToChange,
    /// A new record found another under its name (launcher behaviour §5.2).
    NameTaken,
    /// A change makes another version than the next one, or the record has another owner (launcher behaviour §5.2).
    WrongVersion,
    /// A change found a tombstone (launcher behaviour §5.2).
    AlreadyDeleted,
    /// The launcher does not know the handle (launcher behaviour §4.2).
    UnknownHandle,
}

impl LauncherCode {
    /// The meaning of the error code in the response to a request, if it has one that is known here.
    pub(crate) fn of(call: &Call) -> Option<Self> {
        Some(match call.code? {
            -2 => Self::NoContent,
            -18 => Self::NothingStored,
            -22 => Self::NothingToChange,
            -23 => Self::NameTaken,
            -25 => Self::WrongVersion,
            -26 => Self::AlreadyDeleted,
            -1514 | -1513 => Self::UnknownHandle,
            _ => return None,
        })
    }

    /// Whether a change was refused because of what is stored under its name.
    pub(crate) fn is_conflict(self) -> bool {
        self.is_lost_race() || matches!(self, Self::NothingToChange | Self::AlreadyDeleted)
    }

    /// Whether a change was refused because another record was stored first. A tombstone, or an empty name, is none.
    pub(crate) fn is_lost_race(self) -> bool {
        matches!(self, Self::NameTaken | Self::WrongVersion)
    }
}
