//! Seam 2: WebRTC.
//!
//! The driver behind [`Peer`](crate::Peer) knows the traits alone; [`WebRtc`](crate::WebRtc) is the real transport. Knows
//! nothing of rooms or launchers.

pub(crate) mod error;
#[cfg(feature = "test-util")]
mod in_memory;
pub(crate) mod message;
pub(crate) mod path;
pub(crate) mod progress;
pub(crate) mod state;
mod traits;
#[cfg(feature = "webrtc")]
pub(crate) mod webrtc;

#[cfg(feature = "test-util")]
pub use in_memory::{InMemory, InMemoryChannel, InMemorySession};
pub use progress::Progress;
pub use state::StateSender;
pub use traits::{Channel, ChannelOf, Session, Transport};
#[cfg(feature = "webrtc")]
pub use webrtc::{
    DEFAULT_GATHER_WAIT, DEFAULT_SLEEP_CAP, INTERRUPTED_AFTER, LOST_AFTER, MAX_MESSAGE_BYTES, RECEIVE_BUFFER_BYTES,
    SEND_BUFFER_BYTES, SEND_BUFFER_MESSAGES, WebRtcSession,
};
