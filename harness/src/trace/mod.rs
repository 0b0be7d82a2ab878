//! The meaning of a pair's events: the visits of its peers, their polls, and the exchanges of an offer and an answer. A
//! trace judges nothing.

mod exchange;
mod expected_ticks;
mod launcher_code;
mod pair;
mod poll;
mod visit;

pub use exchange::Exchange;
pub(crate) use expected_ticks::ExpectedTicks;
pub(crate) use launcher_code::LauncherCode;
pub use pair::PairTrace;
pub use poll::Poll;
pub(crate) use visit::still_waiting;
pub use visit::{End, Stored, VisitTrace};
