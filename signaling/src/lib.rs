//! Two WebRTC peers meet over a SAFE Launcher.
//!
//! The first peer in a room stores its offer with the launcher and polls for an answer; the second reads the offer and
//! stores the answer. Names, payloads and requests are those of the original example app (the launcher's behaviour page,
//! §10), so either side may be the original.
//!
//! ```
//! use signaling::{Offer, RecordName, RoomName};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // Where a room's offer is stored ...
//! let room = RoomName::new("room1")?;
//! assert_eq!(RecordName::of_room(&room).as_str(), "c4P96FdgGRVP039glf05XCN/YWWfckSpNWy20c5DGdo=");
//!
//! // ... and what is stored there.
//! let stored = br#"{"payload":{"type":"offer","sdp":"v=0\r\n"},"targetId":"room1-0.8444218515250481"}"#;
//! let offer = Offer::from_json(stored)?;
//! assert_eq!(offer.answer_id.as_str(), "room1-0.8444218515250481");
//! # Ok(())
//! # }
//! ```
//!
//! Two peers that meet and talk, each through its own user's launcher:
//!
//! ```no_run
//! use signaling::{Config, Message, Peer, RoomName};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let room = RoomName::new("room1")?;
//! let alice = Peer::new("http://localhost:8100", Config::default())?;
//! let bob = Peer::new("http://localhost:8101", Config::default())?;
//!
//! let (a, b) = tokio::join!(alice.meet(&room), async {
//!     // Bob comes later; two that come at once may both find the room empty.
//!     tokio::time::sleep(std::time::Duration::from_secs(1)).await;
//!     bob.meet(&room).await
//! });
//! let (a, b) = (a?, b?);
//! a.send(Message::text("hello")).await?;
//! assert_eq!(b.receive().await, Some(Message::text("hello")));
//! a.close().await;
//! b.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # How it is laid out
//!
//! [`room`], [`offer`], [`answer`], [`poller`] and [`rendezvous`] are pure: they are told what happened and when, and say
//! what comes next. [`peer`] is the one driver that acts on it, through two seams: [`launcher::HttpService`] carries the
//! requests, [`transport::Transport`] talks WebRTC. Time comes from `tokio::time` alone, so a paused clock works.

pub mod answer;
pub mod config;
pub mod connection;
mod driver;
pub mod error;
pub mod launcher;
pub mod offer;
mod payload;
pub mod peer;
pub mod poller;
pub mod rendezvous;
pub mod room;
pub mod sdp;
pub mod timeline;
pub mod transport;

pub use answer::Answer;
pub use config::{AppIdentity, Config, IceConfig, IceConfigError, IceServer};
pub use connection::{Connection, Meeting, Role};
pub use error::{LastSeen, MeetCause, MeetError, Phase, SetupError};
pub use offer::Offer;
pub use payload::{MAX_PAYLOAD_BYTES, PayloadError};
pub use peer::Peer;
pub use room::{AnswerId, NameError, RecordName, RoomName};
pub use sdp::Sdp;
pub use timeline::Timeline;
pub use transport::{Message, TransportError, WebRtc};
