//! Whether what several users were told about one name can be true of one register: a search for an order.
//!
//! A history is what users asked of a stored name, when, and what each was answered. It is linearizable if there is an
//! order of these operations in which each takes effect at one moment between its start and its end, and in which the
//! register answers as it did. [`check`] gives that order, or a [`CounterExample`] that a person can read, or says that
//! it gave up. [`register`] holds the rules and knows no time; [`search`] knows time and tries orders; [`forgetting`]
//! finds the few operations that matter; [`sentence`] says what cannot be.
//!
//! ```
//! use std::time::Duration;
//!
//! use harness::linearizability::{Action, Answer, Change, Content, Operation, OperationId};
//! use harness::linearizability::{Register, STEPS_MAX, Seen, check};
//!
//! let ms = Duration::from_millis;
//! let write = Change::Write { version: 0, content: Content::of(b"an offer") };
//! let history = [
//!     Operation::new(OperationId(1), "first peer", ms(10)..=ms(20), Action::Change(write, Answer::Acknowledged)),
//!     Operation::new(OperationId(2), "second peer", ms(30)..=ms(31), Action::Read(Seen::Nothing)),
//! ];
//! let why = check(&history, Register::Absent, STEPS_MAX).unwrap_err().to_string();
//! assert!(why.ends_with(
//!     "The read of 0.03 s .. 0.031 s by second peer saw nothing, and version 0 had been acknowledged to first peer \
//!      at 0.02 s; nobody ever saw that one: it is lost."
//! ));
//! ```

mod claim;
mod counter_example;
mod forgetting;
#[cfg(test)]
mod hand_written;
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

pub use counter_example::{CounterExample, OPERATIONS_SHOWN_MAX};
pub use operation::{Action, Answer, Operation, OperationId, Seen};
pub use register::{Change, Content, Register};
pub use verdict::{NoOrder, Order, STEPS_MAX, check};
