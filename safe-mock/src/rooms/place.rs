//! What a record is in its room.

use std::fmt;

use serde::Serialize;

use crate::escape::Escaped;
use crate::journal::PayloadType;

/// The offer or answer of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Which of the two.
    pub what: PayloadType,
    /// The number of the room.
    pub number: u64,
    /// Its name, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            PayloadType::Offer => "offer",
            PayloadType::Answer => "answer",
        };
        match &self.name {
            Some(name) => write!(f, "{what} of {}", Escaped(name)),
            None => write!(f, "{what} of room {}", self.number),
        }
    }
}
