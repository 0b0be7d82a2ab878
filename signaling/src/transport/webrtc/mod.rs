//! The real transport, over the `webrtc` crate.

mod boosted_runtime;
mod channel;
mod connection_guard;
mod ice;
mod receiver;
mod selected_path;
mod session;

pub use boosted_runtime::DEFAULT_SLEEP_CAP;
pub use channel::{INBOX_MESSAGES, MAX_MESSAGE_BYTES, SEND_BUFFER_BYTES, WebRtcChannel};
pub use ice::INTERRUPTED_AFTER;
pub use receiver::LOST_AFTER;
pub use session::{DEFAULT_GATHER_WAIT, WebRtc, WebRtcBuilder, WebRtcSession};
