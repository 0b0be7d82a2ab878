//! The network path of a connection.

use std::fmt;
use std::time::Duration;

/// The network path of a connection; `None` for what the transport does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Path {
    /// The round trip time of the last connectivity check.
    pub round_trip: Option<Duration>,
    /// The local candidate. It is [`Host`](CandidateKind::Host) behind a NAT too, unless a relay is used.
    pub local: Option<CandidateKind>,
    /// The remote candidate.
    pub remote: Option<CandidateKind>,
}

/// The kinds of ICE candidates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CandidateKind {
    /// An address of the peer's own machine.
    Host,
    /// The address of the peer's NAT, as a STUN server sees it.
    ServerReflexive,
    /// The address of the peer's NAT, as the other peer sees it.
    PeerReflexive,
    /// An address of a TURN server.
    Relay,
}

impl fmt::Display for CandidateKind {
    /// The name in session descriptions and browsers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relay => "relay",
        })
    }
}
