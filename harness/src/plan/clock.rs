//! The clock of a run. All waits and times use `tokio::time`; this chooses its kind.

use std::fmt;
use std::time::Duration;

/// The kinds of clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum Clock {
    /// Real time, and real sockets to the launchers.
    #[default]
    Real,
    /// Virtual time that jumps to the next event; launchers are called in process.
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

/// The WebRTC implementation of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum TransportKind {
    /// None: plain channels in this process, with descriptions that look like SDP.
    Scripted,
    /// The webrtc crate; on the virtual clock over a network in memory.
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

/// Measures how long a run takes in real time, whichever clock it uses.
#[derive(Debug)]
pub(crate) struct WallTime(std::time::Instant);

impl WallTime {
    #[expect(
        clippy::disallowed_methods,
        reason = "the report names the real time of a run beside the time of its clock"
    )]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
