//! The two roles of a meeting.

use std::fmt;

/// The role of a peer in a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The peer that joined first: it made the offer and polled for the answer.
    Initiator,
    /// The peer that joined second: it answered the offer.
    Recipient,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initiator => "initiator",
            Self::Recipient => "recipient",
        })
    }
}
