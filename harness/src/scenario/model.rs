//! A scenario as a value.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::InvalidScenario;
use super::fault::PlacedFault;
use super::file::SCHEMA;
use super::known_gap::KnownGap;
use super::limits::{
    DEADLINE_MAX, DEFAULT_DEADLINE, DEFAULT_PAIRS, DEFAULT_POLL_INTERVAL, LAUNCHERS_MAX, PAIRS_MAX, millis,
};
use super::mutation::Mutation;
use super::named::named;
use super::schedule::PollSchedule;
use super::visit::{Join, Moment, VISITS_MAX, Visit};
use super::who::PeerIndex;
use crate::check::CHECKS;

/// The most rules of one scenario.
pub const FAULTS_MAX: usize = 64;

/// How long the name of a scenario may be.
const NAME_CHARACTERS_MAX: usize = 64;

/// A situation that a run plays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The version of this form: [`SCHEMA`].
    pub schema: u32,
    /// By which it is chosen: small letters, digits and dashes.
    pub name: String,
    /// What holds if its checks pass, in one sentence.
    pub proves: String,
    /// How many pairs there are, unless the run says otherwise.
    #[serde(default = "default_pairs")]
    pub pairs: usize,
    /// What all chance comes from, unless the run says otherwise; absent draws one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Which launchers the peers use.
    #[serde(default)]
    pub launchers: Launchers,
    /// The time between two polls, unless the run says otherwise.
    #[serde(default = "default_poll_interval_ms")]
    pub poll_interval_ms: u64,
    /// The rule by which polls follow one another, unless the run says otherwise.
    #[serde(default)]
    pub schedule: PollSchedule,
    /// How long a peer may take from joining to the open channel, unless the run says otherwise.
    #[serde(default = "default_deadline_s")]
    pub deadline_s: u64,
    /// What peers do in a room whose offer brings nobody and belongs to another account.
    #[serde(default)]
    pub when_gone: WhenGone,
    /// Whether nobody wants to wait for it on the real clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_virtual_time: bool,
    /// What is missing, if it is known that something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_gap: Option<KnownGap>,
    /// A bug that is planted on purpose, to see that the checks find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planted: Option<Mutation>,
    /// Who comes to the room of each pair: the first, the second and the third peer.
    pub peers: Vec<Peer>,
    /// What goes wrong at the launchers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<PlacedFault>,
}

/// What peers do in a room whose offer brings nobody and belongs to another account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenGone {
    /// They fail, and say how old the offer is.
    #[default]
    Report,
    /// They go on in the room's next generation.
    NextGeneration,
}

impl From<WhenGone> for signaling::OnStaleOffer {
    fn from(when_gone: WhenGone) -> Self {
        match when_gone {
            WhenGone::Report => Self::Report,
            WhenGone::NextGeneration => Self::NextGeneration,
        }
    }
}

/// One peer of each pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Which launcher of the pair it uses, counted from 1. Where a pair has one launcher, all use that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launcher: Option<usize>,
    /// Whether another user logs in at its launcher when it first comes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_account: bool,
    /// What it is known by from one visit to the next, as a page is by what its browser keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// When it comes, and what becomes of it: at least one.
    pub visits: Vec<Visit>,
}

/// Which launchers the peers use. Launchers that are running already are shared by all pairs instead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Launchers {
    /// Each pair has two of its own, on a network of its own.
    #[default]
    TwoForEachPair,
    /// Each pair has one of its own, and all its peers use it.
    OneForEachPair,
    /// All pairs share two, on one network.
    TwoForAll,
}

impl Launchers {
    /// Which of the run's own launchers the two users of a pair have; pairs are counted from 1, launchers from 0.
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

    /// Whose launcher that is: the pair, or the first if all share it, and its number in the pair; both from 1.
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
    /// One that makes these visits.
    pub fn visiting(visits: Vec<Visit>) -> Self {
        Self { launcher: None, own_account: false, identity: None, visits }
    }

    /// Which launcher of the pair it uses, counted from 0: its own, and the third peer the second's.
    pub(crate) fn launcher_index(&self, peer_index: PeerIndex) -> usize {
        let own = match peer_index {
            PeerIndex::First => 0,
            PeerIndex::Second | PeerIndex::Third => 1,
        };
        self.launcher.map_or(own, |launcher| launcher.saturating_sub(1))
    }
}

impl Scenario {
    /// A scenario without faults, in which these peers come to the room of each pair.
    pub fn of(name: &str, proves: &str, peers: Vec<Peer>) -> Self {
        Self {
            schema: SCHEMA,
            name: name.to_owned(),
            proves: proves.to_owned(),
            pairs: DEFAULT_PAIRS,
            seed: None,
            launchers: Launchers::default(),
            poll_interval_ms: default_poll_interval_ms(),
            schedule: PollSchedule::Fixed,
            deadline_s: default_deadline_s(),
            when_gone: WhenGone::default(),
            needs_virtual_time: false,
            known_gap: None,
            planted: None,
            peers,
            faults: Vec::new(),
        }
    }

    /// Two users, each with a launcher of their own: the second comes once the first has stored an offer.
    pub fn classic() -> Self {
        let second = Visit { joins: Join::AfterPolls(0), ..Visit::default() };
        let peers = vec![Peer::visiting(vec![Visit::default()]), Peer::visiting(vec![second])];
        let proves = "two users, each with a launcher and an account of their own, meet over one network";
        Self::find("classic").unwrap_or_else(|| Self::of("classic", proves, peers))
    }

    /// The named scenario of that name.
    pub fn find(name: &str) -> Option<Self> {
        named().iter().find(|scenario| scenario.name == name).cloned()
    }

    /// The time between two polls.
    pub fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.poll_interval_ms)
    }

    /// How long a peer may take from joining to the open channel.
    pub fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_s)
    }

    /// Whether anything goes wrong in it, at a launcher or with a peer.
    pub fn is_troubled(&self) -> bool {
        let dies = |peer: &Peer| peer.visits.iter().any(|visit| visit.dies.is_some());
        !self.faults.is_empty() || self.peers.iter().any(dies)
    }

    /// Its peers and where they sit.
    pub(crate) fn peer_indices(&self) -> impl Iterator<Item = (PeerIndex, &Peer)> {
        PeerIndex::ALL.into_iter().zip(&self.peers)
    }

    /// Whether it can be meant.
    ///
    /// # Errors
    /// A number or a text in it is out of its range, or nobody would ever come.
    pub fn check(&self) -> Result<(), InvalidScenario> {
        let bad = |path: &[&str], why: String| Err(InvalidScenario::new(path, why));
        if self.schema != SCHEMA {
            return bad(
                &["schema"],
                format!("this harness reads version {SCHEMA} of the form, and not {}", self.schema),
            );
        }
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let length = self.name.chars().count();
        if !(1..=NAME_CHARACTERS_MAX).contains(&length) || !self.name.chars().all(is_plain) {
            let why = format!("a name is 1 to {NAME_CHARACTERS_MAX} small letters, digits and dashes");
            return bad(&["name"], why);
        }
        if !(1..=PAIRS_MAX).contains(&self.pairs) {
            return bad(&["pairs"], format!("there are 1 to {PAIRS_MAX} pairs"));
        }
        let shortest = millis(signaling::MIN_POLL_INTERVAL);
        if !(shortest..=millis(DEADLINE_MAX)).contains(&self.poll_interval_ms) {
            return bad(&["poll_interval_ms"], format!("it is {shortest} to {}", millis(DEADLINE_MAX)));
        }
        if let Err(error) = self.schedule.for_peers() {
            return bad(&["schedule"], error.to_string());
        }
        if !(1..=DEADLINE_MAX.as_secs()).contains(&self.deadline_s) {
            return bad(&["deadline_s"], format!("it is 1 to {}", DEADLINE_MAX.as_secs()));
        }
        self.check_known_gap()?;
        self.check_peers()?;
        self.check_faults()
    }

    fn check_known_gap(&self) -> Result<(), InvalidScenario> {
        let Some(gap) = &self.known_gap else { return Ok(()) };
        let bad = |why: String| Err(InvalidScenario::new(&["known_gap", "checks"], why));
        if gap.checks.is_empty() {
            return bad("a gap that no check sees is none".to_owned());
        }
        match gap.checks.iter().find(|name| CHECKS.iter().all(|check| check.name != name.as_str())) {
            Some(unknown) => bad(format!("there is no check {unknown:?}")),
            None => Ok(()),
        }
    }

    fn check_peers(&self) -> Result<(), InvalidScenario> {
        if !(1..=PeerIndex::ALL.len()).contains(&self.peers.len()) {
            return Err(InvalidScenario::new(&["peers"], format!("there are 1 to {} peers", PeerIndex::ALL.len())));
        }
        let comes_first = |peer: &Peer| peer.visits.first().is_some_and(|visit| visit.joins.is_by_time());
        if !self.peers.iter().any(comes_first) {
            let why = "each waits for another: let one join at_once, after_ms or within_ms".to_owned();
            return Err(InvalidScenario::new(&["peers"], why));
        }
        for (peer, number) in self.peers.iter().zip(0_usize..) {
            let number = number.to_string();
            if !(1..=VISITS_MAX).contains(&peer.visits.len()) {
                let why = format!("a peer makes 1 to {VISITS_MAX} visits");
                return Err(InvalidScenario::new(&["peers", &number, "visits"], why));
            }
            if peer.launcher.is_some_and(|launcher| !(1..=2).contains(&launcher)) {
                let why = "a pair has the launchers 1 and 2".to_owned();
                return Err(InvalidScenario::new(&["peers", &number, "launcher"], why));
            }
            for (visit, index) in peer.visits.iter().zip(0_usize..) {
                if visit.dies.is_some_and(|dying| dying.when == Moment::AfterRequests(0)) {
                    let why = "a peer that dies before its first request never came".to_owned();
                    return Err(InvalidScenario::new(&["peers", &number, "visits", &index.to_string(), "dies"], why));
                }
            }
        }
        Ok(())
    }

    fn check_faults(&self) -> Result<(), InvalidScenario> {
        if self.faults.len() > FAULTS_MAX {
            return Err(InvalidScenario::new(&["faults"], format!("there are at most {FAULTS_MAX} rules")));
        }
        for (fault, number) in self.faults.iter().zip(0_usize..) {
            let bad = |field: &str, why: &str| {
                Err(InvalidScenario::new(&["faults", &number.to_string(), field], why.to_owned()))
            };
            let is_shared = self.launchers == Launchers::TwoForAll;
            if fault.launcher.is_some_and(|launcher| !(1..=self.launchers.of_each_pair()).contains(&launcher)) {
                return bad("launcher", "a pair has the launchers 1 and 2, or 1 alone");
            }
            if fault.pair.is_some_and(|pair| is_shared || !(1..=PAIRS_MAX).contains(&pair)) {
                return bad("pair", "pairs are counted from 1, and have launchers of their own");
            }
            if fault.each_step && (is_shared || fault.rule.matching.nth.is_some()) {
                return bad("each_step", "it counts the calls at launchers of a pair's own, and says which of them");
            }
            if let Err(error) = fault.rule.check() {
                return bad("rule", &error.to_string());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use safe_mock::fault::{Fault, Rule};

    use super::*;

    #[test]
    fn the_classic_is_the_same_whether_it_is_found_or_made() {
        assert_eq!(Scenario::find("classic"), Some(Scenario::classic()));
        assert_eq!(Scenario::classic().check(), Ok(()));
    }

    /// What the check says of the classic once it was changed.
    fn complaint(change: impl FnOnce(&mut Scenario)) -> String {
        let mut scenario = Scenario::classic();
        change(&mut scenario);
        scenario.check().unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_place() {
        let rule = || Rule::new(Fault::LoseAnswer);
        for (said, expected) in [
            (complaint(|wrong| wrong.schema = 9), "schema: this harness reads version 1 of the form, and not 9"),
            (complaint(|wrong| wrong.name = "A b".into()), "name: a name is"),
            (complaint(|wrong| wrong.pairs = 0), "pairs: there are 1 to"),
            (complaint(|wrong| wrong.poll_interval_ms = 1), "poll_interval_ms: it is"),
            (complaint(|wrong| wrong.schedule = PollSchedule::Jittered { share: 2.0 }), "schedule: 2 is no share"),
            (complaint(|wrong| wrong.deadline_s = 0), "deadline_s: it is"),
            (complaint(|wrong| wrong.peers.clear()), "peers: there are 1 to 3 peers"),
            (complaint(|wrong| wrong.peers[0].visits.clear()), "peers: each waits for another"),
            (complaint(|wrong| wrong.peers[1].visits.clear()), "peers.1.visits: a peer makes 1 to"),
            (complaint(|wrong| wrong.peers[1].launcher = Some(3)), "peers.1.launcher: a pair has"),
            (complaint(|wrong| wrong.faults.push(PlacedFault::at(0, rule()))), "faults.0.launcher: a pair has"),
            (
                complaint(|wrong| {
                    wrong.launchers = Launchers::TwoForAll;
                    wrong.faults.push(PlacedFault { each_step: true, ..PlacedFault::at(1, rule()) });
                }),
                "faults.0.each_step: it counts",
            ),
            (complaint(|wrong| wrong.faults.push(PlacedFault::at(1, rule().times(0)))), "faults.0.rule: "),
            (
                complaint(|wrong| {
                    wrong.known_gap = Some(KnownGap { why: "none".into(), checks: vec!["no-such".into()] });
                }),
                "known_gap.checks: there is no check \"no-such\"",
            ),
        ] {
            assert!(said.starts_with(expected), "{said}");
        }
    }

    #[test]
    fn a_fault_of_each_step_strikes_the_nth_call_in_pair_n_and_nowhere_else() {
        let fault = PlacedFault { each_step: true, ..PlacedFault::at(2, Rule::new(Fault::LoseAnswer)) };
        assert_eq!(fault.rule_for(3, 2).and_then(|rule| rule.matching.nth), Some(3));
        assert_eq!(fault.rule_for(3, 1), None);
    }
}
