//! STUN and TURN servers, in the form that the original app had them.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use thiserror::Error;

use crate::ice_url::{IceUrl, IceUrlError};
use crate::printable::Printable;

/// How long a transport looks for a path to the other peer by default.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);

/// The largest number of ICE servers, and of their URLs in all.
pub const MAX_ICE_SERVERS: usize = 64;

/// How much of a URL an error quotes, in characters.
const QUOTED_CHARS_MAX: usize = 200;

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
    /// A URL is not one of RFC 7064 or RFC 7065.
    #[error("ICE server number {number} has the URL {url:?}: {reason}")]
    BadUrl {
        /// The number of the server, from 1.
        number: usize,
        /// The URL.
        url: String,
        /// What is wrong with it, and what was expected.
        reason: IceUrlError,
    },
    /// A TURN server has no username or no credential.
    #[error("ICE server number {number} is a TURN server, which needs both `username` and `credential`")]
    NoCredential {
        /// The number of the server, from 1.
        number: usize,
    },
    /// There are too many servers.
    #[error("there are {count} ICE servers or URLs of them; at most {MAX_ICE_SERVERS} are allowed")]
    TooMany {
        /// How many servers there are, or URLs if these are more.
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
        let servers = read.ice_servers.into_iter().map(IceServer::from).collect();
        let relay_only = matches!(read.ice_transport_policy, JsonPolicy::Relay);
        Self { servers, relay_only, ..Self::default() }.checked()
    }

    /// The same settings with each URL in one form: the scheme in small letters, and no `?transport=udp` for a STUN server.
    /// [`Peer`](crate::Peer) and [`WebRtc`](crate::WebRtc) do this too.
    ///
    /// # Errors
    ///
    /// There are too many servers, one has no URL, a URL is not one of RFC 7064 or RFC 7065, or a TURN server has no credentials.
    pub fn checked(mut self) -> Result<Self, IceConfigError> {
        let urls = self.servers.iter().map(|server| server.urls.len()).sum();
        let count = self.servers.len().max(urls);
        if count > MAX_ICE_SERVERS {
            return Err(IceConfigError::TooMany { count });
        }
        for (server, number) in self.servers.iter_mut().zip(1..) {
            server.check(number)?;
        }
        Ok(self)
    }
}

impl From<JsonServer> for IceServer {
    fn from(read: JsonServer) -> Self {
        let urls = match read.urls.or(read.url) {
            Some(OneOrMany::One(url)) => vec![url],
            Some(OneOrMany::Many(urls)) => urls,
            None => vec![],
        };
        Self { urls, username: read.username.unwrap_or_default(), credential: read.credential.unwrap_or_default() }
    }
}

impl IceServer {
    /// Brings each URL into its one form. The server has this `number`.
    fn check(&mut self, number: usize) -> Result<(), IceConfigError> {
        if self.urls.is_empty() {
            return Err(IceConfigError::NoUrl { number });
        }
        let mut is_turn = false;
        for url in &mut self.urls {
            let read = url.parse::<IceUrl>();
            let read = read.map_err(|reason| IceConfigError::BadUrl { number, url: quoted(url), reason })?;
            is_turn |= read.is_turn();
            *url = read.to_string();
        }
        if is_turn && (self.username.is_empty() || self.credential.is_empty()) {
            return Err(IceConfigError::NoCredential { number });
        }
        Ok(())
    }
}

/// The text, cut if it is long.
fn quoted(text: &str) -> String {
    let start: String = text.chars().take(QUOTED_CHARS_MAX).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    start + more
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
        let bad = IceConfigError::BadUrl { number: 1, url: "http://x".into(), reason: IceUrlError::Scheme };
        assert_eq!(read(r#"{"iceServers":[{"url":"http://x"}]}"#), bad);
        assert_eq!(read(r#"{"iceServers":[{"url":"turn:x"}]}"#), IceConfigError::NoCredential { number: 1 });
        let many = format!(r#"{{"iceServers":[{}]}}"#, vec![r#"{"url":"stun:x"}"#; MAX_ICE_SERVERS + 1].join(","));
        assert_eq!(read(&many), IceConfigError::TooMany { count: MAX_ICE_SERVERS + 1 });
        let urls = vec![r#""stun:x""#; MAX_ICE_SERVERS + 1].join(",");
        let many = format!(r#"{{"iceServers":[{{"urls":[{urls}]}}]}}"#);
        assert_eq!(read(&many), IceConfigError::TooMany { count: MAX_ICE_SERVERS + 1 });
    }

    #[test]
    fn an_error_names_the_number_of_the_server_and_the_url() {
        let json = r#"{"iceServers":[{"urls":"stun:x"},{"urls":["stun:y","stun:z:99999"]}]}"#;
        let said = "ICE server number 2 has the URL \"stun:z:99999\": the port should be a number from 1 to 65535";
        assert_eq!(IceConfig::from_json(json).unwrap_err().to_string(), said);
        let long = format!(r#"{{"iceServers":[{{"urls":"{}\u202e"}}]}}"#, "x".repeat(1_000));
        let said = IceConfig::from_json(&long).unwrap_err().to_string();
        assert!(said.len() < 400 && said.contains('…') && !said.contains('\u{202e}'), "{said}");
    }

    #[test]
    fn a_turn_server_needs_both_credentials_in_whatever_case_its_scheme_is() {
        for (url, username, credential) in [("TURN:x", "", "p"), ("turns:x", "u", ""), ("turn:x?transport=udp", "", "")]
        {
            let server = IceServer::new(url).credentials(username, credential);
            let refused = IceConfig::default().servers([IceServer::new("stun:y"), server]).checked();
            assert_eq!(refused, Err(IceConfigError::NoCredential { number: 2 }), "{url}");
        }
        assert!(IceConfig::default().servers([IceServer::new("turn:x").credentials("u", "p")]).checked().is_ok());
    }

    #[test]
    fn what_is_checked_stays_the_same_when_it_is_checked_again() {
        let server =
            IceServer { urls: vec!["STUN:h?transport=udp".into(), "Stun:[::1]:3478".into()], ..IceServer::default() };
        let checked = IceConfig::default().servers([server]).checked().unwrap();
        assert_eq!(checked.servers[0].urls, ["stun:h", "stun:[::1]:3478"]);
        assert_eq!(checked.clone().checked(), Ok(checked));
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
