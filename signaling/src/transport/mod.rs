//! Seam 2: who talks WebRTC.
//!
//! The driver behind [`Peer`](crate::Peer) knows the traits alone; [`WebRtc`] is the real one. Knows nothing of rooms or
//! launchers.

mod arrivals;
mod channel;
mod contract;
mod error;
mod ice;
mod link;
mod pace;
mod path;
mod state;
mod webrtc;
mod webrtc_channel;

pub use arrivals::LOST_AFTER;
pub use channel::Message;
pub use contract::{Channel, ChannelOf, Session, Transport};
pub use error::TransportError;
pub use ice::INTERRUPTED_AFTER;
pub use pace::DEFAULT_PACE;
pub use path::{CandidateKind, Path};
pub use state::{ChannelState, CloseReason, StateTeller};
pub use webrtc::{DEFAULT_GATHER_WAIT, WebRtc, WebRtcBuilder, WebRtcSession};
pub use webrtc_channel::{INBOX_MESSAGES, MAX_MESSAGE_BYTES, SEND_BUFFER_BYTES, WebRtcChannel};
