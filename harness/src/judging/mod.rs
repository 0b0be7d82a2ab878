//! Clients that know nothing of the harness, judged by what launchers saw of them: those that a command starts, and those that have
//! used launchers that are running. docs/judging.md explains the report.

mod arguments;
mod error;
mod exec;
mod journal_pages;
mod judge;
mod rooms;

pub use arguments::{ExecArguments, Expectations, JudgeArguments};
pub use error::JudgingError;
pub(crate) use exec::exec;
pub(crate) use judge::judge;
