//! Who does what next. Pure: it is told what happened and when, and says the next step; the driver
//! behind [`Peer`](crate::Peer) takes it. It knows no launcher and no WebRTC, and never waits.
//!
//! The roles are those of the original (the launcher's behaviour page, §10.3): a peer that finds an offer in the room is the
//! recipient and answers it, a peer that finds none is the initiator, publishes one and polls for the answer. What the
//! original does not do is in [`decide`]: rooms that were used before, offers that bring nobody, writes that are refused or
//! whose answer was lost.

mod again;
mod decide;
mod failure;
mod found;
#[cfg(test)]
mod rehearsal;
mod settings;
mod state;
mod step;

pub use decide::{GENERATIONS_MAX, LOOKS_AWAITED, REPEATS_MAX, Rendezvous};
pub use failure::{Failure, Why};
pub use found::CLOCKS_APART_MAX;
pub use settings::{Settings, WhenGone};
pub use step::{FoundOffer, Happened, Step};
