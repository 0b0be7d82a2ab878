//! The poll schedules of initiators: as text with their numbers, and by name in the program's flags.

use std::fmt;
use std::time::Duration;

use signaling::PollRule;

use crate::format::length;

/// A rule of polls with its numbers, as text.
pub(crate) fn rule_text(rule: PollRule) -> String {
    match rule {
        PollRule::Fixed => "fixed".to_owned(),
        PollRule::Jittered { share } => format!("jittered within {} % of it", share * 100.0),
        PollRule::BackOff { factor, longest } => {
            format!("backing off by a factor of {factor} up to {}", length(longest))
        }
        PollRule::EagerThenSlow { eager, eager_for } => {
            format!("eager for {} with {}", length(eager_for), length(eager))
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
    pub fn rule(self) -> PollRule {
        match self {
            Self::Fixed => PollRule::Fixed,
            Self::Jittered => PollRule::Jittered { share: 0.5 },
            Self::BackOff => PollRule::BackOff { factor: 1.5, longest: Duration::from_secs(10) },
            Self::EagerThenSlow => {
                PollRule::EagerThenSlow { eager: Duration::from_millis(500), eager_for: Duration::from_secs(10) }
            }
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
    use signaling::PollSchedule;

    use super::*;

    #[test]
    fn every_named_schedule_is_valid_and_has_the_name_of_its_flag() {
        for schedule in NamedSchedule::ALL {
            assert!(PollSchedule::try_from(schedule.rule()).is_ok(), "{schedule}");
            let flag = schedule.to_possible_value().unwrap();
            assert_eq!(flag.get_name(), schedule.to_string());
        }
        assert_eq!(NamedSchedule::value_variants(), NamedSchedule::ALL);
    }

    #[test]
    fn a_schedule_is_shown_with_its_numbers() {
        let shown: Vec<String> = NamedSchedule::ALL.iter().map(|schedule| rule_text(schedule.rule())).collect();
        let expected = [
            "fixed",
            "jittered within 50 % of it",
            "backing off by a factor of 1.5 up to 10 s",
            "eager for 10 s with 500 ms",
        ];
        assert_eq!(shown, expected);
    }
}
