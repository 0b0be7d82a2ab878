//! The settings of a peer, and ICE servers in the form the original app had them.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use crate::phase::PhaseLimits;
use crate::rendezvous::WhenGone;
use crate::schedule::{DEFAULT_POLL_INTERVAL, PollSchedule};

/// How long a meeting may take unless told otherwise: time enough for a person to join and for another to allow the app.
pub const DEFAULT_DEADLINE: Duration = Duration::from_mins(2);

/// How long a launcher may take for one request unless told otherwise. Authorisation waits for a person, and is excepted.
pub const DEFAULT_REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a transport goes on looking for a way to the other peer unless told otherwise.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// The most ICE servers that are taken.
pub const MAX_ICE_SERVERS: usize = 64;

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
    pub when_gone: WhenGone,
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
            when_gone: WhenGone::default(),
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
    pub fn when_gone(mut self, when_gone: WhenGone) -> Self {
        self.when_gone = when_gone;
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

/// What the app calls itself when it asks for authorisation. Two peers need not agree on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppIdentity {
    /// The name that the user sees.
    pub name: String,
    /// The id, by which the launcher knows the app again.
    pub id: String,
    /// The version that the user sees.
    pub version: String,
    /// Who made it.
    pub vendor: String,
    /// What it wants to be allowed. Structured data needs `LOW_LEVEL_API`.
    pub permissions: Vec<String>,
}

impl Default for AppIdentity {
    /// The original app's.
    fn default() -> Self {
        Self {
            name: "SAFE Signaling Demo".into(),
            id: "example.signaling.v1".into(),
            version: "0.1.0".into(),
            vendor: "MaidSafe Ltd.".into(),
            permissions: vec!["LOW_LEVEL_API".into()],
        }
    }
}

/// How to find a way to the other peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IceConfig {
    /// The STUN and TURN servers; none are needed on one machine or one LAN.
    pub servers: Vec<IceServer>,
    /// Whether to connect over a TURN server only.
    pub relay_only: bool,
    /// How long a transport goes on looking for a way to the other peer, from when it has both descriptions.
    ///
    /// A recipient has both at once, and the initiator looks for its answer only at its next poll. So a meeting is more
    /// patient than this where its deadline leaves time. How soon the loss of an open channel is noticed does not depend on
    /// it.
    pub patience: Duration,
}

impl Default for IceConfig {
    fn default() -> Self {
        Self { servers: Vec::new(), relay_only: false, patience: DEFAULT_PATIENCE }
    }
}

/// A STUN or TURN server.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct IceServer {
    /// Where it is: `stun:host:port`, `turn:host:port?transport=udp` and the like.
    pub urls: Vec<String>,
    /// Whom a TURN server knows us as.
    pub username: String,
    /// The password that goes with it. `Debug` does not show it.
    pub credential: String,
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).field("username", &self.username).finish_non_exhaustive()
    }
}

/// Why a text is no list of ICE servers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IceConfigError {
    /// It is not JSON of this form.
    #[error("the ICE servers are not JSON of the form {{\"iceServers\":[{{\"urls\":\"stun:host\"}}]}}: {0}")]
    Malformed(String),
    /// One of the servers has no address.
    #[error("ICE server number {number} has neither `urls` nor `url`")]
    NoUrl {
        /// Which, counted from 1.
        number: usize,
    },
    /// An address is of no kind that ICE knows.
    #[error("ICE server number {number} has the address {url:?}; it should begin with stun:, stuns:, turn: or turns:")]
    BadUrl {
        /// Which, counted from 1.
        number: usize,
        /// The address.
        url: String,
    },
    /// A TURN server cannot be used without them.
    #[error("ICE server number {number} is a TURN server without `username` and `credential`")]
    NoCredential {
        /// Which, counted from 1.
        number: usize,
    },
    /// There are more than anyone needs.
    #[error("there are {count} ICE servers, and at most {MAX_ICE_SERVERS} are taken")]
    TooMany {
        /// How many there are.
        count: usize,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonConfig {
    ice_servers: Vec<JsonServer>,
    #[serde(default)]
    ice_transport_policy: JsonPolicy,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum JsonPolicy {
    #[default]
    All,
    Relay,
}

#[derive(Deserialize)]
struct JsonServer {
    urls: Option<OneOrMany>,
    /// The old name, which the original app still used.
    url: Option<OneOrMany>,
    username: Option<String>,
    credential: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl IceConfig {
    /// Reads the form that browsers, simple-peer and the original app share:
    /// `{"iceServers":[{"urls":…,"username":…,"credential":…}]}`, where `urls` is a text or a list, or is called `url`.
    /// `"iceTransportPolicy":"relay"` is understood too.
    ///
    /// # Errors
    ///
    /// When it is of another form, or has a server that cannot be used.
    pub fn from_json(json: &str) -> Result<Self, IceConfigError> {
        let read: JsonConfig =
            serde_json::from_str(json).map_err(|error| IceConfigError::Malformed(error.to_string()))?;
        let count = read.ice_servers.len();
        if count > MAX_ICE_SERVERS {
            return Err(IceConfigError::TooMany { count });
        }
        let servers = read
            .ice_servers
            .into_iter()
            .zip(1..)
            .map(|(server, number)| server.check(number))
            .collect::<Result<_, _>>()?;
        let relay_only = matches!(read.ice_transport_policy, JsonPolicy::Relay);
        Ok(Self { servers, relay_only, ..Self::default() })
    }
}

impl JsonServer {
    fn check(self, number: usize) -> Result<IceServer, IceConfigError> {
        let urls = match self.urls.or(self.url) {
            Some(OneOrMany::One(url)) => vec![url],
            Some(OneOrMany::Many(urls)) if !urls.is_empty() => urls,
            _ => return Err(IceConfigError::NoUrl { number }),
        };
        let schemes = ["stun:", "stuns:", "turn:", "turns:"];
        if let Some(url) = urls.iter().find(|url| !schemes.iter().any(|scheme| url.starts_with(scheme))) {
            return Err(IceConfigError::BadUrl { number, url: url.clone() });
        }
        let (username, credential) = (self.username.unwrap_or_default(), self.credential.unwrap_or_default());
        if (username.is_empty() || credential.is_empty()) && urls.iter().any(|url| url.starts_with("turn")) {
            return Err(IceConfigError::NoCredential { number });
        }
        Ok(IceServer { urls, username, credential })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ice_servers_are_read_in_each_form_that_is_in_use() {
        let json = r#"{"iceServers":[
            {"urls":"stun:a.example:3478"},
            {"url":"stun:b.example"},
            {"urls":["turn:c.example","turns:c.example"],"username":"u","credential":"p","credentialType":"password"}
        ]}"#;
        let ice = IceConfig::from_json(json).unwrap();
        let server = |urls: &[&str], username: &str, credential: &str| IceServer {
            urls: urls.iter().map(ToString::to_string).collect(),
            username: username.into(),
            credential: credential.into(),
        };
        assert_eq!(
            ice.servers,
            [
                server(&["stun:a.example:3478"], "", ""),
                server(&["stun:b.example"], "", ""),
                server(&["turn:c.example", "turns:c.example"], "u", "p"),
            ]
        );
        assert!(!ice.relay_only);
    }

    #[test]
    fn relay_only_is_read() {
        assert!(IceConfig::from_json(r#"{"iceServers":[],"iceTransportPolicy":"relay"}"#).unwrap().relay_only);
    }

    #[test]
    fn each_wrong_form_has_its_own_error() {
        let read = |json: &str| IceConfig::from_json(json).unwrap_err();
        for malformed in ["", "[]", "{}", r#"{"iceServers":{}}"#, r#"{"iceServers":[{"urls":7}]}"#] {
            assert!(matches!(read(malformed), IceConfigError::Malformed(_)), "{malformed}");
        }
        assert_eq!(read(r#"{"iceServers":[{}]}"#), IceConfigError::NoUrl { number: 1 });
        assert_eq!(read(r#"{"iceServers":[{"urls":[]}]}"#), IceConfigError::NoUrl { number: 1 });
        let bad = IceConfigError::BadUrl { number: 1, url: "http://x".into() };
        assert_eq!(read(r#"{"iceServers":[{"url":"http://x"}]}"#), bad);
        assert_eq!(read(r#"{"iceServers":[{"url":"turn:x"}]}"#), IceConfigError::NoCredential { number: 1 });
        let many = format!(r#"{{"iceServers":[{}]}}"#, vec![r#"{"url":"stun:x"}"#; MAX_ICE_SERVERS + 1].join(","));
        assert_eq!(read(&many), IceConfigError::TooMany { count: MAX_ICE_SERVERS + 1 });
    }

    #[test]
    fn debug_shows_no_credential() {
        let server = IceServer { urls: vec![], username: "u".into(), credential: "secret".into() };
        assert!(!format!("{server:?}").contains("secret"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(json: String) {
            let _ = IceConfig::from_json(&json);
        }
    }
}
