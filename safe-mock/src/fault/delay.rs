//! How long a call is held up, and on which side of it something happens.

use std::time::Duration;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use super::error::BadRule;

/// The longest delay, in milliseconds: a day. Longer ones are mistakes in the unit.
pub const DELAY_MS_MAX: u64 = 86_400_000;

/// Before the call is carried out, or after it and before its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The request is held up: nothing has been done yet.
    #[default]
    Before,
    /// The answer is held up: what was asked for is done.
    After,
}

/// A time, or a way to draw one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    /// Always so many milliseconds.
    FixedMs(u64),
    /// Every millisecond between two is as likely as every other.
    Uniform {
        /// The shortest.
        min_ms: u64,
        /// The longest.
        max_ms: u64,
    },
    /// Half of the calls take up to the median, one in ten more than five times as much, one in a hundred more than
    /// fifty times as much: a Pareto distribution of index 1.
    LongTailed {
        /// The median. None is shorter than half of it.
        median_ms: u64,
        /// The longest.
        max_ms: u64,
    },
}

impl Latency {
    pub(super) fn check(self) -> Result<(), BadRule> {
        let (shortest, longest) = match self {
            Self::FixedMs(fixed) => (fixed, fixed),
            Self::Uniform { min_ms, max_ms } => (min_ms, max_ms),
            Self::LongTailed { median_ms, max_ms } => (median_ms, max_ms),
        };
        if shortest > longest {
            return Err(BadRule::DelaysCross { shortest, longest });
        }
        if longest > DELAY_MS_MAX {
            return Err(BadRule::DelayTooLong(longest));
        }
        Ok(())
    }

    /// One delay.
    pub(super) fn draw(self, rng: &mut impl Rng) -> Duration {
        match self {
            Self::FixedMs(fixed) => Duration::from_millis(fixed),
            Self::Uniform { min_ms, max_ms } => Duration::from_millis(rng.random_range(min_ms..=max_ms)),
            Self::LongTailed { median_ms, max_ms } => {
                let shortest = Duration::from_millis(median_ms) / 2;
                // Division alone, so that every machine draws the same.
                let rest = 1.0 - rng.random::<f64>();
                let longest = Duration::from_millis(max_ms);
                Duration::try_from_secs_f64(shortest.as_secs_f64() / rest).unwrap_or(longest).min(longest)
            }
        }
    }
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
        let drawn = drawn(Latency::Uniform { min_ms: 10, max_ms: 20 });
        assert_eq!((drawn[0].as_millis(), drawn[1_000].as_millis()), (10, 20));
    }

    #[test]
    fn a_long_tail_has_its_median_and_its_longest() {
        let drawn = drawn(Latency::LongTailed { median_ms: 100, max_ms: 2_000 });
        assert!(drawn[0].as_millis() >= 50);
        assert!((85..115).contains(&drawn[500].as_millis()), "{:?}", drawn[500]);
        assert!((400..600).contains(&drawn[900].as_millis()), "{:?}", drawn[900]);
        assert_eq!(drawn[1_000].as_millis(), 2_000);
    }
}
