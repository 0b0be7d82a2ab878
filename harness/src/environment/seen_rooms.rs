//! What launchers saw of the rooms of a run, each room in a sentence: for pairs that did not connect.

use safe_mock::Launcher;
use serde::Deserialize;

use super::http_client::ANSWER_WAIT;
use crate::record::RoomSeen;

/// The rooms that launchers in this process saw. Launchers of one network see the same ones, so each room is there once.
pub(crate) fn seen_by<'a>(launchers: impl Iterator<Item = &'a Launcher>) -> Vec<RoomSeen> {
    let mut asked: Vec<&Launcher> = Vec::new();
    for launcher in launchers {
        // The launchers of a network stand side by side.
        if asked.last().is_none_or(|last| !last.network().is(launcher.network())) {
            asked.push(launcher);
        }
    }
    let rooms = asked.into_iter().flat_map(Launcher::rooms);
    rooms.map(|room| RoomSeen { record: room.record, sentence: room.sentence }).collect()
}

/// Each room once: two launchers of one network saw the same.
pub(crate) fn once(mut rooms: Vec<RoomSeen>) -> Vec<RoomSeen> {
    rooms.sort_by(|one, other| one.record.cmp(&other.record));
    rooms.dedup_by(|one, other| one.record == other.record);
    rooms
}

/// The rooms that a running launcher saw; none if it does not say.
pub(crate) async fn seen_at(client: &reqwest::Client, url: &str) -> Vec<RoomSeen> {
    #[derive(Deserialize)]
    struct Answer {
        rooms: Vec<RoomSeen>,
    }
    let asked = client.get(format!("{url}/__mock/rooms?limit=1000")).timeout(ANSWER_WAIT).send().await;
    let Ok(answer) = asked else { return Vec::new() };
    let body = answer.bytes().await.unwrap_or_default();
    serde_json::from_slice(&body).map_or_else(|_| Vec::new(), |answer: Answer| answer.rooms)
}
