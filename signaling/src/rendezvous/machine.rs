//! The rendezvous itself: from what happened to the next step.

use std::time::Duration;

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use tokio::time::Instant;

use super::action::Action;
use super::failure::{Failure, FailureReason};
use super::input::Input;
use super::settings::Settings;
use super::state::{Destination, Publication, State, Suspect};
use crate::answer::Answer;
use crate::clock::{WallClock, far};
use crate::offer::Offer;
use crate::phase::Phase;
use crate::poller::Poller;
use crate::role::Role;
use crate::room::{AnswerId, RecordName, RoomName};
use crate::schedule::DEFAULT_POLL_INTERVAL;
use crate::sdp::{Sdp, SdpHash};

/// How many times an action is repeated after a lost session, handle or response before the meeting fails.
pub const REPEATS_MAX: u32 = 5;

/// After how many polls of its initiator without a connection an offer counts as stale. One poll may be too early, and one
/// may be lost.
pub const STALE_AFTER_POLLS: u32 = 3;

/// The last generation of a room that is tried.
pub const GENERATIONS_MAX: u32 = 8;

/// How many of its own session descriptions a peer remembers. It makes another one only after it failed to connect as a recipient.
const OWN_OFFERS_MAX: usize = 16;

/// One peer's meeting in one room.
#[derive(Debug, Clone)]
pub struct Rendezvous {
    pub(super) room: RoomName,
    pub(super) answer_id: AnswerId,
    pub(super) settings: Settings,
    pub(super) poll_seed: u64,
    /// Answer ids after the first are drawn from it.
    pub(super) chance: ChaCha8Rng,
    pub(super) wall: WallClock,
    pub(super) deadline: Instant,
    pub(super) phase_began: Instant,
    pub(super) state: State,
    /// How many times in a row an action was repeated without success.
    pub(super) repeats: u32,
    /// Which generation of the room this peer is in, counted from 1.
    pub(super) generation: u32,
    /// The offer that may be stale.
    pub(super) suspect: Option<Suspect>,
    /// The place of the stale offer of this peer's own account in the previous generation, while this peer checks whether
    /// another peer has continued in this generation.
    pub(super) left_behind: Option<Destination>,
    /// The last session descriptions that this peer has offered in this meeting. A read may show an offer that was replaced.
    own_offers: Vec<SdpHash>,
}

impl Rendezvous {
    /// A meeting that begins `now`. `answer_id` is this peer's own.
    pub fn new(room: RoomName, answer_id: AnswerId, settings: Settings, wall: WallClock, now: Instant) -> Self {
        Self {
            room,
            answer_id,
            wall,
            deadline: far(now, settings.deadline),
            settings,
            poll_seed: 0,
            chance: ChaCha8Rng::seed_from_u64(0),
            phase_began: now,
            state: State::Authorising,
            repeats: 0,
            generation: 1,
            suspect: None,
            left_behind: None,
            own_offers: Vec::new(),
        }
    }

    /// Sets the seed of all random numbers: of the schedule of polls, and of answer ids after the first.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.poll_seed = seed;
        self.chance = ChaCha8Rng::seed_from_u64(seed);
        self
    }

    /// When the meeting fails if it has not succeeded.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// When the current action is given up: at the limit of its phase, or at the deadline.
    pub fn limit(&self) -> Instant {
        self.phase_limit().map_or(self.deadline, |limit| far(self.phase_began, limit).min(self.deadline))
    }

    /// This peer's own answer id.
    pub fn answer_id(&self) -> &AnswerId {
        &self.answer_id
    }

    /// Which generation of the room this peer is in, counted from 1.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// The current action.
    pub fn action(&self) -> Action {
        let room = || RecordName::of_generation(&self.room, self.generation);
        let answer = |offer: &Offer| RecordName::of_answer(&offer.answer_id);
        match &self.state {
            State::Authorising | State::AuthorisingAgain(_) => Action::Authorise,
            State::Pausing(until, _) => Action::WaitUntil((*until).min(self.limit())),
            State::ReadingRoom => Action::ReadRoom(room()),
            State::MakingOffer(_) => Action::MakeOffer,
            State::PublishingOffer(Publication { offer, to, .. }) => {
                Action::PublishOffer(room(), offer.clone(), to.place)
            }
            State::Waiting(Publication { poller, .. }) => {
                Action::WaitUntil(poller.next_poll_at().map_or(self.limit(), |due| due.min(self.limit())))
            }
            State::Polling(Publication { offer, .. }) => Action::Poll(answer(offer)),
            State::Accepting(sdp) => Action::AcceptAnswer(sdp.clone()),
            State::MakingAnswer(found) => Action::MakeAnswer(found.offer.sdp.clone()),
            State::PublishingAnswer(found, ours) => Action::PublishAnswer(answer(&found.offer), ours.clone()),
            State::LookingForOffer(Publication { offer, .. }) => Action::LookForOffer(room(), offer.clone()),
            State::LookingForAnswer(found, ours) => Action::LookForAnswer(answer(&found.offer), ours.clone()),
            State::OpeningAsInitiator | State::OpeningAsRecipient(_) => Action::OpenChannel,
            State::Withdrawing => Action::Withdraw,
            State::Connected(role) => Action::Connected(*role),
            State::Failed(failure) => Action::Failed(*failure),
        }
    }

    /// The current phase, or the phase that failed.
    pub fn phase(&self) -> Phase {
        self.state.phase()
    }

    /// Handles an input. An input that does not belong to the current action is ignored.
    pub fn handle(&mut self, input: Input, now: Instant) {
        if self.state.is_end() {
            return;
        }
        let before = self.phase();
        match input {
            Input::DeadlinePassed => self.out_of_time(now),
            Input::Failed { transient } => self.action_failed(transient, now),
            Input::NoRoute => self.no_route(FailureReason::NoRoute),
            // There is no time left to see what is in the room.
            Input::Unconnectable if now >= self.deadline => self.fail(FailureReason::Unconnectable),
            Input::Unconnectable => self.no_route(FailureReason::Unconnectable),
            Input::AnswerWithdrawn => self.answer_withdrawn(now),
            Input::Withdrawn => self.withdrawn(now),
            Input::Unauthorised => self.session_lost(now),
            Input::Interrupted => self.repeat(now),
            Input::Taken | Input::Superseded | Input::OutcomeUnknown | Input::NotPublished => {
                self.not_stored(&input, now);
            }
            Input::RoomIsEmpty(place) => self.room_is_empty(place, now),
            Input::OfferFound(found) => self.offer_found(found, now),
            succeeded => self.succeeded(succeeded, now),
        }
        if self.phase() != before {
            self.phase_began = now;
        }
    }

    fn succeeded(&mut self, input: Input, now: Instant) {
        let next = match (&mut self.state, input) {
            (State::Authorising, Input::Authorised) => State::ReadingRoom,
            // The launcher may reject this session too, so the count of repetitions stays.
            (State::AuthorisingAgain(interrupted), Input::Authorised) => {
                self.state = (**interrupted).clone();
                return;
            }
            (State::Pausing(..) | State::Waiting(_), Input::WaitEnded) => return self.wait_ended(now),
            (State::MakingOffer(to), Input::Described(sdp)) => {
                let to = to.clone();
                let Settings { poll_interval, schedule, .. } = self.settings;
                let poller = Poller::scheduled(schedule, poll_interval, self.poll_seed, now);
                let offer = self.offer(sdp, now);
                self.remember(&offer);
                State::PublishingOffer(Publication { poller, offer, to })
            }
            (State::PublishingOffer(publication) | State::LookingForOffer(publication), Input::Published) => {
                publication.poller.ready(now);
                State::Waiting(publication.clone())
            }
            (State::Polling(publication), Input::NoAnswer) => {
                publication.poller.finished(now, false);
                State::Waiting(publication.clone())
            }
            (State::Polling(publication), Input::AnswerFound(answer)) => {
                if !answer.may_answer(&publication.offer.sdp) {
                    return self.fail(FailureReason::StaleAnswer);
                }
                State::Accepting(answer.sdp)
            }
            (State::Accepting(_), Input::AnswerAccepted) => State::OpeningAsInitiator,
            (State::MakingAnswer(found), Input::Described(sdp)) => {
                let mut answer = Answer::new(sdp, self.answer_id.clone());
                answer.offer_hash = Some(found.offer.hash());
                State::PublishingAnswer(found.clone(), answer)
            }
            (State::PublishingAnswer(found, _) | State::LookingForAnswer(found, _), Input::Published) => {
                State::OpeningAsRecipient(found.clone())
            }
            (State::OpeningAsInitiator, Input::ChannelOpened) => State::Connected(Role::Initiator),
            (State::OpeningAsRecipient(_), Input::ChannelOpened) => State::Connected(Role::Recipient),
            _ => return,
        };
        self.go_on(next);
    }

    /// The next action is another one, so its count of repetitions starts at zero.
    pub(super) fn go_on(&mut self, next: State) {
        self.state = next;
        self.repeats = 0;
    }

    /// An offer of this peer.
    fn offer(&self, sdp: Sdp, now: Instant) -> Offer {
        let mut offer = Offer::new(sdp, self.answer_id.clone());
        offer.made_at = Some(self.wall.at(now));
        offer.waits_for = Some(self.deadline.saturating_duration_since(now));
        offer.looks_every = Some(self.settings.schedule.longest_gap(self.settings.poll_interval));
        offer.identity.clone_from(&self.settings.identity);
        offer
    }

    fn remember(&mut self, own: &Offer) {
        if self.own_offers.len() == OWN_OFFERS_MAX {
            self.own_offers.remove(0);
        }
        self.own_offers.push(own.sdp.hash());
    }

    /// Whether this peer has made the offer in this meeting, under whatever answer id.
    pub(super) fn has_made(&self, offer: &Offer) -> bool {
        self.own_offers.contains(&offer.sdp.hash())
    }

    fn wait_ended(&mut self, now: Instant) {
        if now >= self.limit() {
            return self.out_of_time(now);
        }
        match &mut self.state {
            State::Pausing(until, next) if now >= *until => self.state = (**next).clone(),
            State::Waiting(publication) if publication.poller.next_poll_at().is_some_and(|due| now >= due) => {
                publication.poller.started(now);
                // That a poll begins says nothing of whether it works, so what was repeated for it still counts.
                self.state = State::Polling(publication.clone());
            }
            _ => {}
        }
    }

    fn action_failed(&mut self, transient: bool, now: Instant) {
        match &mut self.state {
            State::Polling(publication) if transient => {
                publication.poller.finished(now, false);
                self.state = State::Waiting(publication.clone());
            }
            // A wait cannot fail; ignore.
            State::Waiting(_) | State::Pausing(..) => {}
            _ => self.fail(FailureReason::ActionFailed),
        }
    }

    fn out_of_time(&mut self, now: Instant) {
        match self.phase_limit().filter(|_| now < self.deadline) {
            None => self.fail(FailureReason::DeadlinePassed(self.settings.deadline)),
            Some(limit) if matches!(self.state, State::OpeningAsRecipient(_)) => {
                self.no_route(FailureReason::PhaseTooLong(limit));
            }
            Some(limit) => self.fail(FailureReason::PhaseTooLong(limit)),
        }
    }

    /// How long the phase under way may take.
    fn phase_limit(&self) -> Option<Duration> {
        let limit = self.settings.phase_limits.of(self.phase())?;
        match &self.state {
            // The two connect once the initiator has looked for the answer.
            State::OpeningAsRecipient(found) => {
                let looks_every = found.offer.looks_every.unwrap_or(DEFAULT_POLL_INTERVAL);
                let wait = limit.saturating_add(looks_every.saturating_mul(STALE_AFTER_POLLS));
                // Whatever the offer says, there is time left to see what is in the room then, if there is much at all.
                let left = self.deadline.saturating_duration_since(self.phase_began);
                Some(wait.min((left / 4 * 3).max(self.pace(self.phase_began))))
            }
            // The removal of a record has a separate limit.
            State::Withdrawing => None,
            _ => Some(limit),
        }
    }

    pub(super) fn fail(&mut self, reason: FailureReason) {
        self.state = State::Failed(Failure { phase: self.phase(), reason });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::test_support::*;
    use super::*;
    use crate::phase::PhaseLimits;

    #[test]
    fn a_peer_that_finds_an_empty_room_becomes_the_initiator() {
        let now = Instant::now();
        let mut meeting = begin(now);
        assert_eq!(meeting.action(), Action::Authorise);
        meeting.handle(Input::Authorised, now);
        assert_eq!(meeting.action(), Action::ReadRoom(RecordName::of_room(&room())));
        meeting.handle(Input::RoomIsEmpty(NEW), now);
        assert_eq!(meeting.action(), Action::MakeOffer);
        meeting.handle(Input::Described(Sdp::new("our offer")), now);
        let Action::PublishOffer(name, ours, NEW) = meeting.action() else { panic!("{meeting:?}") };
        assert_eq!((name, ours.answer_id, ours.sdp), (RecordName::of_room(&room()), own_id(), Sdp::new("our offer")));
        assert_eq!((ours.made_at, ours.looks_every), (Some(TODAY), Some(Duration::from_secs(2))));
        meeting.handle(Input::Published, now);
        let due = now + Duration::from_secs(2);
        assert_eq!(meeting.action(), Action::WaitUntil(due));
        meeting.handle(Input::WaitEnded, due);
        assert_eq!(meeting.action(), Action::Poll(RecordName::of_answer(&own_id())));
        meeting.handle(Input::NoAnswer, due);
        let due = now + Duration::from_secs(4);
        assert_eq!(meeting.action(), Action::WaitUntil(due));
        meeting.handle(Input::WaitEnded, due);
        meeting.handle(Input::AnswerFound(answer()), due);
        assert_eq!(meeting.action(), Action::AcceptAnswer(Sdp::new("their answer")));
        meeting.handle(Input::AnswerAccepted, due);
        assert_eq!(meeting.action(), Action::OpenChannel);
        meeting.handle(Input::ChannelOpened, due);
        assert_eq!(meeting.action(), Action::Connected(Role::Initiator));
    }

    #[test]
    fn a_peer_that_finds_an_offer_becomes_the_recipient_and_never_polls() {
        let now = Instant::now();
        let mut meeting = begin(now);
        meeting.handle(Input::Authorised, now);
        meeting.handle(Input::OfferFound(found()), now);
        assert_eq!(meeting.action(), Action::MakeAnswer(Sdp::new("their offer")));
        meeting.handle(Input::Described(Sdp::new("our answer")), now);
        let mut ours = Answer::new(Sdp::new("our answer"), own_id());
        ours.offer_hash = Some(offer().hash());
        assert_eq!(meeting.action(), Action::PublishAnswer(RecordName::of_answer(&offer().answer_id), ours));
        meeting.handle(Input::Published, now);
        assert_eq!(meeting.action(), Action::OpenChannel);
        meeting.handle(Input::ChannelOpened, now);
        assert_eq!(meeting.action(), Action::Connected(Role::Recipient));
    }

    #[test]
    fn a_poll_that_fails_for_now_is_tried_again_at_its_next_tick() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        let due = now + Duration::from_secs(2);
        meeting.handle(Input::WaitEnded, due);
        meeting.handle(Input::Failed { transient: true }, due + Duration::from_millis(30));
        assert_eq!(meeting.action(), Action::WaitUntil(now + Duration::from_secs(4)));
    }

    #[test]
    fn a_poll_that_fails_for_good_ends_the_meeting() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        meeting.handle(Input::WaitEnded, now + Duration::from_secs(2));
        meeting.handle(Input::Failed { transient: false }, now + Duration::from_secs(2));
        assert_eq!(meeting.action(), failed(Phase::AwaitAnswer, FailureReason::ActionFailed));
    }

    #[test]
    fn a_step_other_than_a_poll_is_not_tried_again() {
        let now = Instant::now();
        let mut meeting = begin(now);
        meeting.handle(Input::Failed { transient: true }, now);
        assert_eq!(meeting.action(), failed(Phase::Authorise, FailureReason::ActionFailed));
    }

    #[test]
    fn no_poll_begins_at_or_after_the_deadline() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        meeting.handle(Input::WaitEnded, now + Duration::from_mins(1));
        assert_eq!(meeting.action(), failed(Phase::AwaitAnswer, FailureReason::DeadlinePassed(Duration::from_mins(1))));
    }

    #[test]
    fn no_wait_ends_after_the_deadline() {
        let now = Instant::now();
        let [poll_interval, deadline] = [9, 1].map(Duration::from_secs);
        let mut meeting = begin_with(Settings { poll_interval, deadline, ..settings() }, now);
        for input in [Input::Authorised, Input::RoomIsEmpty(NEW), Input::Described(Sdp::new("x"))] {
            meeting.handle(input, now);
        }
        meeting.handle(Input::Published, now);
        assert_eq!(meeting.action(), Action::WaitUntil(now + Duration::from_secs(1)));
    }

    #[test]
    fn a_time_that_came_too_early_begins_no_poll() {
        let now = Instant::now();
        let mut meeting = waiting(now);
        meeting.handle(Input::WaitEnded, now + Duration::from_millis(1999));
        assert_eq!(meeting.action(), Action::WaitUntil(now + Duration::from_secs(2)));
    }

    #[test]
    fn a_deadline_without_end_does_not_overflow() {
        let now = Instant::now();
        let endless = Settings { deadline: Duration::MAX, ..settings() };
        assert!(begin_with(endless, now).deadline() > now);
    }

    #[test]
    fn an_answer_to_another_offer_is_not_used() {
        let now = Instant::now();
        let due = now + Duration::from_secs(2);
        for (offer, is_used) in [("our offer", true), ("an offer of before", false)] {
            let mut meeting = after(waiting(now), [Input::WaitEnded], due);
            let mut answer = answer();
            answer.offer_hash = Some(Sdp::new(offer).hash());
            meeting.handle(Input::AnswerFound(answer), due);
            assert_eq!(meeting.action() == Action::AcceptAnswer(Sdp::new("their answer")), is_used);
            assert_eq!(meeting.action() == failed(Phase::AwaitAnswer, FailureReason::StaleAnswer), !is_used);
        }
    }

    #[test]
    fn each_phase_that_is_limited_fails_at_its_limit_and_the_next_has_its_own_time() {
        let now = Instant::now();
        let second = Duration::from_secs(1);
        let limits = PhaseLimits::none().with(Phase::FindOffer, 3 * second).with(Phase::MakeOffer, 3 * second);
        let meeting = after(
            begin_with(Settings { phase_limits: limits, ..settings() }, now),
            [Input::Authorised],
            now + 9 * second,
        );
        assert_eq!(meeting.limit(), now + 12 * second);
        let late = after(meeting.clone(), [Input::DeadlinePassed], now + 12 * second);
        assert_eq!(late.action(), failed(Phase::FindOffer, FailureReason::PhaseTooLong(3 * second)));
        let next = after(meeting, [Input::RoomIsEmpty(NEW)], now + 11 * second);
        assert_eq!(next.limit(), now + 14 * second);
    }

    #[test]
    fn a_phase_without_a_limit_and_one_that_begins_late_end_with_the_whole() {
        let now = Instant::now();
        assert_eq!(waiting(now).limit(), now + Duration::from_mins(1));
        let late = now + Duration::from_secs(59);
        let mut meeting = after(begin(now), [Input::Authorised], late);
        assert_eq!(meeting.limit(), now + Duration::from_mins(1));
        meeting.handle(Input::DeadlinePassed, now + Duration::from_mins(1));
        assert_eq!(meeting.action(), failed(Phase::FindOffer, FailureReason::DeadlinePassed(Duration::from_mins(1))));
    }

    fn anything() -> impl Strategy<Value = Input> {
        prop_oneof![
            Just(Input::Authorised),
            Just(Input::RoomIsEmpty(NEW)),
            Just(Input::OfferFound(found())),
            Just(Input::Described(Sdp::new("ours"))),
            Just(Input::Published),
            Just(Input::NoRoute),
            Just(Input::Unconnectable),
            Just(Input::Withdrawn),
            Just(Input::Superseded),
            Just(Input::WaitEnded),
            Just(Input::NoAnswer),
            Just(Input::AnswerWithdrawn),
            Just(Input::AnswerFound(answer())),
            Just(Input::AnswerAccepted),
            Just(Input::ChannelOpened),
            Just(Input::Failed { transient: true }),
            Just(Input::Taken),
            Just(Input::OutcomeUnknown),
            Just(Input::NotPublished),
            Just(Input::Unauthorised),
            Just(Input::Interrupted),
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
            for (input, millis) in events {
                now += Duration::from_millis(millis);
                let before = meeting.action();
                meeting.handle(input, now);
                let polls = matches!(meeting.action(), Action::Poll(_));
                if polls && before != meeting.action() {
                    prop_assert!(now < meeting.deadline());
                    prop_assert!(last_poll.is_none_or(|last| now > last));
                    last_poll = Some(now);
                }
            }
            now = now.max(meeting.deadline());
            meeting.handle(Input::DeadlinePassed, now);
            let end = meeting.action();
            prop_assert!(matches!(end, Action::Connected(_) | Action::Failed(_)));
            for input in rest {
                meeting.handle(input, now);
                prop_assert_eq!(meeting.action(), end.clone());
            }
        }
    }
}
