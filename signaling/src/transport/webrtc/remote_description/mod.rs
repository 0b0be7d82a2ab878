//! The other peer's session description, parsed once.
//!
//! The text of any WebRTC stack becomes one [`RemoteDescription`]: what a data channel needs, or the reason why it cannot be
//! had. The `webrtc` crate never sees the other peer's text; it is given one that is written from the parsed value. So its
//! answer to an offer describes the data channel alone, and [`Layout`] puts the other sections of the offer into it. Pure:
//! knows no connection.

mod candidate;
mod credentials;
mod data_section;
mod description;
mod error;
mod fingerprint;
mod layout;
mod media_line;
mod sections;
mod setup;

#[cfg(test)]
mod samples;

pub use error::{CandidateError, DescriptionError};

pub(super) use description::{RemoteDescription, RemoteOffer};
pub(super) use setup::DtlsRole;
