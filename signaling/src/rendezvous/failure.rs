//! How a meeting can fail, as far as the rendezvous knows it.

use std::time::Duration;

use crate::phase::Phase;

/// A meeting that did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The part of the meeting that failed.
    pub phase: Phase,
    /// Why.
    pub reason: FailureReason,
}

/// Why a meeting did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureReason {
    /// The step did not work, and the driver knows why.
    ActionFailed,
    /// No way to the other peer was found, and the driver knows why.
    NoRoute,
    /// Another peer has answered the offer.
    RoomTaken,
    /// The offer in the room brings nobody.
    PeerGone {
        /// When the offer was made, as the time since 1970, if it says so.
        made_at: Option<Duration>,
    },
    /// The answer is one to another offer.
    StaleAnswer,
    /// The phase took longer than it may.
    PhaseTooLong(Duration),
    /// The whole took longer than it may.
    DeadlinePassed(Duration),
}
