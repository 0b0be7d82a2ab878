//! An order of requests: whose request is released next, or whether time passes. A plain value that can be written down and
//! replayed.

use std::fmt;
use std::str::FromStr;

use crate::scenario::PeerIndex;

/// The two peers. Where the order makes no difference, the requests of the first peer are released first.
pub(super) const PEERS: [PeerIndex; 2] = [PeerIndex::First, PeerIndex::Second];

/// How to read an order, for people.
pub(super) const ORDER_KEY: &str =
    "In an order, 1 is a request of the first peer, 2 one of the second, and t is time that passes.";

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Choice {
    /// The request of this peer that is held is sent on to its launcher.
    Release(PeerIndex),
    /// Time passes until a request arrives at the gate or a peer ends.
    AdvanceTime,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Release(PeerIndex::First) => "1",
            Self::Release(PeerIndex::Second) => "2",
            Self::Release(PeerIndex::Third) => "3",
            Self::AdvanceTime => "t",
        })
    }
}

/// The choices of one execution, from its start to its end. Written as `12t1`.
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
    "{found:?} is no choice; a schedule has 1 where a request of the first peer is released, 2 where one of the second \
     is, and t where time passes"
)]
pub struct ParseScheduleError {
    /// The character that is no choice.
    pub found: char,
}

impl FromStr for Schedule {
    type Err = ParseScheduleError;

    fn from_str(text: &str) -> Result<Self, ParseScheduleError> {
        let choice = |letter| match letter {
            '1' => Ok(Choice::Release(PeerIndex::First)),
            '2' => Ok(Choice::Release(PeerIndex::Second)),
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
        let [first, second] = PEERS.map(Choice::Release);
        assert_eq!(schedule.choices(), [first, second, Choice::AdvanceTime, first]);
        assert_eq!(schedule.to_string(), "12t1");
    }

    #[test]
    fn a_letter_that_is_no_choice_is_named() {
        assert_eq!("1 2".parse::<Schedule>(), Err(ParseScheduleError { found: ' ' }));
    }
}
