//! Seam 1: the requests that a peer sends to its user's launcher.
//!
//! Owns the wire form, and the handles and records at the launcher, none of which leaks. Knows nothing of roles or WebRTC.
//! The driver calls it.

mod call;
pub(crate) mod client;
pub(crate) mod current_session;
mod error;
mod handle;
mod in_process;
#[cfg(feature = "reqwest")]
mod over_tcp;
pub(crate) mod own_record;
pub(crate) mod record;
pub(crate) mod sentence;
mod service;
pub(crate) mod session;
mod wire;

pub use current_session::PENDING_REMOVALS_MAX;
pub use error::{HttpError, LauncherError};
pub use in_process::InProcess;
#[cfg(feature = "reqwest")]
pub use over_tcp::OverTcp;
pub use own_record::REMOVAL_TIMEOUT;
pub use sentence::LauncherSentence;
pub use service::{HttpService, MAX_RESPONSE_BYTES, ResponseFuture};
