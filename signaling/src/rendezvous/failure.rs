//! How a meeting fails, without the causes that only the driver knows.

use std::time::Duration;

use crate::phase::Phase;

/// The failure of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The phase that failed.
    pub phase: Phase,
    /// Why.
    pub reason: FailureReason,
}

/// Why a meeting failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureReason {
    /// An action failed; the driver knows the cause.
    ActionFailed,
    /// No path to the other peer was found; the driver knows the cause.
    NoRoute,
    /// There is no channel for a reason that says nothing of whether the other peer is gone: it was reached, or could not be
    /// tried. The driver knows the cause.
    Unconnectable,
    /// Another peer has answered the offer.
    RoomTaken,
    /// The offer in the room is stale.
    PeerGone {
        /// When the offer was made, as the time since 1970, if it says so.
        made_at: Option<Duration>,
    },
    /// The answer belongs to another offer.
    StaleAnswer,
    /// The limit of the phase has passed.
    PhaseTooLong(Duration),
    /// The deadline of the meeting has passed.
    DeadlinePassed(Duration),
}
