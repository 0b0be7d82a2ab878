//! When an initiator should poll, computed from the rule of its schedule. The code under test computes its ticks
//! separately, so that checks can compare the two.

use std::iter::{repeat, repeat_n, successors};
use std::time::Duration;

use signaling::PollRule;

use crate::plan::EARLY_TOLERANCE;

/// The ticks of one initiator until the end of its trace, counted from 1.
#[derive(Debug)]
pub(crate) struct ExpectedTicks {
    ready: Duration,
    ticks: Vec<Tick>,
    /// Whether the schedule has no jitter.
    is_exact: bool,
}

/// The bounds of a tick. Without jitter they are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) earliest: Duration,
    pub(crate) latest: Duration,
}

impl ExpectedTicks {
    /// The ticks since `ready`, up to the second after `until`.
    pub(crate) fn new(schedule: PollRule, interval: Duration, ready: Duration, until: Duration) -> Self {
        let jitter = jitter_max(schedule, interval);
        let (mut ticks, mut at, mut beyond) = (Vec::new(), ready, 0);
        for gap in gaps(schedule, interval) {
            at = at.saturating_add(gap);
            let tick = Tick { earliest: at.saturating_sub(jitter), latest: at.saturating_add(jitter) };
            ticks.push(tick);
            beyond += usize::from(tick.earliest > until);
            if beyond == 2 {
                break;
            }
        }
        Self { ready, ticks, is_exact: jitter.is_zero() }
    }

    /// A tick; a tick after the end of the trace is the last that is known.
    pub(crate) fn tick(&self, number: usize) -> Tick {
        let never = Tick { earliest: Duration::MAX, latest: Duration::MAX };
        self.ticks.get(number.saturating_sub(1)).or(self.ticks.last()).copied().unwrap_or(never)
    }

    /// The number of the first tick that cannot be before that time.
    pub(crate) fn first_from(&self, time: Duration) -> usize {
        self.ticks.partition_point(|tick| tick.earliest < time) + 1
    }

    /// The most ticks that there can be until that time.
    pub(crate) fn at_most_until(&self, time: Duration) -> usize {
        self.ticks.partition_point(|tick| tick.earliest <= time + EARLY_TOLERANCE)
    }

    /// The least ticks that there can be until that time.
    pub(crate) fn at_least_until(&self, time: Duration) -> usize {
        // Without jitter, a poll within the early tolerance before a tick belongs to that tick.
        let tolerance = if self.is_exact { EARLY_TOLERANCE } else { Duration::ZERO };
        self.ticks.partition_point(|tick| tick.latest <= time + tolerance)
    }

    /// The longest possible time between the ticks around that time.
    pub(crate) fn gap_at(&self, time: Duration) -> Duration {
        let next = self.at_most_until(time) + 1;
        let last = if next == 1 { self.ready } else { self.tick(next - 1).earliest };
        self.tick(next).latest.saturating_sub(last)
    }

    /// The least possible time from then to a tick.
    pub(crate) fn least_from(&self, time: Duration) -> Duration {
        let next = self.first_from(time);
        let may_be_now = next > 1 && self.tick(next - 1).latest >= time;
        if may_be_now { Duration::ZERO } else { self.tick(next).earliest.saturating_sub(time) }
    }
}

/// The times from the offer to the first tick and from each tick to the next, without jitter.
fn gaps(schedule: PollRule, interval: Duration) -> Box<dyn Iterator<Item = Duration>> {
    match schedule {
        PollRule::Fixed | PollRule::Jittered { .. } => Box::new(repeat(interval)),
        PollRule::BackOff { factor, longest } => {
            let longest = longest.max(interval);
            Box::new(successors(Some(interval), move |gap| Some(grown(*gap, factor).min(longest))))
        }
        PollRule::EagerThenSlow { eager, eager_for } => {
            let eager = eager.min(interval);
            let times = eager_for.as_nanos() / eager.as_nanos().max(1);
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            Box::new(repeat_n(eager, times).chain(repeat(interval)))
        }
    }
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
    fn the_gap_around_a_time_is_that_of_its_phase() {
        let eager = expected_ticks(NamedSchedule::EagerThenSlow);
        assert_eq!((eager.gap_at(millis(9_000)), eager.gap_at(millis(10_500))), (millis(500), INTERVAL));
        let back_off = expected_ticks(NamedSchedule::BackOff);
        assert_eq!((back_off.gap_at(millis(20)), back_off.gap_at(millis(2_010))), (INTERVAL, millis(3_000)));
    }
}
