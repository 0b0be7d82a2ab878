//! The settings of an exploration.

use std::sync::Arc;
use std::time::Duration;

use signaling::MIN_POLL_INTERVAL;

use super::error::ExploreError;
use crate::peer::{PeerChoice, PeerUnderTest};
use crate::scenario::{DEADLINE_MAX, Launchers, PeerIndex};

/// The most schedules that are executed by default.
pub const SCHEDULES_MAX: usize = 100_000;

/// The default seed. It decides names and tokens, and no order.
const SEED: u64 = 1;

/// The settings of an exploration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSettings {
    /// Which launchers the two peers use.
    pub launchers: Launchers,
    /// The time between two polls. The more polls fit into the deadline, the more orders there are.
    pub poll_interval: Duration,
    /// How long each peer may take to meet the other.
    pub deadline: Duration,
    /// How long after the start requests may be held. It leaves time for one more poll before the deadline.
    pub hold: Duration,
    /// The most schedules that are executed. If there are more, there is no result.
    pub schedules_max: usize,
    /// The source of all chance.
    pub seed: u64,
    /// The peers: one for both, or the first peer's and the second's. By default the built-in one. A client has to do the same whenever it is
    /// given the same responses, and reasons of failures should not depend on times: each is an outcome of its own.
    pub peers: Vec<PeerChoice>,
}

impl Default for OrderSettings {
    /// A launcher for each peer, and requests that may be held over two polls of the other peer.
    fn default() -> Self {
        let poll_interval = signaling::DEFAULT_POLL_INTERVAL;
        Self {
            launchers: Launchers::TwoForEachPair,
            poll_interval,
            deadline: poll_interval * 5,
            hold: poll_interval * 2,
            schedules_max: SCHEDULES_MAX,
            seed: SEED,
            peers: Vec::new(),
        }
    }
}

impl OrderSettings {
    /// # Errors
    /// A value is out of range.
    pub(super) fn check(&self) -> Result<(), ExploreError> {
        if self.poll_interval < MIN_POLL_INTERVAL {
            return Err(ExploreError::PollIntervalTooShort(self.poll_interval));
        }
        if self.deadline > DEADLINE_MAX {
            return Err(ExploreError::DeadlineTooLate(self.deadline));
        }
        if self.hold.saturating_add(self.poll_interval) >= self.deadline {
            return Err(ExploreError::DeadlineTooEarly { deadline: self.deadline, hold: self.hold });
        }
        if self.peers.iter().any(|peer| matches!(peer, PeerChoice::Program(_))) {
            return Err(ExploreError::ProgramsNeedRealClock);
        }
        Ok(())
    }

    /// The client that is this peer, if it is a foreign one.
    pub(super) fn client(&self, peer_index: PeerIndex) -> Option<Arc<dyn PeerUnderTest>> {
        let chosen = match (self.peers.as_slice(), peer_index) {
            ([_, second, ..], PeerIndex::Second | PeerIndex::Third) => Some(second),
            (peers, _) => peers.first(),
        };
        match chosen? {
            PeerChoice::Client(client) => Some(Arc::clone(client)),
            PeerChoice::Ours | PeerChoice::Program(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_leaves_no_time_for_a_last_poll_is_refused() {
        let usual = OrderSettings::default();
        usual.check().unwrap();
        let late = OrderSettings { deadline: usual.hold + usual.poll_interval, ..usual.clone() };
        assert!(matches!(late.check(), Err(ExploreError::DeadlineTooEarly { .. })));
        let in_time = OrderSettings { deadline: late.deadline + Duration::from_millis(1), ..usual };
        in_time.check().unwrap();
    }

    #[test]
    fn a_deadline_beyond_the_latest_is_refused() {
        let usual = OrderSettings::default();
        OrderSettings { deadline: DEADLINE_MAX, ..usual.clone() }.check().unwrap();
        let refused = OrderSettings { deadline: Duration::MAX, hold: Duration::MAX, ..usual }.check();
        assert!(matches!(refused, Err(ExploreError::DeadlineTooLate(Duration::MAX))));
    }

    #[test]
    fn a_poll_interval_that_peers_would_lengthen_is_refused() {
        let hasty = OrderSettings { poll_interval: Duration::from_millis(9), ..OrderSettings::default() };
        assert!(matches!(hasty.check(), Err(ExploreError::PollIntervalTooShort(_))));
    }
}
