//! What the candidates of both sides show of the paths between them.

use std::fmt;

use super::candidates::{Candidate, CandidateCounts, candidates};
use crate::sdp::Sdp;

/// What keeps candidates from reaching each other, or what would add a path, as far as both descriptions show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathHint {
    /// Both sides have only loopback addresses.
    BothOnlyLoopback,
    /// This side has only loopback addresses.
    LocalOnlyLoopback,
    /// The other side has only loopback addresses.
    RemoteOnlyLoopback,
    /// One side has only IPv4 addresses, and the other only IPv6 addresses.
    OtherIpVersion,
    /// The other side has only names of multicast DNS.
    RemoteHidden,
    /// Both sides have only host candidates.
    OnlyHost,
    /// Neither side has a relay candidate.
    NoRelay,
}

impl PathHint {
    /// What both descriptions show; `None` if one names no candidate, or a TURN server was in use.
    pub(super) fn of(local: &Sdp, remote: &Sdp) -> Option<Self> {
        let of_both = [local, remote].map(|sdp| candidates(sdp).collect::<Vec<_>>());
        let [ours, theirs] = &of_both;
        if ours.is_empty() || theirs.is_empty() {
            return None;
        }
        let all = |side: &[Candidate], is: fn(&Candidate) -> bool| side.iter().all(is);
        Some(match (all(ours, Candidate::is_loopback), all(theirs, Candidate::is_loopback)) {
            (true, true) => Self::BothOnlyLoopback,
            (true, false) => Self::LocalOnlyLoopback,
            (false, true) => Self::RemoteOnlyLoopback,
            (false, false) if all(theirs, |candidate| candidate.address.is_none()) => Self::RemoteHidden,
            (false, false)
                if (all(ours, Candidate::is_ipv4) && all(theirs, Candidate::is_ipv6))
                    || (all(ours, Candidate::is_ipv6) && all(theirs, Candidate::is_ipv4)) =>
            {
                Self::OtherIpVersion
            }
            (false, false) => return Self::of_kinds([local, remote].map(CandidateCounts::of)),
        })
    }

    fn of_kinds(of_both: [CandidateCounts; 2]) -> Option<Self> {
        if of_both.iter().all(|counts| counts.host == counts.total()) {
            Some(Self::OnlyHost)
        } else if of_both.iter().all(|counts| counts.relay == 0) {
            Some(Self::NoRelay)
        } else {
            None
        }
    }
}

impl fmt::Display for PathHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BothOnlyLoopback => "both have only loopback addresses, which connect peers of one machine",
            Self::LocalOnlyLoopback => "this peer has only loopback addresses, which no other machine reaches",
            Self::RemoteOnlyLoopback => {
                "the other peer has only loopback addresses, which no other machine reaches"
            }
            Self::OtherIpVersion => "one has only IPv4 addresses, and the other only IPv6 addresses",
            Self::RemoteHidden => {
                "the addresses of the other peer are hidden behind names of multicast DNS; with a TURN server it has one \
                 that can be reached"
            }
            Self::OnlyHost => "peers in different networks need a STUN or TURN server",
            Self::NoRelay => "where NATs or firewalls block every direct path, a TURN server is needed",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdp(candidates: &[&str]) -> Sdp {
        let line = |candidate: &&str| {
            let (address, kind) = candidate.split_once(' ').unwrap();
            format!("a=candidate:1 1 udp 1 {address} 5000 typ {kind}\r\n")
        };
        Sdp::new(candidates.iter().map(line).collect::<String>())
    }

    #[test]
    fn each_hint_is_given_where_both_descriptions_show_it() {
        type Row = (&'static [&'static str], &'static [&'static str], Option<PathHint>);
        const LAN: &str = "192.168.0.2 host";
        const REFLEXIVE: &str = "203.0.113.7 srflx";
        const RELAY: &str = "203.0.113.9 relay";
        let table: [Row; 12] = [
            (&["127.0.0.1 host"], &["::1 host"], Some(PathHint::BothOnlyLoopback)),
            (&["127.0.0.1 host"], &[LAN], Some(PathHint::LocalOnlyLoopback)),
            (&[LAN, "127.0.0.1 host"], &["127.0.0.2 host"], Some(PathHint::RemoteOnlyLoopback)),
            (&[LAN], &["2001:db8::1 host"], Some(PathHint::OtherIpVersion)),
            (&["2001:db8::1 host"], &[LAN, REFLEXIVE], Some(PathHint::OtherIpVersion)),
            (&[LAN], &["4f1e.local host"], Some(PathHint::RemoteHidden)),
            (&[LAN], &[LAN, "2001:db8::1 host"], Some(PathHint::OnlyHost)),
            (&[LAN, REFLEXIVE], &[LAN], Some(PathHint::NoRelay)),
            (&[LAN, REFLEXIVE], &[LAN, RELAY], None),
            (&[RELAY], &[RELAY], None),
            (&[], &[LAN], None),
            (&[LAN], &[], None),
        ];
        for (local, remote, expected) in table {
            assert_eq!(PathHint::of(&sdp(local), &sdp(remote)), expected, "{local:?} {remote:?}");
        }
    }
}
