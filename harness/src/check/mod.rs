//! What must hold. Each check is a pure function over the events of a run, in a module of its own, with the sentence that
//! it promises. None knows how the events came about.

mod candidates;
mod channels;
mod detection;
mod economics;
mod ends;
mod evidence;
mod handles;
mod history;
mod hot_polling;
mod left_behind;
mod list;
mod measured;
mod one_session;
mod outcomes;
mod own_answer;
mod poll_timing;
mod records;
mod roles;
mod round_trips;
mod scatter;
mod sockets;
mod tasks;
mod verdict;

#[cfg(test)]
pub(crate) mod test_run;

pub use economics::Economics;
pub use evidence::Evidence;
pub use list::{CHECKS, Check};
pub use verdict::Verdict;
