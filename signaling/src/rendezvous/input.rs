//! What the driver reports to the rendezvous.

use crate::answer::Answer;
use crate::offer::Offer;
use crate::room::Place;
use crate::sdp::Sdp;

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The launcher gave a session.
    Authorised,
    /// Nobody's offer is stored, and one can be stored in this place.
    RoomIsEmpty(Place),
    /// Somebody has stored this offer.
    OfferFound(FoundOffer),
    /// The transport made this session description, and all candidates are in it.
    Described(Sdp),
    /// The offer or answer is stored.
    Published,
    /// The time that was waited for has come.
    WaitEnded,
    /// Nobody has stored an answer.
    NoAnswer,
    /// Somebody has stored this answer.
    AnswerFound(Answer),
    /// Somebody had stored an answer, and has taken it back.
    AnswerWithdrawn,
    /// The transport took the answer.
    AnswerAccepted,
    /// The data channel is open.
    ChannelOpened,
    /// The transport found no way to the other peer.
    NoRoute,
    /// Nothing is left of what this peer had stored.
    Withdrawn,
    /// Nothing is stored: the answer that was looked for was never taken.
    NotPublished,
    /// A record lives where the offer or answer was to be stored.
    Taken,
    /// What was stored where the offer or answer was to be stored is another than was thought: it was deleted, or changed.
    Superseded,
    /// Nobody knows whether the offer or answer is stored.
    OutcomeUnknown,
    /// The launcher no longer accepts the session.
    Unauthorised,
    /// The step came to nothing, and can be done again from its beginning: the launcher has forgotten what a handle stands
    /// for, or was not there.
    Interrupted,
    /// The step did not work. If it is `transient`, a poll is tried again at its next tick; any other step is not.
    Failed {
        /// Whether the same step may work later.
        transient: bool,
    },
    /// There is no time left, for the phase or for the whole.
    DeadlinePassed,
}

/// An offer, and what else is known of the record that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOffer {
    /// The offer.
    pub offer: Offer,
    /// The version of its record.
    pub version: u64,
    /// Whether it belongs to this peer's own account.
    pub is_own: bool,
}
