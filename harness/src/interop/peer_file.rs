//! Peers from files: `tests/peers/NAME.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use signaling::Role;

use super::error::InteropError;
use crate::peer::{PeerChoice, PeerCommand};

/// The name of the built-in peer, which has no file.
const OURS: &str = "ours";

/// The largest file, in bytes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// A peer, as its file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PeerFile {
    /// The name in the table.
    pub name: String,
    /// The language and the WebRTC implementation.
    pub about: String,
    /// The program and its arguments. Paths are relative to the folder in which the harness runs.
    pub command: PeerCommand,
    /// The shell commands that install it.
    #[serde(default)]
    pub install: Vec<String>,
    /// For a role in which it does not meet the built-in peer, for a reason of its own: the reason.
    #[serde(default)]
    pub cannot: BTreeMap<WrittenRole, String>,
}

/// A role, as a file names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WrittenRole {
    /// It makes the offer.
    Initiator,
    /// It answers.
    Recipient,
}

/// A peer of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) choice: PeerChoice,
    pub(super) install: Vec<String>,
    cannot: BTreeMap<WrittenRole, String>,
}

impl Candidate {
    /// Our own.
    pub(super) fn ours() -> Self {
        let about = "Rust: the signaling crate, over the webrtc crate.".to_owned();
        let (install, cannot) = (Vec::new(), BTreeMap::new());
        Self { name: OURS.to_owned(), about, choice: PeerChoice::Ours, install, cannot }
    }

    /// Whether it is the built-in peer.
    pub(super) fn is_ours(&self) -> bool {
        self.choice == PeerChoice::Ours
    }

    /// Why it does not meet the built-in peer in this role, if there is a reason of its own.
    pub(super) fn cannot(&self, role: Role) -> Option<&str> {
        let role = match role {
            Role::Initiator => WrittenRole::Initiator,
            Role::Recipient => WrittenRole::Recipient,
        };
        self.cannot.get(&role).map(String::as_str)
    }
}

impl From<PeerFile> for Candidate {
    fn from(file: PeerFile) -> Self {
        let PeerFile { name, about, command, install, cannot } = file;
        Self { name, about, choice: PeerChoice::Program(command), install, cannot }
    }
}

impl PeerFile {
    /// Reads the files of a folder, in the order of their names.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or a file does not describe a peer.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>, InteropError> {
        let unreadable = |source| InteropError::Unreadable { path: folder.to_owned(), source };
        let entries = fs::read_dir(folder).map_err(unreadable)?;
        let mut paths = entries
            .map(|entry| entry.map(|entry| entry.path()).map_err(unreadable))
            .collect::<Result<Vec<_>, InteropError>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Result<Self, InteropError> {
        let unreadable = |source| InteropError::Unreadable { path: path.to_owned(), source };
        let malformed = |why: String| InteropError::Malformed { path: path.to_owned(), why };
        if fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            return Err(malformed(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let file: Self = toml::from_str(&text).map_err(|error| malformed(error.to_string().trim_end().to_owned()))?;
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if file.name.is_empty() || !file.name.chars().all(is_plain) || file.name == OURS {
            let wanted = format!("a name has letters, digits, dots and dashes, and is not {OURS:?}");
            return Err(malformed(format!("{wanted}: {:?}", file.name)));
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<PeerFile>, InteropError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.toml"), text).unwrap();
        fs::write(folder.path().join("README.md"), "no peer").unwrap();
        PeerFile::read_all(folder.path())
    }

    #[test]
    fn a_peer_is_read_from_its_file() {
        let text = "name = \"a-peer\"\nabout = \"JavaScript: x.\"\ncommand = [\"node\", \"peer.js\"]\n\
                    [cannot]\nrecipient = \"it sends no INIT\"\n";
        let files = read(text).unwrap();
        assert_eq!(files[0].command.to_string(), "node peer.js");
        let candidate = Candidate::from(files[0].clone());
        assert_eq!(candidate.cannot(Role::Recipient), Some("it sends no INIT"));
        assert_eq!(candidate.cannot(Role::Initiator), None);
    }

    #[test]
    fn a_file_without_a_command_and_one_with_our_name_are_refused() {
        for (text, says) in [
            ("name = \"a\"\nabout = \"\"\n", "command"),
            ("name = \"a\"\nabout = \"\"\ncommand = []\n", "a list of words"),
            ("name = \"ours\"\nabout = \"\"\ncommand = [\"x\"]\n", "is not \"ours\""),
            ("name = \"a\"\nabout = \"\"\ncommand = [\"x\"]\nspeed = 3\n", "speed"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
