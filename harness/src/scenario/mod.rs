//! What happens in a run: when each peer joins, where it ends, which faults the launchers have, and how each visit should end.
//! A scenario is a plain value; [`run`](crate::run()) runs it.

mod error;
mod fault;
mod file;
mod known_gap;
mod limits;
mod model;
mod mutation;
mod named;
mod schedule;
mod visit;
mod who;

pub use error::{FileError, InvalidScenario};
pub use fault::PlacedFault;
pub use file::SCHEMA;
pub use known_gap::KnownGap;
pub(crate) use limits::millis;
pub use limits::{DEADLINE_MAX, DEFAULT_DEADLINE, DEFAULT_PAIRS, DEFAULT_POLL_INTERVAL, LAUNCHERS_MAX, PAIRS_MAX};
pub use model::{Launchers, Peer, Scenario, WhenGone};
pub use mutation::Mutation;
pub use named::named;
pub use schedule::{NamedSchedule, PollSchedule};
pub use visit::{Dying, Ends, Join, Moment, Visit};
pub use who::{Death, PeerIndex, VisitId};
