//! The phases of a meeting, and how long each may take.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The default limit of a phase of requests that wait for no person: some requests, a few of them repeated.
pub const DEFAULT_LAUNCHER_LIMIT: Duration = Duration::from_mins(1);

/// The default limit of making a description. It includes the wait for STUN and TURN servers.
pub const DEFAULT_DESCRIPTION_LIMIT: Duration = Duration::from_secs(30);

/// The default limit of connecting, once both descriptions are known.
pub const DEFAULT_CONNECT_LIMIT: Duration = Duration::from_secs(15);

/// The phases of a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The launcher asks its user.
    Authorise,
    /// The room is read once.
    FindOffer,
    /// An initiator makes its offer and gathers candidates.
    MakeOffer,
    /// An initiator stores its offer.
    PublishOffer,
    /// An initiator polls.
    AwaitAnswer,
    /// A recipient makes its answer and gathers candidates.
    AnswerOffer,
    /// A recipient stores its answer.
    PublishAnswer,
    /// Both find a path to each other and open the channel.
    Connect,
}

impl fmt::Display for Phase {
    /// What the peer is doing, as in "while waiting for an answer".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authorise => "asking the launcher for authorisation",
            Self::FindOffer => "looking for an offer in the room",
            Self::MakeOffer => "making the offer",
            Self::PublishOffer => "publishing the offer",
            Self::AwaitAnswer => "waiting for an answer",
            Self::AnswerOffer => "answering the offer",
            Self::PublishAnswer => "publishing the answer",
            Self::Connect => "connecting to the other peer",
        })
    }
}

impl Phase {
    /// All phases: in the order of an initiator, and then of a recipient.
    pub const ALL: [Self; 8] = [
        Self::Authorise,
        Self::FindOffer,
        Self::MakeOffer,
        Self::PublishOffer,
        Self::AwaitAnswer,
        Self::AnswerOffer,
        Self::PublishAnswer,
        Self::Connect,
    ];
}

/// How long each phase of a meeting may take. A phase without a limit may take until the deadline of the meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseLimits(BTreeMap<Phase, Duration>);

impl PhaseLimits {
    /// No limit for any phase.
    pub fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// The limit of a phase, if it has one.
    ///
    /// A recipient that waits for its channel waits for [`STALE_AFTER_POLLS`](crate::STALE_AFTER_POLLS) polls of the
    /// initiator in addition.
    pub fn of(&self, phase: Phase) -> Option<Duration> {
        self.0.get(&phase).copied()
    }

    /// Sets the limit of a phase.
    #[must_use]
    pub fn with(mut self, phase: Phase, limit: Duration) -> Self {
        self.0.insert(phase, limit);
        self
    }

    /// Removes the limit of a phase.
    #[must_use]
    pub fn without(mut self, phase: Phase) -> Self {
        self.0.remove(&phase);
        self
    }
}

impl Default for PhaseLimits {
    /// Limits for all phases but those that wait for a person or another peer.
    fn default() -> Self {
        let limit = |phase| match phase {
            Phase::Authorise | Phase::AwaitAnswer => None,
            Phase::FindOffer | Phase::PublishOffer | Phase::PublishAnswer => Some(DEFAULT_LAUNCHER_LIMIT),
            Phase::MakeOffer | Phase::AnswerOffer => Some(DEFAULT_DESCRIPTION_LIMIT),
            Phase::Connect => Some(DEFAULT_CONNECT_LIMIT),
        };
        Self(Phase::ALL.into_iter().filter_map(|phase| Some((phase, limit(phase)?))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_and_another_peer_may_take_as_long_as_the_whole_and_nothing_else_may() {
        let limits = PhaseLimits::default();
        let unlimited: Vec<_> = Phase::ALL.into_iter().filter(|phase| limits.of(*phase).is_none()).collect();
        assert_eq!(unlimited, [Phase::Authorise, Phase::AwaitAnswer]);
    }

    #[test]
    fn a_limit_can_be_set_and_lifted() {
        let second = Duration::from_secs(1);
        let limits = PhaseLimits::none().with(Phase::Connect, second);
        assert_eq!(limits.of(Phase::Connect), Some(second));
        assert_eq!(limits.without(Phase::Connect), PhaseLimits::none());
    }
}
