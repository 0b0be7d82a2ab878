//! Meetings at the points from which tests go on.

use std::time::Duration;

use tokio::time::Instant;

use super::{Action, Failure, FailureReason, FoundOffer, Input, OnStaleOffer, Rendezvous, Settings};
use crate::answer::Answer;
use crate::clock::WallClock;
use crate::identity::Identity;
use crate::offer::Offer;
use crate::phase::{Phase, PhaseLimits};
use crate::room::{AnswerId, Place, RoomName};
use crate::schedule::{DEFAULT_POLL_INTERVAL, PollSchedule};
use crate::sdp::Sdp;

/// What the clocks show when a meeting begins.
pub(super) const TODAY: Duration = Duration::from_secs(1_700_000_000);

/// The place of an offer in a room that was never used.
pub(super) const NEW: Place = Place::Free { version: 0 };

pub(super) fn wall(now: Instant) -> WallClock {
    WallClock::showing(TODAY, now)
}

pub(super) fn room() -> RoomName {
    RoomName::new("room1").unwrap()
}

pub(super) fn own_id() -> AnswerId {
    AnswerId::new("room1-0.5").unwrap()
}

pub(super) fn settings() -> Settings {
    Settings {
        poll_interval: DEFAULT_POLL_INTERVAL,
        schedule: PollSchedule::FIXED,
        deadline: Duration::from_mins(1),
        phase_limits: PhaseLimits::default(),
        on_stale_offer: OnStaleOffer::default(),
        identity: None,
    }
}

pub(super) fn known_as(name: &str) -> Settings {
    Settings { identity: Some(Identity::of(&room(), name)), ..settings() }
}

pub(super) fn begin_with(settings: Settings, now: Instant) -> Rendezvous {
    Rendezvous::new(room(), own_id(), settings, wall(now), now)
}

pub(super) fn begin(now: Instant) -> Rendezvous {
    begin_with(settings(), now)
}

pub(super) fn offer() -> Offer {
    Offer::new(Sdp::new("their offer"), AnswerId::new("room1-0.7").unwrap())
}

/// Another account's offer, the first in its room.
pub(super) fn found() -> FoundOffer {
    FoundOffer { offer: offer(), version: 0, is_own: false }
}

pub(super) fn answer() -> Answer {
    Answer::new(Sdp::new("their answer"), AnswerId::new("room1-0.7").unwrap())
}

/// The meeting after all that has happened at once.
pub(super) fn after(mut meeting: Rendezvous, all: impl IntoIterator<Item = Input>, now: Instant) -> Rendezvous {
    for input in all {
        meeting.handle(input, now);
    }
    meeting
}

/// A peer that has made its own offer and is about to store it.
pub(super) fn publishing(now: Instant) -> Rendezvous {
    let described = Input::Described(Sdp::new("our offer"));
    after(begin(now), [Input::Authorised, Input::RoomIsEmpty(NEW), described], now)
}

/// An initiator that has published its offer at `now`.
pub(super) fn waiting(now: Instant) -> Rendezvous {
    after(publishing(now), [Input::Published], now)
}

/// A peer that has made its answer and is about to store it.
pub(super) fn answering(now: Instant) -> Rendezvous {
    let described = Input::Described(Sdp::new("our answer"));
    after(begin(now), [Input::Authorised, Input::OfferFound(found()), described], now)
}

/// Waits for as long as the meeting wants to, and is authorised if it asks for that.
pub(super) fn go_on(meeting: &mut Rendezvous, now: &mut Instant) {
    if meeting.action() == Action::Authorise {
        meeting.handle(Input::Authorised, *now);
    }
    if let Action::WaitUntil(then) = meeting.action() {
        *now = then;
        meeting.handle(Input::WaitEnded, then);
    }
}

pub(super) fn failed(phase: Phase, reason: FailureReason) -> Action {
    Action::Failed(Failure { phase, reason })
}
