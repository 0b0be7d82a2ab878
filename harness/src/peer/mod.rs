//! The peers of a run: when each joins, what it does in the room, and which mutation it has.

mod choice;
mod join_condition;
mod mutation;
mod ours;
mod pair;
mod program;
mod under_test;
mod visit;

pub use choice::{ParsePeerError, PeerChoice};
#[cfg(test)]
pub(crate) use mutation::mutate;
pub(crate) use ours::Ours;
pub(crate) use pair::{Pair, PeerSetup};
pub use program::PeerCommand;
pub(crate) use program::Program;
pub use under_test::{PeerUnderTest, PeerVisit};
