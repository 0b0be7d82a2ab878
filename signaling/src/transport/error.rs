//! How a connection to another peer can fail.

use std::error::Error;

use thiserror::Error;

/// What a transport does when it fails, in words that fit behind "could not".
type Doing = &'static str;

/// A connection could not be made or used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// Our own side could not do its part.
    #[error("could not {doing}: {source}")]
    Local {
        /// What it was doing.
        doing: Doing,
        /// Why it could not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The other peer's session description cannot be used.
    #[error("the other peer's session description cannot be used: {0}")]
    BadRemoteDescription(#[source] Box<dyn Error + Send + Sync>),
    /// Only relays may be used, and there is none.
    #[error("no relay candidate: {}", blamed(servers))]
    NoRelay {
        /// The URLs of the TURN servers that were to give one.
        servers: Vec<String>,
    },
    /// No way to the other peer was found, or it was lost.
    #[error("no way to the other peer was found")]
    ConnectionFailed,
    /// The channel is closed.
    #[error("the channel is closed")]
    Closed,
    /// The message is larger than the channel takes.
    #[error("the message has {bytes} bytes, and at most {max} can be sent")]
    MessageTooLarge {
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        max: usize,
    },
}

/// Why the servers at these URLs gave no relay, as far as that is known.
fn blamed(servers: &[String]) -> String {
    match servers {
        [server] => format!("the TURN server at {server} refused or did not answer"),
        servers => format!("the TURN servers at {} refused or did not answer", servers.join(" and ")),
    }
}

impl TransportError {
    /// Our own side could not do what `doing` says.
    pub fn local(doing: Doing, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Local { doing, source: source.into() }
    }
}
