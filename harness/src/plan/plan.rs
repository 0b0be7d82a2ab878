//! What a run goes by: a scenario, and what the settings say otherwise.

use std::path::PathBuf;
use std::time::Duration;

use super::clock::{Clock, TransportKind};
use super::error::RunError;
use super::ice_mode::IceMode;
use super::settings::{LauncherUrl, Settings};
use crate::plan::seed;
use crate::scenario::{NamedSchedule, PAIRS_MAX, PollSchedule, Scenario};

/// What a run goes by.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is played.
    pub scenario: Scenario,
    /// The file that it was read from, if it is none of the named.
    pub file: Option<PathBuf>,
    /// How many pairs meet, at the same time.
    pub pairs: usize,
    /// What all chance comes from.
    pub seed: u64,
    /// The clock.
    pub clock: Clock,
    /// Who talks WebRTC.
    pub transport: TransportKind,
    /// The ways by which peers may reach each other.
    pub ice: IceMode,
    /// Launchers that are running already.
    pub launchers: Vec<LauncherUrl>,
    /// The time between two polls, and from the offer to the first.
    pub poll_interval: Duration,
    /// The rule by which polls follow one another.
    pub schedule: PollSchedule,
    /// How long a peer may take from joining to the open channel.
    pub deadline: Duration,
    /// How late a poll may begin.
    pub late_tolerance: Duration,
    /// Whether nothing else runs in this process.
    pub alone_in_process: bool,
}

impl Plan {
    /// # Errors
    /// The scenario cannot be meant, or not on this clock or over these launchers; nor can a STUN or TURN server; or a seed
    /// cannot be drawn.
    pub fn new(scenario: &Scenario, settings: &Settings) -> Result<Self, RunError> {
        scenario.check()?;
        let pairs = settings.pairs.unwrap_or(scenario.pairs);
        if !(1..=PAIRS_MAX).contains(&pairs) {
            return Err(RunError::PairsOutOfRange(pairs));
        }
        let name = || scenario.name.clone();
        if scenario.needs_virtual_time && settings.clock == Clock::Real {
            return Err(RunError::NeedsVirtualTime { scenario: name() });
        }
        let meddles = !scenario.faults.is_empty() || scenario.peers.iter().any(|peer| peer.own_account);
        if meddles && !settings.launchers.is_empty() {
            return Err(RunError::NeedsOwnLaunchers { scenario: name() });
        }
        let (clock, transport, ice) = (settings.clock, settings.transport_used(), settings.ice);
        if ice != IceMode::Direct && (clock, transport) != (Clock::Real, TransportKind::Webrtc) {
            return Err(RunError::IceNeedsRealWebRtc { ice, clock, transport });
        }
        Ok(Self {
            file: settings.file.clone(),
            pairs,
            seed: settings.seed.or(scenario.seed).map_or_else(seed::draw_seed, Ok)?,
            clock,
            transport,
            ice,
            launchers: settings.launchers.clone(),
            poll_interval: settings.poll_interval.unwrap_or(scenario.poll_interval()),
            schedule: settings.schedule.map_or(scenario.schedule, NamedSchedule::rule),
            deadline: settings.deadline.unwrap_or(scenario.deadline()),
            late_tolerance: settings.late_tolerance_kept(),
            alone_in_process: settings.alone_in_process,
            scenario: scenario.clone(),
        })
    }
}
