//! The URL of a STUN or TURN server (RFC 7064 and RFC 7065).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

use crate::address::is_of_one_machine;

/// The longest name of a host, and the longest part between its dots (RFC 1035).
const NAME_CHARS_MAX: usize = 253;
const LABEL_CHARS_MAX: usize = 63;

/// What is wrong with the URL of an ICE server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum IceUrlError {
    /// The scheme is another one, or missing.
    #[error("it should begin with stun:, stuns:, turn: or turns:")]
    Scheme,
    /// There are slashes after the scheme, as in URLs of web pages.
    #[error("there should be no // after the scheme")]
    Slashes,
    /// The host is missing, or is neither a name nor an IP address.
    #[error("after the scheme should come a host: a name, an IPv4 address, or an IPv6 address in brackets")]
    Host,
    /// The host is an address that no server can have.
    #[error("the address of the host is unspecified, multicast, broadcast or valid on one link alone")]
    Address,
    /// The port is not a port.
    #[error("the port should be a number from 1 to 65535")]
    Port,
    /// There is something else than `?transport=udp` or `?transport=tcp` behind the port, or another one than
    /// `?transport=udp` for a STUN server.
    #[error("after host and port may come ?transport=udp, for turn: and turns: ?transport=tcp too, and nothing else")]
    Query,
}

/// The URL of a STUN or TURN server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IceUrl {
    scheme: Scheme,
    host: Host,
    port: Option<u16>,
    transport: Option<Transport>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Stun,
    Stuns,
    Turn,
    Turns,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Name(String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Udp,
    Tcp,
}

impl IceUrl {
    /// Whether it is that of a TURN server.
    pub(crate) fn is_turn(&self) -> bool {
        matches!(self.scheme, Scheme::Turn | Scheme::Turns)
    }
}

impl FromStr for IceUrl {
    type Err = IceUrlError;

    fn from_str(text: &str) -> Result<Self, IceUrlError> {
        let (scheme, rest) = text.split_once(':').ok_or(IceUrlError::Scheme)?;
        let scheme = Scheme::ALL.into_iter().find(|known| scheme.eq_ignore_ascii_case(known.as_str()));
        let scheme = scheme.ok_or(IceUrlError::Scheme)?;
        if rest.starts_with("//") {
            return Err(IceUrlError::Slashes);
        }
        let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
        let (host, port) = host_and_port(place)?;
        let transport = query.map(|query| scheme.transport(query)).transpose()?.flatten();
        Ok(Self { scheme, host, port, transport })
    }
}

impl Scheme {
    const ALL: [Self; 4] = [Self::Stun, Self::Stuns, Self::Turn, Self::Turns];

    fn as_str(self) -> &'static str {
        match self {
            Self::Stun => "stun",
            Self::Stuns => "stuns",
            Self::Turn => "turn",
            Self::Turns => "turns",
        }
    }

    /// Reads what stands behind the question mark. URLs of STUN have no such part, but `?transport=udp` is common and says
    /// what is true anyway.
    fn transport(self, query: &str) -> Result<Option<Transport>, IceUrlError> {
        let is = |text: &str| query.eq_ignore_ascii_case(text);
        match self {
            Self::Stun if is("transport=udp") => Ok(None),
            Self::Turn | Self::Turns if is("transport=udp") => Ok(Some(Transport::Udp)),
            Self::Turn | Self::Turns if is("transport=tcp") => Ok(Some(Transport::Tcp)),
            _ => Err(IceUrlError::Query),
        }
    }
}

fn host_and_port(text: &str) -> Result<(Host, Option<u16>), IceUrlError> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, rest) = bracketed.split_once(']').ok_or(IceUrlError::Host)?;
        let address: Ipv6Addr = address.parse().map_err(|_| IceUrlError::Host)?;
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(port_of(port)?),
            None if rest.is_empty() => None,
            None => return Err(IceUrlError::Host),
        };
        return Ok((Host::of(address.into())?, port));
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    // An IPv6 address without brackets has more colons.
    if port.is_some_and(|port| port.contains(':')) {
        return Err(IceUrlError::Host);
    }
    let host = match host.parse::<Ipv4Addr>() {
        Ok(address) => Host::of(address.into())?,
        Err(_) if is_name(host) => Host::Name(host.to_owned()),
        Err(_) => return Err(IceUrlError::Host),
    };
    Ok((host, port.map(port_of).transpose()?))
}

fn port_of(text: &str) -> Result<u16, IceUrlError> {
    let port = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    port.filter(|port| *port > 0).ok_or(IceUrlError::Port)
}

/// Whether this is the name of a host. Names of other scripts have to be written as `xn--…`. A name whose last part is a number
/// would be an IPv4 address.
fn is_name(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=LABEL_CHARS_MAX).contains(&label.len()) && label.bytes().all(is_allowed)
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    name.len() <= NAME_CHARS_MAX && name.split('.').all(is_label) && !name.rsplit('.').next().is_some_and(is_number)
}

impl Host {
    fn of(address: IpAddr) -> Result<Self, IceUrlError> {
        if is_of_one_machine(address) { Ok(Self::Address(address)) } else { Err(IceUrlError::Address) }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => address.fmt(f),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Display for IceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port, transport } = self;
        write!(f, "{}:{host}", scheme.as_str())?;
        if let Some(port) = port {
            write!(f, ":{port}")?;
        }
        f.write_str(match transport {
            None => "",
            Some(Transport::Udp) => "?transport=udp",
            Some(Transport::Tcp) => "?transport=tcp",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_url_of_the_two_documents_is_read_and_has_one_form() {
        let table = [
            ("stun:example.org", "stun:example.org"),
            ("stuns:example.org:8000", "stuns:example.org:8000"),
            ("STUN:h?transport=udp", "stun:h"),
            ("stun:h:3478?TRANSPORT=UDP", "stun:h:3478"),
            ("Turn:192.0.2.7:1?transport=tcp", "turn:192.0.2.7:1?transport=tcp"),
            ("turns:h?Transport=Udp", "turns:h?transport=udp"),
            ("turn:[2001:DB8::1]:65535", "turn:[2001:db8::1]:65535"),
            ("stun:[::1]", "stun:[::1]"),
            ("stun:under_score.xn--mnchen-3ya.example.", "stun:under_score.xn--mnchen-3ya.example."),
            ("stun:127.0.0.1:007", "stun:127.0.0.1:7"),
        ];
        for (text, form) in table {
            assert_eq!(text.parse::<IceUrl>().map(|url| url.to_string()), Ok(form.to_owned()), "{text}");
        }
    }

    #[test]
    fn every_other_text_says_what_is_wrong_with_it() {
        use IceUrlError::{Address, Host, Port, Query, Scheme, Slashes};
        let long = format!("stun:{}", ["a"; 128].join("."));
        let label = format!("stun:{}", "a".repeat(64));
        let table = [
            ("", Scheme),
            ("h", Scheme),
            (" stun:h", Scheme),
            ("http:h", Scheme),
            ("stunx:h", Scheme),
            ("stun://h", Slashes),
            ("turn://h:3478?transport=udp", Slashes),
            ("stun:", Host),
            ("stun::3478", Host),
            ("stun:?transport=udp", Host),
            ("stun:h h", Host),
            ("stun:user@h", Host),
            ("stun:h/path", Host),
            ("stun:h#x", Host),
            ("stun:a..b", Host),
            ("stun:.", Host),
            ("stun:999.1.1.1", Host),
            ("stun:1.2.3", Host),
            ("stun:::1", Host),
            ("stun:2001:db8::1:3478", Host),
            ("stun:[::1", Host),
            ("stun:[::1]x", Host),
            ("stun:[fe80::1%eth0]", Host),
            ("stun:[127.0.0.1]", Host),
            ("stun:münchen.example", Host),
            (&long, Host),
            (&label, Host),
            ("stun:0.0.0.0", Address),
            ("stun:[::]:3478", Address),
            ("turn:255.255.255.255", Address),
            ("turn:224.0.0.1", Address),
            ("stun:h:", Port),
            ("stun:h:0", Port),
            ("stun:h:99999", Port),
            ("stun:h:+1", Port),
            ("stun:h:x", Port),
            ("stun:[::1]:", Port),
            ("stun:h?transport=tcp", Query),
            ("stuns:h?transport=udp", Query),
            ("turn:h?transport=sctp", Query),
            ("turn:h?transport=udp&x=y", Query),
            ("turn:h?", Query),
            ("turn:h?x", Query),
            ("turn:h?transport=udp?", Query),
        ];
        for (text, wrong) in table {
            assert_eq!(text.parse::<IceUrl>(), Err(wrong), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_what_is_read_as_the_same(text in r"(stuns?|turns?|x):(//)?[a-z0-9.\[\]:%@/ä]{0,20}(\?transport=(udp|tcp|x))?") {
            if let Ok(url) = text.parse::<IceUrl>() {
                prop_assert_eq!(url.to_string().parse::<IceUrl>(), Ok(url));
            }
        }
    }
}
