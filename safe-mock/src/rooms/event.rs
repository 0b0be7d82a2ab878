//! The events of a room, in the order in which they were seen.

use std::time::Duration;

use serde::Serialize;

use super::observation::Observation;

/// What happened in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RoomEventKind {
    /// A peer looked for an offer, and there was none.
    Looked,
    /// The first peer stored its offer.
    OfferStored,
    /// The second peer read the offer.
    OfferRead,
    /// The offer was removed.
    OfferRemoved,
    /// The first peer looked for an answer, and there was none.
    Poll,
    /// A poll failed, or its answer was lost.
    PollFailed,
    /// The second peer stored its answer.
    AnswerStored,
    /// The first peer read the answer.
    AnswerFound,
    /// The answer was removed.
    AnswerRemoved,
    /// The network refused a write.
    Refused,
}

/// Which of the two peers did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The peer that stores the offer and polls.
    First,
    /// The peer that reads the offer and answers.
    Second,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RoomEvent {
    /// When its request arrived, since the network was created.
    #[serde(rename = "atMs", with = "crate::millis::fractional")]
    pub at: Duration,
    /// What happened.
    pub kind: RoomEventKind,
    /// Which peer did it.
    pub side: Side,
    /// The number of the launcher on its network, from 1.
    pub launcher: u64,
    /// The number of the request in the journal of that launcher.
    pub request: u64,
    /// The session that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// The peer that the header `x-mock-peer` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// The version that was read, stored or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Of a poll: its number, from 1 for each offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<u64>,
}

impl RoomEvent {
    /// The event that a request is.
    pub(super) fn new(kind: RoomEventKind, side: Side, seen: &Observation<'_>) -> Self {
        Self {
            at: seen.at,
            kind,
            side,
            launcher: seen.launcher,
            request: seen.request,
            session: seen.session,
            peer: seen.peer.map(ToOwned::to_owned),
            version: seen.version,
            poll: None,
        }
    }

    /// Whether the request of the event came from the same session, and names the same peer.
    pub(super) fn is_by(&self, seen: &Observation<'_>) -> bool {
        (self.launcher, self.session, self.peer.as_deref()) == (seen.launcher, seen.session, seen.peer)
    }
}
