//! What is played: a name, what it proves, and who is where. A plain value; [`run`](crate::run()) plays it.

/// A situation that a run plays.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scenario {
    /// By which it is chosen.
    pub name: &'static str,
    /// What holds if its checks pass, in one sentence.
    pub proves: &'static str,
    /// Which launchers the peers use.
    pub launchers: Launchers,
    /// After how many polls of the first peer the second joins; with 0, as soon as the offer is stored.
    pub polls_alone: u32,
}

/// Which launchers the peers use. Launchers that are running already are shared by all pairs instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launchers {
    /// Each pair has two of its own, on a network of its own.
    TwoForEachPair,
    /// Each pair has one of its own, and both peers use it.
    OneForEachPair,
    /// All pairs share two, on one network.
    TwoForAll,
}

impl Launchers {
    /// Which of the run's own launchers the two peers of a pair use; pairs are counted from 1, launchers from 0.
    pub(crate) fn of_pair(self, pair: usize) -> [usize; 2] {
        let before = pair.saturating_sub(1);
        match self {
            Self::TwoForEachPair => [2 * before, 2 * before + 1],
            Self::OneForEachPair => [before, before],
            Self::TwoForAll => [0, 1],
        }
    }
}

/// Every scenario there is. The first is played unless another is chosen.
pub static SCENARIOS: [Scenario; 4] = [
    Scenario {
        name: "classic",
        proves: "two users, each with a launcher and an account of their own, meet over one network",
        launchers: Launchers::TwoForEachPair,
        polls_alone: 0,
    },
    Scenario {
        name: "one-launcher",
        proves: "two peers of one user meet over one launcher, in one account and one space of handles",
        launchers: Launchers::OneForEachPair,
        polls_alone: 0,
    },
    Scenario {
        name: "many-pairs",
        proves: "all pairs meet at once over the same two launchers, and none disturbs another",
        launchers: Launchers::TwoForAll,
        polls_alone: 0,
    },
    Scenario {
        name: "late-recipient",
        proves: "who waits for the other polls at the interval that was set, and finds the answer at the next poll",
        launchers: Launchers::TwoForEachPair,
        polls_alone: 3,
    },
];

impl Scenario {
    /// Two users, each with a launcher of their own.
    pub fn classic() -> Self {
        SCENARIOS[0].clone()
    }

    /// The scenario of that name.
    pub fn find(name: &str) -> Option<Self> {
        SCENARIOS.iter().find(|scenario| scenario.name == name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_scenario_is_found_by_its_name_and_no_two_share_one() {
        let names: BTreeSet<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), SCENARIOS.len());
        for scenario in &SCENARIOS {
            assert_eq!(Scenario::find(scenario.name).as_ref(), Some(scenario));
        }
        assert_eq!(Scenario::find("no-such"), None);
        assert_eq!(Scenario::classic().name, "classic");
    }
}
