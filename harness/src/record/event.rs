//! What happened, as plain values. Checks and reports are derived from these alone.
//!
//! The recorders at the two seams of a peer write them; [`run`](crate::run()) adds what it counted. Knows no check and no
//! report.

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
    /// When: the time since the run started, on its clock.
    pub at: Duration,
    /// The visit that it concerns; `None` if it concerns the whole run.
    pub who: Option<VisitId>,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// The peer was started in its room.
    Joined,
    /// A request of the peer to its launcher ended, with or without a response.
    Called(Call),
    /// The peer's transport made a session description.
    Made(Description, Sdp),
    /// The peer's transport was given the other's session description.
    Applied(Description, Sdp),
    /// The peer's channel is open.
    Opened,
    /// The peer's channel took a message.
    Sent(Message),
    /// The peer's channel delivered a message.
    Received(Message),
    /// The peer reports that it met another, in this role.
    Met(Role),
    /// The peer reports that it did not, and why.
    Failed(String),
    /// The peer reports why it met no other, as far as it knows, in one sentence.
    Diagnosed(String),
    /// The peer closes its channel, or drops it.
    Closed,
    /// The peer reports that its channel was closed, and had not been told to leave.
    OtherClosed,
    /// The peer was stopped or killed during its visit, as its scenario says.
    Died(Death),
    /// The peer never joined, and why.
    StayedAway(String),
    /// The peer had neither met another nor failed this long after its deadline, and was told to leave.
    StillWaiting(Duration),
    /// A peer program wrote this, which is no event of its own. A long text is cut.
    Logged(String),
    /// A peer program broke the contract of peer programs, and how.
    Misbehaved(String),
    /// The peer has made its last visit.
    Left,
    /// Something that must not be left behind was counted.
    Counted(Count),
    /// The traffic of the run's STUN and TURN server, recorded after the last peer had ended.
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

/// A request to a launcher, and its outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    /// The kind of request.
    pub kind: RequestKind,
    /// The name of its record, if that is known, in the launcher's form.
    pub name: Option<String>,
    /// The handle in its path.
    pub target: Option<u64>,
    /// The handle that the launcher assigned.
    pub given: Option<u64>,
    /// The version that it read or would store: that of a record on the network.
    pub version: Option<u64>,
    /// The content that it read, or that it would store.
    pub content: Option<Content>,
    /// When it was sent: the time since the run started. It ended at the time of its event.
    pub started: Duration,
    /// Its outcome.
    pub outcome: CallOutcome,
    /// The launcher's error code, if the response is an error.
    pub code: Option<i64>,
    /// The faults that struck it, as far as its response names them, joined by `+`.
    pub fault: Option<String>,
}

impl Call {
    /// Whether it was answered with status 200, the launcher's only status for success.
    pub fn is_ok(&self) -> bool {
        self.outcome == CallOutcome::Answered(200)
    }

    /// Whether it was answered, and no fault struck it.
    pub fn is_clean(&self) -> bool {
        matches!(self.outcome, CallOutcome::Answered(_)) && self.fault.is_none()
    }

    /// Whether its response is true: a fault that only delays a request, or removes a session or handles, does not alter
    /// the response.
    pub fn is_truthful(&self) -> bool {
        const HARMLESS: [&str; 4] = ["delay", "revoke_session", "lose_handles", "restart_launcher"];
        let faults = || self.fault.iter().flat_map(|faults| faults.split('+'));
        matches!(self.outcome, CallOutcome::Answered(_)) && faults().all(|fault| HARMLESS.contains(&fault))
    }
}

/// The outcome of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallOutcome {
    /// The launcher answered with this status.
    Answered(u16),
    /// There was no complete response.
    Failed(String),
    /// The peer stopped waiting.
    #[default]
    Abandoned,
}

/// How many there were of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What was counted.
    pub resource: Resource,
    /// When.
    pub time: CountTime,
    /// The number, or why it is not known.
    pub number: Result<usize, String>,
}

/// What a run must not leak.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Resource {
    /// The live handles at the launcher of this URL.
    Handles(String),
    /// The tasks of this runtime.
    Tasks,
    /// The open sockets of this process.
    Sockets,
}

/// The two times at which things are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountTime {
    /// Before the first peer was started.
    Before,
    /// After the last peer has ended, and after some time in which the rest could end too.
    After,
}
