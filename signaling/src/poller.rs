//! When an initiator looks for its answer. Pure: it is told the time and says when the next poll is due.
//!
//! The original's interval timer (the launcher's behaviour page, §10.3): ticks lie a fixed interval apart, and the first is
//! one interval after the offer is ready. Unlike the original, polls never overlap: a tick that comes while a poll is under
//! way is skipped, and what was skipped is not caught up on.

use std::time::Duration;

use tokio::time::Instant;

/// The shortest interval there is, whatever the setting: a launcher that answers at once must not become a hot loop.
pub const MIN_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The schedule of one initiator's polls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poller {
    interval: Duration,
    offer_ready_at: Instant,
    /// Counted from 1: tick n is n intervals after the offer was ready.
    next_tick: u64,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Polling,
    Finished,
}

impl Poller {
    /// A schedule that begins when the offer is ready. An interval below [`MIN_POLL_INTERVAL`] is lengthened to it.
    pub fn new(interval: Duration, offer_ready_at: Instant) -> Self {
        let interval = interval.max(MIN_POLL_INTERVAL);
        Self { interval, offer_ready_at, next_tick: 1, state: State::Waiting }
    }

    /// When to poll next; `None` while a poll is under way and once the answer was found.
    pub fn next_poll_at(&self) -> Option<Instant> {
        (self.state == State::Waiting).then(|| self.tick_at(self.next_tick))
    }

    /// Nothing could be polled until `now`, because the offer was still being published: ticks before it are skipped.
    pub fn ready(&mut self, now: Instant) {
        if self.state == State::Waiting {
            self.next_tick = self.next_tick.max(self.first_tick_from(now));
        }
    }

    /// A poll begins. Without effect while one is under way and once the answer was found.
    pub fn started(&mut self, now: Instant) {
        if self.state == State::Waiting {
            self.state = State::Polling;
            // A late start uses up the tick it is late for, and those it is too late for.
            self.next_tick = self.next_tick.max(self.last_tick_until(now)) + 1;
        }
    }

    /// The poll that was under way ended, with or without the answer.
    pub fn finished(&mut self, now: Instant, found: bool) {
        if self.state == State::Polling {
            self.state = if found { State::Finished } else { State::Waiting };
            self.next_tick = self.next_tick.max(self.first_tick_from(now));
        }
    }

    /// The interval that is kept.
    pub fn interval(&self) -> Duration {
        self.interval
    }

    fn tick_at(&self, tick: u64) -> Instant {
        let nanos = self.interval.as_nanos().saturating_mul(u128::from(tick));
        let after = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        // Far enough off that nobody waits for it, and near enough that clocks can tell it.
        self.offer_ready_at.checked_add(after).unwrap_or(self.offer_ready_at)
    }

    fn first_tick_from(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.offer_ready_at).as_nanos();
        u64::try_from(passed.div_ceil(self.interval.as_nanos())).unwrap_or(u64::MAX - 1)
    }

    fn last_tick_until(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.offer_ready_at).as_nanos();
        u64::try_from(passed / self.interval.as_nanos()).unwrap_or(u64::MAX - 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
            let mut free_from = start;
            let mut last_due = start;
            for (late, takes) in steps {
                let due = poller.next_poll_at().unwrap();
                prop_assert_eq!((due - start).as_nanos() % beat.as_nanos(), 0);
                prop_assert!(due >= last_due + beat, "one poll a tick at most");
                prop_assert!(due >= free_from, "no poll is due before the last one ended");
                prop_assert!(due < free_from.max(last_due + beat) + beat, "no tick is skipped without need");
                let begins = due + Duration::from_millis(late);
                poller.started(begins);
                free_from = begins + Duration::from_millis(takes);
                last_due = due;
                poller.finished(free_from, false);
            }
        }
    }
}
