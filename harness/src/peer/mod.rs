//! The peers of a run: when each joins, what it does in the room, and which bugs are planted in it.

mod join_condition;
mod mutation;
mod pair;
mod visit;

pub(crate) use pair::{Pair, PeerSetup};
pub use visit::MESSAGE_WAIT;
