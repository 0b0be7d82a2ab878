//! Requests and events in the words of meetings, for the log, the journal and the window.

use super::event::{RoomEvent, RoomEventKind, Side};
use super::observation::{Observation, Outcome};
use super::room::Room;
use crate::escape::Escaped;

/// How many characters of the name of a record stand for a room without a name.
const RECORD_CHARS: usize = 8;

/// The name of a room, or the start of the name of its record.
pub fn label(room: &Room) -> String {
    match &room.name {
        Some(name) => Escaped(name).to_string(),
        None => format!("room {}...", &room.record.to_string()[..RECORD_CHARS]),
    }
}

/// What a poll is called.
pub fn poll(room: &Room, seen: &Observation<'_>) -> String {
    let outcome = match seen.outcome {
        _ if room.is_answer_there(seen) => "the answer is there",
        Outcome::Done => "the answer is removed",
        Outcome::NothingThere => "nothing yet",
        Outcome::AnswerLost => "its answer was lost",
        Outcome::Failed => "it failed",
    };
    format!("poll {} of {}: {outcome}", room.polls, label(room))
}

/// What another step is called.
pub fn step(room: &Room, what: &str) -> String {
    format!("{what} of {}", label(room))
}

/// What a look for an offer is called that found none.
pub fn look(room: &Room) -> String {
    format!("look into {}: no offer", label(room))
}

/// What an event is called.
pub fn event(event: &RoomEvent) -> String {
    let version = event.version.map(|version| format!(" as version {version}")).unwrap_or_default();
    match event.kind {
        RoomEventKind::Looked => "looked for an offer: there was none".to_owned(),
        RoomEventKind::OfferStored => format!("offer stored{version}"),
        // Before it removes its offer, a peer looks whether it is still its own.
        RoomEventKind::OfferRead if event.side == Side::First => "own offer checked".to_owned(),
        RoomEventKind::OfferRead => "offer read".to_owned(),
        RoomEventKind::OfferRemoved => "offer removed".to_owned(),
        RoomEventKind::Poll => format!("poll {}: nothing yet", event.poll.unwrap_or_default()),
        RoomEventKind::PollFailed => {
            format!("poll {}: it failed, or its answer was lost", event.poll.unwrap_or_default())
        }
        RoomEventKind::AnswerStored => format!("answer stored{version}"),
        RoomEventKind::AnswerFound => "answer found".to_owned(),
        RoomEventKind::AnswerRemoved => "answer removed".to_owned(),
        RoomEventKind::Refused => format!("the network refused to store it{version}"),
    }
}
