//! One visit of a peer to its room: when it comes, whether it dies there, and how it should end.

use serde::{Deserialize, Serialize};

use super::who::Death;

/// The most visits of one peer.
pub const VISITS_MAX: usize = 16;

/// One visit of a peer to its room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Visit {
    /// When it comes.
    pub joins: Join,
    /// Where it dies, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dies: Option<Dying>,
    /// How it should end; absent means that it meets another, or that it may end in any way if it dies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<Ends>,
    /// How long it stays once it met another; absent means as long as two polls can lie apart, so that a poll too
    /// many is seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stays_ms: Option<u64>,
}

/// When a peer comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// When the run begins, or as soon as its visit before has ended.
    #[default]
    AtOnce,
    /// So many milliseconds after that.
    AfterMs(u64),
    /// At a moment within so many milliseconds after that, drawn for each pair.
    WithinMs(u64),
    /// Once another peer has stored an offer, and has polled so often for an answer.
    AfterPolls(u32),
    /// Once another peer has stored an answer.
    OnceAnswered,
    /// Once another peer has met somebody.
    OnceMet,
    /// Once the others have made their last visit.
    OnceOthersLeft,
}

impl Join {
    /// Whether it depends on nobody else.
    pub(super) fn is_by_time(self) -> bool {
        matches!(self, Self::AtOnce | Self::AfterMs(_) | Self::WithinMs(_))
    }

    /// The same, where a moment that is to be drawn has been drawn.
    pub(crate) fn drawn(self, draw: impl FnOnce(u64) -> u64) -> Self {
        match self {
            Self::WithinMs(within) => Self::AfterMs(draw(within)),
            decided => decided,
        }
    }
}

/// Where a peer dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dying {
    /// Whether it can still give back what it holds.
    pub how: Death,
    /// When.
    pub when: Moment,
}

/// When a peer dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Once so many of its requests were answered.
    AfterRequests(u64),
    /// So many milliseconds after it came.
    AfterMs(u64),
    /// In pair n, once n of its requests were answered: so each step is tried in a run of enough pairs.
    EachStep,
}

impl Moment {
    /// After how many requests it is in this pair, if requests decide.
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
pub enum Ends {
    /// With an open channel to another peer.
    Met,
    /// With an error whose text contains this.
    Failed(String),
    /// In one of the two ways.
    Either,
}

impl Visit {
    /// How it should end, whether said or not.
    pub fn ends(&self) -> Ends {
        let usual = if self.dies.is_some() { Ends::Either } else { Ends::Met };
        self.ends.clone().unwrap_or(usual)
    }
}
