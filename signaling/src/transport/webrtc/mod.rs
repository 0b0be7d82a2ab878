//! The real transport, over the `webrtc` crate.

mod boosted_runtime;
mod channel;
mod connection_guard;
#[cfg(test)]
mod foreign_descriptions;
mod handshake_gate;
mod ice;
mod peer_addresses;
mod receive_window;
mod receiver;
mod remote_description;
mod selected_path;
mod send_window;
mod session;
mod windowed_socket;

pub use boosted_runtime::DEFAULT_SLEEP_CAP;
pub use channel::WebRtcChannel;
pub use ice::INTERRUPTED_AFTER;
pub use receive_window::{MAX_MESSAGE_BYTES, RECEIVE_BUFFER_BYTES};
pub use receiver::LOST_AFTER;
pub use remote_description::{CandidateError, DescriptionError};
pub use send_window::{SEND_BUFFER_BYTES, SEND_BUFFER_MESSAGES};
pub use session::{DEFAULT_GATHER_WAIT, WebRtc, WebRtcBuilder, WebRtcSession};
