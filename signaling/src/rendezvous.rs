//! Who does what next. Pure: it is told what happened and when, and says the next step; the driver in [`peer`](crate::peer)
//! takes it. It knows no launcher and no WebRTC, and never waits.
//!
//! The roles are those of the original (the launcher's behaviour page, §10.3): a peer that finds an offer in the room is the
//! recipient and answers it, a peer that finds none is the initiator, publishes one and polls for the answer.

use tokio::time::Instant;

use crate::answer::Answer;
use crate::config::Config;
use crate::connection::Role;
use crate::error::Phase;
use crate::offer::Offer;
use crate::poller::Poller;
use crate::room::{AnswerId, RecordName, RoomName};
use crate::sdp::Sdp;

/// What the driver has to do now. It answers each with a [`Happened`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask the launcher for a session.
    Authorise,
    /// Look once whether somebody's offer is stored here.
    ReadRoom(RecordName),
    /// Make a session description, and gather its candidates.
    MakeOffer,
    /// Store the offer here.
    PublishOffer(RecordName, Offer),
    /// Do nothing until then.
    WaitUntil(Instant),
    /// Look whether the answer is stored here.
    Poll(RecordName),
    /// Give the answer to the transport.
    AcceptAnswer(Sdp),
    /// Give the offer to the transport, and make a session description that answers it.
    MakeAnswer(Sdp),
    /// Store the answer here.
    PublishAnswer(RecordName, Answer),
    /// Look what is stored here: this offer, since the launcher did not say that it is, or another's.
    LookForOffer(RecordName, Offer),
    /// Look what is stored here: this answer, since the launcher did not say that it is, or another's.
    LookForAnswer(RecordName, Answer),
    /// Wait for the data channel.
    OpenChannel,
    /// Nothing: the channel is open.
    Connected(Role),
    /// Nothing: it did not work.
    Failed(Phase),
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened {
    /// The launcher gave a session.
    Authorised,
    /// Nobody has stored an offer.
    RoomIsEmpty,
    /// Somebody has stored this offer.
    OfferFound(Offer),
    /// The transport made this session description, and all candidates are in it.
    Described(Sdp),
    /// The offer or answer is stored.
    Published,
    /// The time that was waited for has come.
    TimeCame,
    /// Nobody has stored an answer.
    NoAnswer,
    /// Somebody has stored this answer.
    AnswerFound(Answer),
    /// The transport took the answer.
    AnswerAccepted,
    /// The data channel is open.
    ChannelOpened,
    /// Nothing is stored: the offer or answer that was looked for was never taken.
    NotPublished,
    /// Somebody else has stored an offer or answer there.
    Taken,
    /// Nobody knows whether the offer or answer is stored.
    Unsure,
    /// The launcher no longer accepts the session.
    Unauthorised,
    /// The launcher has forgotten what a handle stands for.
    HandleLost,
    /// The step did not work. If it is `transient`, a poll is tried again at its next tick; any other step is not.
    Failed {
        /// Whether the same step may work later.
        transient: bool,
    },
    /// There is no time left.
    DeadlinePassed,
}

/// One peer's meeting in one room.
#[derive(Debug, Clone)]
pub struct Rendezvous {
    room: RoomName,
    answer_id: AnswerId,
    config: Config,
    poll_seed: u64,
    deadline: Instant,
    state: State,
    /// How often a step was repeated without anything having come of it.
    repeats: u32,
}

/// How often a step is repeated because of a lost session, handle or answer before the meeting fails.
pub const REPEATS_MAX: u32 = 5;

#[derive(Debug, Clone)]
enum State {
    Authorising,
    /// The session was lost while this was done.
    AuthorisingAgain(Box<State>),
    /// Nothing is done until then, and this after it.
    Pausing(Instant, Box<State>),
    ReadingRoom,
    MakingOffer,
    PublishingOffer(Poller, Offer),
    Waiting(Poller),
    Polling(Poller),
    Accepting(Sdp),
    MakingAnswer(Offer),
    PublishingAnswer(Offer, Answer),
    LookingForOffer(Poller, Offer),
    LookingForAnswer(Offer, Answer),
    Opening(Role),
    Connected(Role),
    Failed(Phase),
}

impl Rendezvous {
    /// A meeting that begins `now`. `answer_id` is this peer's own.
    pub fn new(room: RoomName, answer_id: AnswerId, config: Config, now: Instant) -> Self {
        let deadline = far(now, config.deadline);
        Self { room, answer_id, config, poll_seed: 0, deadline, state: State::Authorising, repeats: 0 }
    }

    /// Sets what its schedule of polls draws its chance from.
    #[must_use]
    pub fn poll_seed(mut self, seed: u64) -> Self {
        self.poll_seed = seed;
        self
    }

    /// When the meeting fails if it has not succeeded.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// This peer's own answer id.
    pub fn answer_id(&self) -> &AnswerId {
        &self.answer_id
    }

    /// What to do now. Asking again changes nothing.
    pub fn step(&self) -> Step {
        match &self.state {
            State::Authorising | State::AuthorisingAgain(_) => Step::Authorise,
            State::Pausing(until, _) => Step::WaitUntil(*until),
            State::ReadingRoom => Step::ReadRoom(RecordName::of_room(&self.room)),
            State::MakingOffer => Step::MakeOffer,
            State::PublishingOffer(_, offer) => Step::PublishOffer(RecordName::of_room(&self.room), offer.clone()),
            State::Waiting(poller) => Step::WaitUntil(self.wait_end(poller)),
            State::Polling(_) => Step::Poll(RecordName::of_answer(&self.answer_id)),
            State::Accepting(sdp) => Step::AcceptAnswer(sdp.clone()),
            State::MakingAnswer(offer) => Step::MakeAnswer(offer.sdp.clone()),
            State::PublishingAnswer(offer, answer) => {
                Step::PublishAnswer(RecordName::of_answer(&offer.answer_id), answer.clone())
            }
            State::LookingForOffer(_, offer) => Step::LookForOffer(RecordName::of_room(&self.room), offer.clone()),
            State::LookingForAnswer(offer, answer) => {
                Step::LookForAnswer(RecordName::of_answer(&offer.answer_id), answer.clone())
            }
            State::Opening(_) => Step::OpenChannel,
            State::Connected(role) => Step::Connected(*role),
            State::Failed(phase) => Step::Failed(*phase),
        }
    }

    /// The part of the meeting that is under way, or in which it failed.
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// Takes note of what happened. What does not belong to the step under way changes nothing.
    pub fn handle(&mut self, happened: Happened, now: Instant) {
        if matches!(self.state, State::Connected(_) | State::Failed(_)) {
            return;
        }
        match happened {
            Happened::DeadlinePassed => self.fail(),
            Happened::Failed { transient } => self.step_failed(transient, now),
            Happened::Unauthorised => self.session_lost(now),
            Happened::HandleLost => self.repeat(now),
            Happened::Taken | Happened::Unsure | Happened::NotPublished => self.not_stored(&happened, now),
            succeeded => self.succeeded(succeeded, now),
        }
    }

    /// The launcher is asked for another session, and then the same is done again.
    fn session_lost(&mut self, now: Instant) {
        if matches!(self.state, State::Authorising | State::AuthorisingAgain(_)) || !self.may_repeat() {
            return self.fail();
        }
        if let State::Polling(poller) = &mut self.state {
            poller.finished(now, false);
            self.state = State::Waiting(poller.clone());
        }
        let interrupted = std::mem::replace(&mut self.state, State::Authorising);
        self.state = State::AuthorisingAgain(Box::new(self.paced(interrupted, now)));
    }

    /// The step is done again from its beginning: it asks for all its handles itself.
    fn repeat(&mut self, now: Instant) {
        let is_repeatable = matches!(
            self.state,
            State::ReadingRoom
                | State::PublishingOffer(..)
                | State::PublishingAnswer(..)
                | State::LookingForOffer(..)
                | State::LookingForAnswer(..)
        );
        if !is_repeatable || !self.may_repeat() {
            return self.fail();
        }
        self.state = self.paced(self.state.clone(), now);
    }

    /// What was to be stored may be there or not, or something else is: a look tells, and never are two sessions made of it.
    fn not_stored(&mut self, happened: &Happened, now: Instant) {
        let next = match (&self.state, happened) {
            // Nothing was done yet, so there is nothing to be unsure of.
            (State::LookingForOffer(poller, offer), Happened::NotPublished) => {
                self.state = self.paced(State::PublishingOffer(poller.clone(), offer.clone()), now);
                return;
            }
            (State::LookingForAnswer(offer, answer), Happened::NotPublished) => {
                self.state = self.paced(State::PublishingAnswer(offer.clone(), answer.clone()), now);
                return;
            }
            // Another's offer was stored first: this peer answers it, unless it turns out to be this peer's own.
            (State::PublishingOffer(poller, offer), Happened::Taken | Happened::Unsure) => {
                State::LookingForOffer(poller.clone(), offer.clone())
            }
            (State::PublishingAnswer(offer, answer), Happened::Unsure) => {
                State::LookingForAnswer(offer.clone(), answer.clone())
            }
            // One that was unsure before may have been refused because of its own answer.
            (State::PublishingAnswer(offer, answer), Happened::Taken) if self.repeats > 0 => {
                State::LookingForAnswer(offer.clone(), answer.clone())
            }
            (State::LookingForOffer(..) | State::LookingForAnswer(..), Happened::Unsure) => self.state.clone(),
            _ => return self.fail(),
        };
        if self.may_repeat() {
            self.state = self.paced(next, now);
        } else {
            self.fail();
        }
    }

    /// What is repeated once is repeated at once, and after that at the pace of polls: nobody is hammered at.
    fn paced(&self, next: State, now: Instant) -> State {
        if self.repeats <= 1 {
            return next;
        }
        let until = far(now, Poller::new(self.config.poll_interval, now).interval()).min(self.deadline);
        State::Pausing(until, Box::new(next))
    }

    /// Counts a repetition; `false` if there were too many.
    fn may_repeat(&mut self) -> bool {
        self.repeats += 1;
        self.repeats <= REPEATS_MAX
    }

    fn succeeded(&mut self, happened: Happened, now: Instant) {
        let own_id = || self.answer_id.clone();
        let next = match (&mut self.state, happened) {
            (State::Authorising, Happened::Authorised) => State::ReadingRoom,
            // That it is authorised says nothing yet of whether the launcher goes on accepting it.
            (State::AuthorisingAgain(interrupted), Happened::Authorised) => {
                self.state = (**interrupted).clone();
                return;
            }
            (State::Pausing(until, next), Happened::TimeCame) => {
                if now >= self.deadline {
                    return self.fail();
                }
                if now >= *until {
                    self.state = (**next).clone();
                }
                return;
            }
            (State::ReadingRoom, Happened::RoomIsEmpty) => State::MakingOffer,
            (State::ReadingRoom | State::LookingForOffer(..), Happened::OfferFound(offer)) => {
                State::MakingAnswer(offer)
            }
            (State::MakingOffer, Happened::Described(sdp)) => {
                let Config { poll_interval, schedule, .. } = self.config;
                let poller = Poller::scheduled(schedule, poll_interval, self.poll_seed, now);
                State::PublishingOffer(poller, Offer { sdp, answer_id: own_id() })
            }
            (State::PublishingOffer(poller, _) | State::LookingForOffer(poller, _), Happened::Published) => {
                poller.ready(now);
                State::Waiting(poller.clone())
            }
            (State::Waiting(poller), Happened::TimeCame) => {
                if now >= self.deadline {
                    return self.fail();
                }
                if poller.next_poll_at().is_none_or(|due| now < due) {
                    return;
                }
                poller.started(now);
                State::Polling(poller.clone())
            }
            (State::Polling(poller), Happened::NoAnswer) => {
                poller.finished(now, false);
                State::Waiting(poller.clone())
            }
            (State::Polling(_), Happened::AnswerFound(answer)) => State::Accepting(answer.sdp),
            (State::Accepting(_), Happened::AnswerAccepted) => State::Opening(Role::Initiator),
            (State::MakingAnswer(offer), Happened::Described(sdp)) => {
                State::PublishingAnswer(offer.clone(), Answer { sdp, answer_id: own_id() })
            }
            (State::PublishingAnswer(..) | State::LookingForAnswer(..), Happened::Published) => {
                State::Opening(Role::Recipient)
            }
            (State::Opening(role), Happened::ChannelOpened) => State::Connected(*role),
            _ => return,
        };
        self.state = next;
        self.repeats = 0;
    }

    fn step_failed(&mut self, transient: bool, now: Instant) {
        match &mut self.state {
            State::Polling(poller) if transient => {
                poller.finished(now, false);
                self.state = State::Waiting(poller.clone());
            }
            // A wait cannot fail; to say so is our own mistake, and waiting on is right.
            State::Waiting(_) | State::Pausing(..) => {}
            _ => self.fail(),
        }
    }

    fn fail(&mut self) {
        self.state = State::Failed(self.phase());
    }

    fn wait_end(&self, poller: &Poller) -> Instant {
        poller.next_poll_at().map_or(self.deadline, |due| due.min(self.deadline))
    }
}

impl State {
    fn phase(&self) -> Phase {
        match self {
            Self::Authorising => Phase::Authorise,
            Self::AuthorisingAgain(next) | Self::Pausing(_, next) => next.phase(),
            Self::ReadingRoom => Phase::FindOffer,
            Self::MakingOffer => Phase::MakeOffer,
            Self::PublishingOffer(..) | Self::LookingForOffer(..) => Phase::PublishOffer,
            Self::Waiting(_) | Self::Polling(_) => Phase::AwaitAnswer,
            Self::MakingAnswer(_) => Phase::AnswerOffer,
            Self::PublishingAnswer(..) | Self::LookingForAnswer(..) => Phase::PublishAnswer,
            Self::Accepting(_) | Self::Opening(_) | Self::Connected(_) => Phase::Connect,
            Self::Failed(phase) => *phase,
        }
    }
}

/// `now + after`, or a century from now if that is later than clocks can tell.
fn far(now: Instant, after: std::time::Duration) -> Instant {
    const CENTURY: std::time::Duration = std::time::Duration::from_hours(100 * 365 * 24);
    now + after.min(CENTURY)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn room() -> RoomName {
        RoomName::new("room1").unwrap()
    }

    fn own_id() -> AnswerId {
        AnswerId::new("room1-0.5").unwrap()
    }

    fn begin(now: Instant) -> Rendezvous {
        Rendezvous::new(room(), own_id(), Config::default().deadline(Duration::from_mins(1)), now)
    }

    fn offer() -> Offer {
        Offer { sdp: Sdp::new("their offer"), answer_id: AnswerId::new("room1-0.7").unwrap() }
    }

    fn answer() -> Answer {
        Answer { sdp: Sdp::new("their answer"), answer_id: AnswerId::new("room1-0.7").unwrap() }
    }

    /// An initiator that has published its offer at `now`.
    fn waiting(now: Instant) -> Rendezvous {
        let mut meeting = begin(now);
        for happened in [
            Happened::Authorised,
            Happened::RoomIsEmpty,
            Happened::Described(Sdp::new("our offer")),
            Happened::Published,
        ] {
            meeting.handle(happened, now);
        }
        meeting
    }

    #[test]
    fn who_finds_an_empty_room_becomes_the_initiator() {
        let now = Instant::now();
        let mut meeting = begin(now);
        assert_eq!(meeting.step(), Step::Authorise);
        meeting.handle(Happened::Authorised, now);
        assert_eq!(meeting.step(), Step::ReadRoom(RecordName::of_room(&room())));
        meeting.handle(Happened::RoomIsEmpty, now);
        assert_eq!(meeting.step(), Step::MakeOffer);
        meeting.handle(Happened::Described(Sdp::new("our offer")), now);
        let ours = Offer { sdp: Sdp::new("our offer"), answer_id: own_id() };
        assert_eq!(meeting.step(), Step::PublishOffer(RecordName::of_room(&room()), ours));
        meeting.handle(Happened::Published, now);
        let due = now + Duration::from_secs(2);
        assert_eq!(meeting.step(), Step::WaitUntil(due));
        meeting.handle(Happened::TimeCame, due);
        assert_eq!(meeting.step(), Step::Poll(RecordName::of_answer(&own_id())));
        meeting.handle(Happened::NoAnswer, due);
        let due = now + Duration::from_secs(4);
        assert_eq!(meeting.step(), Step::WaitUntil(due));
        meeting.handle(Happened::TimeCame, due);
        meeting.handle(Happened::AnswerFound(answer()), due);
        assert_eq!(meeting.step(), Step::AcceptAnswer(Sdp::new("their answer")));
        meeting.handle(Happened::AnswerAccepted, due);
        assert_eq!(meeting.step(), Step::OpenChannel);
        meeting.handle(Happened::ChannelOpened, due);
        assert_eq!(meeting.step(), Step::Connected(Role::Initiator));
    }

    #[test]
    fn who_finds_an_offer_becomes_the_recipient_and_never_polls() {
        let now = Instant::now();
        let mut meeting = begin(now);
        meeting.handle(Happened::Authorised, now);
        meeting.handle(Happened::OfferFound(offer()), now);
        assert_eq!(meeting.step(), Step::MakeAnswer(Sdp::new("their offer")));
        meeting.handle(Happened::Described(Sdp::new("our answer")), now);
        let ours = Answer { sdp: Sdp::new("our answer"), answer_id: own_id() };
        assert_eq!(meeting.step(), Step::PublishAnswer(RecordName::of_answer(&offer().answer_id), ours));
        meeting.handle(Happened::Published, now);
        assert_eq!(meeting.step(), Step::OpenChannel);
        meeting.handle(Happened::ChannelOpened, now);
        assert_eq!(meeting.step(), Step::Connected(Role::Recipient));
    }

    /// A peer that has made its own offer and is about to store it.
    fn publishing(now: Instant) -> Rendezvous {
        let mut meeting = begin(now);
        for happened in [Happened::Authorised, Happened::RoomIsEmpty, Happened::Described(Sdp::new("our offer"))] {
            meeting.handle(happened, now);
        }
        meeting
    }

    /// A peer that has made its answer and is about to store it.
    fn answering(now: Instant) -> Rendezvous {
        let mut meeting = begin(now);
        let described = Happened::Described(Sdp::new("our answer"));
        for happened in [Happened::Authorised, Happened::OfferFound(offer()), described] {
            meeting.handle(happened, now);
        }
        meeting
    }

    #[test]
    fn of_two_initiators_the_one_that_is_refused_answers_the_other() {
        let now = Instant::now();
        let mut meeting = publishing(now);
        meeting.handle(Happened::Taken, now);
        assert!(matches!(meeting.step(), Step::LookForOffer(..)));
        assert_eq!(meeting.phase(), Phase::PublishOffer);
        meeting.handle(Happened::OfferFound(offer()), now);
        assert_eq!(meeting.step(), Step::MakeAnswer(Sdp::new("their offer")));
    }

    #[test]
    fn an_offer_that_may_be_stored_is_looked_for_before_it_is_stored_again() {
        let now = Instant::now();
        let mut meeting = publishing(now);
        let publish = meeting.step();
        meeting.handle(Happened::Unsure, now);
        assert!(matches!(meeting.step(), Step::LookForOffer(..)));
        meeting.handle(Happened::NotPublished, now);
        assert_eq!(meeting.step(), publish);
        meeting.handle(Happened::Unsure, now);
        meeting.handle(Happened::Published, now);
        assert!(matches!(meeting.step(), Step::WaitUntil(_)));
    }

    #[test]
    fn an_answer_that_is_refused_at_once_means_that_the_room_is_taken() {
        let now = Instant::now();
        let mut meeting = answering(now);
        meeting.handle(Happened::Taken, now);
        assert_eq!(meeting.step(), Step::Failed(Phase::PublishAnswer));
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
        meeting.handle(Happened::Published, now);
        assert_eq!(meeting.step(), Step::OpenChannel);
    }

    #[test]
    fn a_lost_session_is_asked_for_again_and_the_step_is_done_again() {
        let now = Instant::now();
        for mut meeting in [publishing(now), answering(now)] {
            let (step, phase) = (meeting.step(), meeting.phase());
            meeting.handle(Happened::Unauthorised, now);
            assert_eq!((meeting.step(), meeting.phase()), (Step::Authorise, phase));
            meeting.handle(Happened::Authorised, now);
            assert_eq!(meeting.step(), step);
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

    /// Waits for as long as the meeting wants to, and is authorised if it asks for that.
    fn go_on(meeting: &mut Rendezvous, now: &mut Instant) {
        if meeting.step() == Step::Authorise {
            meeting.handle(Happened::Authorised, *now);
        }
        if let Step::WaitUntil(then) = meeting.step() {
            *now = then;
            meeting.handle(Happened::TimeCame, then);
        }
    }

    #[test]
    fn what_never_comes_of_anything_is_repeated_at_the_pace_of_polls_and_not_for_ever() {
        for again in [Happened::Unsure, Happened::Unauthorised, Happened::HandleLost] {
            let start = Instant::now();
            let (mut now, mut meeting) = (start, publishing(start));
            for _ in 0..=REPEATS_MAX {
                meeting.handle(again.clone(), now);
                go_on(&mut meeting, &mut now);
                if matches!(meeting.step(), Step::LookForOffer(..)) {
                    meeting.handle(Happened::NotPublished, now);
                    go_on(&mut meeting, &mut now);
                }
            }
            assert_eq!(meeting.step(), Step::Failed(Phase::PublishOffer), "{again:?}");
            assert!(now >= start + Duration::from_secs(2 * u64::from(REPEATS_MAX - 1)), "{again:?}");
        }
    }

    #[test]
    fn a_poll_that_fails_for_now_is_tried_again_at_its_next_tick() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        let due = now + Duration::from_secs(2);
        meeting.handle(Happened::TimeCame, due);
        meeting.handle(Happened::Failed { transient: true }, due + Duration::from_millis(30));
        assert_eq!(meeting.step(), Step::WaitUntil(now + Duration::from_secs(4)));
    }

    #[test]
    fn a_poll_that_fails_for_good_ends_the_meeting() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        meeting.handle(Happened::TimeCame, now + Duration::from_secs(2));
        meeting.handle(Happened::Failed { transient: false }, now + Duration::from_secs(2));
        assert_eq!(meeting.step(), Step::Failed(Phase::AwaitAnswer));
    }

    #[test]
    fn a_step_other_than_a_poll_is_not_tried_again() {
        let now = Instant::now();
        let mut meeting = begin(now);
        meeting.handle(Happened::Failed { transient: true }, now);
        assert_eq!(meeting.step(), Step::Failed(Phase::Authorise));
    }

    #[test]
    fn no_poll_begins_at_or_after_the_deadline() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        meeting.handle(Happened::TimeCame, now + Duration::from_mins(1));
        assert_eq!(meeting.step(), Step::Failed(Phase::AwaitAnswer));
    }

    #[test]
    fn no_wait_ends_after_the_deadline() {
        let now = Instant::now();
        let config = Config::default().deadline(Duration::from_secs(1)).poll_interval(Duration::from_secs(9));
        let mut meeting = Rendezvous::new(room(), own_id(), config, now);
        for happened in [Happened::Authorised, Happened::RoomIsEmpty, Happened::Described(Sdp::new("x"))] {
            meeting.handle(happened, now);
        }
        meeting.handle(Happened::Published, now);
        assert_eq!(meeting.step(), Step::WaitUntil(now + Duration::from_secs(1)));
    }

    #[test]
    fn a_time_that_came_too_early_begins_no_poll() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        meeting.handle(Happened::TimeCame, now + Duration::from_millis(1999));
        assert_eq!(meeting.step(), Step::WaitUntil(now + Duration::from_secs(2)));
    }

    #[test]
    fn a_deadline_without_end_does_not_overflow() {
        let now = Instant::now();
        let config = Config::default().deadline(Duration::MAX);
        assert!(Rendezvous::new(room(), own_id(), config, now).deadline() > now);
    }

    fn anything() -> impl Strategy<Value = Happened> {
        prop_oneof![
            Just(Happened::Authorised),
            Just(Happened::RoomIsEmpty),
            Just(Happened::OfferFound(offer())),
            Just(Happened::Described(Sdp::new("ours"))),
            Just(Happened::Published),
            Just(Happened::TimeCame),
            Just(Happened::NoAnswer),
            Just(Happened::AnswerFound(answer())),
            Just(Happened::AnswerAccepted),
            Just(Happened::ChannelOpened),
            Just(Happened::Failed { transient: true }),
            Just(Happened::Taken),
            Just(Happened::Unsure),
            Just(Happened::NotPublished),
            Just(Happened::Unauthorised),
            Just(Happened::HandleLost),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_polls_stay_apart_and_an_end_stays_the_end(
            events in prop::collection::vec((anything(), 0u64..3_000), 0..200),
            rest in prop::collection::vec(anything(), 0..10),
        ) {
            let mut now = Instant::now();
            let mut meeting = begin(now);
            let mut last_poll: Option<Instant> = None;
            for (happened, millis) in events {
                now += Duration::from_millis(millis);
                let before = meeting.step();
                meeting.handle(happened, now);
                let polls = matches!(meeting.step(), Step::Poll(_));
                if polls && before != meeting.step() {
                    prop_assert!(now < meeting.deadline());
                    prop_assert!(last_poll.is_none_or(|last| now > last));
                    last_poll = Some(now);
                }
            }
            meeting.handle(Happened::DeadlinePassed, now);
            let end = meeting.step();
            prop_assert!(matches!(end, Step::Connected(_) | Step::Failed(_)));
            for happened in rest {
                meeting.handle(happened, now);
                prop_assert_eq!(meeting.step(), end.clone());
            }
        }
    }
}
