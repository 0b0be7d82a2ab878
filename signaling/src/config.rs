//! The settings of a peer.

use std::time::Duration;

use crate::app_identity::AppIdentity;
use crate::ice_config::{IceConfig, IceServer};
use crate::phase::PhaseLimits;
use crate::rendezvous::OnStaleOffer;
use crate::schedule::{DEFAULT_POLL_INTERVAL, PollSchedule};

/// How long a meeting may take unless told otherwise: time enough for a person to join and for another to allow the app.
pub const DEFAULT_DEADLINE: Duration = Duration::from_mins(2);

/// How long a launcher may take for one request unless told otherwise. Authorisation waits for a person, and is excepted.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The settings of a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// The time between two polls, and from the offer to the first.
    pub poll_interval: Duration,
    /// What is made of that interval.
    pub schedule: PollSchedule,
    /// How long the whole meeting may take, from joining to the open channel.
    pub deadline: Duration,
    /// How long each part of it may take.
    pub phase_limits: PhaseLimits,
    /// What becomes of a meeting in a room whose offer brings nobody, and belongs to another account.
    pub on_stale_offer: OnStaleOffer,
    /// What this peer is known by from one visit to the next, if there is anything that outlives it and that no other peer
    /// shares. By it a peer that comes back knows its offer of before, and replaces it at once.
    pub identity: Option<String>,
    /// How long the launcher may take for one request. Authorisation may take until the deadline.
    pub request_timeout: Duration,
    /// How to find a way to the other peer.
    pub ice: IceConfig,
    /// What the user is asked to allow.
    pub app: AppIdentity,
    /// What all chance comes from; `None` draws a seed and logs it.
    pub seed: Option<u64>,
    /// The time since 1970 at which the peer is made; `None` asks the machine. Offers say when they were made.
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

    /// Sets the rule by which polls follow one another.
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

    /// Sets how long each part of the meeting may take.
    #[must_use]
    pub fn phase_limits(mut self, limits: PhaseLimits) -> Self {
        self.phase_limits = limits;
        self
    }

    /// Sets what becomes of a meeting in a room whose offer brings nobody.
    #[must_use]
    pub fn on_stale_offer(mut self, on_stale_offer: OnStaleOffer) -> Self {
        self.on_stale_offer = on_stale_offer;
        self
    }

    /// Sets what this peer is known by from one visit to the next.
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

    /// Sets how to find a way to the other peer.
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

    /// Sets what the user is asked to allow.
    #[must_use]
    pub fn app(mut self, app: AppIdentity) -> Self {
        self.app = app;
        self
    }

    /// Sets what all chance comes from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the time since 1970 at which the peer is made.
    #[must_use]
    pub fn time_of_day(mut self, since_1970: Duration) -> Self {
        self.time_of_day = Some(since_1970);
        self
    }
}
