//! The state machine of a meeting: from what happened, and when, to the next action. Pure: it knows no launcher and no
//! WebRTC, and never waits. The driver behind [`Peer`](crate::Peer) carries out each [`Action`] and reports an [`Input`].
//!
//! The roles are those of the original app (the launcher's behaviour page, §10.3): a peer that finds an offer in the room is
//! the recipient and answers it; a peer that finds none is the initiator, stores one and polls for the answer. Beyond the
//! original: rooms that were used before and stale offers ([`found_offer`]), writes that were refused or whose answer was
//! lost ([`retry`]).

mod action;
mod failure;
mod found_offer;
mod input;
mod machine;
mod retry;
mod settings;
mod state;
#[cfg(test)]
mod test_support;

pub use action::Action;
pub use failure::{Failure, FailureReason};
pub use found_offer::CLOCKS_APART_MAX;
pub use input::{FoundOffer, Input};
pub use machine::{GENERATIONS_MAX, REPEATS_MAX, Rendezvous, STALE_AFTER_POLLS};
pub use settings::{OnStaleOffer, Settings};
