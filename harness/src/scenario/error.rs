//! Errors of scenarios and of their files.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A scenario with an invalid value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidScenario {
    /// The place of the value: keys, and indices counted from 0.
    pub path: Vec<String>,
    /// Why it is invalid.
    pub why: String,
}

impl InvalidScenario {
    pub(crate) fn new(path: &[&str], why: String) -> Self {
        Self { path: path.iter().map(|&key| key.to_owned()).collect(), why }
    }

    /// The same, of a value that is part of another.
    pub(super) fn within(mut self, place: &[&str]) -> Self {
        self.path.splice(..0, place.iter().map(|&key| key.to_owned()));
        self
    }
}

impl fmt::Display for InvalidScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.why)
    }
}

impl std::error::Error for InvalidScenario {}

/// A scenario file that cannot be read, understood or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// It is not TOML, or not a scenario; the text shows the line.
    #[error("{} is not a scenario: {}", path.display(), text.trim_end())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The error, and its line.
        text: String,
    },
    /// It cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}
