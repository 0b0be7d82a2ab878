//! Rooms as the control plane shows them.

use std::time::Duration;

use serde::Serialize;

use super::description::Description;
use super::event::RoomEvent;
use super::index::Rooms;
use super::room::{Room, RoomState};
use super::words;
use crate::journal::JournalPayload;

/// How many rooms a page has at most.
const PAGE_ROOMS_MAX: usize = 1_000;

/// How many rooms a page has by default.
const PAGE_ROOMS: usize = 100;

/// A page of the rooms of a network, latest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomsView {
    /// When the network was created, as time since 1970.
    #[serde(rename = "startedAtMs", with = "crate::millis::fractional")]
    pub started_at: Duration,
    /// The time since then. All other times count from there too.
    #[serde(rename = "nowMs", with = "crate::millis::fractional")]
    pub now: Duration,
    /// The rooms.
    pub rooms: Vec<RoomView>,
    /// If there are earlier ones: the number before which they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// A room, as the launchers of its network saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomView {
    /// Counts up from 1 as rooms are first used.
    pub number: u64,
    /// The record of its offer, in base64 as the API writes it.
    pub record: String,
    /// Its name, where an offer or the header `x-mock-room` told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// How far the meeting has come.
    pub state: RoomState,
    /// The same in one or more sentences, and what may explain it.
    pub sentence: String,
    /// When it was first used.
    #[serde(rename = "firstMs", with = "crate::millis::fractional")]
    pub first: Duration,
    /// When it was last used.
    #[serde(rename = "lastMs", with = "crate::millis::fractional")]
    pub last: Duration,
    /// The polls for an answer to the latest offer.
    pub polls: u64,
    /// The numbers of the launchers that were used.
    pub launchers: Vec<u64>,
    /// All that is kept of it; not in a list of rooms.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub details: Option<RoomDetails>,
}

/// What is kept of a room.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomDetails {
    /// When the network was created, as time since 1970.
    #[serde(rename = "startedAtMs", with = "crate::millis::fractional")]
    pub started_at: Duration,
    /// The time since then.
    #[serde(rename = "nowMs", with = "crate::millis::fractional")]
    pub now: Duration,
    /// How many events are no longer kept.
    pub forgotten: u64,
    /// The events, oldest first.
    pub events: Vec<EventView>,
    /// The latest offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<DescriptionView>,
    /// The answer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<DescriptionView>,
}

/// An event, and what it is called.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EventView {
    /// The event.
    #[serde(flatten)]
    pub event: RoomEvent,
    /// What it is called.
    pub text: String,
}

/// An offer or answer that was stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DescriptionView {
    /// Its record, in base64.
    pub record: String,
    /// The version that was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// When it was stored, or first seen.
    #[serde(rename = "storedAtMs", with = "crate::millis::fractional")]
    pub stored: Duration,
    /// The launcher that stored it, or read it first.
    pub launcher: u64,
    /// The request that did.
    pub request: u64,
    /// When it was removed.
    #[serde(rename = "removedAtMs", with = "optional", skip_serializing_if = "Option::is_none")]
    pub removed: Option<Duration>,
    /// What it says.
    #[serde(flatten)]
    pub payload: JournalPayload,
}

impl RoomsView {
    /// The rooms with a lower number than `before`, latest first.
    pub(crate) fn page(rooms: &Rooms, times: Times, before: Option<u64>, limit: Option<usize>) -> Self {
        let limit = limit.unwrap_or(PAGE_ROOMS).clamp(1, PAGE_ROOMS_MAX);
        let all = rooms.latest_first();
        let mut found = all.into_iter().filter(|room| before.is_none_or(|before| room.number < before));
        let shown: Vec<_> = found.by_ref().take(limit).map(|room| RoomView::new(rooms, room, times.now)).collect();
        let before = found.next().and(shown.last()).map(|last| last.number);
        Self { started_at: times.started_at, now: times.now, rooms: shown, before }
    }
}

/// When a network was created, and what time it is.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// When it was created, as time since 1970.
    pub started_at: Duration,
    /// The time since then.
    pub now: Duration,
}

impl RoomView {
    fn new(rooms: &Rooms, room: &Room, now: Duration) -> Self {
        Self {
            number: room.number,
            record: room.record.to_string(),
            room: room.name.clone(),
            state: room.state(),
            sentence: rooms.diagnosis(room, now),
            first: room.first,
            last: room.last,
            polls: room.polls,
            launchers: room.launchers.iter().copied().collect(),
            details: None,
        }
    }

    /// A room with all that is kept of it.
    pub(crate) fn whole(rooms: &Rooms, number: u64, times: Times) -> Option<Self> {
        let room = rooms.numbered(number)?;
        let event = |event: &RoomEvent| EventView { event: event.clone(), text: words::event(event) };
        let details = RoomDetails {
            started_at: times.started_at,
            now: times.now,
            forgotten: room.forgotten,
            events: room.events().into_iter().map(event).collect(),
            offer: room.offer.as_ref().map(DescriptionView::new),
            answer: room.answer.as_ref().map(DescriptionView::new),
        };
        Some(Self { details: Some(details), ..Self::new(rooms, room, times.now) })
    }
}

impl DescriptionView {
    fn new(description: &Description) -> Self {
        Self {
            record: description.record.to_string(),
            version: description.version,
            stored: description.stored,
            launcher: description.launcher,
            request: description.request,
            removed: description.removed,
            payload: description.payload.clone(),
        }
    }
}

mod optional {
    use super::Duration;

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(super) fn serialize<S: serde::Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => crate::millis::fractional::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }
}
