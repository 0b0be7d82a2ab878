//! Repetitions: after a lost session or handle, and after a write that was refused or not acknowledged.

use std::time::Duration;

use tokio::time::Instant;

use super::failure::FailureReason;
use super::input::Input;
use super::machine::{REPEATS_MAX, Rendezvous};
use super::state::{State, Suspect};
use crate::clock::far;
use crate::poller::Poller;
use crate::schedule::DEFAULT_POLL_INTERVAL;

impl Rendezvous {
    /// Authorises again, and then repeats the action.
    pub(super) fn session_lost(&mut self, now: Instant) {
        if matches!(self.state, State::Authorising | State::AuthorisingAgain(_)) || !self.may_repeat() {
            return self.fail(FailureReason::ActionFailed);
        }
        if let State::Polling(publication) = &mut self.state {
            publication.poller.finished(now, false);
            self.state = State::Waiting(publication.clone());
        }
        let interrupted = std::mem::replace(&mut self.state, State::Authorising);
        // Polls are paced already.
        let next = if matches!(interrupted, State::Waiting(_)) { interrupted } else { self.paced(interrupted, now) };
        self.state = State::AuthorisingAgain(Box::new(next));
    }

    /// Repeats the action, which requests all its handles itself.
    pub(super) fn repeat(&mut self, now: Instant) {
        let is_repeatable = matches!(
            self.state,
            State::AuthorisingAgain(_)
                | State::ReadingRoom
                | State::PublishingOffer(_)
                | State::PublishingAnswer(..)
                | State::LookingForOffer(_)
                | State::LookingForAnswer(..)
        );
        if is_repeatable {
            self.do_again(self.state.clone(), now);
        } else {
            self.fail(FailureReason::ActionFailed);
        }
    }

    /// It is unknown whether the record is stored. It is looked up before it is stored again, so that there are never two
    /// sessions.
    pub(super) fn not_stored(&mut self, input: &Input, now: Instant) {
        match (&self.state, input) {
            (State::LookingForAnswer(found, answer), Input::NotPublished) => {
                self.state = self.paced(State::PublishingAnswer(found.clone(), answer.clone()), now);
            }
            // Another offer was stored first, or the room has changed: this peer reads the room.
            (State::PublishingOffer(publication), Input::Taken | Input::Superseded | Input::OutcomeUnknown) => {
                self.do_again(State::LookingForOffer(publication.clone()), now);
            }
            (State::PublishingAnswer(found, answer), Input::OutcomeUnknown) => {
                self.do_again(State::LookingForAnswer(found.clone(), answer.clone()), now);
            }
            // After an unknown outcome, this peer's own answer may be the reason for the refusal.
            (State::PublishingAnswer(found, answer), Input::Taken) if self.repeats > 0 => {
                self.do_again(State::LookingForAnswer(found.clone(), answer.clone()), now);
            }
            (State::PublishingAnswer(found, _) | State::LookingForAnswer(found, _), Input::Taken) => {
                self.answered_by_another(&found.clone(), now);
            }
            (State::PublishingAnswer(..) | State::LookingForAnswer(..), Input::Superseded) => {
                self.answered_before(now);
            }
            (State::ReadingRoom | State::LookingForOffer(_) | State::LookingForAnswer(..), Input::OutcomeUnknown) => {
                self.do_again(self.state.clone(), now);
            }
            _ => self.fail(FailureReason::ActionFailed),
        }
    }

    /// A peer has answered the offer and removed the answer. Either the two have met, and the offer is about to be removed
    /// too, or the offer is stale. A later read decides.
    fn answered_before(&mut self, now: Instant) {
        let (State::PublishingAnswer(found, _) | State::LookingForAnswer(found, _)) = &self.state else { return };
        let looks_every = found.offer.looks_every.unwrap_or(DEFAULT_POLL_INTERVAL);
        self.suspect = Some(Suspect { answer_id: found.offer.answer_id.clone(), failure: None });
        // By then an initiator that is there has seen it too, and has given its offer another answer id.
        self.look_again_after(looks_every.saturating_add(self.pace(now)), now);
    }

    /// Reads the room after that time, or when most of the remaining time has passed.
    pub(super) fn look_again_after(&mut self, pause: Duration, now: Instant) {
        let left = self.deadline.saturating_duration_since(now);
        let until = far(now, pause.min(left / 4 * 3));
        self.go_on(State::Pausing(until, Box::new(State::ReadingRoom)));
    }

    /// Repeats an action, unless there were too many repetitions.
    fn do_again(&mut self, next: State, now: Instant) {
        if self.may_repeat() {
            self.state = self.paced(next, now);
        } else {
            self.fail(FailureReason::ActionFailed);
        }
    }

    /// The first repetition is at once, and later ones have the pace of polls.
    pub(super) fn paced(&self, next: State, now: Instant) -> State {
        if self.repeats <= 1 {
            return next;
        }
        State::Pausing(far(now, self.pace(now)), Box::new(next))
    }

    pub(super) fn pace(&self, now: Instant) -> Duration {
        Poller::new(self.settings.poll_interval, now).interval()
    }

    /// Counts a repetition; `false` if there were too many.
    fn may_repeat(&mut self) -> bool {
        self.repeats += 1;
        self.repeats <= REPEATS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::*;
    use super::*;
    use crate::phase::Phase;
    use crate::rendezvous::Action;
    use crate::room::Place;
    use crate::sdp::Sdp;

    #[test]
    fn of_two_initiators_the_one_that_is_refused_answers_the_other() {
        for refused in [Input::Taken, Input::Superseded] {
            let now = Instant::now();
            let mut meeting = publishing(now);
            meeting.handle(refused, now);
            assert!(matches!(meeting.action(), Action::LookForOffer(..)));
            assert_eq!(meeting.phase(), Phase::PublishOffer);
            meeting.handle(Input::OfferFound(found()), now);
            assert_eq!(meeting.action(), Action::MakeAnswer(Sdp::new("their offer")));
        }
    }

    #[test]
    fn an_initiator_whose_room_was_used_and_left_meanwhile_claims_it_as_it_is_now() {
        let now = Instant::now();
        let place = Place::Free { version: 4 };
        let meeting = after(publishing(now), [Input::Superseded, Input::RoomIsEmpty(place)], now);
        assert!(matches!(meeting.action(), Action::PublishOffer(_, _, claimed) if claimed == place), "{meeting:?}");
    }

    #[test]
    fn an_offer_that_may_be_stored_is_looked_for_before_it_is_stored_again() {
        let now = Instant::now();
        let mut meeting = publishing(now);
        let publish = meeting.action();
        meeting.handle(Input::OutcomeUnknown, now);
        assert!(matches!(meeting.action(), Action::LookForOffer(..)));
        meeting.handle(Input::RoomIsEmpty(NEW), now);
        assert_eq!(meeting.action(), publish);
        meeting.handle(Input::OutcomeUnknown, now);
        meeting.handle(Input::Published, now);
        assert!(matches!(meeting.action(), Action::WaitUntil(_)));
    }

    #[test]
    fn an_answer_that_is_refused_at_once_means_that_the_room_is_taken() {
        let now = Instant::now();
        let meeting = after(answering(now), [Input::Taken], now);
        assert_eq!(meeting.action(), failed(Phase::PublishAnswer, FailureReason::RoomTaken));
    }

    #[test]
    fn an_answer_that_is_refused_after_it_may_have_been_stored_is_looked_for() {
        let now = Instant::now();
        let mut meeting = answering(now);
        let mut later = now;
        for input in [Input::OutcomeUnknown, Input::NotPublished, Input::Taken] {
            meeting.handle(input, later);
            go_on(&mut meeting, &mut later);
        }
        assert!(matches!(meeting.action(), Action::LookForAnswer(..)));
        let another = after(meeting.clone(), [Input::Taken], later);
        assert_eq!(another.action(), failed(Phase::PublishAnswer, FailureReason::RoomTaken));
        meeting.handle(Input::Published, later);
        assert_eq!(meeting.action(), Action::OpenChannel);
    }

    #[test]
    fn an_offer_whose_answer_was_taken_back_is_looked_at_again_a_little_later() {
        let now = Instant::now();
        let mut meeting = after(answering(now), [Input::Superseded], now);
        // The initiator has looked once by then, and this peer would have too.
        let later = now + Duration::from_secs(4);
        assert_eq!(meeting.action(), Action::WaitUntil(later));
        meeting.handle(Input::WaitEnded, later);
        assert!(matches!(meeting.action(), Action::ReadRoom(_)));
        // The initiator has seen it too, and waits under another id.
        let mut moved = found();
        moved.offer.answer_id = crate::room::AnswerId::new("room1-0.8").unwrap();
        let answered = after(meeting.clone(), [Input::OfferFound(moved)], later);
        assert_eq!(answered.action(), Action::MakeAnswer(Sdp::new("their offer")));
        // The two had met, and now their offer is gone too.
        let free = after(meeting.clone(), [Input::RoomIsEmpty(Place::Free { version: 2 })], later);
        assert_eq!(free.action(), Action::MakeOffer);
        // Or it is still there.
        let gone = after(meeting, [Input::OfferFound(found())], later);
        assert_eq!(gone.action(), failed(Phase::FindOffer, FailureReason::PeerGone { made_at: None }));
    }

    #[test]
    fn a_lost_session_is_asked_for_again_and_the_step_is_done_again() {
        let now = Instant::now();
        for mut meeting in [publishing(now), answering(now)] {
            let (step, phase) = (meeting.action(), meeting.phase());
            meeting.handle(Input::Unauthorised, now);
            assert_eq!((meeting.action(), meeting.phase()), (Action::Authorise, Phase::Authorise));
            // A person may take longer than a launcher.
            let later = now + Duration::from_secs(50);
            assert!(meeting.limit() > later);
            meeting.handle(Input::Authorised, later);
            assert_eq!((meeting.action(), meeting.phase()), (step, phase));
            assert_eq!(meeting.limit(), now + Duration::from_mins(1), "the phase begins anew");
        }
    }

    #[test]
    fn a_session_that_is_lost_at_a_poll_leads_to_the_poll_after_it() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        let due = now + Duration::from_secs(2);
        meeting.handle(Input::WaitEnded, due);
        meeting.handle(Input::Unauthorised, due);
        meeting.handle(Input::Authorised, due);
        assert_eq!(meeting.action(), Action::WaitUntil(now + Duration::from_secs(4)));
    }

    #[test]
    fn a_read_of_the_room_with_an_unknown_result_is_repeated() {
        let now = Instant::now();
        let mut meeting = after(begin(now), [Input::Authorised], now);
        let look = meeting.action();
        meeting.handle(Input::OutcomeUnknown, now);
        assert_eq!(meeting.action(), look);
        meeting.handle(Input::OutcomeUnknown, now);
        assert_eq!(meeting.action(), Action::WaitUntil(now + Duration::from_secs(2)));
    }

    #[test]
    fn a_launcher_that_accepts_no_session_at_any_poll_is_not_asked_for_one_forever() {
        let (mut now, mut asked) = (Instant::now(), 0);
        let mut meeting = waiting(now);
        while !matches!(meeting.action(), Action::Failed(_)) {
            match meeting.action() {
                Action::Authorise => {
                    asked += 1;
                    meeting.handle(Input::Authorised, now);
                }
                Action::Poll(_) => meeting.handle(Input::Unauthorised, now),
                _ => go_on(&mut meeting, &mut now),
            }
        }
        assert_eq!(asked, REPEATS_MAX);
        assert_eq!(meeting.action(), failed(Phase::AwaitAnswer, FailureReason::ActionFailed));
    }

    #[test]
    fn a_launcher_that_cannot_be_reached_for_a_moment_is_tried_again_but_not_at_the_start() {
        let now = Instant::now();
        for meeting in [publishing(now), answering(now)] {
            let step = meeting.action();
            assert_eq!(after(meeting, [Input::Interrupted], now).action(), step);
        }
        let asking = after(publishing(now), [Input::Unauthorised, Input::Interrupted], now);
        let later = now + Duration::from_secs(2);
        assert_eq!(asking.action(), Action::WaitUntil(later));
        assert_eq!(after(asking, [Input::WaitEnded], later).action(), Action::Authorise);
        let at_first = after(begin(now), [Input::Interrupted], now);
        assert_eq!(at_first.action(), failed(Phase::Authorise, FailureReason::ActionFailed));
    }

    #[test]
    fn a_room_that_no_peer_can_claim_ends_the_meeting() {
        let (start, place) = (Instant::now(), Place::Free { version: 8 });
        let (mut now, mut meeting) = (start, publishing(start));
        while !matches!(meeting.action(), Action::Failed(_)) {
            match meeting.action() {
                // It was unclaimed forever: it has no content, and yet it is taken (launcher behaviour §7.13).
                Action::PublishOffer(..) => meeting.handle(Input::Taken, now),
                Action::LookForOffer(..) => meeting.handle(Input::RoomIsEmpty(place), now),
                _ => go_on(&mut meeting, &mut now),
            }
        }
        assert_eq!(meeting.action(), failed(Phase::PublishOffer, FailureReason::ActionFailed));
        assert!(now >= start + Duration::from_secs(8));
    }

    #[test]
    fn what_never_comes_of_anything_is_repeated_at_the_pace_of_polls_and_not_forever() {
        for again in [Input::OutcomeUnknown, Input::Unauthorised, Input::Interrupted] {
            let start = Instant::now();
            let (mut now, mut meeting) = (start, publishing(start));
            for _ in 0..=REPEATS_MAX {
                meeting.handle(again.clone(), now);
                go_on(&mut meeting, &mut now);
                if matches!(meeting.action(), Action::LookForOffer(..)) {
                    meeting.handle(Input::RoomIsEmpty(NEW), now);
                    go_on(&mut meeting, &mut now);
                }
            }
            assert_eq!(meeting.action(), failed(Phase::PublishOffer, FailureReason::ActionFailed), "{again:?}");
            assert!(now >= start + Duration::from_secs(2 * u64::from(REPEATS_MAX - 1)), "{again:?}");
        }
    }
}
