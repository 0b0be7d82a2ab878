//! Progress on stderr while the program works: a line for each step, or a bar.

mod bar;
mod mode;
mod reporter;
mod steps;

pub(crate) use mode::ProgressMode;
pub(crate) use reporter::Reporter;
