//! What a run can be told.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::clock::{Clock, TransportKind};
use super::ice_mode::IceMode;
use crate::scenario::NamedSchedule;

/// How late a poll may begin, and an answer may be detected, unless told otherwise. Real machines are busy.
pub const DEFAULT_LATE_TOLERANCE: Duration = Duration::from_millis(500);

/// The same in virtual time, where nothing is ever late by itself.
pub const VIRTUAL_LATE_TOLERANCE: Duration = Duration::ZERO;

/// How much too early a poll may seem to begin. None does; the moments are read one after the other.
pub const EARLY_TOLERANCE: Duration = Duration::from_millis(1);

/// How late a poll may begin on this clock, unless told otherwise.
pub(crate) fn late_tolerance_on(clock: Clock) -> Duration {
    match clock {
        Clock::Real => DEFAULT_LATE_TOLERANCE,
        Clock::Virtual => VIRTUAL_LATE_TOLERANCE,
    }
}

/// The settings of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// How many pairs meet, at the same time; `None` is what the scenario says.
    pub pairs: Option<usize>,
    /// The file that the scenario was read from: the command that repeats the run names it.
    pub file: Option<PathBuf>,
    /// What all chance comes from; `None` is what the scenario says, or draws a seed, which the report tells.
    pub seed: Option<u64>,
    /// The clock that the run goes by.
    pub clock: Clock,
    /// Who talks WebRTC; `None` is what is usual on the clock.
    pub transport: Option<TransportKind>,
    /// The ways by which peers may reach each other.
    pub ice: IceMode,
    /// Launchers that are running already: none, one for both peers, or the first peer's and the second's.
    pub launchers: Vec<LauncherUrl>,
    /// The time between two polls, and from the offer to the first; `None` is what the scenario says.
    pub poll_interval: Option<Duration>,
    /// The rule by which polls follow one another; `None` is what the scenario says.
    pub schedule: Option<NamedSchedule>,
    /// How long a peer may take from joining to the open channel; `None` is what the scenario says.
    pub deadline: Option<Duration>,
    /// How late a poll may begin, and how much longer than an interval the detection of an answer may take; `None` is
    /// what is usual on the clock.
    pub late_tolerance: Option<Duration>,
    /// Whether nothing else runs in this process, so that its tasks and sockets can be counted. A program of its own can
    /// say so; one test of several in a process cannot.
    pub alone_in_process: bool,
}

impl Settings {
    /// Sets how many pairs meet.
    #[must_use]
    pub fn pairs(mut self, pairs: usize) -> Self {
        self.pairs = Some(pairs);
        self
    }

    /// Sets what all chance comes from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the clock to go by.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets who talks WebRTC.
    #[must_use]
    pub fn transport(mut self, transport: TransportKind) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Sets the ways by which peers may reach each other.
    #[must_use]
    pub fn ice(mut self, ice: IceMode) -> Self {
        self.ice = ice;
        self
    }

    /// Sets the launchers to use: one for both peers, or the first peer's and the second's.
    #[must_use]
    pub fn launchers(mut self, launchers: Vec<LauncherUrl>) -> Self {
        self.launchers = launchers;
        self
    }

    /// Sets the time between two polls.
    #[must_use]
    pub fn poll_interval(mut self, poll_interval: Duration) -> Self {
        self.poll_interval = Some(poll_interval);
        self
    }

    /// Sets the rule by which polls follow one another.
    #[must_use]
    pub fn schedule(mut self, schedule: NamedSchedule) -> Self {
        self.schedule = Some(schedule);
        self
    }

    /// Sets how long a peer may take from joining to the open channel.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets how late a poll, or the detection of an answer, may be.
    #[must_use]
    pub fn late_tolerance(mut self, late_tolerance: Duration) -> Self {
        self.late_tolerance = Some(late_tolerance);
        self
    }

    /// How late a poll may begin on the clock of these settings.
    pub fn late_tolerance_kept(&self) -> Duration {
        self.late_tolerance.unwrap_or(late_tolerance_on(self.clock))
    }

    /// Who talks WebRTC on the clock of these settings.
    pub fn transport_used(&self) -> TransportKind {
        self.transport.unwrap_or(TransportKind::usual(self.clock))
    }

    /// Says whether nothing else runs in this process.
    #[must_use]
    pub fn alone_in_process(mut self, alone: bool) -> Self {
        self.alone_in_process = alone;
        self
    }
}

/// Where a launcher is: `http://host:port`, and no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LauncherUrl(String);

/// A text is no [`LauncherUrl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a launcher is given as http://host:port")]
pub struct NotALauncherUrl;

impl LauncherUrl {
    /// The URL, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LauncherUrl {
    type Err = NotALauncherUrl;

    fn from_str(text: &str) -> Result<Self, NotALauncherUrl> {
        let uri: http::Uri = text.parse().map_err(|_| NotALauncherUrl)?;
        let authority = uri.authority().ok_or(NotALauncherUrl)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !authority.as_str().contains('@');
        if uri.scheme_str() != Some("http") || !bare {
            return Err(NotALauncherUrl);
        }
        Ok(Self(format!("http://{authority}")))
    }
}

impl fmt::Display for LauncherUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launcher_is_a_host_and_a_port_and_nothing_else() {
        let read = |text: &str| text.parse::<LauncherUrl>().ok().map(|url| url.to_string());
        assert_eq!(read("http://localhost:8100/").as_deref(), Some("http://localhost:8100"));
        assert_eq!(read("http://[::1]:8100").as_deref(), Some("http://[::1]:8100"));
        for wrong in
            ["", "8100", "localhost:8100", "https://localhost:8100", "http://a@b:1", "http://a:1/0.5", "http://a:1?x"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
