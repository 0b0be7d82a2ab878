//! The last thing that a peer saw before it gave up.

use std::fmt;

use crate::printable::Printable;

/// The last thing that a peer saw before it gave up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LastSeen {
    /// No session.
    Nothing,
    /// A session of the launcher.
    Session,
    /// No offer in the room.
    EmptyRoom,
    /// An offer in the room.
    Offer,
    /// No offer in the room any more, after this peer had answered it.
    OfferWithdrawn,
    /// This peer's own offer or answer was stored.
    Published,
    /// No answer at the last poll.
    NoAnswer {
        /// How many polls there were.
        polls: u64,
    },
    /// The last poll failed.
    FailedPoll {
        /// How many polls there were.
        polls: u64,
        /// Why the last poll failed.
        why: String,
    },
    /// An answer that its peer had removed.
    AnswerWithdrawn,
    /// An answer.
    Answer,
}

impl fmt::Display for LastSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Session => f.write_str("the launcher's authorisation"),
            Self::EmptyRoom => f.write_str("an empty room"),
            Self::Offer => f.write_str("an offer in the room"),
            Self::OfferWithdrawn => {
                f.write_str("that the initiator had removed its offer; it may have refused this peer's answer")
            }
            Self::Published => f.write_str("this peer's own offer or answer, stored"),
            Self::NoAnswer { polls } => write!(f, "no answer at poll {polls}"),
            Self::FailedPoll { polls, why } => write!(f, "poll {polls} failed: {}", Printable(why)),
            Self::AnswerWithdrawn => f.write_str("an answer that was removed"),
            Self::Answer => f.write_str("an answer"),
        }
    }
}
