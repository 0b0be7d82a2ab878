//! What is shown on stderr while something is going on, as far as somebody looks: lines of what happens, or a bar of how
//! much is done.

mod audience;
mod bar;
mod steps;
mod telling;

pub use audience::ProgressMode;
pub use bar::Bar;
pub use steps::{Progress, STEPS_TOLD_MAX};
pub use telling::Reporter;
