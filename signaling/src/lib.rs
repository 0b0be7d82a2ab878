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
//! // Who comes first is the initiator. Two that come at once both find the room empty: one of them stores its offer first,
//! // and the other answers it.
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
//! # What goes wrong, and what becomes of it
//!
//! A room can be used again and again: once two peers are connected, or one gives up or is dropped, nothing is left of what
//! it stored. A peer that comes back replaces its own offer of before; one that finds an offer which brings nobody learns it
//! within a bounded time ([`MeetCause::PeerGone`]). A peer that answers an offer which another has answered learns at once that
//! the room is taken ([`MeetCause::RoomTaken`]). An answer to another offer is never used ([`MeetCause::StaleAnswer`]).
//! `docs/rooms.md` in the repository explains it all, with what a peer of the original app sees.
//!
//! A launcher that restarts, or a user who revokes the app, leads to one new authorisation, and the meeting goes on; so does
//! a handle that the launcher has forgotten. A write whose answer was lost is looked for before it is repeated, so that
//! never two sessions come of one pair. What is repeated more than once is repeated at the pace of polls, a few times. A poll
//! that fails is tried again at its next tick. Everything else ends the meeting with a [`MeetError`], and so do the limits of
//! [`Config::phase_limits`] and [`Config::deadline`]. It says in which phase, why, what was seen last, and whether trying again
//! makes sense ([`Retry`]).
//!
//! Dropping the future of a meeting at any await leaves no handle, no record, no task and no socket behind;
//! [`Peer::wait_idle`] waits until that is so.
//!
//! # After they have met
//!
//! A [`Connection`] gives messages both ways, bounded and with back-pressure, its state and the changes of it, and what went
//! through it. If the way to the other peer is lost, [`Peer::reconnect`] meets it again in the same room:
//!
//! ```no_run
//! # use signaling::{CloseReason, Connection, MeetError, Peer, transport::WebRtcChannel};
//! # async fn talk(peer: &Peer, mut connection: Connection<WebRtcChannel>) -> Result<(), MeetError> {
//! loop {
//!     while let Some(message) = connection.receive().await {
//!         println!("{} bytes", message.as_bytes().len());
//!     }
//!     if connection.closed().await != CloseReason::Lost {
//!         break;
//!     }
//!     connection = peer.reconnect(connection).await?;
//! }
//! connection.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! # How it is laid out
//!
//! [`room`], [`offer`], [`answer`], [`schedule`], [`poller`] and [`rendezvous`] are pure: they are told what happened and when,
//! and say what comes next. One driver, behind [`Peer`], acts on it through two seams: [`launcher::HttpService`] carries the
//! requests, [`transport::Transport`] talks WebRTC. Time comes from `tokio::time` alone, so a paused clock works.

mod answer;
mod app_identity;
mod clock;
mod config;
mod connection;
mod driver;
mod error;
mod ice_config;
mod identity;
pub mod launcher;
mod launcher_url;
#[cfg(feature = "serde")]
mod millis;
mod offer;
mod payload;
mod peer;
mod peer_builder;
mod phase;
mod poller;
mod rendezvous;
mod role;
mod room;
mod schedule;
mod sdp;
mod setup_error;
mod ticks;
mod timeline;
pub mod transport;

pub use answer::Answer;
pub use app_identity::AppIdentity;
pub use config::{Config, DEFAULT_DEADLINE, DEFAULT_REQUEST_TIMEOUT};
pub use connection::{Connection, DefaultChannel, Meeting, Statistics};
pub use error::{LastSeen, MeetCause, MeetError, Retry};
pub use ice_config::{DEFAULT_PATIENCE, IceConfig, IceConfigError, IceServer, MAX_ICE_SERVERS};
pub use identity::Identity;
pub use launcher_url::{LauncherUrl, ParseLauncherUrlError};
pub use offer::Offer;
pub use payload::{MAX_PAYLOAD_BYTES, PayloadError};
pub use peer::{DefaultTransport, Peer};
pub use peer_builder::PeerBuilder;
pub use phase::{DEFAULT_CONNECT_LIMIT, DEFAULT_DESCRIPTION_LIMIT, DEFAULT_LAUNCHER_LIMIT, Phase, PhaseLimits};
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
pub use transport::webrtc::{WebRtc, WebRtcBuilder, WebRtcChannel};
