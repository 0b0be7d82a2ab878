//! One visit of a peer to its room: when it joins, whether it dies, and how the visit should end.

use serde::{Deserialize, Serialize};

use super::who::Death;

/// One visit of a peer to its room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Visit {
    /// When the peer joins.
    pub joins: Join,
    /// When and how the peer dies, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dies: Option<PlannedDeath>,
    /// How the visit should end; absent means that the peer meets another peer, or, for a peer that dies, any end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<ExpectedEnd>,
    /// How long the peer stays after it met another; absent means the longest time between two polls, so that a superfluous
    /// poll is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays_ms: Option<u64>,
}

/// When a peer joins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Join {
    /// When the run begins, or as soon as the peer's previous visit has ended.
    #[default]
    AtOnce,
    /// So many milliseconds after that.
    AfterMs(u64),
    /// At a random time within so many milliseconds after that, different for each pair.
    WithinMs(u64),
    /// Once another peer has stored an offer and has polled so many times for an answer.
    AfterPolls(u32),
    /// Once another peer has stored an answer.
    OnceAnswered,
    /// Once another peer has met a peer.
    OnceMet,
    /// Once the other peers have ended their last visits.
    OnceOthersLeft,
}

impl Join {
    /// Whether it depends on no other peer.
    pub(super) fn is_by_time(self) -> bool {
        matches!(self, Self::AtOnce | Self::AfterMs(_) | Self::WithinMs(_))
    }

    /// The same, with a random time replaced by the drawn one.
    pub(crate) fn drawn(self, draw: impl FnOnce(u64) -> u64) -> Self {
        match self {
            Self::WithinMs(within) => Self::AfterMs(draw(within)),
            decided => decided,
        }
    }
}

/// The planned death of a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedDeath {
    /// Whether the peer can still remove its records and drop its handles.
    pub how: Death,
    /// When it dies.
    pub when: DeathTime,
}

/// When a peer dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeathTime {
    /// After so many of its requests were answered.
    AfterRequests(u64),
    /// So many milliseconds after it joined.
    AfterMs(u64),
    /// In pair n, after n of its requests were answered, so that a run of enough pairs tries each step.
    EachStep,
}

impl DeathTime {
    /// After how many requests the peer dies in this pair, if the number of requests decides.
    pub(crate) fn requests(self, pair: usize) -> Option<u64> {
        match self {
            Self::AfterRequests(requests) => Some(requests),
            Self::EachStep => Some(u64::try_from(pair).unwrap_or(u64::MAX)),
            Self::AfterMs(_) => None,
        }
    }
}

/// How a visit should end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExpectedEnd {
    /// With an open channel to another peer.
    Met,
    /// With an error whose text contains this.
    Failed(String),
    /// In either way.
    Either,
}

impl Visit {
    /// How the visit should end, with the default filled in.
    pub fn expected_end(&self) -> ExpectedEnd {
        let default = if self.dies.is_some() { ExpectedEnd::Either } else { ExpectedEnd::Met };
        self.ends.clone().unwrap_or(default)
    }
}
