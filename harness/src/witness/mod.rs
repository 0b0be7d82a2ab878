//! What launchers saw of any clients, as the events that checks judge by: which rooms were used, by whom, and what each did there.
//!
//! Derived from the journals of the launchers of one network alone (`docs/journal.md`), by plain functions: no client has to know of
//! the harness. docs/judging.md says what is derived from what, and what launchers cannot see.

mod chain;
mod client;
mod clients_of_session;
mod gaps;
mod going_on;
mod records;
mod request;
mod room;
#[cfg(test)]
mod tests;
mod visit;
mod witnessed;

pub use room::{SeenClient, SeenRoom};
pub use witnessed::{Incomplete, Witnessed};
