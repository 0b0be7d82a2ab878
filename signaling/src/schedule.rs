//! The rules of polls. [`Poller`](crate::poller::Poller) applies a rule; `docs/polling.md` says when to use which rule, with
//! the costs that the harness measured.
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

/// The shortest interval, and the shortest time between the starts of two polls, for all settings: a launcher that answers
/// at once must not cause a hot loop.
pub const MIN_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The smallest factor of a back-off.
pub const FACTOR_MIN: f64 = 1.01;

/// The greatest factor of a back-off.
pub const FACTOR_MAX: f64 = 10.0;

/// A million of these are the whole.
const WHOLE: u32 = 1_000_000;

/// A valid rule of polls. [`Config::poll_interval`](crate::Config::poll_interval) is the interval of the rule. With no rule
/// do two polls start less than [`MIN_POLL_INTERVAL`] apart.
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

/// A fraction with exact equality, in millionths.
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

    /// This fraction of a duration in nanoseconds.
    pub(crate) fn of_nanos(self, nanos: u64) -> u64 {
        let product = u128::from(nanos) * u128::from(self.0) / u128::from(WHOLE);
        u64::try_from(product).unwrap_or(u64::MAX)
    }
}

impl PollSchedule {
    /// One interval after the other, as the original app polls.
    pub const FIXED: Self = Self(Rule::Fixed);

    /// Each poll is moved at random within a `share` of the interval around its tick: at most half of that share earlier,
    /// and half of it later. So peers that joined together do not poll in step. The random numbers come from the peer's
    /// seed.
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

    /// Each interval is `factor` times the one before it, in whole milliseconds, up to the `longest`. A longest interval
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

    /// Polls are `eager` apart for `eager_for` after the offer is ready, and the usual interval apart later. An eager
    /// interval that is longer than the usual interval counts as the usual interval.
    ///
    /// # Errors
    ///
    /// The eager interval is shorter than [`MIN_POLL_INTERVAL`], or `eager_for` too short for a single eager poll.
    pub fn eager_then_slow(eager: Duration, eager_for: Duration) -> Result<Self, ScheduleError> {
        at_least(eager, MIN_POLL_INTERVAL)?;
        at_least(eager_for, eager)?;
        Ok(Self(Rule::EagerThenSlow { eager, eager_for }))
    }

    /// The longest time between two polls that take no time themselves: an answer is found after this time at the latest.
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

/// Why a schedule is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The share of a jittered schedule is out of range.
    #[error("invalid share {share}: expected a number greater than 0 and at most 1")]
    ShareOutOfRange {
        /// The value.
        share: f64,
    },
    /// The factor of a back-off is out of range.
    #[error("invalid factor {factor}: expected {FACTOR_MIN} to {FACTOR_MAX}")]
    FactorOutOfRange {
        /// The value.
        factor: f64,
    },
    /// A duration is too short.
    #[error("invalid duration {given:?}: expected at least {least:?}")]
    TooShort {
        /// The value.
        given: Duration,
        /// The smallest valid value.
        least: Duration,
    },
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any valid schedule.
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
    fn a_duration_that_is_too_short_is_refused() {
        let too_short = |given, least| Err(ScheduleError::TooShort { given: millis(given), least: millis(least) });
        assert_eq!(PollSchedule::back_off(2.0, Duration::ZERO), too_short(0, 10));
        assert_eq!(PollSchedule::eager_then_slow(Duration::ZERO, millis(5_000)), too_short(0, 10));
        assert_eq!(PollSchedule::eager_then_slow(millis(9), millis(5_000)), too_short(9, 10));
        assert_eq!(PollSchedule::eager_then_slow(millis(500), millis(499)), too_short(499, 500));
    }

    #[test]
    fn an_error_states_the_valid_range() {
        let said = PollSchedule::jittered(1.5).unwrap_err().to_string();
        assert_eq!(said, "invalid share 1.5: expected a number greater than 0 and at most 1");
        let said = PollSchedule::back_off(0.5, millis(5_000)).unwrap_err().to_string();
        assert_eq!(said, "invalid factor 0.5: expected 1.01 to 10");
    }
}
