//! Where the ticks of a schedule lie: arithmetic alone. What becomes of a tick is for [`poller`](crate::poller) to say.
//!
//! All schedules are stretches of ticks that lie the same time apart. Jitter moves each of them by whole milliseconds, since
//! timers keep nothing finer.

use std::iter::successors;
use std::time::Duration;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::schedule::{MIN_POLL_INTERVAL, PollSchedule, Rule};

const NANOS_OF_A_MILLI: u64 = 1_000_000;

/// The ticks of one initiator, counted from 1. Moments are since its offer was ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticks {
    rule: Rule,
    /// In nanoseconds, as all numbers here.
    interval: u64,
    seed: u64,
}

/// Ticks that lie the same time apart, and from the last of the stretch before.
#[derive(Clone, Copy)]
struct Stretch {
    gap: u64,
    /// How many: [`u64::MAX`] for the last stretch.
    ticks: u64,
}

impl Ticks {
    /// An interval below [`MIN_POLL_INTERVAL`] is lengthened to it.
    pub(crate) fn new(schedule: PollSchedule, interval: Duration, seed: u64) -> Self {
        Self { rule: schedule.0, interval: nanos(interval.max(MIN_POLL_INTERVAL)), seed }
    }

    pub(crate) fn interval(&self) -> Duration {
        Duration::from_nanos(self.interval)
    }

    /// When a tick is.
    pub(crate) fn at(&self, number: u64) -> Duration {
        Duration::from_nanos(self.moved(number, self.beat(number)))
    }

    /// The first tick that is not before that moment.
    pub(crate) fn first_from(&self, passed: Duration) -> u64 {
        let passed = nanos(passed);
        // No tick is moved past another, so only the one around which the moment lies can turn out to be before it.
        let first = self.first_beat_from(passed.saturating_sub(self.moved_by_most()));
        if self.moved(first, self.beat(first)) < passed { first.saturating_add(1) } else { first }
    }

    /// The last tick that is not after that moment; 0 if there is none.
    pub(crate) fn last_until(&self, passed: Duration) -> u64 {
        self.first_from(passed.saturating_add(Duration::from_nanos(1))) - 1
    }

    /// Where a tick would be if none were moved.
    fn beat(&self, number: u64) -> u64 {
        let (mut left, mut at) = (number, 0_u64);
        for Stretch { gap, ticks } in self.stretches() {
            let of_these = left.min(ticks);
            at = at.saturating_add(gap.saturating_mul(of_these));
            left -= of_these;
            if left == 0 {
                break;
            }
        }
        at
    }

    /// The first tick that would not be before that moment if none were moved.
    fn first_beat_from(&self, passed: u64) -> u64 {
        let (mut before, mut at) = (0_u64, 0_u64);
        for Stretch { gap, ticks } in self.stretches() {
            let wanted = passed.saturating_sub(at).div_ceil(gap);
            before = before.saturating_add(wanted.min(ticks));
            if wanted <= ticks {
                break;
            }
            at = at.saturating_add(gap.saturating_mul(ticks));
        }
        before.clamp(1, u64::MAX - 1)
    }

    fn stretches(&self) -> impl Iterator<Item = Stretch> {
        successors(Some(self.first_stretch()), |last| self.stretch_after(*last))
    }

    fn first_stretch(&self) -> Stretch {
        match self.rule {
            Rule::Fixed | Rule::Jittered { .. } => Stretch { gap: self.interval, ticks: u64::MAX },
            Rule::BackOff { longest, .. } => growing(self.interval, nanos(longest).max(self.interval)),
            Rule::EagerThenSlow { eager, eager_for } => {
                let gap = nanos(eager).min(self.interval);
                Stretch { gap, ticks: nanos(eager_for) / gap }
            }
        }
    }

    fn stretch_after(&self, last: Stretch) -> Option<Stretch> {
        if last.ticks == u64::MAX {
            return None;
        }
        Some(match self.rule {
            Rule::BackOff { factor, longest } => {
                let grown = factor.of_nanos(last.gap).div_ceil(NANOS_OF_A_MILLI).saturating_mul(NANOS_OF_A_MILLI);
                growing(grown, nanos(longest).max(self.interval))
            }
            Rule::Fixed | Rule::Jittered { .. } | Rule::EagerThenSlow { .. } => {
                Stretch { gap: self.interval, ticks: u64::MAX }
            }
        })
    }

    /// The most that a tick is moved to either side: at most half an interval.
    fn moved_by_most(&self) -> u64 {
        match self.rule {
            Rule::Jittered { share } => share.of_nanos(self.interval) / 2 / NANOS_OF_A_MILLI * NANOS_OF_A_MILLI,
            Rule::Fixed | Rule::BackOff { .. } | Rule::EagerThenSlow { .. } => 0,
        }
    }

    fn moved(&self, number: u64, beat: u64) -> u64 {
        let most = self.moved_by_most();
        if most == 0 {
            return beat;
        }
        // Each tick has a separate position in the stream, so its random number does not depend on other ticks.
        let mut chance = ChaCha8Rng::seed_from_u64(self.seed);
        chance.set_word_pos(2 * u128::from(number));
        let places = u128::from(2 * (most / NANOS_OF_A_MILLI) + 1);
        let place = (u128::from(chance.next_u64()) * places) >> u64::BITS;
        let by = u64::try_from(place).unwrap_or(0) * NANOS_OF_A_MILLI;
        beat.saturating_sub(most).saturating_add(by)
    }
}

/// One tick after a gap that still grows, or all that follow once it no longer does.
fn growing(gap: u64, longest: u64) -> Stretch {
    if gap < longest { Stretch { gap, ticks: 1 } } else { Stretch { gap: longest, ticks: u64::MAX } }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::schedule::tests::any_schedule;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// The first ticks, in milliseconds.
    fn first_ticks(schedule: PollSchedule, interval_ms: u64, number: u64) -> Vec<u128> {
        let ticks = Ticks::new(schedule, millis(interval_ms), 7);
        (1..=number).map(|number| ticks.at(number).as_millis()).collect()
    }

    #[test]
    fn fixed_ticks_lie_one_interval_apart() {
        assert_eq!(first_ticks(PollSchedule::FIXED, 2_000, 4), [2_000, 4_000, 6_000, 8_000]);
    }

    #[test]
    fn an_interval_grows_by_its_factor_until_it_is_the_longest() {
        let schedule = PollSchedule::back_off(1.5, millis(7_000)).unwrap();
        assert_eq!(first_ticks(schedule, 2_000, 6), [2_000, 5_000, 9_500, 16_250, 23_250, 30_250]);
        let slow = PollSchedule::back_off(1.01, millis(13)).unwrap();
        assert_eq!(first_ticks(slow, 10, 6), [10, 21, 33, 46, 59, 72], "in whole milliseconds");
    }

    #[test]
    fn a_longest_interval_below_the_first_counts_as_the_first() {
        let schedule = PollSchedule::back_off(2.0, millis(500)).unwrap();
        assert_eq!(first_ticks(schedule, 2_000, 3), [2_000, 4_000, 6_000]);
    }

    #[test]
    fn eager_ticks_come_first_and_the_usual_ones_follow_the_last_of_them() {
        let schedule = PollSchedule::eager_then_slow(millis(400), millis(1_500)).unwrap();
        assert_eq!(first_ticks(schedule, 2_000, 5), [400, 800, 1_200, 3_200, 5_200]);
        let lazy = PollSchedule::eager_then_slow(millis(9_000), millis(9_000)).unwrap();
        assert_eq!(first_ticks(lazy, 2_000, 3), [2_000, 4_000, 6_000], "eager is never slower than usual");
    }

    #[test]
    fn ticks_are_moved_within_their_share_and_by_another_seed_elsewhere() {
        let schedule = PollSchedule::jittered(0.5).unwrap();
        let of = |seed| {
            let ticks = Ticks::new(schedule, millis(2_000), seed);
            (1..200).map(|number| (number, ticks.at(number))).collect::<Vec<_>>()
        };
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
        let moved: Vec<_> =
            of(7).iter().map(|(number, at)| at.as_millis() + 500 - u128::from(2_000 * number)).collect();
        assert!(moved.iter().all(|moved| *moved <= 1_000), "{moved:?}");
        assert!(moved.iter().any(|moved| *moved < 50) && moved.iter().any(|moved| *moved > 950), "{moved:?}");
    }

    proptest! {
        #[test]
        fn the_first_tick_from_a_moment_is_not_before_it_and_the_one_before_that_is(
            schedule in any_schedule(),
            interval_ms in 0_u64..5_000,
            seed: u64,
            passed in 0_u64..10_000_000_000_000,
        ) {
            let ticks = Ticks::new(schedule, millis(interval_ms), seed);
            let passed = Duration::from_nanos(passed);
            let first = ticks.first_from(passed);
            prop_assert!(ticks.at(first) >= passed);
            prop_assert!(first == 1 || ticks.at(first - 1) < passed);
            let last = ticks.last_until(passed);
            prop_assert!(last == 0 || ticks.at(last) <= passed);
            prop_assert!(ticks.at(last + 1) > passed);
        }

        #[test]
        fn no_two_ticks_are_farther_apart_than_the_schedule_says(
            schedule in any_schedule(),
            interval_ms in 0_u64..5_000,
            seed: u64,
            number in 1_u64..100_000,
        ) {
            let ticks = Ticks::new(schedule, millis(interval_ms), seed);
            let gap = ticks.at(number + 1).checked_sub(ticks.at(number)).unwrap();
            prop_assert!(gap <= schedule.longest_gap(millis(interval_ms)));
        }
    }

    #[test]
    fn an_interval_without_end_does_not_overflow() {
        for schedule in [
            PollSchedule::FIXED,
            PollSchedule::jittered(1.0).unwrap(),
            PollSchedule::back_off(10.0, Duration::MAX).unwrap(),
            PollSchedule::eager_then_slow(Duration::MAX, Duration::MAX).unwrap(),
        ] {
            let ticks = Ticks::new(schedule, Duration::MAX, 7);
            for number in [1, 2, u64::MAX] {
                assert!(ticks.at(number) >= Duration::from_hours(100 * 365 * 24), "{schedule:?}");
            }
            assert!(ticks.first_from(Duration::MAX) >= 1 && ticks.last_until(Duration::MAX) < u64::MAX);
        }
    }
}
