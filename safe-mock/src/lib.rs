//! An emulator of the SAFE Launcher's API and of the network behind it, in memory.
//!
//! The launcher was a REST gateway on each user's machine; apps stored data on the SAFE network through it. Both are
//! gone. Here they are again, for tests and for work without a network:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use serde_json::{Value, json};
//!
//! let launcher = safe_mock::MockLauncher::start().await?;
//! let http = reqwest::Client::new();
//!
//! let app = json!({ "name": "demo", "id": "net.example.demo", "vendor": "Example", "version": "1" });
//! let ask = json!({ "app": app, "permissions": ["LOW_LEVEL_API"] });
//! let request = http.post(format!("{}/auth", launcher.url())).body(ask.to_string());
//! let answer = request.header("content-type", "application/json").send().await?.error_for_status()?;
//! let session: Value = serde_json::from_slice(&answer.bytes().await?)?;
//! assert!(session["token"].is_string());
//! assert_eq!(launcher.sessions().len(), 1);
//!
//! launcher.shutdown().await; // The port is free again; without this, the drop stops it.
//! # Ok(())
//! # }
//! ```
//!
//! - [`MockLauncher`] is a launcher on a port, [`Launcher`] the same without one: its router is called in process and
//!   works under a paused clock. [`Builder`] makes either.
//! - [`Network`] is what several launchers share. Two users are two launchers on one network.
//! - The `safe-mock` program serves them on fixed ports.
//!
//! Data flows one way: `http` turns a request into a typed one, `launcher` carries it out with sessions and handles,
//! `network` stores. Errors come back through one table in `http/reply.rs`.

mod builder;
mod call;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod clock;
mod config;
mod control;
mod demo;
pub mod fault;
mod http;
mod idle;
mod journal;
mod launcher;
mod millis;
mod network;
mod origin;
mod resettable_stream;
mod server;
mod service;

pub use builder::Builder;
pub use clock::Clock;
pub use config::{Config, Consent, ParseConsentError};
pub use http::broken::BrokenConnection;
pub use journal::{JournalEntry, JournalQuery};
pub use launcher::view::{AccountView, HandlesView, KindView, SessionView};
pub use launcher::{AccountId, App, FaultGuard, Launcher, Network, Permission, Question, RecordState, RecordView};
pub use origin::{Origin, Origins, ParseOriginError};
pub use server::{MockLauncher, StartError};
pub use service::{LauncherService, ResponseBody};
