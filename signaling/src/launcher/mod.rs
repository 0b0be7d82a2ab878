//! Seam 1: the requests that a peer sends to its user's launcher.
//!
//! Owns the wire form, the handles that the launcher gave, and the records that are stored: none is left behind. Knows
//! nothing of rooms' roles or WebRTC. The driver calls it.

mod call;
mod client;
mod current_session;
mod error;
mod handle;
mod in_process;
mod over_tcp;
mod own_record;
mod record;
mod service;
mod session;
mod wire;

pub use client::LauncherClient;
pub use current_session::{CurrentSession, LEFTOVERS_MAX};
pub use error::{HttpError, LauncherError};
pub use handle::{DataIdHandle, StructuredDataHandle};
pub use in_process::InProcess;
pub use own_record::{OwnRecord, REMOVAL_TIMEOUT};
pub use record::{Found, Record};
pub use service::{HttpService, MAX_RESPONSE_BYTES};
pub use session::{FetchedRecord, Session};
pub use wire::TYPE_TAG;
