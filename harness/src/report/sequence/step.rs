//! The parts of a sequence of steps: of a diagram, and of the lanes of a page.

use std::time::Duration;

use crate::scenario::{PeerIndex, VisitId};

/// The owner of a lifeline. The network has none, since it is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Actor {
    Peer(PeerIndex),
    /// The launcher of that peer.
    Launcher(PeerIndex),
}

/// A row of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct Step {
    /// The time since the run began.
    pub(in crate::report) at: Option<Duration>,
    pub(in crate::report) shape: Shape,
    pub(in crate::report) text: String,
    /// The poll of which it is a part.
    pub(in crate::report) poll: Option<PollStep>,
    /// The event that it shows, as its index among those of the pair.
    pub(in crate::report) event: Option<usize>,
}

/// How a row is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Shape {
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
pub(in crate::report) enum Arrow {
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
pub(in crate::report) struct PollStep {
    /// The visit that polls.
    pub(in crate::report) who: VisitId,
    /// Its number in the visit, counted from 1.
    pub(in crate::report) number: usize,
    /// How many requests it has.
    pub(in crate::report) requests: usize,
    /// Whether it has the usual requests of a poll and found no answer.
    pub(in crate::report) is_empty: bool,
}
