//! Why an exploration has no result: not all orders were tried, or none could be. Failures of the peers are outcomes.

use std::time::Duration;

use signaling::{MIN_POLL_INTERVAL, NameError};

use crate::format::length;
use crate::scenario::DEADLINE_MAX;

/// The orders could not be explored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExploreError {
    /// There are more orders than allowed. The orders that were tried say nothing about the others.
    #[error("not all orders were tried: there are more than {tried}. Allow more schedules, or set an earlier deadline")]
    NotAllTried {
        /// How many were tried.
        tried: usize,
    },
    /// An execution did not end.
    #[error("an execution had not ended after {0} requests and waits, and was stopped; set an earlier deadline")]
    TooLong(usize),
    /// The same choices led to another execution the second time, so not all orders can be found.
    #[error("the same choices led to another execution: after {after:?} other choices were possible than before")]
    NotRepeatable {
        /// The choices.
        after: String,
    },
    /// The schedule is of other settings, or of another version of the code under test.
    #[error("the schedule does not fit: after {after:?} it says {found:?}, and possible is {possible:?}")]
    DoesNotFit {
        /// The choices that fitted.
        after: String,
        /// The choice that did not fit; empty where the schedule ends.
        found: String,
        /// The choices that were possible; empty where the execution has ended.
        possible: String,
    },
    /// Peers do not poll that often.
    #[error("the poll interval {} is too short; the shortest is {}", length(*.0), length(MIN_POLL_INTERVAL))]
    PollIntervalTooShort(Duration),
    /// What happens within the deadline is kept in memory.
    #[error("the deadline {} is too late; the latest is {}", length(*.0), length(DEADLINE_MAX))]
    DeadlineTooLate(Duration),
    /// A peer would fail because of a request that was held.
    #[error(
        "a deadline of {} leaves no time for a poll after requests were held for {}",
        length(*.deadline),
        length(*.hold)
    )]
    DeadlineTooEarly {
        /// The deadline.
        deadline: Duration,
        /// How long requests may be held.
        hold: Duration,
    },
    /// A thread or a runtime could not be had.
    #[error("a thread with virtual time could not be started: {0}")]
    VirtualTime(#[from] std::io::Error),
    /// A peer is a program.
    #[error("peer programs need the real clock, and orders are explored on the virtual one: leave them out")]
    ProgramsNeedRealClock,
    /// A room could not be named.
    #[error("a room could not be named: {0}")]
    Room(#[from] NameError),
}
