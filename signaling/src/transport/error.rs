//! How a connection to another peer can fail.

use std::error::Error;

use thiserror::Error;

use crate::printable::{Printable, cause};

/// What a transport was doing when it failed: a phrase that fits after "could not".
type Doing = &'static str;

/// A connection could not be made or used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TransportError {
    /// This side failed.
    #[error("could not {doing}: {}", cause(source))]
    Local {
        /// What it was doing.
        doing: Doing,
        /// Why it failed.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The other peer's session description cannot be used. With [`WebRtc`](crate::WebRtc), the source says why.
    #[error("the other peer's session description cannot be used: {}", cause(.0))]
    BadRemoteDescription(#[source] Box<dyn Error + Send + Sync>),
    /// Only relays are allowed, and no TURN server provided one.
    #[error("no relay candidate: {}", blamed(servers))]
    NoRelay {
        /// The URLs of the TURN servers.
        servers: Vec<String>,
    },
    /// No path to the other peer was found, or the path was lost.
    #[error("no path to the other peer was found")]
    ConnectionFailed,
    /// No candidate of the other peer could be tried from one of this side.
    #[error(
        "no pair of candidates could be tried: those of the other peer are of another IP version than this side's, or are \
         hidden behind names"
    )]
    NoCandidatePair,
    /// The other peer answered, and no secure connection to it came about. Its fingerprint may be wrong.
    #[error(
        "the other peer was reached, but there is no secure connection: one side may have refused the other's certificate"
    )]
    HandshakeFailed,
    /// The channel is closed.
    #[error("the channel is closed")]
    Closed,
    /// The message is larger than the limit of the channel.
    #[error("the message has {bytes} bytes; at most {max} can be sent")]
    MessageTooLarge {
        /// The size of the message.
        bytes: usize,
        /// The limit.
        max: usize,
    },
}

/// Why these servers provided no relay. The reason of a single server is not known.
fn blamed(servers: &[String]) -> String {
    match servers {
        [server] => format!("the TURN server at {} refused or did not answer", Printable(server)),
        servers => format!("the TURN servers at {} refused or did not answer", Printable(&servers.join(" and "))),
    }
}

impl TransportError {
    /// This side failed while it was `doing` something.
    pub fn local(doing: Doing, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Local { doing, source: source.into() }
    }
}
