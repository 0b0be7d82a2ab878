//! The rules of one launcher, and its link to the network: what is decided about each call.

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde::Serialize;

use super::error::InvalidRule;
use super::kind::Fault;
use super::matcher::Request;
use super::plan::Plan;
use super::rule::Rule;
use crate::millis;
use crate::network::DataName;

/// How many rules a launcher may have, spent ones included.
pub const RULES_MAX: usize = 256;

/// The first random stream for rules; the launchers on a network use the streams below it.
const STREAMS_OF_RULES: u64 = 1 << 63;

/// A rule and its counters.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FaultView {
    /// Its number, by which it is removed.
    pub id: u64,
    /// The rule.
    pub rule: Rule,
    /// How many calls it matched while it held, struck or not.
    pub matched: u64,
    /// How many of them it struck.
    pub strikes: u64,
    /// Whether it struck as often, or held as long, as `until` allows.
    pub spent: bool,
}

/// Whether a launcher reaches its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LinkView {
    /// Whether it reaches the network.
    pub joined: bool,
    /// How long it waits for an unreachable network before it answers with an error.
    #[serde(rename = "after_ms", with = "millis")]
    pub after: Duration,
}

#[derive(Debug)]
struct Active {
    id: u64,
    rule: Rule,
    record: Option<DataName>,
    added: Duration,
    matched: u64,
    strikes: u64,
    rng: ChaCha12Rng,
}

impl Active {
    fn is_spent(&self, now: Duration) -> bool {
        let until = self.rule.until;
        until.times.is_some_and(|times| self.strikes >= times)
            || until.expires_after.is_some_and(|time| now.saturating_sub(self.added) >= time)
    }

    /// Counts a call that it matches, and returns whether it strikes the call.
    fn strikes(&mut self, request: &Request<'_>, now: Duration) -> bool {
        let concerned = self.rule.fault.concerns(request.call) && !self.is_spent(now);
        if !concerned || !self.rule.matching.is_about(request, self.record) {
            return false;
        }
        self.matched += 1;
        let matching = &self.rule.matching;
        matching.counts(self.matched) && matching.chance.is_none_or(|chance| self.rng.random::<f64>() < chance)
    }
}

/// The rules of one launcher, in the order in which they were added.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    launcher: u64,
    rules: Vec<Active>,
    next: u64,
    /// How long the launcher waits for the network that it is partitioned from; `None` while it is connected.
    partition: Option<Duration>,
    changes: u64,
}

impl Faults {
    /// No rule. `launcher` is the number of the launcher on its network; it distinguishes launchers of one seed.
    pub fn new(seed: u64, launcher: u64) -> Self {
        Self { seed, launcher, rules: Vec::new(), next: 1, partition: None, changes: 0 }
    }

    /// How often a rule was added or removed or struck, or the link was set.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether any call may be affected.
    pub fn any(&self) -> bool {
        !self.rules.is_empty() || self.partition.is_some()
    }

    /// Adds a rule at `now`.
    ///
    /// # Errors
    /// It is invalid, or there are too many.
    pub fn add(&mut self, rule: Rule, now: Duration) -> Result<u64, InvalidRule> {
        rule.check()?;
        if self.rules.len() >= RULES_MAX {
            return Err(InvalidRule::TooMany(RULES_MAX));
        }
        let record = rule.matching.name()?;
        self.changes += 1;
        let id = self.next;
        self.next += 1;
        let mut rng = ChaCha12Rng::seed_from_u64(self.seed);
        rng.set_stream(STREAMS_OF_RULES | self.launcher << 32 | id);
        self.rules.push(Active { id, rule, record, added: now, matched: 0, strikes: 0, rng });
        Ok(id)
    }

    /// Removes a rule. Returns whether it existed.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|active| active.id != id);
        self.changes += 1;
        self.rules.len() < before
    }

    /// Removes all rules. The link stays as it is.
    pub fn clear(&mut self) {
        self.rules.clear();
        self.changes += 1;
    }

    /// The rules and their counters, in the order in which they were added.
    pub fn list(&self, now: Duration) -> Vec<FaultView> {
        let view = |active: &Active| FaultView {
            id: active.id,
            rule: active.rule.clone(),
            matched: active.matched,
            strikes: active.strikes,
            spent: active.is_spent(now),
        };
        self.rules.iter().map(view).collect()
    }

    /// Partitions the launcher from its network, or connects it again.
    pub fn set_link(&mut self, partition: Option<Duration>) {
        self.partition = partition;
        self.changes += 1;
    }

    /// Whether the launcher reaches its network.
    pub fn link(&self) -> LinkView {
        LinkView { joined: self.partition.is_none(), after: self.partition.unwrap_or_default() }
    }

    /// Whether any rule needs the name of the record that a call is about.
    pub fn need_records(&self) -> bool {
        self.rules.iter().any(|active| active.record.is_some())
    }

    /// The plan for a call that arrived at `now`.
    pub fn decide(&mut self, request: &Request<'_>, now: Duration) -> Plan {
        let mut plan = Plan::new(request.call);
        if let Some(timeout) = self.partition {
            plan.partition(timeout);
        }
        for active in &mut self.rules {
            if active.strikes(request, now) && !plan.excludes(&active.rule.fault) {
                active.strikes += 1;
                self.changes += 1;
                let drawn = match active.rule.fault {
                    Fault::Delay { by, .. } => by.draw(&mut active.rng),
                    _ => Duration::ZERO,
                };
                plan.add(&active.rule.fault, drawn);
            }
        }
        plan
    }
}
