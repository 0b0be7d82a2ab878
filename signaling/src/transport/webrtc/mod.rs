//! The real transport, over the `webrtc` crate.

mod boosted_runtime;
mod channel;
mod connection_guard;
#[cfg(test)]
mod foreign_descriptions;
mod ice;
mod receiver;
mod remote_description;
mod selected_path;
mod session;

pub use boosted_runtime::DEFAULT_SLEEP_CAP;
pub use channel::{INBOX_MESSAGES, MAX_MESSAGE_BYTES, SEND_BUFFER_BYTES, WebRtcChannel};
pub use ice::INTERRUPTED_AFTER;
pub use receiver::LOST_AFTER;
pub use remote_description::{CandidateError, DescriptionError};
pub use session::{DEFAULT_GATHER_WAIT, WebRtc, WebRtcBuilder, WebRtcSession};
