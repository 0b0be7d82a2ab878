//! What a peer is known by from one visit to the next. Pure; the offer carries it.
//!
//! A page that is loaded again, or a program that is started again, finds the offer of its visit before and cannot tell it
//! from one of another peer that uses the same account. It can if it is known by something that outlives it and that no
//! other peer shares: a name in a browser tab's session storage, or in a program's settings.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::room::RoomName;

/// What a peer is known by in one room: a hash, since everybody in the room can read it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity(String);

impl Identity {
    /// What the peer that calls itself `name` is known by in `room`. Nobody learns from it who it is in another room.
    pub fn of(room: &RoomName, name: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [room.as_str(), name] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(STANDARD.encode(hash.finalize()))
    }

    /// Takes what another peer wrote, whatever it is: all that is done with it is to compare it.
    pub(crate) fn from_wire(text: String) -> Self {
        Self(text)
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_the_same_at_each_visit_and_another_in_another_room_or_under_another_name() {
        let [one, other] = ["room1", "room2"].map(|room| RoomName::new(room).unwrap());
        assert_eq!(Identity::of(&one, "alice"), Identity::of(&one, "alice"));
        assert_ne!(Identity::of(&one, "alice"), Identity::of(&other, "alice"));
        assert_ne!(Identity::of(&one, "alice"), Identity::of(&one, "bob"));
        assert_ne!(Identity::of(&RoomName::new("ab").unwrap(), "c"), Identity::of(&RoomName::new("a").unwrap(), "bc"));
    }
}
