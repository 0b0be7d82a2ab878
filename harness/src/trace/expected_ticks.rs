//! When an initiator should poll, computed from the rule of its schedule. The code under test computes its ticks
//! separately, so that checks can compare the two.

use std::time::Duration;

use signaling::PollRule;

use crate::plan::EARLY_TOLERANCE;

/// The ticks of one initiator, counted from 1. They are computed when they are asked for: a peer that stays for a day has millions.
#[derive(Debug)]
pub(crate) struct ExpectedTicks {
    ready: Duration,
    /// In the order of time. The last has no end.
    phases: Vec<Phase>,
    /// The most by which a tick is moved in either direction.
    jitter: Duration,
}

/// Ticks with the same time between each and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Phase {
    /// How many ticks are before the first of this phase.
    before: usize,
    /// When the phase begins: its first tick is one gap later.
    begins: Duration,
    gap: Duration,
}

/// The bounds of a tick. Without jitter they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) earliest: Duration,
    pub(crate) latest: Duration,
}

impl ExpectedTicks {
    /// The ticks since `ready`. After `until`, the end of the trace, the time between two ticks no longer grows.
    pub(crate) fn new(schedule: PollRule, interval: Duration, ready: Duration, until: Duration) -> Self {
        Self { ready, phases: phases(schedule, interval, ready, until), jitter: jitter_max(schedule, interval) }
    }

    /// A tick.
    pub(crate) fn tick(&self, number: usize) -> Tick {
        let number = number.max(1);
        let after = self.phases.partition_point(|phase| phase.before < number);
        let phase = after.checked_sub(1).and_then(|index| self.phases.get(index));
        let at = phase.map_or(Duration::MAX, |phase| phase.after(number - phase.before));
        Tick { earliest: at.saturating_sub(self.jitter), latest: at.saturating_add(self.jitter) }
    }

    /// The number of the first tick that cannot be before that time.
    pub(crate) fn first_from(&self, time: Duration) -> usize {
        let moved = time.saturating_add(self.jitter);
        let before = moved.checked_sub(Duration::from_nanos(1)).map_or(0, |last| self.number_until(last));
        before.saturating_add(1)
    }

    /// The most ticks that there can be until that time.
    pub(crate) fn at_most_until(&self, time: Duration) -> usize {
        self.number_until(time.saturating_add(EARLY_TOLERANCE).saturating_add(self.jitter))
    }

    /// The least ticks that there can be until that time.
    pub(crate) fn at_least_until(&self, time: Duration) -> usize {
        // Without jitter, a poll within the early tolerance before a tick belongs to that tick.
        let tolerance = if self.jitter.is_zero() { EARLY_TOLERANCE } else { Duration::ZERO };
        time.saturating_add(tolerance).checked_sub(self.jitter).map_or(0, |last| self.number_until(last))
    }

    /// The longest possible time between the ticks around that time.
    pub(crate) fn gap_at(&self, time: Duration) -> Duration {
        let next = self.at_most_until(time).saturating_add(1);
        let last = if next == 1 { self.ready } else { self.tick(next - 1).earliest };
        self.tick(next).latest.saturating_sub(last)
    }

    /// The least possible time from then to a tick.
    pub(crate) fn least_from(&self, time: Duration) -> Duration {
        let next = self.first_from(time);
        let may_be_now = next > 1 && self.tick(next - 1).latest >= time;
        if may_be_now { Duration::ZERO } else { self.tick(next).earliest.saturating_sub(time) }
    }

    /// How many ticks there are until that time, if none is moved.
    fn number_until(&self, time: Duration) -> usize {
        let after = self.phases.partition_point(|phase| phase.begins <= time);
        after.checked_sub(1).and_then(|index| self.phases.get(index)).map_or(0, |phase| phase.number_until(time))
    }
}

impl Phase {
    /// When so many ticks of this phase have passed.
    fn after(&self, ticks: usize) -> Duration {
        self.begins.saturating_add(times(self.gap, ticks))
    }

    /// How many ticks there are until that time, with those before this phase. No later phase has begun by then.
    fn number_until(&self, time: Duration) -> usize {
        let ticks = time.saturating_sub(self.begins).as_nanos() / self.gap.as_nanos().max(1);
        self.before.saturating_add(usize::try_from(ticks).unwrap_or(usize::MAX))
    }

    /// The phase that begins after so many ticks of this one.
    fn next(&self, ticks: usize, gap: Duration) -> Self {
        Self { before: self.before.saturating_add(ticks), begins: self.after(ticks), gap }
    }
}

/// The phases of a schedule without jitter, until that time.
fn phases(schedule: PollRule, interval: Duration, ready: Duration, until: Duration) -> Vec<Phase> {
    let first = |gap| Phase { before: 0, begins: ready, gap };
    match schedule {
        PollRule::Fixed | PollRule::Jittered { .. } => vec![first(interval)],
        PollRule::BackOff { factor, longest } => {
            let longest = longest.max(interval);
            let mut phases = vec![first(interval)];
            while let Some(phase) = phases.last().copied().filter(|phase| phase.begins <= until) {
                let gap = grown(phase.gap, factor).min(longest);
                if gap == phase.gap {
                    break;
                }
                phases.push(phase.next(1, gap));
            }
            phases
        }
        PollRule::EagerThenSlow { eager, eager_for } => {
            let eager = first(eager.min(interval));
            let ticks = eager.number_until(ready.saturating_add(eager_for));
            // Without an eager tick, the slow phase replaces the eager one.
            if ticks == 0 { vec![first(interval)] } else { vec![eager, eager.next(ticks, interval)] }
        }
    }
}

/// A time, so many times.
fn times(time: Duration, number: usize) -> Duration {
    const SECOND: u128 = 1_000_000_000;
    let nanos = u128::try_from(number).ok().and_then(|number| time.as_nanos().checked_mul(number));
    let seconds =
        nanos.and_then(|nanos| Some((u64::try_from(nanos / SECOND).ok()?, u32::try_from(nanos % SECOND).ok()?)));
    seconds.map_or(Duration::MAX, |(seconds, nanos)| Duration::new(seconds, nanos))
}

/// The next gap of a backoff, rounded up to whole milliseconds, as timers have them.
fn grown(gap: Duration, factor: f64) -> Duration {
    let exact = gap.as_secs_f64() * 1e3 * factor;
    // Anything below the sixth digit is a rounding error of the product.
    Duration::try_from_secs_f64((exact - 1e-6).ceil() / 1e3).unwrap_or(Duration::MAX)
}

/// The most by which jitter moves a tick in either direction.
fn jitter_max(schedule: PollRule, interval: Duration) -> Duration {
    match schedule {
        PollRule::Jittered { share } => Duration::try_from_secs_f64(interval.as_secs_f64() * share / 2.0),
        _ => Ok(Duration::ZERO),
    }
    .unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::NamedSchedule;

    const INTERVAL: Duration = Duration::from_secs(2);

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn expected_ticks(schedule: NamedSchedule) -> ExpectedTicks {
        ExpectedTicks::new(schedule.rule(), INTERVAL, millis(10), millis(60_000))
    }

    fn first_latest(expected_ticks: &ExpectedTicks, number: usize) -> Vec<u128> {
        (1..=number).map(|number| expected_ticks.tick(number).latest.as_millis()).collect()
    }

    #[test]
    fn ticks_follow_the_rule_of_the_schedule() {
        assert_eq!(first_latest(&expected_ticks(NamedSchedule::Fixed), 3), [2_010, 4_010, 6_010]);
        let back_off = expected_ticks(NamedSchedule::BackOff);
        assert_eq!(first_latest(&back_off, 6), [2_010, 5_010, 9_510, 16_260, 26_260, 36_260]);
        let eager = expected_ticks(NamedSchedule::EagerThenSlow);
        assert_eq!(first_latest(&eager, 22)[17..], [9_010, 9_510, 10_010, 12_010, 14_010]);
        let jittered = expected_ticks(NamedSchedule::Jittered);
        assert_eq!(jittered.tick(2), Tick { earliest: millis(3_510), latest: millis(4_510) });
    }

    #[test]
    fn a_backoff_is_rounded_up_to_whole_milliseconds() {
        assert_eq!(grown(millis(2_000), 1.1), millis(2_200));
        assert_eq!(grown(millis(10), 1.01), millis(11));
    }

    #[test]
    fn a_time_within_the_bounds_of_a_jittered_tick_may_be_before_it_or_after() {
        let jittered = expected_ticks(NamedSchedule::Jittered);
        assert_eq!((jittered.at_least_until(millis(4_000)), jittered.at_most_until(millis(4_000))), (1, 2));
        assert_eq!(jittered.first_from(millis(4_000)), 3);
        assert_eq!(jittered.gap_at(millis(4_000)), millis(3_000));
        assert_eq!(jittered.least_from(millis(4_000)), Duration::ZERO);
        assert_eq!(jittered.least_from(millis(3_000)), millis(510));
    }

    #[test]
    fn the_ticks_of_any_time_are_known_and_take_a_few_numbers() {
        for schedule in NamedSchedule::ALL {
            let expected_ticks = ExpectedTicks::new(schedule.rule(), millis(10), Duration::ZERO, Duration::MAX);
            assert!(expected_ticks.phases.len() < 100, "{schedule}: {}", expected_ticks.phases.len());
            for number in [1, 2, 7, 1_000, 1_000_000_000] {
                let tick = expected_ticks.tick(number);
                assert_eq!(expected_ticks.at_least_until(tick.latest), number, "{schedule}");
                assert!(expected_ticks.first_from(tick.earliest) <= number, "{schedule}");
            }
            assert!(expected_ticks.first_from(Duration::MAX) > 1_000_000_000, "{schedule}");
        }
    }

    #[test]
    fn a_backoff_that_grows_slowly_has_no_more_phases_than_ticks_until_the_end() {
        let slow = PollRule::BackOff { factor: 1.000_1, longest: Duration::from_hours(24) };
        let expected_ticks = ExpectedTicks::new(slow, millis(10), Duration::ZERO, Duration::from_hours(24));
        assert!(expected_ticks.phases.len() < 20_000, "{}", expected_ticks.phases.len());
        assert_eq!(expected_ticks.tick(3).latest, millis(10 + 11 + 12));
    }

    #[test]
    fn the_gap_around_a_time_is_that_of_its_phase() {
        let eager = expected_ticks(NamedSchedule::EagerThenSlow);
        assert_eq!((eager.gap_at(millis(9_000)), eager.gap_at(millis(10_500))), (millis(500), INTERVAL));
        let back_off = expected_ticks(NamedSchedule::BackOff);
        assert_eq!((back_off.gap_at(millis(20)), back_off.gap_at(millis(2_010))), (INTERVAL, millis(3_000)));
    }
}
