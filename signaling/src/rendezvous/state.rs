//! The state of a meeting.

use tokio::time::Instant;

use super::failure::Failure;
use super::input::FoundOffer;
use crate::answer::Answer;
use crate::offer::Offer;
use crate::phase::Phase;
use crate::poller::Poller;
use crate::role::Role;
use crate::room::{AnswerId, Place};
use crate::sdp::Sdp;

/// The state of a meeting.
#[derive(Debug, Clone)]
pub(super) enum State {
    Authorising,
    /// The session was lost while this was done.
    AuthorisingAgain(Box<State>),
    /// Nothing is done until then, and this after it.
    Pausing(Instant, Box<State>),
    ReadingRoom,
    MakingOffer(Destination),
    PublishingOffer(Publication),
    LookingForOffer(Publication),
    Waiting(Publication),
    Polling(Publication),
    Accepting(Sdp),
    MakingAnswer(FoundOffer),
    PublishingAnswer(FoundOffer, Answer),
    LookingForAnswer(FoundOffer, Answer),
    OpeningAsInitiator,
    OpeningAsRecipient(FoundOffer),
    Withdrawing,
    Connected(Role),
    Failed(Failure),
}

/// Where an offer is to be stored, and what it replaces.
#[derive(Debug, Clone)]
pub(super) struct Destination {
    pub(super) place: Place,
    /// The offer of the same account that it replaces, by its answer id.
    pub(super) replaces: Option<AnswerId>,
}

/// An offer that is to be stored, or is.
#[derive(Debug, Clone)]
pub(super) struct Publication {
    pub(super) poller: Poller,
    pub(super) offer: Offer,
    pub(super) to: Destination,
}

impl Destination {
    /// A place without an offer of the same account.
    pub(super) fn free(place: Place) -> Self {
        Self { place, replaces: None }
    }

    /// In place of an offer of the same account.
    pub(super) fn over(found: &FoundOffer) -> Self {
        let place = Place::Over { version: found.version };
        Self { place, replaces: Some(found.offer.answer_id.clone()) }
    }

    /// In place of the offer that was stored here.
    fn again(&self, stored: &Offer) -> Self {
        let version = match self.place {
            Place::Free { version } => version,
            Place::Over { version } => version.saturating_add(1),
        };
        Self { place: Place::Over { version }, replaces: Some(stored.answer_id.clone()) }
    }
}

impl Publication {
    /// The same offer with another answer id, in place of itself.
    pub(super) fn under(&self, answer_id: AnswerId) -> Self {
        let to = self.to.again(&self.offer);
        let mut offer = self.offer.clone();
        offer.answer_id = answer_id;
        Self { poller: self.poller.clone(), offer, to }
    }
}

/// An offer that may be stale, by its answer id.
#[derive(Debug, Clone)]
pub(super) struct Suspect {
    pub(super) answer_id: AnswerId,
    /// How this peer failed to connect to its initiator, if it tried.
    pub(super) failure: Option<Failure>,
}

impl State {
    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Authorising | Self::AuthorisingAgain(_) => Phase::Authorise,
            Self::Pausing(_, next) => next.phase(),
            Self::ReadingRoom => Phase::FindOffer,
            Self::MakingOffer(_) => Phase::MakeOffer,
            Self::PublishingOffer(_) | Self::LookingForOffer(_) => Phase::PublishOffer,
            Self::Waiting(_) | Self::Polling(_) => Phase::AwaitAnswer,
            Self::MakingAnswer(_) => Phase::AnswerOffer,
            Self::PublishingAnswer(..) | Self::LookingForAnswer(..) => Phase::PublishAnswer,
            Self::Accepting(_)
            | Self::OpeningAsInitiator
            | Self::OpeningAsRecipient(_)
            | Self::Withdrawing
            | Self::Connected(_) => Phase::Connect,
            Self::Failed(failure) => failure.phase,
        }
    }

    pub(super) fn is_end(&self) -> bool {
        matches!(self, Self::Connected(_) | Self::Failed(_))
    }
}
