//! What the candidates of both sides say of the ways between them.

use std::fmt;

use super::candidates::{Candidate, CandidateCounts, candidates};
use crate::sdp::Sdp;

/// What keeps candidates from reaching each other, or what would add a way, as far as both descriptions show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WayHint {
    /// Both sides have loopback addresses alone.
    BothOnlyLoopback,
    /// This side has loopback addresses alone.
    LocalOnlyLoopback,
    /// The other side has loopback addresses alone.
    RemoteOnlyLoopback,
    /// One side has IPv4 addresses alone, and the other IPv6 addresses alone.
    OtherIpVersion,
    /// The other side has names of multicast DNS alone.
    RemoteHidden,
    /// Both sides have host candidates alone.
    OnlyHost,
    /// Neither side has a relay candidate.
    NoRelay,
}

impl WayHint {
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

impl fmt::Display for WayHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BothOnlyLoopback => "both have loopback addresses alone, which connect peers of one machine only",
            Self::LocalOnlyLoopback => "this peer has loopback addresses alone, which only its own machine reaches",
            Self::RemoteOnlyLoopback => {
                "the other peer has loopback addresses alone, which only its own machine reaches"
            }
            Self::OtherIpVersion => "one has IPv4 addresses alone, and the other IPv6 addresses alone",
            Self::RemoteHidden => {
                "the addresses of the other peer are hidden behind names of multicast DNS; with a TURN server it has one \
                 that can be reached"
            }
            Self::OnlyHost => "peers in different networks need a STUN or TURN server",
            Self::NoRelay => "where NATs or firewalls block every direct way, a TURN server is needed",
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
        type Row = (&'static [&'static str], &'static [&'static str], Option<WayHint>);
        const LAN: &str = "192.168.0.2 host";
        const REFLEXIVE: &str = "203.0.113.7 srflx";
        const RELAY: &str = "203.0.113.9 relay";
        let table: [Row; 12] = [
            (&["127.0.0.1 host"], &["::1 host"], Some(WayHint::BothOnlyLoopback)),
            (&["127.0.0.1 host"], &[LAN], Some(WayHint::LocalOnlyLoopback)),
            (&[LAN, "127.0.0.1 host"], &["127.0.0.2 host"], Some(WayHint::RemoteOnlyLoopback)),
            (&[LAN], &["2001:db8::1 host"], Some(WayHint::OtherIpVersion)),
            (&["2001:db8::1 host"], &[LAN, REFLEXIVE], Some(WayHint::OtherIpVersion)),
            (&[LAN], &["4f1e.local host"], Some(WayHint::RemoteHidden)),
            (&[LAN], &[LAN, "2001:db8::1 host"], Some(WayHint::OnlyHost)),
            (&[LAN, REFLEXIVE], &[LAN], Some(WayHint::NoRelay)),
            (&[LAN, REFLEXIVE], &[LAN, RELAY], None),
            (&[RELAY], &[RELAY], None),
            (&[], &[LAN], None),
            (&[LAN], &[], None),
        ];
        for (local, remote, expected) in table {
            assert_eq!(WayHint::of(&sdp(local), &sdp(remote)), expected, "{local:?} {remote:?}");
        }
    }
}
