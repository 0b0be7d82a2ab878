//! The promises that each run must keep. A check is a pure function over the traces of a run, in its own file, with its
//! promise as a sentence. No check knows how the events were recorded.

mod candidates;
mod channels;
mod contract;
mod detection;
mod economics;
mod ends;
mod evidence;
mod handles;
mod history;
mod hot_polling;
mod launchers;
mod leaks;
mod list;
mod one_session;
mod outcomes;
mod own_answer;
mod pace;
mod poll_timing;
mod records;
mod roles;
mod round_trips;
mod scatter;
mod verdict;

#[cfg(test)]
pub(crate) mod test_run;

pub use economics::Economics;
pub use evidence::{Evidence, Witness};
pub use list::{CHECKS, Check};
pub use verdict::Verdict;
