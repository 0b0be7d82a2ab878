//! Why a table of peers could not be made.

use std::io;
use std::path::PathBuf;

use crate::plan::RunError;

/// A table of peers could not be made. Peers that do not meet are in the table and no error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InteropError {
    /// A folder or file of peers cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// A file does not describe a peer.
    #[error("{} does not describe a peer: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The error, and its line.
        why: String,
    },
    /// No peer has this name.
    #[error("there is no peer {name:?}; there are {known}")]
    NoSuchPeer {
        /// The name.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// What installs a peer failed.
    #[error("peer {peer} cannot be installed: `{command}` {why}")]
    NotInstalled {
        /// The peer.
        peer: String,
        /// The command.
        command: String,
        /// How it ended.
        why: String,
    },
    /// A meeting could not be played.
    #[error(transparent)]
    Run(#[from] RunError),
}
