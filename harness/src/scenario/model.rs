//! A scenario as a plain value.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use signaling::{OnStaleOffer, PollRule};

use super::fault::PlacedFault;
use super::known_gap::KnownGap;
use super::limits::{DEFAULT_DEADLINE, DEFAULT_PAIRS, DEFAULT_POLL_INTERVAL, LAUNCHERS_MAX, millis};
use super::mutation::Mutation;
use super::visit::Visit;
use super::who::PeerIndex;

/// The version of the form of a scenario. It counts up when something in it changes its meaning or goes away.
pub const SCHEMA: u32 = 1;

/// A situation that a run plays: its peers, when they join, and what goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The version of the form: [`SCHEMA`].
    pub schema: u32,
    /// The name by which it is chosen: small letters, digits and dashes.
    pub name: String,
    /// What is proved when its checks pass, in one sentence.
    pub proves: String,
    /// How many pairs there are by default.
    #[serde(default = "default_pairs")]
    pub pairs: usize,
    /// The default seed of all random choices; absent means a new one in each run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Which launchers the peers use.
    #[serde(default)]
    pub launchers: Launchers,
    /// The default time between two polls.
    #[serde(default = "default_poll_interval_ms")]
    pub poll_interval_ms: u64,
    /// The default poll schedule.
    #[serde(default)]
    pub schedule: PollRule,
    /// How long a peer may take by default from joining to the open channel.
    #[serde(default = "default_deadline_s")]
    pub deadline_s: u64,
    /// What peers do about a stale offer of another account.
    #[serde(default)]
    pub when_gone: OnStaleOffer,
    /// Whether it takes too long for the real clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_virtual_time: bool,
    /// The promise that is known to be broken in it, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_gap: Option<KnownGap>,
    /// The mutation to plant, to see that the checks find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planted: Option<Mutation>,
    /// The peers of each pair: the first, the second and the third.
    pub peers: Vec<Peer>,
    /// The fault rules of the launchers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<PlacedFault>,
}

/// One peer of each pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Which launcher of the pair it uses, counted from 1. If a pair has one launcher, all its peers use that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launcher: Option<usize>,
    /// Whether another user logs in at its launcher when it first joins.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_account: bool,
    /// The identity that it keeps from one visit to the next, as a page does in its browser's storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// The program that plays it; absent means the peer that the run chooses. A list of words: the program, and its arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub program: Vec<String>,
    /// Its visits to the room, at least one.
    pub visits: Vec<Visit>,
}

/// Which launchers the peers use. Launchers that are running already are shared by all pairs instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Launchers {
    /// Each pair has its own two, on its own network.
    #[default]
    TwoForEachPair,
    /// Each pair has its own one, and all its peers use it.
    OneForEachPair,
    /// All pairs share two, on one network.
    TwoForAll,
}

impl Launchers {
    /// Which of the run's launchers the two users of a pair have; pairs are counted from 1, launchers from 0.
    pub(crate) fn of_pair(self, pair: usize) -> [usize; 2] {
        let before = pair.saturating_sub(1);
        match self {
            Self::TwoForEachPair => [2 * before, 2 * before + 1],
            Self::OneForEachPair => [before, before],
            Self::TwoForAll => [0, 1],
        }
    }

    /// How many launchers a pair has.
    pub(crate) fn of_each_pair(self) -> usize {
        match self {
            Self::TwoForEachPair | Self::TwoForAll => LAUNCHERS_MAX,
            Self::OneForEachPair => 1,
        }
    }

    /// The pair of that launcher, or the first if all pairs share it, and its number in the pair; both counted from 1.
    pub(crate) fn place_of(self, index: usize) -> (usize, usize) {
        match self {
            Self::TwoForEachPair => (index / 2 + 1, index % 2 + 1),
            Self::OneForEachPair => (index + 1, 1),
            Self::TwoForAll => (1, index + 1),
        }
    }
}

fn default_pairs() -> usize {
    DEFAULT_PAIRS
}

fn default_poll_interval_ms() -> u64 {
    millis(DEFAULT_POLL_INTERVAL)
}

fn default_deadline_s() -> u64 {
    DEFAULT_DEADLINE.as_secs()
}

impl Peer {
    /// A peer that makes these visits.
    pub fn visiting(visits: Vec<Visit>) -> Self {
        Self { launcher: None, own_account: false, identity: None, program: Vec::new(), visits }
    }

    /// Which launcher of the pair it uses, counted from 0. The third peer uses the second's by default.
    pub(crate) fn launcher_index(&self, peer_index: PeerIndex) -> usize {
        let own = match peer_index {
            PeerIndex::First => 0,
            PeerIndex::Second | PeerIndex::Third => 1,
        };
        self.launcher.map_or(own, |launcher| launcher.saturating_sub(1))
    }
}

impl Scenario {
    /// A scenario without faults, with these peers in the room of each pair.
    pub fn of(name: &str, proves: &str, peers: Vec<Peer>) -> Self {
        Self {
            schema: SCHEMA,
            name: name.to_owned(),
            proves: proves.to_owned(),
            pairs: DEFAULT_PAIRS,
            seed: None,
            launchers: Launchers::default(),
            poll_interval_ms: default_poll_interval_ms(),
            schedule: PollRule::Fixed,
            deadline_s: default_deadline_s(),
            when_gone: OnStaleOffer::default(),
            needs_virtual_time: false,
            known_gap: None,
            planted: None,
            peers,
            faults: Vec::new(),
        }
    }

    /// The time between two polls.
    pub fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_interval_ms)
    }

    /// How long a peer may take from joining to the open channel.
    pub fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_s)
    }

    /// Whether a launcher has faults, or a peer dies.
    pub fn is_troubled(&self) -> bool {
        let dies = |peer: &Peer| peer.visits.iter().any(|visit| visit.dies.is_some());
        !self.faults.is_empty() || self.peers.iter().any(dies)
    }

    /// The peers with their places in the scenario.
    pub(crate) fn peer_indices(&self) -> impl Iterator<Item = (PeerIndex, &Peer)> {
        PeerIndex::ALL.into_iter().zip(&self.peers)
    }
}
