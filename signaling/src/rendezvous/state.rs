//! How far a meeting has come.

use tokio::time::Instant;

use super::failure::Failure;
use super::step::FoundOffer;
use crate::answer::Answer;
use crate::connection::Role;
use crate::launcher::Place;
use crate::offer::Offer;
use crate::phase::Phase;
use crate::poller::Poller;
use crate::room::AnswerId;
use crate::sdp::Sdp;

/// How far a meeting has come.
#[derive(Debug, Clone)]
pub(super) enum State {
    Authorising,
    /// The session was lost while this was done.
    AuthorisingAgain(Box<State>),
    /// Nothing is done until then, and this after it.
    Pausing(Instant, Box<State>),
    ReadingRoom,
    MakingOffer(Place),
    PublishingOffer(Publication),
    LookingForOffer(Publication),
    Waiting(Poller, Offer),
    Polling(Poller, Offer),
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

/// An offer that is to be stored.
#[derive(Debug, Clone)]
pub(super) struct Publication {
    pub(super) poller: Poller,
    pub(super) offer: Offer,
    pub(super) place: Place,
}

/// An offer that may bring nobody, by its answer id.
#[derive(Debug, Clone)]
pub(super) struct Suspect {
    pub(super) answer_id: AnswerId,
    /// How this peer failed to connect to its initiator, if it tried.
    pub(super) failure: Option<Failure>,
}

impl State {
    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Authorising => Phase::Authorise,
            Self::AuthorisingAgain(next) | Self::Pausing(_, next) => next.phase(),
            Self::ReadingRoom => Phase::FindOffer,
            Self::MakingOffer(_) => Phase::MakeOffer,
            Self::PublishingOffer(_) | Self::LookingForOffer(_) => Phase::PublishOffer,
            Self::Waiting(..) | Self::Polling(..) => Phase::AwaitAnswer,
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
