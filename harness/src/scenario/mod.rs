//! What is played: who comes when, who dies where, what goes wrong at the launchers, and how each should end. A plain value;
//! [`run`](crate::run()) plays it.

mod error;
mod fault;
mod file;
mod known_gap;
mod model;
mod named;
mod schedule;
mod visit;

pub use error::{BadScenario, FileError};
pub use fault::PlacedFault;
pub use file::SCHEMA;
pub use known_gap::KnownGap;
pub use model::{Launchers, Peer, Scenario, WhenGone};
pub use named::named;
pub use schedule::{NamedSchedule, PollSchedule};
pub use visit::{Dying, Ends, Join, Moment, Visit};
