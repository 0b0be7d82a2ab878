//! Hosts: the names by which a launcher on a port may be called. The owner of a name can point it at this machine (DNS
//! rebinding), and a browser then takes the pages of that name for pages of the launcher. docs/origins.md has the
//! rules.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::escape::Escaped;

/// A host: a name in lower case without a dot at its end, or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Name(String),
    Address(IpAddr),
}

/// Text that is not a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{}` is not a host: write a name such as `launcher.test` or an address such as 192.0.2.1, without a port",
    Escaped(.0)
)]
pub struct ParseHostError(String);

impl FromStr for HostName {
    type Err = ParseHostError;

    /// Reads a name or an address. An IPv6 address may have brackets.
    fn from_str(text: &str) -> Result<Self, ParseHostError> {
        let address = text.parse().ok().map(Self::address);
        address.or_else(|| Self::of_url(text)).ok_or_else(|| ParseHostError(text.to_owned()))
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Name(name) => f.write_str(name),
            Kind::Address(IpAddr::V4(address)) => address.fmt(f),
            Kind::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl HostName {
    /// An IPv4 address that is written as an IPv6 address is the IPv4 address.
    fn address(address: IpAddr) -> Self {
        Self(Kind::Address(address.to_canonical()))
    }

    /// The host of a URL.
    fn of_url(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
            return Some(Self::address(address.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let last = name.rsplit('.').next()?;
        // As in URLs: a name that ends in a number is an IPv4 address, or invalid.
        if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") {
            return name.parse::<Ipv4Addr>().ok().map(|address| Self::address(address.into()));
        }
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        name.split('.').all(is_label).then_some(Self(Kind::Name(name)))
    }

    /// The host and the port of text such as `localhost:8100`; `None` if it has anything else, such as a user.
    pub(crate) fn with_port(text: &str) -> Option<(Self, Option<u16>)> {
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        match text.rsplit_once(':').filter(|(_, port)| is_port(port)) {
            Some((host, "")) => Some((Self::of_url(host)?, None)),
            Some((host, port)) => Some((Self::of_url(host)?, Some(port.parse().ok()?))),
            None => Some((Self::of_url(text)?, None)),
        }
    }

    /// Whether it is `localhost` or a name below.
    fn is_localhost(&self) -> bool {
        matches!(&self.0, Kind::Name(name) if name == "localhost" || name.ends_with(".localhost"))
    }

    /// Whether it is `domain` with at least one more label in front.
    pub(crate) fn is_below(&self, domain: &Self) -> bool {
        match (&self.0, &domain.0) {
            (Kind::Name(name), Kind::Name(domain)) => {
                name.strip_suffix(domain.as_str()).is_some_and(|front| front.len() > 1 && front.ends_with('.'))
            }
            _ => false,
        }
    }

    /// Whether pages of this host are pages of this machine: `localhost`, the two loopback addresses, and the two
    /// addresses that development servers print when they listen on all interfaces.
    pub(crate) fn has_local_pages(&self) -> bool {
        let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let is_one = |address| addresses.contains(&address) || address.is_unspecified();
        self.is_localhost() || matches!(self.0, Kind::Address(address) if is_one(address))
    }

    /// Whether it means this machine, whatever a name server says.
    pub(crate) fn is_this_machine(&self) -> bool {
        self.is_localhost() || matches!(self.0, Kind::Address(address) if address.is_loopback())
    }

    /// Whether a launcher that listens on `listening` is meant. No name server is asked for an address, so where the
    /// launcher listens on all addresses, every address is one of its own.
    pub(crate) fn is_address_of(&self, listening: IpAddr) -> bool {
        let listening = listening.to_canonical();
        matches!(self.0, Kind::Address(address) if listening.is_unspecified() || address == listening)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_with_its_port() {
        for (text, host, port) in [
            ("localhost", "localhost", None),
            ("LOCALHOST.:8100", "localhost", Some(8100)),
            ("127.0.0.1:8100", "127.0.0.1", Some(8100)),
            ("[::1]:8100", "[::1]", Some(8100)),
            ("[::ffff:127.0.0.1]", "127.0.0.1", None),
            ("a.b-c.example:", "a.b-c.example", None),
        ] {
            let read = HostName::with_port(text).map(|(host, port)| (host.to_string(), port));
            assert_eq!(read, Some((host.to_owned(), port)), "{text}");
        }
    }

    #[test]
    fn what_no_url_has_is_no_host() {
        for text in [
            "",
            ".",
            "a..b",
            "user@localhost",
            "localhost:99999",
            "localhost:x",
            "::1",
            "[::1",
            "a b",
            "1.2.3",
            "0x7f.1",
            "127.0.0.0x1",
            "localhost, localhost",
            "é.example",
        ] {
            assert_eq!(HostName::with_port(text), None, "{text}");
        }
    }
}
