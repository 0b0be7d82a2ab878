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
//! Two peers that meet and exchange a message, each through the launcher of its own user:
//!
//! ```no_run
//! # #[cfg(all(feature = "reqwest", feature = "webrtc"))]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use signaling::{Config, Message, Peer, RoomName};
//!
//! let room = RoomName::new("room1")?;
//! let alice = Peer::new("http://localhost:8100", Config::default())?;
//! let bob = Peer::new("http://localhost:8101", Config::default())?;
//!
//! // The peer that joins first is the initiator. Of two that join at once, one stores its offer first.
//! let (a, b) = tokio::join!(alice.meet(&room), bob.meet(&room));
//! let (a, b) = (a?, b?);
//! a.send(Message::text("hello")).await?;
//! assert_eq!(b.receive().await, Some(Message::text("hello")));
//! a.close().await;
//! b.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Failures
//!
//! A room can be used again and again: once two peers are connected, or one gives up or is dropped, nothing is left of what
//! it stored. A peer that joins again replaces its own earlier offer; a peer that finds a stale offer fails within a bounded
//! time ([`MeetCause::PeerGone`]). A peer that answers an offer which another peer has answered fails at once
//! ([`MeetCause::RoomTaken`]). An answer to another offer is never used ([`MeetCause::StaleAnswer`]). `docs/rooms.md` in the
//! repository has the details, with the view of a peer of the original app.
//!
//! After a restart of the launcher, or after a user revoked the app, a peer authorises once more and the meeting continues;
//! a lost handle is requested again. A write whose response was lost is looked up before it is repeated, so that one pair
//! never has two sessions. Repetitions after the first have the pace of polls, and their number is bounded. A failed poll is
//! repeated at its next tick. Every other failure ends the meeting with a [`MeetError`], and so do the limits of
//! [`Config::phase_limits`] and [`Config::deadline`]. The error states the phase, the cause, what was seen last, whether
//! trying again makes sense ([`Retry`]), and a [`Diagnosis`] as far as the peer and its launcher know one.
//!
//! Dropping the future of a meeting at any await leaves no handle, no record, no task and no socket behind;
//! [`Peer::wait_idle`] waits until the clean-up is done.
//!
//! # Connections
//!
//! A [`Connection`] sends and receives messages, bounded and with back-pressure, and reports its state and statistics. After
//! the connection is lost, [`Peer::reconnect`] meets the other peer again in the same room:
//!
//! ```no_run
//! # #[cfg(feature = "webrtc")]
//! # mod example {
//! # use signaling::{CloseReason, Connection, MeetError, Peer};
//! async fn talk(peer: &Peer, mut connection: Connection) -> Result<(), MeetError> {
//!     loop {
//!         while let Some(message) = connection.receive().await {
//!             println!("{} bytes", message.as_bytes().len());
//!         }
//!         if connection.closed().await != CloseReason::Lost {
//!             break;
//!         }
//!         connection = peer.reconnect(connection).await?;
//!     }
//!     connection.close().await;
//!     Ok(())
//! }
//! # }
//! ```
//!
//! # Structure
//!
//! `room`, `offer`, `answer`, `schedule`, `poller` and `rendezvous` are pure: they get each event with its time, and return
//! the next action. One driver, behind [`Peer`], carries the actions out through two traits: [`launcher::HttpService`]
//! sends the requests, [`transport::Transport`] makes the connections. Time is `tokio::time` alone, so a paused clock works.
//!
//! # Features
//!
//! - `reqwest` (default): launchers over TCP, [`Peer::new`](Peer).
//! - `webrtc` (default): the real transport, `WebRtc`.
//! - `serde`: [`PollRule`], [`OnStaleOffer`] and [`LauncherUrl`] in settings files.
//! - `test-util`: `transport::InMemory`, a transport without WebRTC.

mod address;
mod answer;
mod app_identity;
mod clock;
mod config;
mod connection;
mod diagnosis;
mod driver;
mod error;
mod ice_config;
mod ice_url;
mod identity;
mod last_seen;
pub mod launcher;
mod launcher_url;
mod meet_cause;
#[cfg(feature = "serde")]
mod millis;
mod offer;
mod payload;
mod peer;
mod peer_builder;
mod phase;
mod poller;
mod printable;
mod rendezvous;
mod role;
mod room;
mod schedule;
mod sdp;
mod setup_error;
mod step_error;
mod ticks;
mod timeline;
pub mod transport;

pub use answer::Answer;
pub use app_identity::AppIdentity;
pub use config::{Config, DEFAULT_DEADLINE, DEFAULT_REQUEST_TIMEOUT};
pub use connection::{Connection, DefaultChannel, Meeting, Statistics};
pub use diagnosis::{CandidateCounts, Diagnosis, PathHint, Unreachable};
pub use error::MeetError;
pub use ice_config::{DEFAULT_PATIENCE, IceConfig, IceConfigError, IceServer, MAX_ICE_SERVERS};
pub use ice_url::IceUrlError;
pub use identity::Identity;
pub use last_seen::LastSeen;
pub use launcher_url::{LauncherUrl, ParseLauncherUrlError};
pub use meet_cause::{MeetCause, Retry};
pub use offer::Offer;
pub use payload::{MAX_PAYLOAD_BYTES, PayloadError};
pub use peer::{DefaultTransport, Peer};
pub use peer_builder::PeerBuilder;
pub use phase::{DEFAULT_CONNECT_LIMIT, DEFAULT_DESCRIPTION_LIMIT, DEFAULT_LAUNCHER_LIMIT, Phase, PhaseLimits};
pub use printable::Printable;
pub use rendezvous::{CLOCKS_APART_MAX, GENERATIONS_MAX, OnStaleOffer, REPEATS_MAX, STALE_AFTER_POLLS};
pub use role::Role;
pub use room::{ADDRESS_PREFIX, AnswerId, MAX_ANSWER_ID_CHARS, MAX_ROOM_NAME_CHARS, NameError, RecordName, RoomName};
pub use schedule::{
    DEFAULT_POLL_INTERVAL, FACTOR_MAX, FACTOR_MIN, MIN_POLL_INTERVAL, PollRule, PollSchedule, ScheduleError,
};
pub use sdp::{Sdp, SdpHash};
pub use setup_error::SetupError;
pub use timeline::{MAX_RECORDED_POLLS, Poll, Timeline};
pub use transport::error::TransportError;
pub use transport::message::Message;
pub use transport::path::{CandidateKind, Path};
pub use transport::state::{ChannelState, CloseReason};
#[cfg(feature = "webrtc")]
pub use transport::webrtc::{CandidateError, DescriptionError, WebRtc, WebRtcBuilder, WebRtcChannel};
