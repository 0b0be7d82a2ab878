//! What launchers say of a room.

use serde::Deserialize;

/// A room, as the launchers of its network saw it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct RoomSeen {
    /// The record of its offer, in base64.
    pub(crate) record: String,
    /// How far the meeting came, and what may explain that it came no further.
    pub(crate) sentence: String,
}
