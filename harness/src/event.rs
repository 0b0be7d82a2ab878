//! What happened, as plain values. Everything that a check or a report says comes from these and from nothing else.
//!
//! The [`link`](crate::link) writes what it sees at the two seams of a peer; [`run`](crate::run()) adds what it counted.
//! Knows no check and no report.

use std::fmt;
use std::time::Duration;

use signaling::{Message, Role, Sdp};

/// One of the two peers of a pair. Which part it plays is for the peers to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seat {
    /// The one that comes first.
    First,
    /// The one that comes once an offer is stored.
    Second,
}

impl Seat {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first peer",
            Self::Second => "second peer",
        })
    }
}

/// A peer of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// Its pair, counted from 1.
    pub pair: usize,
    /// Which of the two.
    pub seat: Seat,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, since the run began, on its clock.
    pub at: Duration,
    /// To whom; `None` if it concerns the whole run.
    pub who: Option<Who>,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
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
    /// Something that must not be left behind was counted.
    Counted(Count),
}

/// The two kinds of session description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What kind of request.
    pub noun: Noun,
    /// The record it is about, if that is known: a name as the launcher takes it.
    pub name: Option<String>,
    /// The handle in its path.
    pub target: Option<u64>,
    /// The handle that the launcher gave for it.
    pub given: Option<u64>,
    /// When it was sent, since the run began. It ended when its event happened.
    pub started: Duration,
    /// What came of it.
    pub outcome: Outcome,
}

impl Call {
    /// Whether it was answered with status 200, which is what success is for a launcher.
    pub fn is_ok(&self) -> bool {
        self.outcome == Outcome::Answered(200)
    }
}

/// The kinds of request that a peer sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// Asks for a session.
    Authorise,
    /// Makes a data id out of a name. Each poll begins with one.
    NameRecord,
    /// Fetches a record from the network.
    FetchRecord,
    /// Reads the content of a fetched record.
    ReadRecord,
    /// Makes a record at the launcher.
    CreateRecord,
    /// Stores a record on the network.
    PutRecord,
    /// Drops the handle of a data id.
    DropDataId,
    /// Drops the handle of a record.
    DropRecord,
    /// Any other: peers send none.
    Other,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The launcher answered with this status.
    Answered(u16),
    /// No whole answer came.
    Failed(String),
    /// The peer stopped waiting.
    Abandoned,
}

/// What was counted, when, and the number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What was counted.
    pub resource: Resource,
    /// When.
    pub moment: Moment,
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

/// The two moments at which things are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before anything began.
    Before,
    /// After everything ended, and some time was given for it to become quiet.
    After,
}
