//! Why there is no result: not all orders were tried, or none could be. What goes wrong between the peers is an outcome.

use std::time::Duration;

use signaling::{MIN_POLL_INTERVAL, NameError, SetupError};

use super::settings::DEADLINE_MAX;
use crate::format::length;

/// The orders could not be explored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExploreError {
    /// The bound was met first. What was seen until then says nothing of the rest.
    #[error("not all orders were tried: there are more than {tried}. Allow more schedules, or set an earlier deadline")]
    NotAllTried {
        /// How many were.
        tried: usize,
    },
    /// A play did not come to an end.
    #[error("a play was not at an end after {0} requests and waits, and was broken off; set an earlier deadline")]
    TooLong(usize),
    /// The same choices led elsewhere the second time, so not all orders can be found.
    #[error("the same choices did not lead to the same play: after {after:?} there was another choice than before")]
    NotRepeatable {
        /// The choices.
        after: String,
    },
    /// The schedule is of another setting, or of another version of what is tested.
    #[error("the schedule does not fit: after {after:?} it says {asked:?}, and there is {possible:?}")]
    DoesNotFit {
        /// The choices that fitted.
        after: String,
        /// The choice that did not; empty where the schedule ends.
        asked: String,
        /// What could have been chosen; empty where the play ends.
        possible: String,
    },
    /// Peers poll less often than that.
    #[error("{} is too short a poll interval; {} is the shortest", length(*.0), length(MIN_POLL_INTERVAL))]
    PollIntervalTooShort(Duration),
    /// Nobody waits that long.
    #[error("a deadline of {} is too late; {} is the latest", length(*.0), length(DEADLINE_MAX))]
    DeadlineTooLate(Duration),
    /// A peer would fail for a request that was held.
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
    /// The machine gives no thread, or the exploration in it broke off.
    #[error("virtual time could not be had: {0}")]
    VirtualTime(#[from] std::io::Error),
    /// A peer could not be made.
    #[error("a peer could not be made: {0}")]
    Peer(#[from] SetupError),
    /// A room could not be named.
    #[error("a room could not be named: {0}")]
    Room(#[from] NameError),
}
