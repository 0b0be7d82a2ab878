//! The identity by which a peer recognises its own earlier offers. Pure; the offer contains it.
//!
//! A page that is loaded again, or a program that is started again, cannot distinguish the offer of its earlier visit from
//! the offer of another peer of the same account. With an identity it can: a name that outlives the peer and that no other
//! peer has, in the session storage of a browser tab, or in the settings of a program.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::room::RoomName;

/// The identity of a peer in one room: a hash, because every peer in the room can read it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identity(String);

impl Identity {
    /// The identity of the peer `name` in `room`. It does not reveal the identity in another room.
    pub fn of(room: &RoomName, name: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [room.as_str(), name] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(STANDARD.encode(hash.finalize()))
    }

    /// The text of another peer, unchecked: it is only compared.
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
