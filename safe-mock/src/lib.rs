//! An emulator of the SAFE Launcher's API and of the network behind it, in memory.
//!
//! The launcher was a REST gateway on each user's machine; apps stored data on the SAFE network through it. Neither is
//! in operation any more. This crate emulates both, for tests and for work without a network. It serves structured, immutable and
//! appendable data, keys, files and directories, and long names:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use safe_mock::MockLauncher;
//! use safe_mock::fault::{Call, Fault, Matcher, Rule};
//! use serde_json::json;
//!
//! // Arrange: a launcher on a free port whose next answer to a request for a session is lost.
//! let launcher = MockLauncher::start().await?;
//! let rule = Rule::new(Fault::LoseAnswer).on(Matcher::call(Call::Authorise)).times(1);
//! let guard = launcher.add_fault(rule)?;
//! let app = json!({ "name": "demo", "id": "net.example.demo", "vendor": "Example", "version": "1" });
//! let body = json!({ "app": app, "permissions": ["LOW_LEVEL_API"] }).to_string();
//!
//! // Act: an app asks for a session, and asks again.
//! let authorise = || {
//!     let request = reqwest::Client::new().post(format!("{}/auth", launcher.url()));
//!     request.header("content-type", "application/json").body(body.clone()).send()
//! };
//! let first = authorise().await;
//! let second = authorise().await?;
//!
//! // Assert: both requests were carried out, and one answer arrived.
//! assert!(first.is_err());
//! assert_eq!(second.status(), 200);
//! assert_eq!(guard.strikes(), 1);
//! assert_eq!(launcher.requests().len(), 2);
//!
//! launcher.shutdown().await; // Otherwise it stops when it is dropped.
//! # Ok(())
//! # }
//! ```
//!
//! - [`MockLauncher`] is a launcher on a port. [`Launcher`] is the same without a port: its
//!   [`service`](Launcher::service) is called in process and works under a paused clock. [`Builder`] makes either.
//! - [`fault`] has the rules by which calls go wrong.
//! - [`Network`] is what several launchers share. Two users are two launchers on one network.
//! - The `safe-mock` program serves launchers on fixed ports.
//!
//! # Features
//! - `cli` (default): the program and its flags.
//! - `axum`: `Launcher::router()`, a router of axum 0.8.
//!
//! # How a request is answered
//!
//! Data flows one way: `call` says what a request asks for, `http` reads it, `launcher` carries it out with sessions
//! and handles, `network` stores. One table in `http/reply.rs` turns errors into answers.

mod builder;
mod call;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod clock;
mod config;
mod control;
mod demo;
mod escape;
mod events;
pub mod fault;
mod host;
mod http;
mod idle;
mod journal;
mod launcher;
mod listening;
mod listing;
mod millis;
mod network;
mod origin;
mod page_file;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod program;
mod readable;
mod resettable_stream;
mod rooms;
mod server;
mod service;
mod shortage;
mod unread;
mod window;

pub use builder::Builder;
pub use call::HandleKind;
pub use clock::Clock;
pub use config::{Config, Consent, ParseConsentError};
pub use escape::Escaped;
pub use host::{HostName, ParseHostError};
pub use http::broken::BrokenConnection;
pub use journal::{
    Candidates, ContentDigest, JournalApp, JournalContent, JournalEntry, JournalPage, JournalPayload, JournalQuery,
    JournalSummary, PayloadType,
};
pub use launcher::stored_items::AppendableView;
pub use launcher::view::{AccountView, HandleView, HandlesView, KindView, SessionView};
pub use launcher::{AccountId, App, FaultGuard, Launcher, Network, Permission, Question, RecordState, RecordView};
pub use origin::{Origin, Origins, ParseOriginError, Site};
pub use rooms::{DescriptionView, EventView, RoomDetails, RoomEvent, RoomEventKind, RoomState, RoomView, Side};
pub use server::{MockLauncher, StartError};
pub use service::{LauncherService, ResponseBody};
