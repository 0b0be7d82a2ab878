//! The report for people: what failed first, then the result of each pair, what passed, and last the verdict.

mod checks;
mod launchers;
mod pairs;
mod verdict;
mod whole;

pub(crate) use checks::expected_and_found;
pub(super) use checks::where_found;
pub(super) use verdict::{connected, verdict_line, word};
#[cfg(test)]
pub(super) use whole::tests;
pub use whole::text;
pub(crate) use whole::text_as;
