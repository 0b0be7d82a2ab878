//! The clock of a launcher: tokens and the journal read it; nothing else knows the time.
//!
//! It runs on the time of tokio, so a test that pauses that time pauses everything.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

/// Unix time at a start, and the time that tokio's clock has counted since.
#[derive(Debug, Clone)]
pub struct Clock {
    started: Instant,
    unix_at_start: Duration,
}

impl Clock {
    /// Starts at the wall clock of this machine.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads wall time")]
    pub fn system() -> Self {
        // A machine whose clock is before 1970 gets tokens issued in 1970.
        Self::starting_at(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
    }

    /// Starts at a given Unix time: for runs that repeat.
    pub fn starting_at(unix_at_start: Duration) -> Self {
        Self { started: Instant::now(), unix_at_start }
    }

    /// When it started, as time since 1970.
    pub(crate) fn started_at(&self) -> Duration {
        self.unix_at_start
    }

    /// Whole seconds of Unix time.
    pub fn unix_seconds(&self) -> u64 {
        self.unix_time().as_secs()
    }

    /// Time since 1970.
    pub fn unix_time(&self) -> Duration {
        self.unix_at_start + self.elapsed()
    }

    /// Time since the launcher started.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_follows_a_paused_clock() {
        let clock = Clock::starting_at(Duration::from_secs(1_000));
        tokio::time::advance(Duration::from_millis(2_500)).await;
        assert_eq!(clock.unix_seconds(), 1_002);
        assert_eq!(clock.elapsed(), Duration::from_millis(2_500));
    }
}
