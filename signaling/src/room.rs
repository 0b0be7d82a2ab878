//! Names: a room, an answer id, and the record each is stored under. Pure; the driver and the launcher client use it.
//!
//! The launcher's behaviour page, §10.2: the address of an item is `btoa("example.signaling.v1-<item>")`, and the record is
//! named by the SHA-256 of that base64 text, not of the plain text.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::{Rng, RngExt as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The prefix of each item in the original app. It is part of the wire format: both sides must have the same, with any
/// identity of the app.
pub const ADDRESS_PREFIX: &str = "example.signaling.v1-";

/// The longest room name, in characters. The original app has no limit; a name is hashed, so any bound would do.
pub const MAX_ROOM_NAME_CHARS: usize = 1024;

/// The longest answer id, in characters: a room name, a dash and the text of a number.
pub const MAX_ANSWER_ID_CHARS: usize = MAX_ROOM_NAME_CHARS + 64;

/// Why a room name or an answer id is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// It has no characters.
    #[error("the name is empty")]
    Empty,
    /// It has a character that `btoa` refuses, so the original app cannot use the room.
    #[error("the name has the character {0:?}; only characters up to U+00FF can be used")]
    CharacterOutOfRange(char),
    /// It is longer than the limit.
    #[error("the name has {chars} characters; at most {max} can be used")]
    TooLong {
        /// How many characters it has.
        chars: usize,
        /// How many it may have.
        max: usize,
    },
}

/// The name that two peers agree on to meet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomName(String);

impl RoomName {
    /// Checks a room name. It is taken as it stands: nothing is trimmed or decoded.
    ///
    /// # Errors
    ///
    /// When it is empty, longer than [`MAX_ROOM_NAME_CHARS`], or has a character above U+00FF.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        check(&name, MAX_ROOM_NAME_CHARS)?;
        Ok(Self(name))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The item under which an initiator waits for its answer. Each peer has its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnswerId(String);

impl AnswerId {
    /// Draws an id for a peer in `room`: the room, a dash and the decimal text of a number in [0,1).
    pub(crate) fn draw(room: &RoomName, rng: &mut impl Rng) -> Self {
        let number: f64 = rng.random();
        Self(format!("{room}-{number}"))
    }

    /// Checks an id of another peer. It need not begin with the room: the original app does not check that.
    ///
    /// # Errors
    ///
    /// When it is empty, longer than [`MAX_ANSWER_ID_CHARS`], or has a character above U+00FF.
    pub fn new(id: impl Into<String>) -> Result<Self, NameError> {
        let id = id.into();
        check(&id, MAX_ANSWER_ID_CHARS)?;
        Ok(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AnswerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The conversions of a checked name from and to text.
macro_rules! text_conversions {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = NameError;

            fn try_from(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}

text_conversions!(RoomName);
text_conversions!(AnswerId);

/// The name of a structured data on the network: base64 of 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordName(String);

impl RecordName {
    /// Where the offer of a room is stored.
    pub fn of_room(room: &RoomName) -> Self {
        Self::of_item(&room.0)
    }

    /// Where the offer of a generation of a room is stored, counted from 1. The first is the room of the original, and each
    /// later one is another room to it: generation 2 of `room1` is called `room1~2` there.
    pub fn of_generation(room: &RoomName, generation: u32) -> Self {
        match generation {
            ..=1 => Self::of_room(room),
            later => Self::of_item(&format!("{room}~{later}")),
        }
    }

    /// Where the answer to an offer is stored.
    pub fn of_answer(id: &AnswerId) -> Self {
        Self::of_item(&id.0)
    }

    /// The name as the launcher takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of_item(item: &str) -> Self {
        // `btoa` takes each character as one byte. A checked name has none that would not fit.
        let latin1: Vec<u8> = ADDRESS_PREFIX.chars().chain(item.chars()).map(|c| c as u8).collect();
        let address = STANDARD.encode(latin1);
        Self(STANDARD.encode(Sha256::digest(address.as_bytes())))
    }
}

impl AsRef<str> for RecordName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a record is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Under a name that holds no record: as version 0 where none ever was, as the next where one was deleted.
    Free {
        /// The version to store it as.
        version: u64,
    },
    /// In place of a record of the same account.
    Over {
        /// The version of that record.
        version: u64,
    },
}

fn check(name: &str, max: usize) -> Result<(), NameError> {
    let mut chars = 0;
    for c in name.chars() {
        if c > '\u{ff}' {
            return Err(NameError::CharacterOutOfRange(c));
        }
        chars += 1;
    }
    match chars {
        0 => Err(NameError::Empty),
        chars if chars > max => Err(NameError::TooLong { chars, max }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// The table of the launcher's behaviour page, §10.2.
    #[test]
    fn records_have_the_names_the_original_gives_them() {
        for (item, name) in [
            ("test", "RaGohT04kVkbw9un4bpaC9aJgOeHUFuPmX+8E0dXI9g="),
            ("room1", "c4P96FdgGRVP039glf05XCN/YWWfckSpNWy20c5DGdo="),
            ("example", "NA6CHhjAI7mRlHOinYtKhs4bUI5kqtTKLliEzpvgI0Q="),
            ("myroom-0.4371", "wiNBKPr1OnZiYHyrlMwW6PjXegOYUVTqhLLT7zk3Ps8="),
        ] {
            assert_eq!(RecordName::of_room(&RoomName::new(item).unwrap()).as_str(), name);
            assert_eq!(RecordName::of_answer(&AnswerId::new(item).unwrap()).as_str(), name);
        }
    }

    #[test]
    fn the_next_generation_of_a_room_is_a_room_that_the_original_can_be_told() {
        let [room, typed] = ["room1", "room1~2"].map(|name| RoomName::new(name).unwrap());
        assert_eq!(RecordName::of_generation(&room, 1), RecordName::of_room(&room));
        assert_eq!(RecordName::of_generation(&room, 2), RecordName::of_room(&typed));
        assert_ne!(RecordName::of_generation(&room, 2), RecordName::of_room(&room));
    }

    #[test]
    fn an_accent_is_one_byte_as_in_btoa() {
        // btoa("example.signaling.v1-é") ends with the byte E9.
        let mut address = ADDRESS_PREFIX.as_bytes().to_vec();
        address.push(0xe9);
        let expected = STANDARD.encode(Sha256::digest(STANDARD.encode(address)));
        assert_eq!(RecordName::of_room(&RoomName::new("é").unwrap()).as_str(), expected);
    }

    #[test]
    fn a_name_that_btoa_refuses_is_refused() {
        assert_eq!(RoomName::new(""), Err(NameError::Empty));
        assert_eq!(RoomName::new("a€"), Err(NameError::CharacterOutOfRange('€')));
        assert!(RoomName::new("ÿ").is_ok());
    }

    #[test]
    fn a_name_one_character_too_long_is_refused() {
        assert!(RoomName::new("é".repeat(MAX_ROOM_NAME_CHARS)).is_ok());
        let chars = MAX_ROOM_NAME_CHARS + 1;
        let refused = NameError::TooLong { chars, max: MAX_ROOM_NAME_CHARS };
        assert_eq!(RoomName::new("x".repeat(chars)), Err(refused));
    }

    #[test]
    fn the_same_seed_draws_the_same_answer_ids() {
        let room = RoomName::new("room1").unwrap();
        let draw = |seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            [AnswerId::draw(&room, &mut rng), AnswerId::draw(&room, &mut rng)]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7)[0], draw(7)[1]);
        assert_ne!(draw(7), draw(8));
    }

    proptest! {
        #[test]
        fn a_drawn_answer_id_is_the_room_and_a_number_below_one(seed: u64, name in "[ -ÿ]{1,40}") {
            let room = RoomName::new(name.clone()).unwrap();
            let id = AnswerId::draw(&room, &mut ChaCha8Rng::seed_from_u64(seed));
            let number: f64 = id.as_str()[name.len() + 1..].parse().unwrap();
            prop_assert!((0.0..1.0).contains(&number));
            prop_assert!(AnswerId::new(id.as_str()).is_ok());
        }

        #[test]
        fn no_text_makes_a_name_panic(text: String) {
            if let Ok(room) = RoomName::new(text) {
                prop_assert_eq!(RecordName::of_room(&room).as_str().len(), 44);
            }
        }
    }
}
