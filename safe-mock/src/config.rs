//! The settings of a launcher: one set of names for the builder, the flags and the environment.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::escape::Escaped;
use crate::host::HostName;
use crate::origin::Origins;

/// How many handles of one kind live at a time (launcher behaviour §4.2).
pub const HANDLES_MAX: usize = 100;

/// How many sessions a launcher keeps. The least recently used is lost, as if revoked.
pub const SESSIONS_MAX: usize = 10_000;

/// The largest raw body by default, in bytes. The original launcher had no limit (launcher behaviour §2.4).
pub const BODY_BYTES_MAX: usize = 16 << 20;

/// How much content may be under way by default, in bytes.
pub const CONTENT_BYTES_MAX: usize = 256 << 20;

/// How many requests the journal keeps by default.
pub const JOURNAL_ENTRIES_MAX: usize = 1_000;

/// How long a connection may stay idle by default.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How many bytes a launcher holds for others by default, beside its network.
pub const MEMORY_BYTES_MAX: usize = 256 << 20;

/// The smallest bound of these bytes. With it, every request that is not raw fits.
pub const MEMORY_BYTES_MIN: usize = 8 << 20;

/// How many connections an address serves at a time by default.
pub const CONNECTIONS_MAX: usize = 4_096;

/// How the question "let this app in?" is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Consent {
    /// Every app is let in.
    #[default]
    Allow,
    /// No app is let in.
    Deny,
    /// Each app waits until the control plane decides.
    Ask,
}

/// Text that is none of `allow`, `deny` and `ask`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a policy for consent: write `allow`, `deny` or `ask`", Escaped(.0))]
pub struct ParseConsentError(String);

impl FromStr for Consent {
    type Err = ParseConsentError;

    fn from_str(text: &str) -> Result<Self, ParseConsentError> {
        match text {
            "allow" => Ok(Self::Allow),
            "deny" => Ok(Self::Deny),
            "ask" => Ok(Self::Ask),
            _ => Err(ParseConsentError(text.to_owned())),
        }
    }
}

/// The settings of a launcher. [`Builder`](crate::Builder) sets them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// The address to listen on. A loopback address means both of them, 127.0.0.1 and `::1`.
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// How the question "let this app in?" is answered at first.
    pub consent: Consent,
    /// Which web pages may call.
    pub origins: Origins,
    /// Names and addresses of this machine by which a launcher on a port may be called, besides those that always mean
    /// it: `localhost`, names below, loopback addresses, and the address listened on. A launcher that listens on all
    /// addresses may be called by each.
    pub allow_hosts: Vec<HostName>,
    /// Whether the control plane (`/__mock`) is served.
    pub control: bool,
    /// Whether the control plane serves the demo page.
    pub demo: bool,
    /// How many handles of each kind live at a time.
    pub handles_max: NonZeroUsize,
    /// How many sessions live at a time.
    pub sessions_max: NonZeroUsize,
    /// The largest raw body, in bytes. JSON bodies have the limit of the original launcher.
    pub body_bytes_max: usize,
    /// How many bytes of content may be under way: in writers of immutable data that are not closed, and in files that are
    /// sent. Beyond that, what is sent is refused.
    pub content_bytes_max: usize,
    /// How many requests the journal keeps.
    pub journal_entries_max: usize,
    /// Whether the journal also keeps requests that are no call of the API: to the control plane, and preflights.
    pub journal_all: bool,
    /// How many bytes a launcher holds for others beside its network, overhead included; a lower number counts as
    /// 8 MiB. Each kind (of handles, sessions, journal, apps that wait to be let in) has a
    /// share of its own, of which the least recently used is lost. Content under way is not part of it.
    pub memory_bytes_max: usize,
    /// How many connections each address serves at a time; further ones wait to be accepted.
    pub connections_max: usize,
    /// How long a connection may stay idle: nothing arrives and nothing leaves, between requests or in the middle of a
    /// request or answer. The time that the launcher takes for an answer does not count.
    pub idle_timeout: Duration,
}

impl Default for Config {
    #[expect(clippy::expect_used, reason = "the constants are not zero")]
    fn default() -> Self {
        let not_zero = |number| NonZeroUsize::new(number).expect("the constants are not zero");
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            consent: Consent::Allow,
            origins: Origins::default(),
            allow_hosts: Vec::new(),
            control: true,
            demo: false,
            handles_max: not_zero(HANDLES_MAX),
            sessions_max: not_zero(SESSIONS_MAX),
            body_bytes_max: BODY_BYTES_MAX,
            content_bytes_max: CONTENT_BYTES_MAX,
            journal_entries_max: JOURNAL_ENTRIES_MAX,
            journal_all: false,
            memory_bytes_max: MEMORY_BYTES_MAX,
            connections_max: CONNECTIONS_MAX,
            idle_timeout: IDLE_TIMEOUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_the_same_word_as_text_and_in_json() {
        for word in ["allow", "deny", "ask"] {
            let policy: Consent = word.parse().unwrap();
            assert_eq!(serde_json::to_value(policy).unwrap(), word);
        }
        assert_eq!("Allow".parse::<Consent>(), Err(ParseConsentError("Allow".to_owned())));
    }
}
