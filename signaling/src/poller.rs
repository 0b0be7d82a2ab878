//! When an initiator polls for its answer. Pure: each method takes the time; the result is when the next poll is due.
//!
//! The original's interval timer (the launcher's behaviour page, §10.3): ticks lie a fixed interval apart, and the first is
//! one interval after the offer is ready. Another [`PollSchedule`] puts its ticks elsewhere; what each rule costs is in
//! `docs/polling.md`. Unlike the original, polls never overlap: a tick during a poll is skipped, and skipped ticks
//! are not made up for.

use std::time::Duration;

use tokio::time::Instant;

use crate::clock::far;
use crate::schedule::{MIN_POLL_INTERVAL, PollSchedule};
use crate::ticks::Ticks;

/// The polls of one initiator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poller {
    ticks: Ticks,
    offer_ready_at: Instant,
    /// Counted from 1.
    next_tick: u64,
    /// A tick before this is late by as much.
    not_before: Instant,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Polling,
    Finished,
}

impl Poller {
    /// Polls at a fixed interval, from when the offer is ready. An interval below [`MIN_POLL_INTERVAL`] is lengthened to it.
    pub fn new(interval: Duration, offer_ready_at: Instant) -> Self {
        Self::scheduled(PollSchedule::FIXED, interval, 0, offer_ready_at)
    }

    /// Polls by a schedule. Its random numbers come from the seed: the same seed gives the same polls.
    pub fn scheduled(schedule: PollSchedule, interval: Duration, seed: u64, offer_ready_at: Instant) -> Self {
        let ticks = Ticks::new(schedule, interval, seed);
        let not_before = offer_ready_at + MIN_POLL_INTERVAL;
        Self { ticks, offer_ready_at, next_tick: 1, not_before, state: State::Waiting }
    }

    /// When to poll next; `None` while a poll is under way and once the answer was found.
    pub fn next_poll_at(&self) -> Option<Instant> {
        (self.state == State::Waiting).then(|| self.tick_at(self.next_tick).max(self.not_before))
    }

    /// Nothing could be polled until `now`, because the offer was still being published: ticks before it are skipped.
    pub fn ready(&mut self, now: Instant) {
        if self.state == State::Waiting {
            self.next_tick = self.next_tick.max(self.ticks.first_from(self.passed(now)));
        }
    }

    /// A poll begins. Without effect while one is under way and once the answer was found.
    pub fn started(&mut self, now: Instant) {
        if self.state == State::Waiting {
            self.state = State::Polling;
            // A late start uses up the tick it is late for, and those it is too late for.
            self.next_tick = self.next_tick.max(self.ticks.last_until(self.passed(now))) + 1;
            self.not_before = now + MIN_POLL_INTERVAL;
        }
    }

    /// The poll that was under way ended, with or without the answer.
    pub fn finished(&mut self, now: Instant, found: bool) {
        if self.state == State::Polling {
            self.state = if found { State::Finished } else { State::Waiting };
            self.next_tick = self.next_tick.max(self.ticks.first_from(self.passed(now)));
        }
    }

    /// The interval that is kept, before the schedule makes anything else of it.
    pub fn interval(&self) -> Duration {
        self.ticks.interval()
    }

    fn tick_at(&self, tick: u64) -> Instant {
        far(self.offer_ready_at, self.ticks.at(tick))
    }

    fn passed(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.offer_ready_at)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schedule::tests::any_schedule;

    const INTERVAL: Duration = Duration::from_secs(2);

    fn at(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    /// Millis after the offer at which polls start, when each takes what `takes` says and finds nothing.
    fn starts(interval: Duration, takes: &[u64]) -> Vec<u64> {
        let start = Instant::now();
        let mut poller = Poller::new(interval, start);
        let mut starts = Vec::new();
        for takes in takes {
            let due = poller.next_poll_at().unwrap();
            starts.push(u64::try_from((due - start).as_millis()).unwrap());
            poller.started(due);
            assert_eq!(poller.next_poll_at(), None);
            poller.finished(due + Duration::from_millis(*takes), false);
        }
        starts
    }

    #[test]
    fn the_first_poll_is_one_interval_after_the_offer() {
        assert_eq!(starts(INTERVAL, &[0]), [2000]);
    }

    #[test]
    fn quick_polls_are_one_interval_apart() {
        assert_eq!(starts(INTERVAL, &[0, 3, 1999, 0]), [2000, 4000, 6000, 8000]);
    }

    #[test]
    fn a_slow_poll_skips_the_ticks_it_missed_and_keeps_the_beat() {
        assert_eq!(starts(INTERVAL, &[0, 5100, 0, 0]), [2000, 4000, 10_000, 12_000]);
    }

    #[test]
    fn a_poll_as_long_as_the_interval_is_followed_by_the_next() {
        assert_eq!(starts(INTERVAL, &[2000, 2000, 0]), [2000, 4000, 6000]);
    }

    #[test]
    fn ticks_before_the_offer_was_published_are_skipped() {
        let start = Instant::now();
        let mut poller = Poller::new(INTERVAL, start);
        poller.ready(at(start, 300));
        assert_eq!(poller.next_poll_at(), Some(at(start, 2000)));
        poller.ready(at(start, 4500));
        assert_eq!(poller.next_poll_at(), Some(at(start, 6000)));
    }

    #[test]
    fn no_poll_follows_the_answer() {
        let start = Instant::now();
        let mut poller = Poller::new(INTERVAL, start);
        poller.started(at(start, 2000));
        poller.finished(at(start, 2010), true);
        assert_eq!(poller.next_poll_at(), None);
        poller.started(at(start, 4000));
        poller.finished(at(start, 4010), false);
        assert_eq!(poller.next_poll_at(), None);
    }

    #[test]
    fn an_interval_of_zero_is_no_hot_loop() {
        let apart: Vec<_> = starts(Duration::ZERO, &[0, 0, 0]);
        assert_eq!(apart, [10, 20, 30]);
    }

    #[test]
    fn an_interval_without_end_does_not_overflow() {
        let start = Instant::now();
        let mut poller = Poller::new(Duration::MAX, start);
        assert!(poller.next_poll_at().is_some());
        poller.started(start);
        poller.finished(start, false);
        assert!(poller.next_poll_at().is_some());
    }

    /// When polls begin and end that find nothing, each so many milliseconds late and so many long.
    fn polls(mut poller: Poller, start: Instant, steps: &[(u64, u64)]) -> Vec<(Instant, Instant)> {
        let mut polls = Vec::new();
        for (late, takes) in steps {
            let begins = poller.next_poll_at().unwrap() + Duration::from_millis(*late);
            assert!(begins >= start);
            poller.started(begins);
            assert_eq!(poller.next_poll_at(), None);
            let ends = begins + Duration::from_millis(*takes);
            poller.finished(ends, false);
            polls.push((begins, ends));
        }
        polls
    }

    #[test]
    fn a_late_poll_keeps_its_distance_from_the_next_tick() {
        let start = Instant::now();
        let began: Vec<_> = polls(Poller::new(INTERVAL, start), start, &[(1_995, 0), (0, 0), (0, 0)])
            .into_iter()
            .map(|(begins, _)| begins - start)
            .collect();
        assert_eq!(began, [3_995, 4_005, 6_000].map(Duration::from_millis));
    }

    proptest! {
        /// `steps` are how late each poll starts and how long it takes.
        #[test]
        fn polls_are_on_the_beat_never_overlap_and_never_share_a_tick(
            interval in 0u64..5_000,
            steps in prop::collection::vec((0u64..9_000, 0u64..20_000), 1..60),
        ) {
            let start = Instant::now();
            let mut poller = Poller::new(Duration::from_millis(interval), start);
            let beat = poller.interval();
            prop_assert!(beat >= MIN_POLL_INTERVAL);
            let (mut free_from, mut last_due, mut not_before) = (start, start, start);
            for (late, takes) in steps {
                let due = poller.next_poll_at().unwrap();
                prop_assert!(due == not_before || (due - start).as_nanos().is_multiple_of(beat.as_nanos()));
                prop_assert!(due >= free_from, "no poll is due before the last one ended");
                let soonest = free_from.max(last_due + beat).max(not_before);
                prop_assert!(due < soonest + beat, "no tick is skipped without need");
                let begins = due + Duration::from_millis(late);
                poller.started(begins);
                free_from = begins + Duration::from_millis(takes);
                (last_due, not_before) = (due, begins + MIN_POLL_INTERVAL);
                poller.finished(free_from, false);
            }
        }

        /// The guard against hot polling: whatever the settings, and however fast the launcher answers.
        #[test]
        fn no_two_polls_start_closer_than_the_least_interval_or_more_often_than_the_schedule_has_ticks(
            schedule in any_schedule(),
            interval in 0u64..5_000,
            seed: u64,
            steps in prop::collection::vec((prop_oneof![Just(0), 0u64..9_000], prop_oneof![Just(0), 0u64..20_000]), 1..200),
        ) {
            let (start, interval) = (Instant::now(), Duration::from_millis(interval));
            let bare = Ticks::new(schedule, interval, seed);
            let mut last = (start, start);
            let poller = Poller::scheduled(schedule, interval, seed, start);
            for ((begins, ends), number) in polls(poller, start, &steps).into_iter().zip(1..) {
                prop_assert!(begins >= last.0 + MIN_POLL_INTERVAL, "polls lie apart");
                prop_assert!(begins >= last.1, "no poll begins before the last one ended");
                prop_assert!(begins - start >= bare.at(number), "the n-th poll is not before the n-th tick");
                last = (begins, ends);
            }
        }

        /// Once all is quick again, the schedule is kept as if nothing had been slow.
        #[test]
        fn a_slow_poll_delays_none_but_those_whose_ticks_it_hides(
            schedule in any_schedule(),
            seed: u64,
            slow in 0u64..60_000,
        ) {
            let start = Instant::now();
            let poller = Poller::scheduled(schedule, INTERVAL, seed, start);
            let bare = Ticks::new(schedule, INTERVAL, seed);
            let began = polls(poller, start, &[(0, slow), (0, 0), (0, 0), (0, 0)]);
            let hidden = bare.first_from(began[0].1 - start).max(2);
            for ((begins, _), tick) in began.into_iter().skip(1).zip(hidden..) {
                let by = (begins - start).checked_sub(bare.at(tick));
                prop_assert!(by.is_some_and(|by| by <= MIN_POLL_INTERVAL), "{by:?} after tick {tick}");
            }
        }
    }
}
