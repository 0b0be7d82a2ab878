//! What came of all orders: each outcome, in how many of them, and one that leads to it.

use std::collections::BTreeMap;

use super::execution::Played;
use super::gate::Step;
use super::outcome::{Breach, Outcome};
use super::schedule::Schedule;
use super::settings::OrderSettings;

/// What came of every order that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploration {
    /// What was explored.
    pub setting: OrderSettings,
    /// How many orders there are. All were played.
    pub schedules: usize,
    /// Each outcome, and the orders that lead to it.
    pub outcomes: BTreeMap<Outcome, Found>,
}

/// The orders that lead to one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many there are.
    pub schedules: usize,
    /// The shortest, or the first of these.
    pub example: Schedule,
    /// What happens in it.
    pub steps: Vec<Step>,
}

/// In how many orders there was exactly one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactlyOne<'a> {
    /// In so many.
    pub schedules: usize,
    /// Of so many.
    pub of: usize,
    /// An order in which there was none, or more than one, if there is such an order.
    pub otherwise: Option<&'a Schedule>,
}

impl Exploration {
    pub(super) fn new(setting: OrderSettings) -> Self {
        Self { setting, schedules: 0, outcomes: BTreeMap::new() }
    }

    pub(super) fn note(&mut self, schedule: Schedule, Played { outcome, steps }: Played) {
        self.schedules += 1;
        let length = schedule.choices().len();
        let found = Found { schedules: 0, example: schedule, steps };
        let known = self.outcomes.entry(outcome).or_insert_with(|| found.clone());
        let schedules = known.schedules + 1;
        if length < known.example.choices().len() {
            *known = found;
        }
        known.schedules = schedules;
    }

    /// Whether every promise was kept in every order: at most one session, no channel that is open on one side alone, and
    /// both peers at an end by their deadline.
    pub fn passed(&self) -> bool {
        self.schedules > 0 && self.breaches().next().is_none()
    }

    /// The promises that were broken, each with the orders in which it was.
    pub fn breaches(&self) -> impl Iterator<Item = (Breach, &Found)> {
        self.outcomes
            .iter()
            .flat_map(|(outcome, found)| outcome.breaches().into_iter().map(move |breach| (breach, found)))
    }

    /// Whether there was at most one session in every order.
    pub fn at_most_one_session(&self) -> bool {
        self.outcomes.keys().all(|outcome| outcome.sessions <= 1)
    }

    /// In how many orders there was exactly one session. This is told, and not judged.
    pub fn exactly_one_session(&self) -> ExactlyOne<'_> {
        let mut told = ExactlyOne { schedules: 0, of: self.schedules, otherwise: None };
        for (outcome, found) in &self.outcomes {
            if outcome.sessions == 1 {
                told.schedules += found.schedules;
            } else {
                told.otherwise.get_or_insert(&found.example);
            }
        }
        told
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::orders::{Ending, Fate, Part};

    pub(in crate::orders) fn an_outcome(sessions: usize, one_sided: usize) -> Outcome {
        let met = |part| Fate { part, ending: Ending::Met };
        Outcome { sessions, one_sided, fates: [met(Part::Initiator), met(Part::Recipient)] }
    }

    pub(in crate::orders) fn of(plays: &[(&str, Outcome)]) -> Exploration {
        let mut exploration = Exploration::new(OrderSettings::default());
        for (schedule, outcome) in plays {
            let steps = vec![Step::TimePassed(Duration::from_secs(2))];
            exploration.note(schedule.parse().unwrap(), Played { outcome: outcome.clone(), steps });
        }
        exploration
    }

    #[test]
    fn orders_are_counted_by_outcome_and_the_shortest_is_the_example() {
        let (one, none) = (an_outcome(1, 0), an_outcome(0, 0));
        let exploration = of(&[("112", one.clone()), ("12", one.clone()), ("21", one.clone()), ("2", none.clone())]);
        let found =
            |outcome| exploration.outcomes.get(outcome).map(|found| (found.schedules, found.example.to_string()));
        assert_eq!(found(&one), Some((3, "12".to_owned())));
        assert_eq!(found(&none), Some((1, "2".to_owned())));
        assert_eq!(exploration.schedules, 4);
    }

    #[test]
    fn an_order_without_a_session_breaks_no_promise_and_is_told_of() {
        let exploration = of(&[("12", an_outcome(1, 0)), ("21", an_outcome(0, 0))]);
        assert!(exploration.passed() && exploration.at_most_one_session());
        let told = exploration.exactly_one_session();
        assert_eq!((told.schedules, told.of, told.otherwise), (1, 2, Some(&"21".parse().unwrap())));
        let told = of(&[("12", an_outcome(1, 0))]);
        assert_eq!(told.exactly_one_session().otherwise, None);
    }

    #[test]
    fn one_order_with_two_sessions_or_a_one_sided_channel_is_enough_to_fail() {
        let two = of(&[("12", an_outcome(1, 0)), ("21", an_outcome(2, 0))]);
        assert!(!two.passed() && !two.at_most_one_session());
        assert_eq!(two.exactly_one_session().otherwise, Some(&"21".parse().unwrap()));
        let one_sided = of(&[("12", an_outcome(0, 1))]);
        assert!(!one_sided.passed() && one_sided.at_most_one_session());
    }

    #[test]
    fn what_was_not_played_did_not_pass() {
        assert!(!of(&[]).passed());
    }
}
