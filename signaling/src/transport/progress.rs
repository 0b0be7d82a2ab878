//! How far a session has come.

use super::error::TransportError;

/// How far a session has come on the way to an open channel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Progress {
    /// The transport does not say.
    #[default]
    Unknown,
    /// No candidate of the other peer can be tried from one of this side. Only a check of the other peer could change that.
    NoPair,
    /// Pairs of candidates are tried.
    Trying,
    /// The other peer has answered over a pair of candidates. The secure connection and the channel are still missing.
    Reached,
}

impl Progress {
    /// Why there is no channel where a session came no further.
    pub(crate) fn failure(self) -> TransportError {
        match self {
            Self::Unknown | Self::Trying => TransportError::ConnectionFailed,
            Self::NoPair => TransportError::NoCandidatePair,
            Self::Reached => TransportError::HandshakeFailed,
        }
    }
}
