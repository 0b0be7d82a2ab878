//! The state of a room as one or two sentences: what has come of the meeting, and what has not.

use std::time::Duration;

use super::amounts::{counted, length};
use super::room::{Room, RoomState};
use crate::journal::Candidates;

/// A first peer whose last poll is so long ago is told by it.
const SILENT_AFTER: Duration = Duration::from_secs(10);

/// The state of a room at a time.
pub fn sentence(room: &Room, now: Duration) -> String {
    match room.state() {
        RoomState::Empty => empty(room, now),
        RoomState::Waiting => {
            format!("{} No other peer has read its offer.{}", waited(room, now), silence(room, now))
        }
        RoomState::Seen => seen(room, now),
        RoomState::Answered => answered(room, now),
        RoomState::Found => found(room),
        RoomState::Over => over(room),
    }
}

fn since(now: Duration, then: Duration) -> String {
    format!("{} ago", length(now.saturating_sub(then)))
}

fn empty(room: &Room, now: Duration) -> String {
    let looks = match room.looks {
        1 => "One look for an offer found none".to_owned(),
        looks => format!("{looks} looks for an offer found none"),
    };
    format!("{looks}, the last one {}; no peer has stored an offer here.", since(now, room.last))
}

fn waited(room: &Room, now: Duration) -> String {
    let stored = room.offer.as_ref().map_or(now, |offer| offer.stored);
    let polls = match room.polls {
        0 => "not polled".to_owned(),
        1 => "polled once".to_owned(),
        polls => format!("polled {polls} times"),
    };
    format!("The first peer has waited {} for an answer and {polls}.", length(now.saturating_sub(stored)))
}

/// That the first peer has not polled for a while.
fn silence(room: &Room, now: Duration) -> String {
    let last = room.last_poll.or(room.offer.as_ref().map(|offer| offer.stored));
    match last.filter(|last| now.saturating_sub(*last) > SILENT_AFTER) {
        Some(last) => format!(" Its last request was {}.", since(now, last)),
        None => String::new(),
    }
}

fn seen(room: &Room, now: Duration) -> String {
    if let Some(removed) = room.answer.as_ref().and_then(|answer| answer.removed) {
        return format!(
            "An answer was stored, and removed {} before the first peer had read it. {}",
            since(now, removed),
            waited(room, now)
        );
    }
    let read = room.read.as_ref().map(|read| {
        let session = read.session.map_or_else(String::new, |session| format!(" by session {session}"));
        format!(
            "The offer was read {}{session} at launcher {}, and not answered since. ",
            since(now, read.at),
            read.launcher
        )
    });
    format!("{}{}{}", read.unwrap_or_default(), waited(room, now), silence(room, now))
}

fn answered(room: &Room, now: Duration) -> String {
    let stored = room.answer.as_ref().map_or(now, |answer| answer.stored);
    let stored_ago = since(now, stored);
    match room.last_poll {
        Some(poll) if poll > stored && room.last_poll_failed => {
            format!(
                "The answer was stored {stored_ago}; the first peer's last poll for it failed {}.",
                since(now, poll)
            )
        }
        Some(poll) if poll > stored => {
            format!(
                "The answer was stored {stored_ago}; the first peer polled {}, and has not read it.",
                since(now, poll)
            )
        }
        Some(poll) => format!(
            "The answer was stored {stored_ago}, and the first peer has not looked for it since: its last poll was {}.",
            since(now, poll)
        ),
        None => format!("The answer was stored {stored_ago}, and the first peer has never looked for it."),
    }
}

fn found(room: &Room) -> String {
    let took = match (&room.offer, room.found) {
        (Some(offer), Some(found)) => {
            format!(" {} after it had stored its offer", length(found.saturating_sub(offer.stored)))
        }
        _ => String::new(),
    };
    let candidates = match (&room.offer, &room.answer) {
        (Some(offer), Some(answer)) => format!(
            " Candidates: {} in the offer, {} in the answer.",
            kinds(offer.payload.candidates),
            kinds(answer.payload.candidates)
        ),
        _ => String::new(),
    };
    format!(
        "The first peer read the answer{took}, at poll {}. What follows goes between the two peers alone.{candidates}",
        room.polls
    )
}

/// The candidates of a description, by kind.
fn kinds(candidates: Candidates) -> String {
    let Candidates { host, srflx, prflx, relay } = candidates;
    let kinds = [(host, "host"), (srflx, "srflx"), (prflx, "prflx"), (relay, "relay")];
    let present: Vec<_> =
        kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}")).collect();
    if present.is_empty() { "none".to_owned() } else { present.join(" and ") }
}

fn over(room: &Room) -> String {
    let waited = match &room.offer {
        Some(offer) => {
            let removed = offer.removed.unwrap_or(offer.stored);
            length(removed.saturating_sub(offer.stored))
        }
        None => length(Duration::ZERO),
    };
    if room.found.is_some() {
        return "The meeting is over: the first peer had read the answer, and the offer is removed.".to_owned();
    }
    let polls = counted(room.polls, "poll");
    if let Some(answer) = &room.answer {
        let looked = room.last_poll.is_some_and(|poll| poll > answer.stored);
        let how =
            if looked { "without a read of the answer" } else { "and did not look for the answer after it was stored" };
        return format!("The first peer removed its offer after {waited} and {polls}, {how}.");
    }
    let read =
        if room.read.is_some() { "another peer had read it and not answered" } else { "no other peer had read it" };
    format!("The first peer removed its offer after {waited} and {polls}; {read}.")
}
