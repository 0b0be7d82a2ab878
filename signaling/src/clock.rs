//! The time of day, derived from tokio's clock. An offer contains the time at which it was made.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// An instant and its time of day. The time of day advances with tokio's clock, so a paused clock stops both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallClock {
    at: Instant,
    since_1970: Duration,
}

impl WallClock {
    /// A clock that shows the machine's time of day at `now`.
    pub fn of_the_machine(now: Instant) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place at which this crate learns the time of day")]
        let today = SystemTime::now();
        // A machine with a time of day before 1970 gives no ages, and no error.
        Self::showing(today.duration_since(UNIX_EPOCH).unwrap_or_default(), now)
    }

    /// A clock that shows this time since 1970 at `now`.
    pub fn showing(since_1970: Duration, now: Instant) -> Self {
        Self { at: now, since_1970 }
    }

    /// The time since 1970 at `now`.
    pub fn at(&self, now: Instant) -> Duration {
        self.since_1970.saturating_add(now.saturating_duration_since(self.at))
    }

    /// The age of what was made at `made_at` by the clock of another machine: zero if that clock is ahead.
    pub fn age(&self, made_at: Duration, now: Instant) -> Duration {
        self.at(now).saturating_sub(made_at)
    }
}

/// `now + after`, or a century from now if that is later than an instant can be.
pub(crate) fn far(now: Instant, after: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);
    now + after.min(CENTURY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_goes_on_as_the_clock_does_and_the_future_has_no_age() {
        let now = Instant::now();
        let clock = WallClock::showing(Duration::from_secs(1_000), now);
        let later = now + Duration::from_secs(5);
        assert_eq!(clock.at(later), Duration::from_secs(1_005));
        assert_eq!(clock.age(Duration::from_secs(999), later), Duration::from_secs(6));
        assert_eq!(clock.age(Duration::from_secs(2_000), later), Duration::ZERO);
    }
}
