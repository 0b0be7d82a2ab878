//! The kinds of the candidates in a session description, and what their addresses are.

use std::fmt;
use std::net::IpAddr;

use crate::sdp::Sdp;
use crate::transport::path::CandidateKind;

/// How many lines of candidates are counted. A peer tries fewer than these.
const LINES_MAX: usize = 256;

/// The only component where RTCP has none of its own.
const COMPONENT: &str = "1";

/// How many candidates of each kind a session description names: those over UDP, of which alone a data channel makes use.
///
/// ```
/// use signaling::{CandidateCounts, Sdp};
///
/// let sdp = Sdp::new("v=0\r\na=candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host\r\n");
/// assert_eq!(CandidateCounts::of(&sdp).to_string(), "1 host candidate");
/// assert_eq!(CandidateCounts::of(&Sdp::new("v=0\r\n")).to_string(), "no candidate");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CandidateCounts {
    /// Addresses of the peer's own machine.
    pub host: usize,
    /// Addresses of the peer's NAT, as a STUN server sees them.
    pub server_reflexive: usize,
    /// Addresses of the peer's NAT, as the other peer sees them.
    pub peer_reflexive: usize,
    /// Addresses of a TURN server.
    pub relay: usize,
}

impl CandidateCounts {
    /// Counts the candidates in a description.
    pub fn of(sdp: &Sdp) -> Self {
        let mut counts = Self::default();
        for candidate in candidates(sdp) {
            match candidate.kind {
                CandidateKind::Host => counts.host += 1,
                CandidateKind::ServerReflexive => counts.server_reflexive += 1,
                CandidateKind::PeerReflexive => counts.peer_reflexive += 1,
                CandidateKind::Relay => counts.relay += 1,
            }
        }
        counts
    }

    /// How many candidates there are.
    pub fn total(&self) -> usize {
        self.host + self.server_reflexive + self.peer_reflexive + self.relay
    }
}

impl fmt::Display for CandidateCounts {
    /// The names in session descriptions and browsers, as in "1 host and 2 srflx candidates".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_each = [
            (self.host, CandidateKind::Host),
            (self.server_reflexive, CandidateKind::ServerReflexive),
            (self.peer_reflexive, CandidateKind::PeerReflexive),
            (self.relay, CandidateKind::Relay),
        ];
        let named: Vec<String> =
            of_each.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}")).collect();
        let plural = if self.total() > 1 { "s" } else { "" };
        match named.as_slice() {
            [] => f.write_str("no candidate"),
            [one] => write!(f, "{one} candidate{plural}"),
            [most @ .., last] => write!(f, "{} and {last} candidate{plural}", most.join(", ")),
        }
    }
}

/// One candidate over UDP.
pub(super) struct Candidate {
    pub(super) kind: CandidateKind,
    /// `None` for a name.
    pub(super) address: Option<IpAddr>,
}

impl Candidate {
    /// Whether only its own machine can reach it.
    pub(super) fn is_loopback(&self) -> bool {
        self.address.is_some_and(|address| address.to_canonical().is_loopback())
    }

    pub(super) fn is_ipv4(&self) -> bool {
        self.address.is_some_and(|address| address.to_canonical().is_ipv4())
    }

    pub(super) fn is_ipv6(&self) -> bool {
        self.address.is_some_and(|address| address.to_canonical().is_ipv6())
    }
}

/// The candidates over UDP in a description. Lines that are none are left out.
pub(super) fn candidates(sdp: &Sdp) -> impl Iterator<Item = Candidate> {
    let lines = sdp.as_str().lines().filter_map(|line| line.strip_prefix("a=candidate:"));
    lines.take(LINES_MAX).filter_map(candidate)
}

/// RFC 8839 §5.1.
fn candidate(text: &str) -> Option<Candidate> {
    let words: Vec<&str> = text.split_whitespace().take(8).collect();
    let &[_foundation, component, transport, _priority, address, _port, "typ", kind] = words.as_slice() else {
        return None;
    };
    let kinds =
        [CandidateKind::Host, CandidateKind::ServerReflexive, CandidateKind::PeerReflexive, CandidateKind::Relay];
    let kind = kinds.into_iter().find(|known| known.to_string() == kind)?;
    let is_used = component == COMPONENT && transport.eq_ignore_ascii_case("udp");
    is_used.then(|| Candidate { kind, address: address.parse().ok() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdp(lines: &[&str]) -> Sdp {
        let lines: Vec<_> = lines.iter().map(|line| format!("a=candidate:{line}\r\n")).collect();
        Sdp::new(lines.concat())
    }

    #[test]
    fn candidates_of_each_kind_are_counted_and_others_are_not() {
        let counts = CandidateCounts::of(&sdp(&[
            "1 1 udp 1 192.0.2.7 5000 typ host",
            "1 2 udp 1 192.0.2.7 5001 typ host",
            "2 1 UDP 1 2001:db8::1 5000 typ host",
            "3 1 tcp 1 192.0.2.7 9 typ host tcptype active",
            "4 1 udp 1 203.0.113.7 5000 typ srflx raddr 0.0.0.0 rport 0",
            "5 1 udp 1 203.0.113.9 5000 typ relay",
            "6 1 udp 1 192.0.2.7 5000 type host",
            "7",
            "",
        ]));
        let expected = CandidateCounts { host: 2, server_reflexive: 1, peer_reflexive: 0, relay: 1 };
        assert_eq!((counts, counts.total()), (expected, 4));
        assert_eq!(counts.to_string(), "2 host, 1 srflx and 1 relay candidates");
    }

    #[test]
    fn a_description_without_end_is_not_counted_without_end() {
        let lines = vec!["1 1 udp 1 192.0.2.7 5000 typ host"; LINES_MAX + 1];
        assert_eq!(CandidateCounts::of(&sdp(&lines)).total(), LINES_MAX);
    }
}
