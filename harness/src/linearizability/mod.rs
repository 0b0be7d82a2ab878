//! Whether the history of a stored name is linearizable: a search for a witness order.
//!
//! A history is a set of operations on one register, each with its invocation and its response. It is linearizable if
//! the operations have an order in which each takes effect at one time between its invocation and its response, and in
//! which the register gives the same responses. [`check`] returns that witness order, or a [`Counterexample`] as text,
//! or an error that the search reached its bound. `register` is the sequential specification and knows no time;
//! `search` knows time and tries orders; `contradiction` finds the few operations that suffice for a counterexample;
//! `sentence` describes them. This module imports nothing else of the harness.
//!
//! ```
//! use std::time::Duration;
//!
//! use harness::linearizability::{Action, Change, Content, Observed, Operation, OperationId};
//! use harness::linearizability::{Register, Response, STEPS_MAX, check};
//!
//! let ms = Duration::from_millis;
//! let write = Change::Write { version: 0, content: Content::of(b"an offer") };
//! let history = [
//!     Operation::new(OperationId(1), "first peer", ms(10)..=ms(20), Action::Change(write, Response::Acknowledged)),
//!     Operation::new(OperationId(2), "second peer", ms(30)..=ms(31), Action::Read(Observed::Nothing)),
//! ];
//! let why = check(&history, Register::Absent, STEPS_MAX).unwrap_err().to_string();
//! assert!(why.ends_with(
//!     "The read of 0.03 s .. 0.031 s by second peer returned nothing, but version 0 had been acknowledged to first \
//!      peer at 0.02 s; no later read returned it: it is lost."
//! ));
//! ```

mod contradiction;
mod counterexample;
#[cfg(test)]
mod hand_written;
mod hypothesis;
mod operation;
mod pending;
#[cfg(test)]
mod properties;
mod register;
#[cfg(test)]
mod replay;
mod search;
mod sentence;
#[cfg(test)]
mod simulation;
mod verdict;
mod wording;

pub use counterexample::{Counterexample, OPERATIONS_SHOWN_MAX};
pub use operation::{Action, Operation, OperationId, Response};
pub use register::{Change, Content, Observed, Register};
pub use verdict::{CheckError, STEPS_MAX, WitnessOrder, check};
