//! What to do with what is found in the room: an offer to answer, a stale offer, or a place for this peer's own offer.

use std::time::Duration;

use tokio::time::Instant;

use super::failure::{Failure, FailureReason};
use super::input::FoundOffer;
use super::machine::{GENERATIONS_MAX, Rendezvous};
use super::settings::OnStaleOffer;
use super::state::{Destination, Publication, State, Suspect};
use crate::offer::Offer;
use crate::room::{AnswerId, Place};

/// How far apart the clocks of two machines may be before a valid offer seems too old.
pub const CLOCKS_APART_MAX: Duration = Duration::from_mins(1);

impl Rendezvous {
    /// No offer is in the room.
    pub(super) fn room_is_empty(&mut self, place: Place, now: Instant) {
        match &self.state {
            State::ReadingRoom => {
                if let Some(to) = self.left_behind.take() {
                    // No peer has continued in this generation, so this peer returns to the previous one.
                    self.generation -= 1;
                    return self.go_on(State::MakingOffer(to));
                }
                match self.suspect.take().and_then(|suspect| suspect.failure) {
                    // The initiator was there, and has taken its offer back: it was the connection that failed.
                    Some(failure) => self.state = State::Failed(failure),
                    None => self.go_on(State::MakingOffer(Destination::free(place))),
                }
            }
            // Nothing was done yet, so there is nothing to be unsure of.
            State::LookingForOffer(publication) => {
                let publication = Publication { to: Destination::free(place), ..publication.clone() };
                self.state = self.paced(State::PublishingOffer(publication), now);
            }
            _ => {}
        }
    }

    /// An offer is in the room, and it is not the one that this peer is storing.
    pub(super) fn offer_found(&mut self, found: FoundOffer, now: Instant) {
        match &self.state {
            // It is still the one that was to be replaced, or one that this peer has stored before that.
            State::LookingForOffer(publication)
                if found.is_own
                    && (publication.to.replaces.as_ref() == Some(&found.offer.answer_id)
                        || self.has_made(&found.offer)) =>
            {
                let publication = Publication { to: Destination::over(&found), ..publication.clone() };
                self.state = self.paced(State::PublishingOffer(publication), now);
                return;
            }
            State::ReadingRoom | State::LookingForOffer(_) => {}
            _ => return,
        }
        let is_of_a_visit_before =
            found.is_own && found.offer.identity.is_some() && found.offer.identity == self.settings.identity;
        let is_of_this_visit = found.is_own && self.has_made(&found.offer);
        let is_suspect = self.suspect.as_ref().is_some_and(|suspect| suspect.answer_id == found.offer.answer_id);
        if is_of_a_visit_before || is_of_this_visit || is_suspect {
            return self.stale(&found);
        }
        self.left_behind = None;
        self.suspect = None;
        self.go_on(State::MakingAnswer(found));
    }

    /// The offer is stale. An offer of the same account is replaced; an offer of another account stays until its owner
    /// returns.
    fn stale(&mut self, found: &FoundOffer) {
        let failure = self.suspect.take().and_then(|suspect| suspect.failure);
        let goes_on = self.settings.on_stale_offer == OnStaleOffer::NextGeneration && self.generation < GENERATIONS_MAX;
        if found.is_own && (!goes_on || self.left_behind.is_some()) {
            self.left_behind = None;
            self.go_on(State::MakingOffer(Destination::over(found)));
        } else if goes_on {
            self.left_behind = found.is_own.then(|| Destination::over(found));
            self.generation += 1;
            self.go_on(State::ReadingRoom);
        } else if let Some(known) = failure.filter(|failure| failure.reason == FailureReason::Unconnectable) {
            // Its initiator may be there.
            self.state = State::Failed(known);
        } else {
            self.fail(FailureReason::PeerGone { made_at: found.offer.made_at });
        }
    }

    /// There is no connection. A recipient removes its answer and reads the room again: the same offer is stale, another
    /// offer is answered.
    pub(super) fn no_route(&mut self, reason: FailureReason) {
        let State::OpeningAsRecipient(found) = &self.state else { return self.fail(reason) };
        let failure = Failure { phase: self.phase(), reason };
        self.suspect = Some(Suspect { answer_id: found.offer.answer_id.clone(), failure: Some(failure) });
        self.go_on(State::Withdrawing);
    }

    /// The answer is removed. An initiator that has just given up may not have removed its offer yet.
    pub(super) fn withdrawn(&mut self, now: Instant) {
        if !matches!(self.state, State::Withdrawing) {
            return;
        }
        let failure = self.suspect.as_ref().and_then(|suspect| suspect.failure);
        let is_at_once =
            |failure: Failure| matches!(failure.reason, FailureReason::NoRoute | FailureReason::Unconnectable);
        if failure.is_some_and(is_at_once) {
            self.look_again_after(self.pace(now), now);
        } else {
            self.go_on(State::ReadingRoom);
        }
    }

    /// Another answer is stored. Either its peer is about to connect to the initiator, or both have gone without removing
    /// anything, as peers of the original do.
    pub(super) fn answered_by_another(&mut self, found: &FoundOffer, now: Instant) {
        let Offer { made_at, waits_for, .. } = &found.offer;
        let is_over = match (made_at, waits_for) {
            (Some(made_at), Some(waits_for)) => {
                let over_at = made_at.saturating_add(*waits_for).saturating_add(CLOCKS_APART_MAX);
                self.wall.at(now) > over_at
            }
            // It is unknown; nothing keeps this peer from continuing.
            _ => self.settings.on_stale_offer == OnStaleOffer::NextGeneration,
        };
        if is_over {
            self.stale(found);
        } else {
            self.fail(FailureReason::RoomTaken);
        }
    }

    /// A recipient has answered, and has removed its answer before this peer found it. No peer can answer under that id any
    /// more, so the offer gets another id.
    pub(super) fn answer_withdrawn(&mut self, now: Instant) {
        let State::Polling(publication) = &mut self.state else { return };
        publication.poller.finished(now, false);
        let publication = publication.clone();
        self.answer_id = AnswerId::draw(&self.room, &mut self.chance);
        self.go_on(State::PublishingOffer(publication.under(self.answer_id.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use super::*;
    use crate::phase::Phase;
    use crate::rendezvous::{Action, Input, Rendezvous, STALE_AFTER_POLLS, Settings};
    use crate::room::RecordName;
    use crate::sdp::Sdp;

    const SECOND: Duration = Duration::from_secs(1);

    /// How long a recipient waits for its channel, and the moment at which it begins to, a second after joining.
    fn opening(settings: Settings, found: &FoundOffer, now: Instant) -> Rendezvous {
        let meeting = after(begin_with(settings, now), [Input::Authorised], now);
        let described = Input::Described(Sdp::new("our answer"));
        let input = [Input::OfferFound(found.clone()), described, Input::Published];
        let meeting = after(meeting, input, now + SECOND);
        assert_eq!(meeting.action(), Action::OpenChannel);
        meeting
    }

    /// A recipient that got no connection, has removed its answer, and reads the room again.
    fn looking_again(settings: Settings, found: &FoundOffer, now: Instant) -> (Rendezvous, Instant) {
        let mut meeting = opening(settings, found, now);
        let limit = meeting.limit();
        meeting.handle(Input::DeadlinePassed, limit);
        assert_eq!((meeting.action(), meeting.phase()), (Action::Withdraw, Phase::Connect));
        meeting.handle(Input::Withdrawn, limit);
        assert_eq!(meeting.action(), Action::ReadRoom(RecordName::of_room(&room())));
        (meeting, limit)
    }

    #[test]
    fn a_recipient_waits_for_three_looks_of_the_initiator_and_for_the_connection() {
        let now = Instant::now();
        let connect = settings().phase_limits.of(Phase::Connect).unwrap();
        let of_the_original = opening(settings(), &found(), now);
        assert_eq!(of_the_original.limit(), now + SECOND + connect + 2 * SECOND * STALE_AFTER_POLLS);
        let mut slow = found();
        slow.offer.looks_every = Some(7 * SECOND);
        assert_eq!(opening(settings(), &slow, now).limit(), now + SECOND + connect + 7 * SECOND * STALE_AFTER_POLLS);
    }

    #[test]
    fn a_stale_offer_is_reported_with_its_age() {
        let now = Instant::now();
        let mut old = found();
        old.offer.made_at = Some(TODAY);
        let (mut meeting, limit) = looking_again(settings(), &old, now);
        meeting.handle(Input::OfferFound(old.clone()), limit);
        let reason = FailureReason::PeerGone { made_at: old.offer.made_at };
        assert_eq!(meeting.action(), failed(Phase::FindOffer, reason));
    }

    /// Neither where the two were in touch, nor where nothing could be tried.
    #[test]
    fn an_initiator_that_was_reached_or_not_tried_is_not_said_to_be_gone() {
        let now = Instant::now();
        let later = now + 5 * SECOND;
        let mut meeting = opening(settings(), &found(), now);
        meeting.handle(Input::Unconnectable, later);
        assert_eq!(meeting.action(), Action::Withdraw);
        meeting.handle(Input::Withdrawn, later);
        meeting.handle(Input::WaitEnded, later + 2 * SECOND);
        assert!(matches!(meeting.action(), Action::ReadRoom(_)), "{meeting:?}");
        meeting.handle(Input::OfferFound(found()), later + 2 * SECOND);
        assert_eq!(meeting.action(), failed(Phase::Connect, FailureReason::Unconnectable));

        let mut meeting = opening(settings(), &found(), now);
        let deadline = meeting.deadline();
        meeting.handle(Input::Unconnectable, deadline);
        assert_eq!(meeting.action(), failed(Phase::Connect, FailureReason::Unconnectable));
    }

    #[test]
    fn a_stale_offer_of_the_same_account_is_replaced() {
        let now = Instant::now();
        let own = FoundOffer { is_own: true, version: 6, ..found() };
        let (mut meeting, limit) = looking_again(settings(), &own, now);
        meeting.handle(Input::OfferFound(own), limit);
        assert_eq!(meeting.action(), Action::MakeOffer);
        meeting.handle(Input::Described(Sdp::new("our offer")), limit);
        assert!(matches!(meeting.action(), Action::PublishOffer(_, _, Place::Over { version: 6 })), "{meeting:?}");
    }

    #[test]
    fn a_recipient_goes_on_with_the_offer_that_replaced_the_one_it_answered() {
        let now = Instant::now();
        let (mut meeting, limit) = looking_again(settings(), &found(), now);
        let mut newer = found();
        newer.offer.answer_id = AnswerId::new("room1-0.8").unwrap();
        newer.offer.sdp = Sdp::new("their newer offer");
        meeting.handle(Input::OfferFound(newer), limit);
        assert_eq!(meeting.action(), Action::MakeAnswer(Sdp::new("their newer offer")));
    }

    #[test]
    fn a_failed_connection_to_an_initiator_that_was_there_is_reported_as_such() {
        let now = Instant::now();
        let (mut meeting, limit) = looking_again(settings(), &found(), now);
        meeting.handle(Input::RoomIsEmpty(Place::Free { version: 2 }), limit);
        let Action::Failed(failure) = meeting.action() else { panic!("{meeting:?}") };
        assert_eq!(failure.phase, Phase::Connect);
        assert!(matches!(failure.reason, FailureReason::PhaseTooLong(_)));
    }

    #[test]
    fn a_recipient_without_a_path_gives_the_initiator_time_to_remove_its_offer() {
        let now = Instant::now();
        let mut meeting = opening(settings(), &found(), now);
        let later = now + 5 * SECOND;
        meeting.handle(Input::NoRoute, later);
        assert_eq!(meeting.action(), Action::Withdraw);
        meeting.handle(Input::Withdrawn, later);
        assert_eq!(meeting.action(), Action::WaitUntil(later + 2 * SECOND));
        meeting.handle(Input::WaitEnded, later + 2 * SECOND);
        meeting.handle(Input::RoomIsEmpty(Place::Free { version: 2 }), later + 2 * SECOND);
        assert_eq!(meeting.action(), failed(Phase::Connect, FailureReason::NoRoute));
    }

    #[test]
    fn whatever_an_offer_says_there_is_time_left_to_see_what_is_in_the_room_then() {
        let now = Instant::now();
        let mut slow = found();
        slow.offer.looks_every = Some(Duration::MAX);
        let meeting = opening(settings(), &slow, now);
        assert!(meeting.limit() > now + 40 * SECOND);
        assert!(meeting.limit() < meeting.deadline() - 10 * SECOND);
    }

    #[test]
    fn an_initiator_whose_answer_was_taken_back_waits_under_another_id() {
        let now = Instant::now();
        let due = now + 2 * SECOND;
        let mut meeting = after(waiting(now), [Input::WaitEnded, Input::AnswerWithdrawn], due);
        let Action::PublishOffer(name, offer, place) = meeting.action() else { panic!("{meeting:?}") };
        assert_eq!((name, place), (RecordName::of_room(&room()), Place::Over { version: 0 }));
        assert_eq!((&offer.sdp, &offer.answer_id), (&Sdp::new("our offer"), meeting.answer_id()));
        assert_ne!(offer.answer_id, own_id());
        meeting.handle(Input::Published, due);
        assert_eq!(meeting.action(), Action::WaitUntil(now + 4 * SECOND));
        meeting.handle(Input::WaitEnded, now + 4 * SECOND);
        assert_eq!(meeting.action(), Action::Poll(RecordName::of_answer(&offer.answer_id)));
        // And once more.
        let again = after(meeting, [Input::AnswerWithdrawn], now + 4 * SECOND);
        assert!(matches!(again.action(), Action::PublishOffer(_, _, Place::Over { version: 1 })), "{again:?}");
    }

    #[test]
    fn an_offer_that_was_to_be_replaced_and_is_still_there_is_replaced_at_the_pace_of_polls_and_not_forever() {
        let mut now = Instant::now();
        let own = FoundOffer { is_own: true, version: 3, ..found() };
        let mut meeting = after(begin_with(known_as("alice"), now), [Input::Authorised], now);
        let mut own_before = own.clone();
        own_before.offer.identity.clone_from(&meeting.settings.identity);
        let made = [Input::OfferFound(own_before.clone()), Input::Described(Sdp::new("our offer"))];
        meeting = after(meeting, made, now);
        let (begun, mut published) = (now, 0);
        while !matches!(meeting.action(), Action::Failed(_)) {
            match meeting.action() {
                Action::PublishOffer(_, _, Place::Over { version: 3 }) => {
                    published += 1;
                    meeting.handle(Input::OutcomeUnknown, now);
                }
                Action::LookForOffer(..) => meeting.handle(Input::OfferFound(own_before.clone()), now),
                _ => go_on(&mut meeting, &mut now),
            }
        }
        assert_eq!(meeting.action(), failed(Phase::PublishOffer, FailureReason::ActionFailed));
        assert!(published <= 6 && now > begun + 6 * SECOND, "{published} within {:?}", now - begun);
    }

    #[test]
    fn an_offer_that_was_answered_and_whose_initiator_can_no_longer_wait_is_stale() {
        let now = Instant::now();
        for (ago, is_stale) in [(4, true), (2, false)] {
            let mut old = found();
            // Its initiator waited for two minutes, and clocks may be a minute apart.
            old.offer.made_at = TODAY.checked_sub(Duration::from_mins(ago));
            old.offer.waits_for = Some(Duration::from_mins(2));
            let answering = [Input::OfferFound(old.clone()), Input::Described(Sdp::new("our answer"))];
            let meeting = after(after(begin(now), [Input::Authorised], now), answering, now);
            let meeting = after(meeting, [Input::Taken], now);
            let reason = if is_stale {
                FailureReason::PeerGone { made_at: old.offer.made_at }
            } else {
                FailureReason::RoomTaken
            };
            assert_eq!(meeting.action(), failed(Phase::PublishAnswer, reason), "{ago} minutes ago");
        }
    }

    #[test]
    fn a_peer_that_may_continues_in_the_next_generation_where_two_original_peers_have_met() {
        let now = Instant::now();
        let settings = Settings { on_stale_offer: OnStaleOffer::NextGeneration, ..settings() };
        let answering = [Input::OfferFound(found()), Input::Described(Sdp::new("our answer")), Input::Taken];
        let meeting = after(after(begin_with(settings, now), [Input::Authorised], now), answering, now);
        assert_eq!(meeting.action(), Action::ReadRoom(RecordName::of_generation(&room(), 2)));
    }

    #[test]
    fn an_initiator_without_a_path_fails() {
        let now = Instant::now();
        let due = now + 2 * SECOND;
        let found = [Input::WaitEnded, Input::AnswerFound(answer()), Input::AnswerAccepted, Input::NoRoute];
        assert_eq!(after(waiting(now), found, due).action(), failed(Phase::Connect, FailureReason::NoRoute));
    }

    #[test]
    fn an_offer_of_an_earlier_visit_of_the_same_peer_is_replaced_without_being_answered() {
        let now = Instant::now();
        let mut meeting = after(begin_with(known_as("alice"), now), [Input::Authorised], now);
        let mut before = FoundOffer { is_own: true, version: 3, ..found() };
        before.offer.identity.clone_from(&meeting.settings.identity);
        meeting.handle(Input::OfferFound(before), now);
        assert_eq!(meeting.action(), Action::MakeOffer);
        meeting.handle(Input::Described(Sdp::new("our offer")), now);
        let Action::PublishOffer(_, offer, Place::Over { version: 3 }) = meeting.action() else {
            panic!("{meeting:?}")
        };
        assert_eq!(offer.identity, meeting.settings.identity);
    }

    /// As stale reads show them: the room is empty, and then it holds an offer that this peer had replaced.
    #[test]
    fn an_own_offer_that_was_replaced_is_never_answered() {
        let now = Instant::now();
        let due = now + 2 * SECOND;
        let first = publishing(now).action();
        let Action::PublishOffer(_, first, _) = first else { panic!("{first:?}") };
        let replaced = FoundOffer { offer: first, version: 4, is_own: true };

        let withdrawn = [Input::WaitEnded, Input::AnswerWithdrawn, Input::Taken, Input::RoomIsEmpty(NEW), Input::Taken];
        let (mut meeting, mut due) = (after(waiting(now), withdrawn, due), due);
        go_on(&mut meeting, &mut due);
        assert!(matches!(meeting.action(), Action::LookForOffer(..)), "{meeting:?}");
        meeting.handle(Input::OfferFound(replaced.clone()), due);
        go_on(&mut meeting, &mut due);
        let Action::PublishOffer(_, second, Place::Over { version: 4 }) = meeting.action() else {
            panic!("{meeting:?}")
        };
        assert_ne!(second.answer_id, replaced.offer.answer_id);

        // The same after another offer was answered without a connection.
        let answered = [Input::OfferFound(found()), Input::Described(Sdp::new("our answer"))];
        let no_route = [Input::Published, Input::NoRoute, Input::Withdrawn];
        meeting.handle(Input::Taken, due);
        go_on(&mut meeting, &mut due);
        let mut meeting = after(meeting, answered.into_iter().chain(no_route), due);
        go_on(&mut meeting, &mut due);
        assert!(matches!(meeting.action(), Action::ReadRoom(_)), "{meeting:?}");
        meeting.handle(Input::OfferFound(replaced), due);
        assert_eq!(meeting.action(), Action::MakeOffer);
    }

    #[test]
    fn an_offer_of_another_peer_of_our_account_is_answered_and_so_is_one_of_our_name_in_another_account() {
        let now = Instant::now();
        for (name, is_own) in [(Some("bob"), true), (None, true), (Some("alice"), false)] {
            let mut meeting = after(begin_with(known_as("alice"), now), [Input::Authorised], now);
            let mut other = FoundOffer { is_own, ..found() };
            other.offer.identity = name.map(|name| crate::Identity::of(&room(), name));
            meeting.handle(Input::OfferFound(other), now);
            assert_eq!(meeting.action(), Action::MakeAnswer(Sdp::new("their offer")), "{name:?}");
        }
    }

    #[test]
    fn a_peer_that_may_continues_in_the_next_generation_of_a_room_up_to_the_last() {
        let now = Instant::now();
        let settings = Settings { on_stale_offer: OnStaleOffer::NextGeneration, ..settings() };
        let (mut meeting, limit) = looking_again(settings, &found(), now);
        for generation in 2..=GENERATIONS_MAX {
            meeting.handle(Input::OfferFound(found()), limit);
            assert_eq!(meeting.action(), Action::ReadRoom(RecordName::of_generation(&room(), generation)));
            meeting.suspect = Some(Suspect { answer_id: found().offer.answer_id, failure: None });
        }
        let free = after(meeting.clone(), [Input::RoomIsEmpty(NEW)], limit);
        assert_eq!((free.action(), free.generation()), (Action::MakeOffer, GENERATIONS_MAX));
        meeting.handle(Input::OfferFound(found()), limit);
        assert_eq!(meeting.action(), failed(Phase::FindOffer, FailureReason::PeerGone { made_at: None }));
    }

    #[test]
    fn a_peer_that_returns_to_its_own_stale_offer_first_checks_the_next_generation() {
        let now = Instant::now();
        let settings = Settings { on_stale_offer: OnStaleOffer::NextGeneration, ..settings() };
        let own = FoundOffer { is_own: true, version: 5, ..found() };
        let (mut meeting, limit) = looking_again(settings, &own, now);
        meeting.handle(Input::OfferFound(own), limit);
        assert_eq!(meeting.action(), Action::ReadRoom(RecordName::of_generation(&room(), 2)));
        let mut theirs = found();
        theirs.offer.answer_id = AnswerId::new("room1-0.9").unwrap();
        let joined = after(meeting.clone(), [Input::OfferFound(theirs)], limit);
        assert_eq!(joined.action(), Action::MakeAnswer(Sdp::new("their offer")));
        let back = [Input::RoomIsEmpty(NEW), Input::Described(Sdp::new("our offer"))];
        let back = after(meeting, back, limit);
        let Action::PublishOffer(name, _, place) = back.action() else { panic!("{back:?}") };
        assert_eq!((name, place), (RecordName::of_room(&room()), Place::Over { version: 5 }));
    }
}
