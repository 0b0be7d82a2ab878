//! Worlds that nobody thought of: a seed picks the peers, their schedules, the faults and the crashes. What fails is shrunk to
//! the smallest world that fails in the same way.

mod coverage;
mod hunt;
mod marks;
mod shrink;
mod soak;
mod strategy;

pub use coverage::{Coverage, Judged};
pub use hunt::{Found, hunt};
pub use marks::{MARKS, Mark};
pub use shrink::SHRINK_STEPS_MAX;
pub use soak::{Failure, Soak, SoakHooks, soak};
pub use strategy::{draw, worlds};
