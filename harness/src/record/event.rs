//! What happened, as plain values. Everything that a check or a report says comes from these and from nothing else.
//!
//! The wrappers of both seams write what it sees at the two seams of a peer; [`run`](crate::run()) adds what it counted.
//! Knows no check and no report.

use std::fmt;
use std::time::Duration;

use signaling::{Message, Role, Sdp};

use super::request::RequestKind;
use super::turn_traffic::Traffic;
use crate::linearizability::Content;
use crate::scenario::{Death, VisitId};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, since the run began, on its clock.
    pub at: Duration,
    /// To whom; `None` if it concerns the whole run.
    pub who: Option<VisitId>,
    /// What.
    pub kind: EventKind,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// The peer was told to meet the other.
    Joined,
    /// A request of the peer to its launcher ended, whatever came of it.
    Called(Call),
    /// The peer's transport made a session description.
    Made(Description, Sdp),
    /// The peer's transport was given the other's session description.
    Applied(Description, Sdp),
    /// The peer's channel is open.
    Opened,
    /// The peer's channel took a message.
    Sent(Message),
    /// A message came out of the peer's channel.
    Received(Message),
    /// The peer says that it met the other, in this role.
    Met(Role),
    /// The peer says that it did not, and why.
    Failed(String),
    /// The peer closes its channel, or drops it.
    Closed,
    /// The peer ended in the middle of its visit, as its scenario says, and how.
    Died(Death),
    /// The peer never came, and why.
    StayedAway(String),
    /// The peer has made its last visit.
    Left,
    /// Something that must not be left behind was counted.
    Counted(Count),
    /// All that the run's STUN and TURN server did, written down when no peer was left.
    Served(Traffic),
}

/// The two kinds of session description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Description {
    /// An initiator's.
    Offer,
    /// A recipient's.
    Answer,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer => "offer",
            Self::Answer => "answer",
        })
    }
}

/// A request to a launcher, and what came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// What kind of request.
    pub kind: RequestKind,
    /// The record it is about, if that is known: a name as the launcher takes it.
    pub name: Option<String>,
    /// The handle in its path.
    pub target: Option<u64>,
    /// The handle that the launcher gave for it.
    pub given: Option<u64>,
    /// The version that it read, or that it would store: the version of a record in the network.
    pub version: Option<u64>,
    /// The content that it read, or that it would store.
    pub content: Option<Content>,
    /// When it was sent, since the run began. It ended when its event happened.
    pub started: Duration,
    /// What came of it.
    pub outcome: Outcome,
    /// The launcher's code, if it answered with an error.
    pub code: Option<i64>,
    /// The faults that struck it, as far as its answer tells: their names, joined by `+`.
    pub fault: Option<String>,
}

impl Call {
    /// Whether it was answered with status 200, which is what success is for a launcher.
    pub fn is_ok(&self) -> bool {
        self.outcome == Outcome::Answered(200)
    }

    /// Whether it was answered, and nobody meddled with it.
    pub fn is_clean(&self) -> bool {
        matches!(self.outcome, Outcome::Answered(_)) && self.fault.is_none()
    }

    /// Whether its answer says what is: faults that only hold a call up, or take a session or handles away, do not change
    /// what it says.
    pub fn is_truthful(&self) -> bool {
        const HARMLESS: [&str; 4] = ["delay", "revoke_session", "lose_handles", "restart_launcher"];
        let faults = || self.fault.iter().flat_map(|faults| faults.split('+'));
        matches!(self.outcome, Outcome::Answered(_)) && faults().all(|fault| HARMLESS.contains(&fault))
    }
}

/// What came of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Outcome {
    /// The launcher answered with this status.
    Answered(u16),
    /// No whole answer came.
    Failed(String),
    /// The peer stopped waiting.
    #[default]
    Abandoned,
}

/// What was counted, when, and the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What was counted.
    pub resource: Resource,
    /// When.
    pub time: CountTime,
    /// How many there were, or why that cannot be known.
    pub number: Result<usize, String>,
}

/// What must not be left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// The handles of records and data ids that live at the launcher of this URL.
    Handles(String),
    /// The tasks of this runtime.
    Tasks,
    /// The open sockets of this process.
    Sockets,
}

/// The two times at which things are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountTime {
    /// Before anything began.
    Before,
    /// After everything ended, and some time was given for it to become quiet.
    After,
}
