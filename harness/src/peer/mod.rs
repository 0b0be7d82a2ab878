//! The peers of a run: when each joins, what it does in the room, and which mutation it has.

mod join_condition;
mod mutation;
mod pair;
mod visit;

#[cfg(test)]
pub(crate) use mutation::mutate;
pub(crate) use pair::{Pair, PeerSetup};
