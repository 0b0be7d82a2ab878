//! What a run goes by: a scenario and its settings, with nothing left open.

use std::collections::BTreeSet;
use std::time::Duration;

use signaling::PollRule;

use super::clock::{Clock, TransportKind};
use super::error::RunError;
use super::ice_mode::IceMode;
use super::seed;
use super::settings::{Settings, late_tolerance_on};
use crate::peer::PeerChoice;
use crate::scenario::{LAUNCHERS_MAX, Launchers, NamedSchedule, PAIRS_MAX, PeerIndex, Scenario};

/// How many peers can be chosen: one for all, or the first and the others.
const PEER_CHOICES_MAX: usize = 2;

/// What a run goes by. What the settings alone decide is read from them: the clock, the launchers, how peers reach each other.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// The scenario that is played.
    pub scenario: Scenario,
    /// The settings that were given.
    pub settings: Settings,
    /// How many pairs meet, at the same time.
    pub pairs: usize,
    /// The seed of all random choices.
    pub seed: u64,
    /// The WebRTC implementation.
    pub transport: TransportKind,
    /// The time between two polls, and from the offer to the first.
    pub poll_interval: Duration,
    /// The poll schedule.
    pub schedule: PollRule,
    /// How long a peer may take from joining to the open channel.
    pub deadline: Duration,
    /// How late a poll may begin.
    pub late_tolerance: Duration,
    /// The peers that are no peers of the harness.
    pub foreign: BTreeSet<PeerIndex>,
}

impl Plan {
    /// # Errors
    /// The scenario or a setting is invalid, the scenario cannot be played on this clock or over these launchers, this run cannot
    /// have a STUN or TURN server, or there is no random number for a seed.
    pub fn new(scenario: &Scenario, settings: &Settings) -> Result<Self, RunError> {
        scenario.check()?;
        let pairs = settings.pairs.unwrap_or(scenario.pairs);
        if !(1..=PAIRS_MAX).contains(&pairs) {
            return Err(RunError::PairsOutOfRange(pairs));
        }
        check_launchers(scenario, settings)?;
        let (clock, ice) = (settings.clock, settings.ice);
        if scenario.needs_virtual_time && clock == Clock::Real {
            return Err(RunError::NeedsVirtualTime { scenario: scenario.name.clone() });
        }
        let transport = settings.transport.unwrap_or(TransportKind::default_on(clock));
        if ice != IceMode::Direct && (clock, transport) != (Clock::Real, TransportKind::Webrtc) {
            return Err(RunError::IceNeedsRealWebRtc { ice, clock, transport });
        }
        let foreign = foreign(scenario, settings);
        if settings.peers.len() > PEER_CHOICES_MAX {
            return Err(RunError::TooManyPeers(settings.peers.len()));
        }
        if clock == Clock::Virtual && has_program(scenario, settings) {
            return Err(RunError::ProgramsNeedRealClock);
        }
        Ok(Self {
            pairs,
            foreign,
            seed: settings.seed.or(scenario.seed).map_or_else(seed::draw_seed, Ok)?,
            transport,
            poll_interval: settings.poll_interval.unwrap_or(scenario.poll_interval()),
            schedule: settings.schedule.map_or(scenario.schedule, NamedSchedule::rule),
            deadline: settings.deadline.unwrap_or(scenario.deadline()),
            late_tolerance: settings.late_tolerance.unwrap_or(late_tolerance_on(clock)),
            scenario: scenario.clone(),
            settings: settings.clone(),
        })
    }
}

/// The peers that are clients of others.
fn foreign(scenario: &Scenario, settings: &Settings) -> BTreeSet<PeerIndex> {
    let choices = scenario.peer_indices().map(|(index, peer)| (index, settings.peer(index, peer)));
    choices.filter(|(_, choice)| choice.is_foreign()).map(|(index, _)| index).collect()
}

/// Whether a peer is a program, which has no clock but the real one.
fn has_program(scenario: &Scenario, settings: &Settings) -> bool {
    let mut choices = scenario.peer_indices().map(|(index, peer)| settings.peer(index, peer));
    choices.any(|choice| matches!(choice, PeerChoice::Program(_)))
}

/// Whether the scenario can be played over the launchers that are running already, if some are given.
fn check_launchers(scenario: &Scenario, settings: &Settings) -> Result<(), RunError> {
    let given = settings.launchers.len();
    let name = || scenario.name.clone();
    let changes_launchers = || !scenario.faults.is_empty() || scenario.peers.iter().any(|peer| peer.own_account);
    match given {
        0 => Ok(()),
        _ if settings.clock == Clock::Virtual => Err(RunError::VirtualLaunchers),
        _ if given > LAUNCHERS_MAX => Err(RunError::TooManyLaunchers(given)),
        _ if scenario.needs_virtual_time => Err(RunError::TooLongForLaunchers { scenario: name() }),
        _ if changes_launchers() => Err(RunError::NeedsOwnLaunchers { scenario: name() }),
        2.. if scenario.launchers == Launchers::OneForEachPair => Err(RunError::OneLauncherOnly { scenario: name() }),
        _ => Ok(()),
    }
}
