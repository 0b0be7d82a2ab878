//! The settings of one meeting.

use std::time::Duration;

use crate::identity::Identity;
use crate::phase::PhaseLimits;
use crate::schedule::PollSchedule;

/// The settings of one meeting.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The time between two polls, and from the offer to the first.
    pub poll_interval: Duration,
    /// The rule that turns this interval into polls.
    pub schedule: PollSchedule,
    /// How long the whole meeting may take.
    pub deadline: Duration,
    /// How long each phase may take.
    pub phase_limits: PhaseLimits,
    /// What to do about a stale offer of another account.
    pub on_stale_offer: OnStaleOffer,
    /// What identifies the offers of this peer from one visit to the next, if anything does.
    pub identity: Option<Identity>,
}

/// What to do about a stale offer of another account, which only that account can remove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OnStaleOffer {
    /// The meeting fails, and the error contains the age of the offer: [`MeetCause::PeerGone`](crate::MeetCause::PeerGone).
    #[default]
    Report,
    /// The meeting continues in the room's next generation, as with all peers that have this setting. The original app never
    /// reads it.
    NextGeneration,
}
