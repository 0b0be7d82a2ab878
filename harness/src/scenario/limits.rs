//! The defaults and bounds of a scenario's numbers.

use std::time::Duration;

/// How many pairs there are unless told otherwise.
pub const DEFAULT_PAIRS: usize = 1;

/// The most pairs of one run: each has sockets of its own.
pub const PAIRS_MAX: usize = 10_000;

/// The time between two polls unless told otherwise: the original's.
pub const DEFAULT_POLL_INTERVAL: Duration = signaling::DEFAULT_POLL_INTERVAL;

/// How long a meeting may take unless told otherwise.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// The longest deadline: what happens within it is kept in memory.
pub const DEADLINE_MAX: Duration = Duration::from_hours(24);

/// The most launchers that can be given: one for both peers, or one for each.
pub const LAUNCHERS_MAX: usize = 2;

/// Whole milliseconds of a time that is at most a day.
pub(crate) const fn millis(time: Duration) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "a day has fewer milliseconds than u64 can hold")]
    {
        time.as_millis() as u64
    }
}
