//! When an initiator should poll, read from the rule of its schedule alone. The peers compute their ticks elsewhere and
//! otherwise: checks hold the one against the other.

use std::iter::{repeat, repeat_n, successors};
use std::time::Duration;

use signaling::PollRule;

use crate::plan::EARLY_TOLERANCE;

/// The ticks of one initiator until its story ends. They are counted from 1.
#[derive(Debug)]
pub(crate) struct ExpectedTicks {
    ready: Duration,
    ticks: Vec<Tick>,
    /// Whether the rule leaves nothing to chance.
    is_exact: bool,
}

/// Within which moments a tick lies: at one and the same, where nothing is left to chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) earliest: Duration,
    pub(crate) latest: Duration,
}

impl ExpectedTicks {
    /// The ticks since `ready`, up to the second after `until`.
    pub(crate) fn new(schedule: PollRule, interval: Duration, ready: Duration, until: Duration) -> Self {
        let moved = moved_by_most(schedule, interval);
        let (mut ticks, mut at, mut beyond) = (Vec::new(), ready, 0);
        for gap in gaps(schedule, interval) {
            at = at.saturating_add(gap);
            let tick = Tick { earliest: at.saturating_sub(moved), latest: at.saturating_add(moved) };
            ticks.push(tick);
            beyond += usize::from(tick.earliest > until);
            if beyond == 2 {
                break;
            }
        }
        Self { ready, ticks, is_exact: moved.is_zero() }
    }

    /// A tick; one beyond the end of the story is the last that is known.
    pub(crate) fn tick(&self, number: usize) -> Tick {
        let never = Tick { earliest: Duration::MAX, latest: Duration::MAX };
        self.ticks.get(number.saturating_sub(1)).or(self.ticks.last()).copied().unwrap_or(never)
    }

    /// The number of the first tick that cannot be before that moment.
    pub(crate) fn first_from(&self, moment: Duration) -> usize {
        self.ticks.partition_point(|tick| tick.earliest < moment) + 1
    }

    /// How many ticks may have come by that moment.
    pub(crate) fn at_most_until(&self, moment: Duration) -> usize {
        self.ticks.partition_point(|tick| tick.earliest <= moment + EARLY_TOLERANCE)
    }

    /// How many ticks have come by that moment, wherever they lie.
    pub(crate) fn at_least_until(&self, moment: Duration) -> usize {
        // Where they lie is known: what came within the early tolerance of its tick came at it.
        let tolerance = if self.is_exact { EARLY_TOLERANCE } else { Duration::ZERO };
        self.ticks.partition_point(|tick| tick.latest <= moment + tolerance)
    }

    /// The longest that the time between the ticks around that moment can be.
    pub(crate) fn gap_at(&self, moment: Duration) -> Duration {
        let next = self.at_most_until(moment) + 1;
        let last = if next == 1 { self.ready } else { self.tick(next - 1).earliest };
        self.tick(next).latest.saturating_sub(last)
    }

    /// The least time from that moment to a tick.
    pub(crate) fn least_from(&self, moment: Duration) -> Duration {
        let next = self.first_from(moment);
        let may_be_now = next > 1 && self.tick(next - 1).latest >= moment;
        if may_be_now { Duration::ZERO } else { self.tick(next).earliest.saturating_sub(moment) }
    }
}

/// From the offer to the first tick, and from each to the next, if none is moved.
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

/// In whole milliseconds, as timers keep them, and rounded up.
fn grown(gap: Duration, factor: f64) -> Duration {
    let exact = gap.as_secs_f64() * 1e3 * factor;
    // What is beyond the sixth digit is the error of the product.
    Duration::try_from_secs_f64((exact - 1e-6).ceil() / 1e3).unwrap_or(Duration::MAX)
}

/// By how much chance moves a tick to either side at most.
fn moved_by_most(schedule: PollRule, interval: Duration) -> Duration {
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
    fn ticks_lie_where_the_rule_says() {
        assert_eq!(first_latest(&expected_ticks(NamedSchedule::Fixed), 3), [2_010, 4_010, 6_010]);
        let back_off = expected_ticks(NamedSchedule::BackOff);
        assert_eq!(first_latest(&back_off, 6), [2_010, 5_010, 9_510, 16_260, 26_260, 36_260]);
        let eager = expected_ticks(NamedSchedule::EagerThenSlow);
        assert_eq!(first_latest(&eager, 22)[17..], [9_010, 9_510, 10_010, 12_010, 14_010]);
        let jittered = expected_ticks(NamedSchedule::Jittered);
        assert_eq!(jittered.tick(2), Tick { earliest: millis(3_510), latest: millis(4_510) });
    }

    #[test]
    fn growth_is_rounded_up_to_what_timers_keep() {
        assert_eq!(grown(millis(2_000), 1.1), millis(2_200));
        assert_eq!(grown(millis(10), 1.01), millis(11));
    }

    #[test]
    fn a_moment_within_a_jittered_tick_may_be_before_it_or_after() {
        let jittered = expected_ticks(NamedSchedule::Jittered);
        assert_eq!((jittered.at_least_until(millis(4_000)), jittered.at_most_until(millis(4_000))), (1, 2));
        assert_eq!(jittered.first_from(millis(4_000)), 3);
        assert_eq!(jittered.gap_at(millis(4_000)), millis(3_000));
        assert_eq!(jittered.least_from(millis(4_000)), Duration::ZERO);
        assert_eq!(jittered.least_from(millis(3_000)), millis(510));
    }

    #[test]
    fn the_gap_around_a_moment_is_that_of_its_phase() {
        let eager = expected_ticks(NamedSchedule::EagerThenSlow);
        assert_eq!((eager.gap_at(millis(9_000)), eager.gap_at(millis(10_500))), (millis(500), INTERVAL));
        let back_off = expected_ticks(NamedSchedule::BackOff);
        assert_eq!((back_off.gap_at(millis(20)), back_off.gap_at(millis(2_010))), (INTERVAL, millis(3_000)));
    }
}
