//! The lanes, by the numbers that the script knows.

use serde::Serialize;

use crate::report::sequence::Actor;
use crate::scenario::PeerIndex;

/// A lane. The script draws them in the order first peer, its launcher, network, its launcher, second peer, third peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "u8")]
pub(super) enum Lane {
    FirstPeer,
    FirstLauncher,
    Network,
    SecondLauncher,
    SecondPeer,
    ThirdPeer,
}

impl From<Lane> for u8 {
    fn from(lane: Lane) -> Self {
        match lane {
            Lane::FirstPeer => 0,
            Lane::FirstLauncher => 1,
            Lane::Network => 2,
            Lane::SecondLauncher => 3,
            Lane::SecondPeer => 4,
            Lane::ThirdPeer => 5,
        }
    }
}

impl Lane {
    pub(super) fn of_peer(peer_index: PeerIndex) -> Self {
        match peer_index {
            PeerIndex::First => Self::FirstPeer,
            PeerIndex::Second => Self::SecondPeer,
            PeerIndex::Third => Self::ThirdPeer,
        }
    }

    /// Where a pair has one launcher, that is the first's.
    pub(super) fn of(actor: Actor, one_launcher: bool) -> Self {
        match actor {
            Actor::Peer(peer_index) => Self::of_peer(peer_index),
            Actor::Launcher(PeerIndex::Second | PeerIndex::Third) if !one_launcher => Self::SecondLauncher,
            Actor::Launcher(_) => Self::FirstLauncher,
        }
    }
}
