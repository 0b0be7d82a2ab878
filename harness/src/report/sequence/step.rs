//! The parts of a sequence diagram.

use std::time::Duration;

use crate::scenario::{PeerIndex, VisitId};

/// The owner of a lifeline. The network has none, since it is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Peer(PeerIndex),
    /// The launcher of that peer.
    Launcher(PeerIndex),
}

/// A row of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The time since the run began.
    pub(super) at: Option<Duration>,
    pub(super) shape: Shape,
    pub(super) text: String,
    /// The poll of which it is a part.
    pub(super) poll: Option<PollStep>,
}

/// How a row is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Arrow {
        from: Actor,
        to: Actor,
        kind: Arrow,
    },
    /// A note beside one peer.
    Note(PeerIndex),
    /// A note over all lifelines.
    NoteOverAll,
}

/// The kinds of arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrow {
    /// A request; with its response, if no event happened in between.
    Request,
    /// The response to an earlier request.
    Response,
    /// A request without a complete response.
    Unanswered,
    /// A message of one peer to the other.
    Message,
}

/// The poll of which a row is a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PollStep {
    /// The visit that polls.
    pub(super) who: VisitId,
    /// Its number in the visit, counted from 1.
    pub(super) number: usize,
    /// How many requests it has.
    pub(super) requests: usize,
    /// Whether it has the usual requests of a poll and found no answer.
    pub(super) is_empty: bool,
}
