//! The way that a connection takes.

use std::fmt;
use std::time::Duration;

/// The way that a connection takes, as far as its transport knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Path {
    /// How long the last question whether the other side is there took to be answered.
    pub round_trip: Option<Duration>,
    /// What this side sends from. That is [`Host`](CandidateKind::Host) behind a NAT too, unless a relay is used.
    pub local: Option<CandidateKind>,
    /// What this side sends to.
    pub remote: Option<CandidateKind>,
}

/// The kinds of addresses by which ICE reaches a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CandidateKind {
    /// An address of its own.
    Host,
    /// The address that its NAT gives it, as a STUN server sees it.
    ServerReflexive,
    /// The address that its NAT gives it, as the other peer sees it.
    PeerReflexive,
    /// An address of a TURN server.
    Relay,
}

impl fmt::Display for CandidateKind {
    /// As session descriptions and browsers name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relay => "relay",
        })
    }
}
