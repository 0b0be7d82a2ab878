//! What shall happen in a run: when each peer joins, when it dies, which faults the launchers have, and how each visit should end.
//! A scenario is a plain value that knows nothing of runs; [`run`](crate::run()) plays it. `docs/scenarios.md` describes the files.

mod error;
mod fault;
mod file;
mod known_gap;
mod limits;
pub(crate) mod model;
mod mutation;
mod named;
mod schedule;
mod validate;
mod visit;
mod who;

pub use error::{FileError, InvalidScenario};
pub use fault::PlacedFault;
pub use known_gap::KnownGap;
pub(crate) use limits::millis;
pub use limits::{DEADLINE_MAX, DEFAULT_DEADLINE, DEFAULT_PAIRS, DEFAULT_POLL_INTERVAL, LAUNCHERS_MAX, PAIRS_MAX};
pub(crate) use model::Scenario;
pub use model::{Launchers, Peer, SCHEMA};
pub use mutation::Mutation;
pub use named::named;
pub(crate) use named::no_such_scenarios;
pub use schedule::NamedSchedule;
pub(crate) use schedule::rule_text;
pub use visit::{DeathTime, ExpectedEnd, Join, PlannedDeath, Visit};
pub use who::{Death, PeerIndex, VisitId};
