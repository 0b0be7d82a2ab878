//! The defaults and bounds of a scenario's numbers and texts.

use std::time::Duration;

/// How many pairs there are by default.
pub const DEFAULT_PAIRS: usize = 1;

/// The most pairs of one run: each has its own sockets.
pub const PAIRS_MAX: usize = 10_000;

/// The time between two polls by default: the original's.
pub const DEFAULT_POLL_INTERVAL: Duration = signaling::DEFAULT_POLL_INTERVAL;

/// How long a meeting may take by default.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);

/// The longest deadline: what happens within it is kept in memory.
pub const DEADLINE_MAX: Duration = Duration::from_hours(24);

/// The longest of the other times: as long as the longest deadline, and as the longest delay of a fault.
pub(super) const TIME_MAX: Duration = DEADLINE_MAX;

/// The most launchers that can be given: one for both peers, or one for each.
pub const LAUNCHERS_MAX: usize = 2;

/// The most visits of one peer.
pub(crate) const VISITS_MAX: usize = 16;

/// The most fault rules of one scenario.
pub(super) const FAULTS_MAX: usize = 64;

/// The most characters in the name of a scenario.
pub(super) const NAME_CHARACTERS_MAX: usize = 64;

/// The longest text that is read as a scenario, in bytes.
pub(super) const FILE_BYTES_MAX: u64 = 1 << 20;

/// Whole milliseconds of a time that is at most a day.
pub(crate) const fn millis(time: Duration) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "a day has fewer milliseconds than u64 can hold")]
    {
        time.as_millis() as u64
    }
}
