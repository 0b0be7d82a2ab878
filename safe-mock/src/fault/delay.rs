//! How long a call is delayed, and whether something happens before or after it.

use std::time::Duration;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::error::InvalidRule;
use crate::millis;

/// The longest delay. A longer one is probably a mistake in the unit.
pub const DELAY_MAX: Duration = Duration::from_hours(24);

/// Before the call is carried out, or after it and before its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before the call: nothing has been done yet.
    #[default]
    Before,
    /// After the call: it was carried out.
    After,
}

/// A delay, or a distribution to draw one from. Counted in whole milliseconds, as it is written in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Latency {
    /// Always the same.
    #[serde(rename = "fixed_ms", with = "millis")]
    Fixed(Duration),
    /// Each millisecond of a range is equally likely.
    Uniform {
        /// The shortest.
        #[serde(rename = "min_ms", with = "millis")]
        min: Duration,
        /// The longest.
        #[serde(rename = "max_ms", with = "millis")]
        max: Duration,
    },
    /// Half of the calls take up to the median, one in ten more than five times as much, one in a hundred more than
    /// fifty times as much: a Pareto distribution of index 1.
    LongTailed {
        /// The median. None is shorter than half of it.
        #[serde(rename = "median_ms", with = "millis")]
        median: Duration,
        /// The longest.
        #[serde(rename = "max_ms", with = "millis")]
        max: Duration,
    },
}

impl Latency {
    pub(super) fn check(self) -> Result<(), InvalidRule> {
        let (shortest, longest) = match self {
            Self::Fixed(fixed) => (fixed, fixed),
            Self::Uniform { min, max } => (min, max),
            Self::LongTailed { median, max } => (median, max),
        };
        if shortest > longest {
            return Err(InvalidRule::DelaysCross { shortest, longest });
        }
        check_delay(longest)
    }

    /// One delay.
    pub(super) fn draw(self, rng: &mut impl Rng) -> Duration {
        match self {
            Self::Fixed(fixed) => fixed,
            Self::Uniform { min, max } => Duration::from_millis(rng.random_range(millis::of(min)..=millis::of(max))),
            Self::LongTailed { median, max } => {
                let shortest = median / 2;
                // Only a division, so that every machine draws the same value.
                let rest = 1.0 - rng.random::<f64>();
                Duration::try_from_secs_f64(shortest.as_secs_f64() / rest).unwrap_or(max).min(max)
            }
        }
    }
}

/// Whether a delay is short enough.
///
/// # Errors
/// It is longer than [`DELAY_MAX`].
pub(crate) fn check_delay(delay: Duration) -> Result<(), InvalidRule> {
    if delay > DELAY_MAX { Err(InvalidRule::DelayTooLong(delay)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;

    fn drawn(latency: Latency) -> Vec<Duration> {
        let mut rng = ChaCha12Rng::seed_from_u64(7);
        let mut drawn: Vec<_> = (0..1_001).map(|_| latency.draw(&mut rng)).collect();
        drawn.sort();
        drawn
    }

    #[test]
    fn a_uniform_delay_stays_between_its_ends() {
        let (min, max) = (Duration::from_millis(10), Duration::from_millis(20));
        let drawn = drawn(Latency::Uniform { min, max });
        assert_eq!((drawn[0].as_millis(), drawn[1_000].as_millis()), (10, 20));
    }

    #[test]
    fn a_long_tail_has_its_median_and_its_longest() {
        let drawn = drawn(Latency::LongTailed { median: Duration::from_millis(100), max: Duration::from_secs(2) });
        assert!(drawn[0].as_millis() >= 50);
        assert!((85..115).contains(&drawn[500].as_millis()), "{:?}", drawn[500]);
        assert!((400..600).contains(&drawn[900].as_millis()), "{:?}", drawn[900]);
        assert_eq!(drawn[1_000].as_millis(), 2_000);
    }
}
