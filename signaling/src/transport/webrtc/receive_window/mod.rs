//! How much of what has arrived may wait until the user reads it, and a message that is larger than this side announced.

mod datagram;
mod surplus;
mod unread;
mod window;

pub(super) use datagram::{Datagram, Held};
pub use surplus::MAX_MESSAGE_BYTES;
pub(super) use surplus::TooLarge;
pub use unread::RECEIVE_BUFFER_BYTES;
pub(super) use window::{Admission, ReceiveWindow, SCTP_WINDOW_BYTES, WAITING_MESSAGES_MAX};
