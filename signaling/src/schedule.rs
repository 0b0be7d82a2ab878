//! By which rule polls follow one another. A rule is a value: [`Poller`](crate::poller::Poller) keeps it, and the page
//! `docs/polling.md` says when to use which, with what each costs as the harness measured it.
//!
//! ```
//! use std::time::Duration;
//!
//! use signaling::{Config, PollSchedule};
//!
//! # fn main() -> Result<(), signaling::ScheduleError> {
//! // Every half second for the first ten seconds, and then at the usual interval.
//! let schedule = PollSchedule::eager_then_slow(Duration::from_millis(500), Duration::from_secs(10))?;
//! let config = Config::default().schedule(schedule);
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use thiserror::Error;

/// The original's poll interval.
pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_secs(2);

/// The shortest interval there is, and the least time between the beginnings of two polls, whatever the settings: a launcher
/// that answers at once must not become a hot loop.
pub const MIN_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The least factor of a back-off: one that can be seen.
pub const FACTOR_MIN: f64 = 1.01;

/// The greatest factor of a back-off: beyond it a poller gives up rather than backs off.
pub const FACTOR_MAX: f64 = 10.0;

/// A million of these are the whole.
const WHOLE: u32 = 1_000_000;

/// By which rule polls follow one another. [`Config::poll_interval`](crate::Config::poll_interval) is the interval that the
/// rule is about. No rule lets two polls begin less than [`MIN_POLL_INTERVAL`] apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PollSchedule(pub(crate) Rule);

/// A rule of polls as it is written down: in a settings file, for example. [`PollSchedule`] is the same, checked.
///
/// With the feature `serde` its fields that are lengths of time are whole milliseconds, and their names end in `_ms`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case", deny_unknown_fields)
)]
pub enum PollRule {
    /// See [`PollSchedule::FIXED`].
    #[default]
    Fixed,
    /// See [`PollSchedule::jittered`].
    Jittered {
        /// The share of the interval within which each poll is moved.
        share: f64,
    },
    /// See [`PollSchedule::back_off`].
    BackOff {
        /// By which factor each interval is longer than the previous one.
        factor: f64,
        /// The longest interval.
        #[cfg_attr(feature = "serde", serde(rename = "longest_ms", with = "crate::millis"))]
        longest: Duration,
    },
    /// See [`PollSchedule::eager_then_slow`].
    EagerThenSlow {
        /// The eager interval.
        #[cfg_attr(feature = "serde", serde(rename = "eager_ms", with = "crate::millis"))]
        eager: Duration,
        /// How long the eager interval holds after the offer is ready.
        #[cfg_attr(feature = "serde", serde(rename = "eager_for_ms", with = "crate::millis"))]
        eager_for: Duration,
    },
}

impl TryFrom<PollRule> for PollSchedule {
    type Error = ScheduleError;

    fn try_from(rule: PollRule) -> Result<Self, ScheduleError> {
        match rule {
            PollRule::Fixed => Ok(Self::FIXED),
            PollRule::Jittered { share } => Self::jittered(share),
            PollRule::BackOff { factor, longest } => Self::back_off(factor, longest),
            PollRule::EagerThenSlow { eager, eager_for } => Self::eager_then_slow(eager, eager_for),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Rule {
    #[default]
    Fixed,
    Jittered {
        share: Millionths,
    },
    BackOff {
        factor: Millionths,
        longest: Duration,
    },
    EagerThenSlow {
        eager: Duration,
        eager_for: Duration,
    },
}

/// A number of which equality can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Millionths(u32);

impl Millionths {
    /// `number` is at most [`FACTOR_MAX`], and greater than 0.
    fn of(number: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is greater than 0, and so many millionths are far fewer than u32 can hold"
        )]
        Self((number * f64::from(WHOLE)).round().max(1.0) as u32)
    }

    /// So much of a length of time, in nanoseconds.
    pub(crate) fn of_nanos(self, nanos: u64) -> u64 {
        let product = u128::from(nanos) * u128::from(self.0) / u128::from(WHOLE);
        u64::try_from(product).unwrap_or(u64::MAX)
    }
}

impl PollSchedule {
    /// One interval after the other, as the original app polls.
    pub const FIXED: Self = Self(Rule::Fixed);

    /// Each poll is moved, by chance, within a `share` of the interval around its tick: half of that share earlier at most, and
    /// half of it later. So peers that came together do not poll in step. The chance comes from the peer's seed.
    ///
    /// # Errors
    ///
    /// The share is not greater than 0, or greater than 1.
    pub fn jittered(share: f64) -> Result<Self, ScheduleError> {
        if share > 0.0 && share <= 1.0 {
            Ok(Self(Rule::Jittered { share: Millionths::of(share) }))
        } else {
            Err(ScheduleError::ShareOutOfRange { share })
        }
    }

    /// Each interval is `factor` times the one before it, in whole milliseconds, until it is the `longest`. A longest interval
    /// that is shorter than the first counts as the first.
    ///
    /// # Errors
    ///
    /// The factor is not from [`FACTOR_MIN`] to [`FACTOR_MAX`], or the longest interval is shorter than
    /// [`MIN_POLL_INTERVAL`].
    pub fn back_off(factor: f64, longest: Duration) -> Result<Self, ScheduleError> {
        if !(FACTOR_MIN..=FACTOR_MAX).contains(&factor) {
            return Err(ScheduleError::FactorOutOfRange { factor });
        }
        at_least(longest, MIN_POLL_INTERVAL)?;
        Ok(Self(Rule::BackOff { factor: Millionths::of(factor), longest }))
    }

    /// Polls come `eager` apart for as long as `eager_for` since the offer was ready, and at the usual interval from the last
    /// of them on. An eager interval that is longer than the usual counts as the usual.
    ///
    /// # Errors
    ///
    /// The eager interval is shorter than [`MIN_POLL_INTERVAL`], or `eager_for` too short for a single eager poll.
    pub fn eager_then_slow(eager: Duration, eager_for: Duration) -> Result<Self, ScheduleError> {
        at_least(eager, MIN_POLL_INTERVAL)?;
        at_least(eager_for, eager)?;
        Ok(Self(Rule::EagerThenSlow { eager, eager_for }))
    }

    /// The longest time between two polls that take no time themselves: so long an answer may lie there before it is found.
    pub fn longest_gap(self, interval: Duration) -> Duration {
        let interval = interval.max(MIN_POLL_INTERVAL);
        match self.0 {
            Rule::Fixed | Rule::EagerThenSlow { .. } => interval,
            Rule::Jittered { share } => {
                let nanos = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
                interval.saturating_add(Duration::from_nanos(share.of_nanos(nanos)))
            }
            Rule::BackOff { longest, .. } => longest.max(interval),
        }
    }
}

fn at_least(given: Duration, least: Duration) -> Result<(), ScheduleError> {
    if given < least { Err(ScheduleError::TooShort { given, least }) } else { Ok(()) }
}

/// Why a schedule cannot be meant.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// A poll cannot be moved by nothing, nor past those beside it.
    #[error("{share} is no share of an interval by which polls can be moved: it is greater than 0, and at most 1")]
    ShareOutOfRange {
        /// What was given.
        share: f64,
    },
    /// An interval that does not grow is no back-off.
    #[error("{factor} is no factor by which intervals can grow: it is {FACTOR_MIN} to {FACTOR_MAX}")]
    FactorOutOfRange {
        /// What was given.
        factor: f64,
    },
    /// A length of time is too short for what it is meant for.
    #[error("{given:?} is too short here: it is at least {least:?}")]
    TooShort {
        /// What was given.
        given: Duration,
        /// The least that it can be.
        least: Duration,
    },
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every schedule that can be meant.
    pub(crate) fn any_schedule() -> impl Strategy<Value = PollSchedule> {
        prop_oneof![
            Just(PollSchedule::FIXED),
            (0.000_001_f64..=1.0).prop_map(|share| PollSchedule::jittered(share).unwrap()),
            (FACTOR_MIN..=FACTOR_MAX, 10_u64..100_000).prop_map(|(factor, longest)| PollSchedule::back_off(
                factor,
                millis(longest)
            )
            .unwrap()),
            (10_u64..5_000, 0_u64..60_000).prop_map(|(eager, more)| PollSchedule::eager_then_slow(
                millis(eager),
                millis(eager + more)
            )
            .unwrap()),
        ]
    }

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_share_is_greater_than_nothing_and_at_most_the_whole() {
        for share in [f64::MIN_POSITIVE, 0.5, 1.0] {
            assert!(PollSchedule::jittered(share).is_ok(), "{share}");
        }
        for share in [0.0, -0.1, 1.000_001, f64::NAN, f64::INFINITY] {
            let refused = PollSchedule::jittered(share).unwrap_err();
            assert!(matches!(refused, ScheduleError::ShareOutOfRange { .. }), "{share}");
        }
    }

    #[test]
    fn a_factor_lets_intervals_grow() {
        for factor in [FACTOR_MIN, 2.0, FACTOR_MAX] {
            assert!(PollSchedule::back_off(factor, millis(5_000)).is_ok(), "{factor}");
        }
        for factor in [0.5, 1.0, 10.1, -2.0, f64::NAN, f64::INFINITY] {
            let refused = PollSchedule::back_off(factor, millis(5_000)).unwrap_err();
            assert!(matches!(refused, ScheduleError::FactorOutOfRange { .. }), "{factor}");
        }
    }

    #[test]
    fn no_length_of_time_is_too_short_for_what_it_is_meant_for() {
        let too_short = |given, least| Err(ScheduleError::TooShort { given: millis(given), least: millis(least) });
        assert_eq!(PollSchedule::back_off(2.0, Duration::ZERO), too_short(0, 10));
        assert_eq!(PollSchedule::eager_then_slow(Duration::ZERO, millis(5_000)), too_short(0, 10));
        assert_eq!(PollSchedule::eager_then_slow(millis(9), millis(5_000)), too_short(9, 10));
        assert_eq!(PollSchedule::eager_then_slow(millis(500), millis(499)), too_short(499, 500));
    }

    #[test]
    fn what_is_refused_says_what_can_be_meant() {
        let said = PollSchedule::jittered(1.5).unwrap_err().to_string();
        assert!(said.ends_with("it is greater than 0, and at most 1"), "{said}");
        let said = PollSchedule::back_off(0.5, millis(5_000)).unwrap_err().to_string();
        assert_eq!(said, "0.5 is no factor by which intervals can grow: it is 1.01 to 10");
    }
}
