//! Which peer of which pair, in which of its visits.

use std::fmt;

/// One of the peers of a pair. Which part it plays is for the peers to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerIndex {
    /// The first that a scenario names.
    First,
    /// The second.
    Second,
    /// One too many.
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

/// A peer of a run, in one of its visits to the room. A peer that comes back knows nothing of the visit before, as a page
/// that was loaded again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitId {
    /// Its pair, counted from 1.
    pub pair: usize,
    /// Which of its peers.
    pub peer_index: PeerIndex,
    /// Which visit, counted from 1.
    pub visit: u32,
}

impl VisitId {
    /// The peer, and its visit unless that is the first; without its pair.
    pub fn name(self) -> String {
        match self.visit {
            ..=1 => self.peer_index.to_string(),
            visit => format!("{} in visit {visit}", self.peer_index),
        }
    }
}

impl fmt::Display for VisitId {
    /// "first peer of pair 3": what a complaint names.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of pair {}", self.name(), self.pair)
    }
}

/// How a peer ends in the middle of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Death {
    /// Its user leaves: it is told to stop, and can still give back what it holds.
    Stop,
    /// Its process is gone, and sends nothing more.
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
