//! How a connection to another peer can fail.

use std::error::Error;

use thiserror::Error;

/// What a transport does when it fails, in words that fit behind "could not".
type Doing = &'static str;

/// A connection could not be made or used.
#[derive(Debug, Error)]
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

impl TransportError {
    /// Our own side could not do what `doing` says.
    pub fn local(doing: Doing, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Local { doing, source: source.into() }
    }
}
