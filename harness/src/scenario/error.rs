//! Why a text is no scenario.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// A scenario that can be read, and cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidScenario {
    /// Where in it: keys, and numbers counted from 0.
    pub path: Vec<String>,
    /// What is wrong there.
    pub why: String,
}

impl InvalidScenario {
    pub(super) fn new(path: &[&str], why: String) -> Self {
        Self { path: path.iter().map(|&key| key.to_owned()).collect(), why }
    }
}

impl fmt::Display for InvalidScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.join("."), self.why)
    }
}

impl std::error::Error for InvalidScenario {}

/// A scenario file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is no TOML, or no scenario in TOML; the text shows the line.
    #[error("{} is no scenario: {}", path.display(), text.trim_end())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong, and where.
        text: String,
    },
    /// It cannot be written.
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
