//! The headers that this launcher alone knows. No client needs them.

use http::HeaderName;

/// The header of a request that names the peer that sends it, if several peers share a launcher.
pub const PEER: HeaderName = HeaderName::from_static("x-mock-peer");

/// The header of a request that names its room.
pub const ROOM: HeaderName = HeaderName::from_static("x-mock-room");

/// The header of an answer that says why a request failed or found nothing, and what would have been right.
pub const WHY: HeaderName = HeaderName::from_static("x-mock-why");

/// The header of an answer that names a route of the original launcher which is not served here.
pub const NOT_EMULATED: HeaderName = HeaderName::from_static("x-mock-not-emulated");

/// The header of an answer with the names of the faults that struck, joined by `+`.
pub const FAULT: HeaderName = HeaderName::from_static("x-mock-fault");
