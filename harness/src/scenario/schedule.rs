//! The poll schedules of initiators: with their numbers in scenarios, and by name in the program's flags.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use signaling::ScheduleError;

use crate::format::length;

/// The poll schedule of initiators. The poll interval is a separate setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum PollSchedule {
    /// One interval after the other.
    #[default]
    Fixed,
    /// Each poll is moved at random within a share of the interval around its tick.
    Jittered {
        /// The share, greater than 0 and at most 1.
        share: f64,
    },
    /// Each interval is longer than the previous one, up to a maximum.
    BackOff {
        /// By which factor each interval is longer.
        factor: f64,
        /// The longest interval, in milliseconds.
        longest_ms: u64,
    },
    /// A short interval at first, and the poll interval later.
    EagerThenSlow {
        /// The short interval, in milliseconds.
        eager_ms: u64,
        /// How long the short interval holds after the offer is ready, in milliseconds.
        eager_for_ms: u64,
    },
}

impl PollSchedule {
    /// The schedule for peers.
    ///
    /// # Errors
    /// A number is out of its range.
    pub fn for_peers(self) -> Result<signaling::PollSchedule, ScheduleError> {
        let millis = Duration::from_millis;
        match self {
            Self::Fixed => Ok(signaling::PollSchedule::FIXED),
            Self::Jittered { share } => signaling::PollSchedule::jittered(share),
            Self::BackOff { factor, longest_ms } => signaling::PollSchedule::back_off(factor, millis(longest_ms)),
            Self::EagerThenSlow { eager_ms, eager_for_ms } => {
                signaling::PollSchedule::eager_then_slow(millis(eager_ms), millis(eager_for_ms))
            }
        }
    }
}

impl fmt::Display for PollSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |millis| length(Duration::from_millis(millis));
        match *self {
            Self::Fixed => f.write_str("fixed"),
            Self::Jittered { share } => write!(f, "jittered within {} % of it", share * 100.0),
            Self::BackOff { factor, longest_ms } => {
                write!(f, "backing off by a factor of {factor} up to {}", of(longest_ms))
            }
            Self::EagerThenSlow { eager_ms, eager_for_ms } => {
                write!(f, "eager for {} with {}", of(eager_for_ms), of(eager_ms))
            }
        }
    }
}

/// A schedule that has a name, with numbers for the original's poll interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[non_exhaustive]
pub enum NamedSchedule {
    /// One interval after the other
    Fixed,
    /// Each poll moved at random within half an interval around its tick
    Jittered,
    /// Each interval 1.5 times as long as the previous one, up to 10 seconds
    BackOff,
    /// Every half second for the first 10 seconds, and then at the poll interval
    EagerThenSlow,
}

impl NamedSchedule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fixed, Self::Jittered, Self::BackOff, Self::EagerThenSlow];

    /// The schedule with its numbers.
    pub fn rule(self) -> PollSchedule {
        match self {
            Self::Fixed => PollSchedule::Fixed,
            Self::Jittered => PollSchedule::Jittered { share: 0.5 },
            Self::BackOff => PollSchedule::BackOff { factor: 1.5, longest_ms: 10_000 },
            Self::EagerThenSlow => PollSchedule::EagerThenSlow { eager_ms: 500, eager_for_ms: 10_000 },
        }
    }
}

impl fmt::Display for NamedSchedule {
    /// The name in the program's flags.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed => "fixed",
            Self::Jittered => "jittered",
            Self::BackOff => "back-off",
            Self::EagerThenSlow => "eager-then-slow",
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn every_named_schedule_is_valid_and_has_the_name_of_its_flag() {
        for schedule in NamedSchedule::ALL {
            assert!(schedule.rule().for_peers().is_ok(), "{schedule}");
            let flag = schedule.to_possible_value().unwrap();
            assert_eq!(flag.get_name(), schedule.to_string());
        }
        assert_eq!(NamedSchedule::value_variants(), NamedSchedule::ALL);
    }

    #[test]
    fn a_schedule_is_shown_with_its_numbers() {
        let shown: Vec<String> = NamedSchedule::ALL.iter().map(|schedule| schedule.rule().to_string()).collect();
        let expected = [
            "fixed",
            "jittered within 50 % of it",
            "backing off by a factor of 1.5 up to 10 s",
            "eager for 10 s with 500 ms",
        ];
        assert_eq!(shown, expected);
    }
}
