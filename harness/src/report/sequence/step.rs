//! What a sequence diagram is made of.

use std::time::Duration;

use crate::scenario::{PeerIndex, VisitId};

/// Who has a lifeline. The network has none: nothing of it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Peer(PeerIndex),
    /// The launcher of that peer.
    Launcher(PeerIndex),
}

/// A row of the diagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// When, since the run began.
    pub(super) at: Option<Duration>,
    pub(super) shape: Shape,
    pub(super) text: String,
    /// The poll that it belongs to.
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
    /// A note over all that have a lifeline.
    NoteOverAll,
}

/// The kinds of arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrow {
    /// A request; with its answer, if nothing happened in between.
    Request,
    /// The answer to a request of before.
    Answer,
    /// A request that no whole answer came to.
    Unanswered,
    /// A message of one peer to the other.
    Message,
}

/// Which poll a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PollStep {
    /// Whose poll.
    pub(super) who: VisitId,
    /// Counted from 1.
    pub(super) number: usize,
    /// How many requests it has.
    pub(super) requests: usize,
    /// Whether it did all that a poll does, and there was no answer yet.
    pub(super) plainly_empty: bool,
}
