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

mod awaited;
mod beat;
mod chance;
pub mod check;
pub mod cli;
mod clock;
pub mod costs;
mod error;
pub mod event;
pub mod exit_code;
pub mod ice;
pub mod interleaving;
mod left_over;
pub mod linearizability;
pub mod link;
mod log;
mod meeting;
mod pair;
mod part;
mod plan;
pub mod program;
pub mod progress;
pub mod report;
mod run;
pub mod sabotage;
pub mod scenario;
mod scripted;
mod search;
pub mod settings;
#[cfg(test)]
mod stage;
pub mod story;
mod virtual_time;
mod virtual_webrtc;
mod visitor;
mod words;
mod world;
pub mod worlds;

pub use clock::{Clock, TransportKind};
pub use error::RunError;
pub use ice::IceMode;
pub use left_over::QUIET_WAIT;
pub use log::{Observer, Recorder};
pub use meeting::Meeting;
pub use part::{End, Part, Poll, Stored};
pub use plan::Plan;
pub use report::Report;
pub use run::{Hooks, run, run_with};
pub use sabotage::Bug;
pub use scenario::Scenario;
pub use settings::{LauncherUrl, Settings};
pub use visitor::MESSAGE_WAIT;
