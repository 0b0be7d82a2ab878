//! What a peer saw during one meeting that its diagnosis needs. The driver writes it step by step.

use std::time::Duration;

use tokio::time::Instant;

use super::sentence::Diagnosis;
use super::unreachable::Unreachable;
use crate::launcher::sentence::Heard;
use crate::launcher::{LauncherError, LauncherSentence};
use crate::launcher_url::LauncherUrl;
use crate::meet_cause::MeetCause;
use crate::printable::cause;
use crate::rendezvous::{FoundOffer, Input};

/// What a peer saw during one meeting.
#[derive(Debug, Clone)]
pub(crate) struct Findings {
    pub(super) url: LauncherUrl,
    pub(super) app: String,
    /// What the launcher says during this meeting.
    pub(crate) heard: Heard,
    /// When the current step began.
    pub(super) step_began: Instant,
    /// What the launcher said of the room at the last poll, or at the look for an offer.
    pub(super) room: Option<LauncherSentence>,
    /// What the launcher said when this peer removed its answer.
    pub(super) own_answer: Option<LauncherSentence>,
    /// What the last step shows of the launcher, if the step failed.
    pub(super) trouble: Option<Diagnosis>,
    /// The offer that this peer answers.
    pub(super) offer: Option<SeenOffer>,
    was_authorised: bool,
}

/// What an offer says of its time, and when it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SeenOffer {
    pub(super) made_at: Option<Duration>,
    pub(super) waits_for: Option<Duration>,
    pub(super) found_at: Instant,
}

impl Findings {
    /// Of a meeting that begins `now`, of an app of this name over the launcher at `url`.
    pub(crate) fn new(url: LauncherUrl, app: String, now: Instant) -> Self {
        Self {
            url,
            app,
            heard: Heard::default(),
            step_began: now,
            room: None,
            own_answer: None,
            trouble: None,
            offer: None,
            was_authorised: false,
        }
    }

    /// A step begins.
    pub(crate) fn step_begins(&mut self, now: Instant) {
        self.step_began = now;
    }

    /// The step ended with this result.
    pub(crate) fn step_ended(&mut self, input: &Input, now: Instant) {
        let said = self.heard.take();
        match input {
            // No request belongs to these.
            Input::WaitEnded => return,
            Input::Described(_) => {
                // Another attempt begins.
                self.own_answer = None;
                return;
            }
            Input::NoAnswer => self.room = said,
            Input::RoomIsEmpty(_) => (self.room, self.offer) = (said, None),
            // What the launcher said of the room before is over.
            Input::AnswerFound(_) | Input::AnswerWithdrawn => self.room = None,
            Input::OfferFound(found) => self.offer_found(found, now),
            Input::Authorised => self.was_authorised = true,
            _ => {}
        }
        self.trouble = None;
    }

    /// An offer that is found again keeps the time at which it was found first.
    fn offer_found(&mut self, FoundOffer { offer, .. }: &FoundOffer, now: Instant) {
        let before = self.offer.filter(|seen| seen.made_at == offer.made_at).map(|seen| seen.found_at);
        let found_at = before.unwrap_or(now);
        self.offer = Some(SeenOffer { made_at: offer.made_at, waits_for: offer.waits_for, found_at });
    }

    /// The step failed with this cause.
    pub(crate) fn step_failed(&mut self, cause: &MeetCause) {
        let said = self.heard.take();
        self.room = None;
        self.trouble = match cause {
            MeetCause::Launcher(error) => self.trouble_of(error, said),
            _ => None,
        };
    }

    /// What the failure of a request shows; `None` if the error itself says all that is known.
    fn trouble_of(&self, error: &LauncherError, said: Option<LauncherSentence>) -> Option<Diagnosis> {
        let (url, was_reached) = (self.url.clone(), self.was_authorised);
        match error {
            LauncherError::Refused => Some(Diagnosis::Denied { url, launcher: said }),
            LauncherError::Http { source, .. } => Unreachable::of(source)
                // A launcher that was there is not said to be gone because one connection broke.
                .filter(|why| !(was_reached && matches!(why, Unreachable::Broken(_))))
                .map(|why| Diagnosis::LauncherUnreachable { url, why, was_reached }),
            _ if said.is_some() => said.map(Diagnosis::SaidByLauncher),
            LauncherError::BadAnswer { what, .. } if !was_reached => {
                Some(Diagnosis::NotALauncher { url, answer: cause(what) })
            }
            _ => None,
        }
    }

    /// The answer of this peer was removed, and the launcher said this.
    pub(crate) fn answer_removed(&mut self, said: Option<LauncherSentence>) {
        self.own_answer = said;
    }
}
