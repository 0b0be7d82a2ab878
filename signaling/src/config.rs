//! The settings of a peer.

use std::time::Duration;

use crate::app_identity::AppIdentity;
use crate::ice_config::{IceConfig, IceServer};
use crate::phase::PhaseLimits;
use crate::rendezvous::OnStaleOffer;
use crate::schedule::{DEFAULT_POLL_INTERVAL, PollSchedule};

/// The default deadline of a meeting: time for one person to join and for another to allow the app.
pub const DEFAULT_DEADLINE: Duration = Duration::from_mins(2);

/// The default time limit of a request to the launcher, except authorisation, which waits for a person.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The settings of a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The time between two polls, and from the offer to the first.
    pub poll_interval: Duration,
    /// The rule that turns this interval into polls.
    pub schedule: PollSchedule,
    /// How long the whole meeting may take, from joining to the open channel.
    pub deadline: Duration,
    /// How long each phase may take.
    pub phase_limits: PhaseLimits,
    /// What to do about a stale offer of another account.
    pub on_stale_offer: OnStaleOffer,
    /// A name that outlives the peer and that no other peer has. With it, a peer that joins again recognises its earlier
    /// offer, and replaces it at once.
    pub identity: Option<String>,
    /// How long the launcher may take for one request. Authorisation may take until the deadline.
    pub request_timeout: Duration,
    /// How to find a path to the other peer.
    pub ice: IceConfig,
    /// The app that the user is asked to allow.
    pub app: AppIdentity,
    /// The seed of all random numbers; `None` draws a seed and logs it.
    pub seed: Option<u64>,
    /// The time of day at which the peer is built, since 1970; `None` asks the machine. Offers contain their time.
    pub time_of_day: Option<Duration>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            poll_interval: DEFAULT_POLL_INTERVAL,
            schedule: PollSchedule::FIXED,
            deadline: DEFAULT_DEADLINE,
            phase_limits: PhaseLimits::default(),
            on_stale_offer: OnStaleOffer::default(),
            identity: None,
            request_timeout: DEFAULT_REQUEST_TIMEOUT,
            ice: IceConfig::default(),
            app: AppIdentity::default(),
            seed: None,
            time_of_day: None,
        }
    }
}

impl Config {
    /// Sets the time between two polls.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// Sets the rule of polls.
    #[must_use]
    pub fn schedule(mut self, schedule: PollSchedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Sets how long the whole meeting may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Sets how long each phase may take.
    #[must_use]
    pub fn phase_limits(mut self, limits: PhaseLimits) -> Self {
        self.phase_limits = limits;
        self
    }

    /// Sets what to do about a stale offer of another account.
    #[must_use]
    pub fn on_stale_offer(mut self, on_stale_offer: OnStaleOffer) -> Self {
        self.on_stale_offer = on_stale_offer;
        self
    }

    /// Sets the name by which this peer recognises its earlier offers.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<String>) -> Self {
        self.identity = Some(identity.into());
        self
    }

    /// Sets how long the launcher may take for one request.
    #[must_use]
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.request_timeout = timeout;
        self
    }

    /// Sets how to find a path to the other peer.
    #[must_use]
    pub fn ice(mut self, ice: IceConfig) -> Self {
        self.ice = ice;
        self
    }

    /// Sets the STUN and TURN servers.
    #[must_use]
    pub fn ice_servers(mut self, servers: Vec<IceServer>) -> Self {
        self.ice.servers = servers;
        self
    }

    /// Sets the app that the user is asked to allow.
    #[must_use]
    pub fn app(mut self, app: AppIdentity) -> Self {
        self.app = app;
        self
    }

    /// Sets the seed of all random numbers.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the time of day at which the peer is built, since 1970.
    #[must_use]
    pub fn time_of_day(mut self, since_1970: Duration) -> Self {
        self.time_of_day = Some(since_1970);
        self
    }
}
