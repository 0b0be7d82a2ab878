//! One sentence on why two peers did not meet, from what this peer saw and from what its launcher says.
//!
//! The driver collects [`Findings`]; they are judged once, when the meeting has failed. Nothing is asked of the launcher for
//! it, and nothing is guessed: what is not known is not said.

mod candidates;
mod findings;
mod judge;
mod path_hint;
mod sentence;
mod unreachable;

pub use candidates::CandidateCounts;
pub(crate) use findings::Findings;
pub(crate) use judge::{Ending, judge};
pub use path_hint::PathHint;
pub use sentence::Diagnosis;
pub use unreachable::Unreachable;
