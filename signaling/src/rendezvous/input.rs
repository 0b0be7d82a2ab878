//! What the driver reports to the rendezvous.

use crate::answer::Answer;
use crate::offer::Offer;
use crate::room::Place;
use crate::sdp::Sdp;

/// The result of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The launcher gave a session.
    Authorised,
    /// No offer is stored, and one can be stored in this place.
    RoomIsEmpty(Place),
    /// This offer is stored.
    OfferFound(FoundOffer),
    /// The transport made this session description, and all candidates are in it.
    Described(Sdp),
    /// The offer or answer is stored.
    Published,
    /// The wait is over.
    WaitEnded,
    /// No answer is stored.
    NoAnswer,
    /// This answer is stored.
    AnswerFound(Answer),
    /// An answer was stored, and its peer has removed it.
    AnswerWithdrawn,
    /// The transport took the answer.
    AnswerAccepted,
    /// The data channel is open.
    ChannelOpened,
    /// The transport found no path to the other peer.
    NoRoute,
    /// The transport reached the other peer without a channel to it, or could not try to.
    Unconnectable,
    /// The record of this peer is removed.
    Withdrawn,
    /// Nothing is stored: the answer never reached the network.
    NotPublished,
    /// Another record exists where the offer or answer was to be stored.
    Taken,
    /// The place of the offer or answer has changed: its record was deleted, or replaced.
    Superseded,
    /// It is unknown whether the offer or answer is stored.
    OutcomeUnknown,
    /// The launcher no longer accepts the session.
    Unauthorised,
    /// The action had no effect, and can be repeated: the launcher has lost a handle, or could not be reached.
    Interrupted,
    /// The action failed. After a `transient` failure a poll is repeated at its next tick; other actions are not repeated.
    Failed {
        /// Whether the same action may succeed later.
        transient: bool,
    },
    /// The limit of the phase, or the deadline of the meeting, has passed.
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
