//! The plan of a run, with nothing left open: made of a scenario and the settings, or refused with an error.

mod clock;
mod error;
mod ice_mode;
#[expect(clippy::module_inception, reason = "the plan is what the folder is named after")]
mod plan;
pub(crate) mod seed;
mod settings;

pub(crate) use clock::WallTime;
pub use clock::{Clock, TransportKind};
pub use error::{RunError, TurnServerError};
pub use ice_mode::IceMode;
pub(crate) use plan::Plan;
pub(crate) use settings::EARLY_TOLERANCE;
pub use settings::{DEFAULT_LATE_TOLERANCE, Settings, VIRTUAL_LATE_TOLERANCE};
pub(crate) use settings::{jobs_parser, pairs_parser};
