//! The peers of a run: when each joins, what it does in the room, and which mutation it has.
//!
//! A peer is the built-in one, a program in any language (docs/peers.md), or a client in Rust: a [`PeerUnderTest`]. The shortest client
//! joins no room:
//!
//! ```
//! use futures_util::future::BoxFuture;
//! use harness::peer::{PeerChoice, PeerUnderTest, PeerVisit};
//! use harness::{Clock, Scenario, Settings};
//!
//! struct MyClient;
//!
//! impl PeerUnderTest for MyClient {
//!     fn visit(&self, visit: PeerVisit) -> BoxFuture<'static, ()> {
//!         // Requests go through `visit.service`, to `visit.launcher_url`; the room is `visit.room`.
//!         Box::pin(async move { visit.failed("it cannot meet anybody yet") })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), harness::RunError> {
//! // The first peer is the client, the second is the built-in peer.
//! let peers = vec![PeerChoice::client(MyClient), PeerChoice::Ours];
//! let report = harness::run(&Scenario::classic(), &Settings::default().clock(Clock::Virtual).peers(peers)).await?;
//! assert!(report.pairs[0].errors[0].ends_with("it cannot meet anybody yet"), "{:?}", report.pairs[0].errors);
//! # Ok(())
//! # }
//! ```
//!
//! `harness/examples/own_client.rs` is a whole client, which passes scenarios against itself and against the built-in peer. The same
//! client runs in random worlds ([`SoakHooks::peers`](crate::soak::SoakHooks::peers)) and in every order of requests
//! ([`OrderSettings::peers`](crate::orders::OrderSettings::peers)).

mod choice;
mod join_condition;
mod mutation;
mod ours;
mod pair;
mod program;
mod under_test;
mod visit;

pub(crate) use choice::OURS;
pub use choice::{ParsePeerError, PeerChoice};
#[cfg(test)]
pub(crate) use mutation::mutate;
pub(crate) use ours::Ours;
pub(crate) use pair::{Pair, PeerSetup};
pub use program::PeerCommand;
pub(crate) use program::{Program, try_to_start};
pub(crate) use under_test::Given;
pub use under_test::{PeerUnderTest, PeerVisit};
