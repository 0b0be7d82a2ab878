//! The records of a meeting, as the original app names them.
//!
//! The address of an item is `btoa("example.signaling.v1-<item>")`, and its record is named by the SHA-256 of that text (launcher
//! behaviour §10.2). An answer id is the room, a dash and the text of a random number.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::network::DataName;

const PREFIX: &str = "example.signaling.v1-";

/// The name of the record of an item; `None` for an item with a character that `btoa` refuses.
pub fn record_of(item: &str) -> Option<DataName> {
    let text: Vec<u8> =
        PREFIX.chars().chain(item.chars()).map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<_>>()?;
    Some(DataName(Sha256::digest(STANDARD.encode(text)).into()))
}

/// How many generations of a room are looked at: `signaling` stores its offer under `room1~2` where that of `room1` is taken by a
/// peer that is gone.
const GENERATIONS_MAX: u32 = 16;

/// The room of an answer id, if its record is the one that the offer was stored under: so it is known and not guessed.
pub fn room_of(answer_id: &str, record: DataName) -> Option<String> {
    let (room, _) = answer_id.rsplit_once('-')?;
    // A number such as 1e-7 has a dash of its own.
    let rooms = [Some(room), room.rsplit_once('-').map(|(room, _)| room)];
    let rooms = rooms.into_iter().flatten();
    let first = rooms.clone().map(ToOwned::to_owned);
    let later = rooms.flat_map(|room| (2..=GENERATIONS_MAX).map(move |generation| format!("{room}~{generation}")));
    first.chain(later).find(|room| record_of(room) == Some(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_known_by_its_answer_id_if_the_record_is_that_of_the_room() {
        let record = record_of("my-room").unwrap();
        assert_eq!(room_of("my-room-0.123", record), Some("my-room".to_owned()));
        assert_eq!(room_of("my-room-3.2e-7", record), Some("my-room".to_owned()));
        let second = record_of("my-room~2").unwrap();
        assert_eq!(room_of("my-room-0.123", second), Some("my-room~2".to_owned()));
        assert_eq!(room_of("another-0.123", record), None);
        assert_eq!(room_of("my", record), None);
    }

    #[test]
    fn a_record_is_named_as_the_original_app_names_it() {
        assert_eq!(record_of("room1").map(|name| name.to_string()).unwrap().len(), 44);
        assert_eq!(record_of("日本"), None);
        assert!(record_of("größe").is_some());
    }
}
