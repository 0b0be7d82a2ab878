//! What is done again: after a session or a handle was lost, and after a write that was refused or not acknowledged.

use std::time::Duration;

use tokio::time::Instant;

use super::decide::{REPEATS_MAX, Rendezvous};
use super::failure::Why;
use super::state::{State, Suspect};
use super::step::Happened;
use crate::clock::far;
use crate::poller::Poller;
use crate::schedule::DEFAULT_POLL_INTERVAL;

impl Rendezvous {
    /// The launcher is asked for another session, and then the same is done again.
    pub(super) fn session_lost(&mut self, now: Instant) {
        if matches!(self.state, State::Authorising | State::AuthorisingAgain(_)) || !self.may_repeat() {
            return self.fail(Why::StepFailed);
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

    /// The step is done again from its beginning: it asks for all its handles itself.
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
            self.fail(Why::StepFailed);
        }
    }

    /// What was to be stored may be there or not, or something else is: a look tells, and never are two sessions made of it.
    pub(super) fn not_stored(&mut self, happened: &Happened, now: Instant) {
        match (&self.state, happened) {
            (State::LookingForAnswer(found, answer), Happened::NotPublished) => {
                self.state = self.paced(State::PublishingAnswer(found.clone(), answer.clone()), now);
            }
            // Another's offer was stored first, or the room is not as it was: this peer looks what there is now.
            (State::PublishingOffer(publication), Happened::Taken | Happened::Superseded | Happened::Unsure) => {
                self.do_again(State::LookingForOffer(publication.clone()), now);
            }
            (State::PublishingAnswer(found, answer), Happened::Unsure) => {
                self.do_again(State::LookingForAnswer(found.clone(), answer.clone()), now);
            }
            // One that was unsure before may have been refused because of its own answer.
            (State::PublishingAnswer(found, answer), Happened::Taken) if self.repeats > 0 => {
                self.do_again(State::LookingForAnswer(found.clone(), answer.clone()), now);
            }
            (State::PublishingAnswer(found, _) | State::LookingForAnswer(found, _), Happened::Taken) => {
                self.answered_by_another(&found.clone(), now);
            }
            (State::PublishingAnswer(..) | State::LookingForAnswer(..), Happened::Superseded) => {
                self.answered_before(now);
            }
            (State::ReadingRoom | State::LookingForOffer(_) | State::LookingForAnswer(..), Happened::Unsure) => {
                self.do_again(self.state.clone(), now);
            }
            _ => self.fail(Why::StepFailed),
        }
    }

    /// Somebody has answered the offer and taken the answer back. Either the two have met, and the offer is about to go too;
    /// or it brings nobody. A little later it shows.
    fn answered_before(&mut self, now: Instant) {
        let (State::PublishingAnswer(found, _) | State::LookingForAnswer(found, _)) = &self.state else { return };
        let looks_every = found.offer.looks_every.unwrap_or(DEFAULT_POLL_INTERVAL);
        self.suspect = Some(Suspect { answer_id: found.offer.answer_id.clone(), failure: None });
        // By then an initiator that is there has seen it too, and has given its offer another answer id.
        self.look_again_after(looks_every.saturating_add(self.pace(now)), now);
    }

    /// Looks into the room after that time, or when most of the time that is left has passed.
    pub(super) fn look_again_after(&mut self, pause: Duration, now: Instant) {
        let left = self.deadline.saturating_duration_since(now);
        let until = far(now, pause.min(left / 4 * 3));
        self.go_on(State::Pausing(until, Box::new(State::ReadingRoom)));
    }

    /// Does it, unless too much was done again already.
    fn do_again(&mut self, next: State, now: Instant) {
        if self.may_repeat() {
            self.state = self.paced(next, now);
        } else {
            self.fail(Why::StepFailed);
        }
    }

    /// What is repeated once is repeated at once, and after that at the pace of polls: nobody is hammered at.
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
    use super::super::rehearsal::*;
    use super::*;
    use crate::phase::Phase;
    use crate::rendezvous::Step;
    use crate::room::Place;
    use crate::sdp::Sdp;

    #[test]
    fn of_two_initiators_the_one_that_is_refused_answers_the_other() {
        for refused in [Happened::Taken, Happened::Superseded] {
            let now = Instant::now();
            let mut meeting = publishing(now);
            meeting.handle(refused, now);
            assert!(matches!(meeting.step(), Step::LookForOffer(..)));
            assert_eq!(meeting.phase(), Phase::PublishOffer);
            meeting.handle(Happened::OfferFound(found()), now);
            assert_eq!(meeting.step(), Step::MakeAnswer(Sdp::new("their offer")));
        }
    }

    #[test]
    fn an_initiator_whose_room_was_used_and_left_meanwhile_claims_it_as_it_is_now() {
        let now = Instant::now();
        let place = Place::Free { version: 4 };
        let meeting = after(publishing(now), [Happened::Superseded, Happened::RoomIsEmpty(place)], now);
        assert!(matches!(meeting.step(), Step::PublishOffer(_, _, claimed) if claimed == place), "{meeting:?}");
    }

    #[test]
    fn an_offer_that_may_be_stored_is_looked_for_before_it_is_stored_again() {
        let now = Instant::now();
        let mut meeting = publishing(now);
        let publish = meeting.step();
        meeting.handle(Happened::Unsure, now);
        assert!(matches!(meeting.step(), Step::LookForOffer(..)));
        meeting.handle(Happened::RoomIsEmpty(NEW), now);
        assert_eq!(meeting.step(), publish);
        meeting.handle(Happened::Unsure, now);
        meeting.handle(Happened::Published, now);
        assert!(matches!(meeting.step(), Step::WaitUntil(_)));
    }

    #[test]
    fn an_answer_that_is_refused_at_once_means_that_the_room_is_taken() {
        let now = Instant::now();
        let meeting = after(answering(now), [Happened::Taken], now);
        assert_eq!(meeting.step(), failed(Phase::PublishAnswer, Why::RoomTaken));
    }

    #[test]
    fn an_answer_that_is_refused_after_it_may_have_been_stored_is_looked_for() {
        let now = Instant::now();
        let mut meeting = answering(now);
        let mut later = now;
        for happened in [Happened::Unsure, Happened::NotPublished, Happened::Taken] {
            meeting.handle(happened, later);
            go_on(&mut meeting, &mut later);
        }
        assert!(matches!(meeting.step(), Step::LookForAnswer(..)));
        let another = after(meeting.clone(), [Happened::Taken], later);
        assert_eq!(another.step(), failed(Phase::PublishAnswer, Why::RoomTaken));
        meeting.handle(Happened::Published, later);
        assert_eq!(meeting.step(), Step::OpenChannel);
    }

    #[test]
    fn an_offer_whose_answer_was_taken_back_is_looked_at_again_a_little_later() {
        let now = Instant::now();
        let mut meeting = after(answering(now), [Happened::Superseded], now);
        // The initiator has looked once by then, and this peer would have too.
        let later = now + Duration::from_secs(4);
        assert_eq!(meeting.step(), Step::WaitUntil(later));
        meeting.handle(Happened::TimeCame, later);
        assert!(matches!(meeting.step(), Step::ReadRoom(_)));
        // The initiator has seen it too, and waits under another id.
        let mut moved = found();
        moved.offer.answer_id = crate::room::AnswerId::new("room1-0.8").unwrap();
        let answered = after(meeting.clone(), [Happened::OfferFound(moved)], later);
        assert_eq!(answered.step(), Step::MakeAnswer(Sdp::new("their offer")));
        // The two had met, and now their offer is gone too.
        let free = after(meeting.clone(), [Happened::RoomIsEmpty(Place::Free { version: 2 })], later);
        assert_eq!(free.step(), Step::MakeOffer);
        // Or it is still there.
        let gone = after(meeting, [Happened::OfferFound(found())], later);
        assert_eq!(gone.step(), failed(Phase::FindOffer, Why::PeerGone { made_at: None }));
    }

    #[test]
    fn a_lost_session_is_asked_for_again_and_the_step_is_done_again() {
        let now = Instant::now();
        for mut meeting in [publishing(now), answering(now)] {
            let (step, phase) = (meeting.step(), meeting.phase());
            meeting.handle(Happened::Unauthorised, now);
            assert_eq!((meeting.step(), meeting.phase()), (Step::Authorise, Phase::Authorise));
            // A person may take longer than a launcher.
            let later = now + Duration::from_secs(50);
            assert!(meeting.limit() > later);
            meeting.handle(Happened::Authorised, later);
            assert_eq!((meeting.step(), meeting.phase()), (step, phase));
            assert_eq!(meeting.limit(), now + Duration::from_mins(1), "the phase begins anew");
        }
    }

    #[test]
    fn a_session_that_is_lost_at_a_poll_leads_to_the_poll_after_it() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        let due = now + Duration::from_secs(2);
        meeting.handle(Happened::TimeCame, due);
        meeting.handle(Happened::Unauthorised, due);
        meeting.handle(Happened::Authorised, due);
        assert_eq!(meeting.step(), Step::WaitUntil(now + Duration::from_secs(4)));
    }

    #[test]
    fn a_look_into_the_room_of_which_nobody_knows_what_it_saw_is_done_again() {
        let now = Instant::now();
        let mut meeting = after(begin(now), [Happened::Authorised], now);
        let look = meeting.step();
        meeting.handle(Happened::Unsure, now);
        assert_eq!(meeting.step(), look);
        meeting.handle(Happened::Unsure, now);
        assert_eq!(meeting.step(), Step::WaitUntil(now + Duration::from_secs(2)));
    }

    #[test]
    fn a_launcher_that_accepts_no_session_at_any_poll_is_not_asked_for_one_for_ever() {
        let (mut now, mut asked) = (Instant::now(), 0);
        let mut meeting = waiting(now);
        while !matches!(meeting.step(), Step::Failed(_)) {
            match meeting.step() {
                Step::Authorise => {
                    asked += 1;
                    meeting.handle(Happened::Authorised, now);
                }
                Step::Poll(_) => meeting.handle(Happened::Unauthorised, now),
                _ => go_on(&mut meeting, &mut now),
            }
        }
        assert_eq!(asked, REPEATS_MAX);
        assert_eq!(meeting.step(), failed(Phase::AwaitAnswer, Why::StepFailed));
    }

    #[test]
    fn a_launcher_that_is_gone_for_a_moment_is_tried_again_but_not_at_the_very_beginning() {
        let now = Instant::now();
        for meeting in [publishing(now), answering(now)] {
            let step = meeting.step();
            assert_eq!(after(meeting, [Happened::Interrupted], now).step(), step);
        }
        let asking = after(publishing(now), [Happened::Unauthorised, Happened::Interrupted], now);
        let later = now + Duration::from_secs(2);
        assert_eq!(asking.step(), Step::WaitUntil(later));
        assert_eq!(after(asking, [Happened::TimeCame], later).step(), Step::Authorise);
        let at_first = after(begin(now), [Happened::Interrupted], now);
        assert_eq!(at_first.step(), failed(Phase::Authorise, Why::StepFailed));
    }

    #[test]
    fn a_room_that_nobody_can_claim_ends_the_meeting() {
        let (start, place) = (Instant::now(), Place::Free { version: 8 });
        let (mut now, mut meeting) = (start, publishing(start));
        while !matches!(meeting.step(), Step::Failed(_)) {
            match meeting.step() {
                // It was unclaimed for ever: it has no content, and yet it is taken (launcher behaviour §7.13).
                Step::PublishOffer(..) => meeting.handle(Happened::Taken, now),
                Step::LookForOffer(..) => meeting.handle(Happened::RoomIsEmpty(place), now),
                _ => go_on(&mut meeting, &mut now),
            }
        }
        assert_eq!(meeting.step(), failed(Phase::PublishOffer, Why::StepFailed));
        assert!(now >= start + Duration::from_secs(8));
    }

    #[test]
    fn what_never_comes_of_anything_is_repeated_at_the_pace_of_polls_and_not_for_ever() {
        for again in [Happened::Unsure, Happened::Unauthorised, Happened::Interrupted] {
            let start = Instant::now();
            let (mut now, mut meeting) = (start, publishing(start));
            for _ in 0..=REPEATS_MAX {
                meeting.handle(again.clone(), now);
                go_on(&mut meeting, &mut now);
                if matches!(meeting.step(), Step::LookForOffer(..)) {
                    meeting.handle(Happened::RoomIsEmpty(NEW), now);
                    go_on(&mut meeting, &mut now);
                }
            }
            assert_eq!(meeting.step(), failed(Phase::PublishOffer, Why::StepFailed), "{again:?}");
            assert!(now >= start + Duration::from_secs(2 * u64::from(REPEATS_MAX - 1)), "{again:?}");
        }
    }
}
