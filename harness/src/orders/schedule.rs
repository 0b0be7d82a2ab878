//! An order of things: whose request goes next, or whether time passes. A plain value that can be written down and given
//! back.

use std::fmt;
use std::str::FromStr;

use crate::scenario::{PeerIndex, VisitId};

/// One of the two peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The one whose requests go first where it makes no difference.
    First,
    /// The other.
    Second,
}

impl Side {
    /// Both, in order.
    pub const BOTH: [Self; 2] = [Self::First, Self::Second];

    /// The place of this peer's part in a pair of things.
    pub(super) fn index(self) -> usize {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }

    /// Who that is among all peers of a run, which have their chance by that.
    pub(super) fn who(self) -> VisitId {
        let peer_index = match self {
            Self::First => PeerIndex::First,
            Self::Second => PeerIndex::Second,
        };
        VisitId { pair: 1, peer_index, visit: 1 }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first peer",
            Self::Second => "second peer",
        })
    }
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// The request of this peer that was held goes.
    Release(Side),
    /// Time passes until something happens by itself.
    AdvanceTime,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Release(Side::First) => "1",
            Self::Release(Side::Second) => "2",
            Self::AdvanceTime => "t",
        })
    }
}

/// The choices of one play, from its beginning to its end. Written as `12t1`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Schedule(Vec<Choice>);

impl Schedule {
    /// These choices, in this order.
    pub fn new(choices: Vec<Choice>) -> Self {
        Self(choices)
    }

    /// The choices, in order.
    pub fn choices(&self) -> &[Choice] {
        &self.0
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|choice| choice.fmt(f))
    }
}

/// A text is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found:?} is no choice; a schedule has 1 where the first peer's request goes, 2 where the second's does, and t where \
     time passes"
)]
pub struct ParseScheduleError {
    /// What is there instead of a choice.
    pub found: char,
}

impl FromStr for Schedule {
    type Err = ParseScheduleError;

    fn from_str(text: &str) -> Result<Self, ParseScheduleError> {
        let choice = |letter| match letter {
            '1' => Ok(Choice::Release(Side::First)),
            '2' => Ok(Choice::Release(Side::Second)),
            't' => Ok(Choice::AdvanceTime),
            found => Err(ParseScheduleError { found }),
        };
        text.chars().map(choice).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_reads_back_as_it_is_written() {
        let schedule: Schedule = "12t1".parse().unwrap();
        let [first, second] = Side::BOTH.map(Choice::Release);
        assert_eq!(schedule.choices(), [first, second, Choice::AdvanceTime, first]);
        assert_eq!(schedule.to_string(), "12t1");
    }

    #[test]
    fn a_letter_that_is_no_choice_is_named() {
        assert_eq!("1 2".parse::<Schedule>(), Err(ParseScheduleError { found: ' ' }));
    }
}
