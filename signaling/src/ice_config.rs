//! STUN and TURN servers, in the form that the original app had them.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use crate::printable::Printable;

/// How long a transport looks for a path to the other peer by default.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// The largest number of ICE servers.
pub const MAX_ICE_SERVERS: usize = 64;

/// How to find a path to the other peer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IceConfig {
    /// The STUN and TURN servers; none are needed on one machine or one LAN.
    pub servers: Vec<IceServer>,
    /// Whether to connect over a TURN server only.
    pub relay_only: bool,
    /// How long a transport looks for a path to the other peer, once it has both descriptions.
    ///
    /// A recipient has both at once, and the initiator finds the answer only at its next poll. So a meeting waits longer
    /// than this if its deadline allows. This setting does not change how soon the loss of an open channel is noticed.
    pub patience: Duration,
}

impl Default for IceConfig {
    fn default() -> Self {
        Self { servers: Vec::new(), relay_only: false, patience: DEFAULT_PATIENCE }
    }
}

/// A STUN or TURN server.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IceServer {
    /// Where it is: `stun:host:port`, `turn:host:port?transport=udp` and the like.
    pub urls: Vec<String>,
    /// The username at a TURN server.
    pub username: String,
    /// The password at a TURN server. `Debug` does not show it.
    pub credential: String,
}

impl IceServer {
    /// The server at `url`: `stun:host:port`, `turn:host:port?transport=udp` and the like.
    pub fn new(url: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], ..Self::default() }
    }

    /// Sets the username and the password, which a TURN server asks for.
    #[must_use]
    pub fn credentials(mut self, username: impl Into<String>, credential: impl Into<String>) -> Self {
        (self.username, self.credential) = (username.into(), credential.into());
        self
    }
}

impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceServer").field("urls", &self.urls).field("username", &self.username).finish_non_exhaustive()
    }
}

/// Why a list of ICE servers is invalid.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IceConfigError {
    /// It is not JSON of this form.
    #[error("the ICE servers are not JSON of the form {{\"iceServers\":[{{\"urls\":\"stun:host\"}}]}}: {}", Printable(.0))]
    Malformed(String),
    /// One of the servers has no address.
    #[error("ICE server number {number} has neither `urls` nor `url`")]
    NoUrl {
        /// The number of the server, from 1.
        number: usize,
    },
    /// An address has an unknown scheme.
    #[error("ICE server number {number} has the address {url:?}; it should begin with stun:, stuns:, turn: or turns:")]
    BadUrl {
        /// The number of the server, from 1.
        number: usize,
        /// The address.
        url: String,
    },
    /// A TURN server has no username or no credential.
    #[error("ICE server number {number} is a TURN server without `username` and `credential`")]
    NoCredential {
        /// The number of the server, from 1.
        number: usize,
    },
    /// There are too many servers.
    #[error("there are {count} ICE servers; at most {MAX_ICE_SERVERS} are allowed")]
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
    /// The old name, which the original app used.
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
    /// Sets the STUN and TURN servers.
    #[must_use]
    pub fn servers(mut self, servers: impl IntoIterator<Item = IceServer>) -> Self {
        self.servers = servers.into_iter().collect();
        self
    }

    /// Sets whether to connect over a TURN server only.
    #[must_use]
    pub fn relay_only(mut self, relay_only: bool) -> Self {
        self.relay_only = relay_only;
        self
    }

    /// Sets how long a transport looks for a path to the other peer.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Reads the form of browsers, simple-peer and the original app:
    /// `{"iceServers":[{"urls":…,"username":…,"credential":…}]}`, where `urls` is a text or a list; its old name is `url`.
    /// `"iceTransportPolicy":"relay"` is read too.
    ///
    /// # Errors
    ///
    /// The text has another form, or a server is invalid.
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
