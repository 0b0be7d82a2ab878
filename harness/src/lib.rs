//! Lets pairs of WebRTC peers meet over SAFE launchers, and checks how they did.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use harness::{Scenario, Settings};
//!
//! // Two users, each with a launcher of their own, over real sockets and real WebRTC.
//! let settings = Settings::default().seed(7).poll_interval(Duration::from_millis(100));
//! let report = harness::run(&Scenario::classic(), &settings).await?;
//!
//! assert!(report.passed, "{}", harness::report::text(&report));
//! assert!(report.pairs[0].connected && report.pairs[0].offer_round_trip);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Scenario`] says who is where, [`Settings`] how many, how fast and over which launchers. What happens is written down
//! as [`event`]s at the two seams of each peer, by [`link`]s that share no code with the peer and do not believe what it
//! says of itself. A [`check`] is a pure function over those events, and the [`report`] tells what the checks say. So data
//! flows one way: scenario, pairs, events, checks, report.
//!
//! The `harness` program is the same with flags; its exit codes are in [`exit_code`].

pub mod check;
mod cli;
pub mod environment;
#[doc(hidden)]
pub mod exit_code;
mod format;
pub mod linearizability;
pub mod orders;
mod peer;
mod plan;
pub mod polling_costs;
#[doc(hidden)]
pub mod program;
mod progress;
pub mod record;
pub mod report;
mod run;
pub mod scenario;
pub mod soak;
mod stop_signal;
#[cfg(test)]
mod test_stage;
pub mod trace;

pub use environment::QUIET_WAIT;
pub use peer::MESSAGE_WAIT;
pub use plan::{
    Clock, DEFAULT_LATE_TOLERANCE, EARLY_TOLERANCE, IceMode, LauncherUrl, ParseLauncherUrlError, Plan, RunError,
    Settings, TransportKind, TurnServerError, VIRTUAL_LATE_TOLERANCE,
};
pub use report::Report;
pub use run::{Hooks, run, run_with};
pub use scenario::Scenario;
