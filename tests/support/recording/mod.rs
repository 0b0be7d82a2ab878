//! Recorded exchanges with the real launcher, and how to play them again. `recordings/README.md` describes the format.

mod bound;
mod exchange;
mod found;
mod ordered;
mod player;

pub use exchange::{Exchange, RECORDINGS, WIDER};
pub use player::Player;
