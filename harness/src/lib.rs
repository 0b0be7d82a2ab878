//! Runs pairs of WebRTC peers that meet over SAFE launchers, and checks what they did.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! use harness::{Scenario, Settings};
//!
//! // Two users, each with their own launcher, over real sockets and real WebRTC.
//! // The machine may be busy: a poll may begin late.
//! let (interval, late) = (Duration::from_millis(100), Duration::from_secs(5));
//! let settings = Settings::default().seed(7).poll_interval(interval).late_tolerance(late);
//! let report = harness::run(&Scenario::classic(), &settings).await?;
//!
//! assert!(report.passed, "{}", harness::report::text(&report));
//! assert!(report.pairs[0].connected && report.pairs[0].offer_round_trip);
//! # Ok(())
//! # }
//! ```
//!
//! Data flows one way: scenario, plan, peers in an environment, record, trace, checks, report. A [`Scenario`] says which peers
//! join when and what goes wrong; [`Settings`] say how many pairs there are, on which clock, and over which launchers. The
//! [`record`] of a run is made at the two seams of each peer, its requests and its transport: it shares no code with the peer,
//! and does not believe what the peer reports. A [`trace`] sorts the events of one pair, a [`check`] is a pure function over
//! traces, and the [`report`] holds the verdicts. Three other modules run many such worlds: [`soak`] by random scenarios,
//! [`orders`] by every order of requests, and [`polling_costs`] by poll schedule.
//!
//! The `harness` program does the same with flags; `harness --help` names its commands and exit codes. The crate is not on
//! crates.io: use it by a git tag.

pub mod check;
mod cli;
pub mod environment;
#[doc(hidden)]
pub mod exit_code;
mod format;
mod github;
pub mod interop;
mod judging;
pub mod linearizability;
pub mod orders;
pub mod peer;
mod plan;
pub mod polling_costs;
mod process;
#[doc(hidden)]
pub mod program;
mod progress;
pub mod record;
pub mod report;
mod run;
pub mod scenario;
mod scenarios_run;
pub mod score;
mod screen;
pub mod soak;
mod suggestion;
#[cfg(test)]
mod test_stage;
pub mod trace;
pub mod witness;

pub use plan::{
    Clock, DEFAULT_LATE_TOLERANCE, IceMode, RunError, Settings, TransportKind, TurnServerError, VIRTUAL_LATE_TOLERANCE,
};
pub use report::model::Report;
pub use run::{Hooks, run, run_with};
pub use scenario::model::Scenario;
