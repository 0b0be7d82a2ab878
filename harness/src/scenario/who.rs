//! Which peer of which pair, and which of its visits.

use std::fmt;

/// One of the peers of a pair, in the order of its scenario. Its role is decided by the peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerIndex {
    /// The first.
    First,
    /// The second.
    Second,
    /// The third: one more than can meet.
    Third,
}

impl PeerIndex {
    /// All of them, in the order in which a scenario names them.
    pub const ALL: [Self; 3] = [Self::First, Self::Second, Self::Third];
}

impl fmt::Display for PeerIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first peer",
            Self::Second => "second peer",
            Self::Third => "third peer",
        })
    }
}

/// One visit of a peer to its room. A peer that returns has forgotten its previous visit, as a reloaded page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitId {
    /// The pair, counted from 1.
    pub pair: usize,
    /// The peer of the pair.
    pub peer_index: PeerIndex,
    /// The visit, counted from 1.
    pub visit: u32,
}

impl VisitId {
    /// The peer, and the visit unless it is the first; without the pair.
    pub fn name(self) -> String {
        match self.visit {
            ..=1 => self.peer_index.to_string(),
            visit => format!("{} in visit {visit}", self.peer_index),
        }
    }
}

impl fmt::Display for VisitId {
    /// "first peer of pair 3", as failures name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of pair {}", self.name(), self.pair)
    }
}

/// How a peer dies in the middle of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Death {
    /// Its user leaves: it is stopped, and can still remove its records and drop its handles.
    Stop,
    /// Its process ends, and sends nothing more.
    Crash,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop => "stopped",
            Self::Crash => "crashed",
        })
    }
}
