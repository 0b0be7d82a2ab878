//! The clock that a run goes by. All waiting and all moments come from `tokio::time`; this says which kind that is.

use std::fmt;
use std::time::Duration;

/// The kinds of clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Clock {
    /// Time as it passes, and real sockets to the launchers.
    #[default]
    Real,
    /// Time that jumps to whatever happens next; launchers are called in process.
    Virtual,
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real => "real",
            Self::Virtual => "virtual",
        })
    }
}

/// Who talks WebRTC in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum TransportKind {
    /// Nobody: plain channels in this process, with descriptions that look like SDP.
    Scripted,
    /// The real WebRTC crate; on the virtual clock over a network in memory.
    Webrtc,
}

impl TransportKind {
    /// The default on this clock.
    pub fn default_on(clock: Clock) -> Self {
        match clock {
            Clock::Real => Self::Webrtc,
            Clock::Virtual => Self::Scripted,
        }
    }
}

impl fmt::Display for TransportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scripted => "scripted",
            Self::Webrtc => "webrtc",
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
