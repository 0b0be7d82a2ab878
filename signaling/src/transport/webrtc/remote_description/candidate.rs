//! The other peer's candidates: `a=candidate` (RFC 8839 §5.1).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::error::CandidateError;
use crate::address::is_of_one_machine;

/// The component of all that has no RTCP.
const COMPONENT: &str = "1";

/// The largest number of the other peer's candidates that are used. Each is tried from each of ours.
pub(super) const MAX_CANDIDATES: usize = 64;

/// A candidate that packets can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RemoteCandidate {
    priority: u32,
    address: IpAddr,
    port: u16,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Host,
    ServerReflexive,
    PeerReflexive,
    Relay,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Host, Self::ServerReflexive, Self::PeerReflexive, Self::Relay];

    fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relay => "relay",
        }
    }
}

impl FromStr for RemoteCandidate {
    type Err = CandidateError;

    /// Reads the text after `a=candidate:`. Fields that are not needed are not checked.
    fn from_str(text: &str) -> Result<Self, CandidateError> {
        let words: Vec<&str> = text.split_whitespace().take(8).collect();
        let &[_foundation, component, transport, priority, address, port, typ, kind] = words.as_slice() else {
            return Err(CandidateError::TooShort);
        };
        if !transport.eq_ignore_ascii_case("udp") {
            return Err(CandidateError::Transport);
        }
        let kind = Kind::ALL.into_iter().find(|known| kind.eq_ignore_ascii_case(known.as_str()));
        let kind = kind.filter(|_| typ.eq_ignore_ascii_case("typ")).ok_or(CandidateError::Type)?;
        if component != COMPONENT {
            return Err(CandidateError::Component);
        }
        let priority = priority.parse().map_err(|_| CandidateError::Priority)?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or(CandidateError::Port)?;
        let address = address_of(address)?.to_canonical();
        Ok(Self { priority, address, port, kind })
    }
}

impl RemoteCandidate {
    /// Whether packets can go between the two.
    pub(super) fn can_pair_with(&self, other: &Self) -> bool {
        self.address.is_ipv4() == other.address.is_ipv4()
    }
}

fn address_of(text: &str) -> Result<IpAddr, CandidateError> {
    let Ok(address) = text.parse() else {
        let is_of_mdns = text.len() > ".local".len() && text.to_ascii_lowercase().ends_with(".local");
        return Err(if is_of_mdns { CandidateError::Mdns } else { CandidateError::NoAddress });
    };
    if is_of_one_machine(address) { Ok(address) } else { Err(CandidateError::Address) }
}

/// A list of candidates, and why others are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Candidates {
    /// Each place once, the best first.
    pub(super) usable: Vec<RemoteCandidate>,
    /// Why each of the others cannot be used.
    pub(super) left_out: Vec<CandidateError>,
}

impl Candidates {
    /// Reads the values of `a=candidate`.
    pub(super) fn read<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let mut read = Self::default();
        for value in values {
            match value.parse::<RemoteCandidate>() {
                Ok(candidate) => read.usable.push(candidate),
                Err(error) => read.left_out.push(error),
            }
        }
        read.usable.sort_by_key(|candidate| std::cmp::Reverse(candidate.priority));
        let mut places = std::collections::BTreeSet::new();
        read.usable.retain(|candidate| places.insert((candidate.address, candidate.port)));
        read.usable.truncate(MAX_CANDIDATES);
        read
    }

    /// Whether the other peer can be found: at a candidate, or by its checks, which come from behind a name that hides an
    /// address. The names are of multicast DNS, which is off here.
    pub(super) fn can_meet(&self) -> bool {
        !self.usable.is_empty() || self.left_out.contains(&CandidateError::Mdns)
    }
}

impl fmt::Display for RemoteCandidate {
    /// The value of `a=candidate`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { priority, address, port, kind } = self;
        write!(f, "1 {COMPONENT} udp {priority} {address} {port} typ {}", kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_of_each_kind_and_stack_are_read() {
        let lines = [
            ("1 1 udp 2130706431 127.0.0.1 40000 typ host", "2130706431 127.0.0.1 40000 typ host"),
            ("H 1 UDP 1 192.0.2.7 9 typ HOST generation 0 ufrag x network-id 1", "1 192.0.2.7 9 typ host"),
            ("a 1 udp 2 2001:db8::7 65535 typ srflx raddr 0.0.0.0 rport 0", "2 2001:db8::7 65535 typ srflx"),
            ("a 1 udp 3 ::ffff:192.0.2.7 1 typ prflx raddr", "3 192.0.2.7 1 typ prflx"),
            ("a 1 udp 4 192.0.2.7 2 typ relay raddr x rport y", "4 192.0.2.7 2 typ relay"),
        ];
        for (line, read) in lines {
            assert_eq!(line.parse::<RemoteCandidate>().unwrap().to_string(), format!("1 1 udp {read}"), "{line}");
        }
    }

    #[test]
    fn each_candidate_that_cannot_be_used_says_why() {
        use CandidateError::{Address, Component, Mdns, NoAddress, Port, Priority, TooShort, Transport, Type};
        let lines = [
            ("", TooShort),
            ("1 1 udp 1 192.0.2.7 9 typ", TooShort),
            ("1 1 udp 1 example.org 9 typ host", NoAddress),
            ("1 1 udp 1 localhost 9 typ host", NoAddress),
            ("1 1 udp 1 .local 9 typ host", NoAddress),
            ("1 1 udp 1 0a1b2c.local 9 typ host", Mdns),
            ("1 1 udp 1 fe80::1%eth0 9 typ host", NoAddress),
            ("1 1 udp 1 [2001:db8::7] 9 typ host", NoAddress),
            ("1 1 udp 1 999.1.1.1 9 typ host", NoAddress),
            ("1 1 udp 1 192.0.2.7 400010 typ host", Port),
            ("1 1 udp 1 192.0.2.7 0 typ host", Port),
            ("1 1 udp 1 192.0.2.7 -1 typ host", Port),
            ("1 1 udp 1 192.0.2.7 9 typ token", Type),
            ("1 1 udp 1 192.0.2.7 9 tpy host", Type),
            ("1 1 ssltcp 1 192.0.2.7 9 typ host", Transport),
            ("1 1 tcp 1 192.0.2.7 9 typ host tcptype passive", Transport),
            ("1 2 udp 1 192.0.2.7 9 typ host", Component),
            ("1 1 udp 4294967296 192.0.2.7 9 typ host", Priority),
            ("1 1 udp 1 0.0.0.0 9 typ host", Address),
            ("1 1 udp 1 255.255.255.255 9 typ host", Address),
            ("1 1 udp 1 224.0.0.1 9 typ host", Address),
            ("1 1 udp 1 ff02::1 9 typ host", Address),
        ];
        for (line, why) in lines {
            assert_eq!(line.parse::<RemoteCandidate>(), Err(why), "{line}");
        }
    }

    #[test]
    fn each_place_is_tried_once_and_of_many_the_best_are_tried() {
        let lines: Vec<_> =
            (1..=100u32).map(|n| format!("1 1 udp {n} 192.0.2.7 {} typ host", 1_000 + n % 90)).collect();
        let read = Candidates::read(lines.iter().map(String::as_str));
        assert_eq!(read.usable.len(), MAX_CANDIDATES);
        let priorities: Vec<_> = read.usable.iter().map(|candidate| candidate.priority).collect();
        assert_eq!(priorities, (37..=100).rev().collect::<Vec<_>>());
        let same = Candidates::read(["1 1 udp 1 192.0.2.7 9 typ host"; 3].into_iter());
        assert_eq!(same.usable.len(), 1);
    }

    #[test]
    fn a_peer_that_hides_its_addresses_can_be_met_and_one_without_candidates_cannot() {
        let can_meet = |lines: &[&'static str]| Candidates::read(lines.iter().copied()).can_meet();
        assert!(!can_meet(&[]));
        assert!(!can_meet(&["", "1 1 tcp 1 192.0.2.7 9 typ host", "1 1 udp 1 example.org 9 typ host"]));
        assert!(can_meet(&["1 1 udp 1 0a1b2c.local 9 typ host"]));
        assert!(can_meet(&["", "1 1 udp 1 192.0.2.7 9 typ host"]));
    }
}
