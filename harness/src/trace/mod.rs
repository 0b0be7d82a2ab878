//! What the events of a pair mean: the visits of its peers, their polls, and the offers and answers that they exchanged.
//! Nothing here judges.

mod exchange;
mod expected_ticks;
mod pair;
mod poll;
mod visit;

pub use exchange::Exchange;
pub(crate) use expected_ticks::ExpectedTicks;
pub use pair::PairTrace;
pub use poll::Poll;
pub use visit::{End, Stored, VisitTrace};
