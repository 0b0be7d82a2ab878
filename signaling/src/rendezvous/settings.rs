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

/// What becomes of a meeting in a room whose offer brings nobody, and belongs to another account: nobody but that account
/// can take it away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum OnStaleOffer {
    /// It fails, and says how old the offer is: [`MeetCause::PeerGone`](crate::MeetCause::PeerGone).
    #[default]
    Report,
    /// It goes on in the room's next generation, as do all others that are told to. The original never looks there.
    NextGeneration,
}
