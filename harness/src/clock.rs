//! The clock that a run goes by. All waiting and all moments come from `tokio::time`; this says which kind that is.

use std::fmt;
use std::time::Duration;

/// The kinds of clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Clock {
    /// Time as it passes, real sockets and real WebRTC.
    #[default]
    Real,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real => "real",
        })
    }
}

/// Measures how long a run takes on the machine's own clock, whatever clock the run goes by.
#[derive(Debug)]
pub(crate) struct WallTime(std::time::Instant);

impl WallTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "the report says how long a run took on the wall, beside its own clock"
    )]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
