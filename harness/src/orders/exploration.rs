//! The result of all orders: each outcome, the number of orders that lead to it, and an example.

use std::collections::BTreeMap;

use super::execution::ExecutionResult;
use super::gate::Step;
use super::outcome::{Breach, Outcome};
use super::schedule::Schedule;
use super::settings::OrderSettings;

/// The result of every order that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exploration {
    /// The settings.
    pub settings: OrderSettings,
    /// How many orders there are. All were executed.
    pub schedules: usize,
    /// Each outcome, with the orders that lead to it.
    pub outcomes: BTreeMap<Outcome, Found>,
}

/// The orders that lead to one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many there are.
    pub schedules: usize,
    /// The shortest of them, and of several the first.
    pub example: Schedule,
    /// What happens in it.
    pub steps: Vec<Step>,
}

/// In how many orders there was exactly one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExactlyOne<'a> {
    /// In this many orders.
    pub schedules: usize,
    /// Of this many orders.
    pub of: usize,
    /// An order with no session, or with more than one, if there is such an order.
    pub otherwise: Option<&'a Schedule>,
}

impl Exploration {
    pub(super) fn new(settings: OrderSettings) -> Self {
        Self { settings, schedules: 0, outcomes: BTreeMap::new() }
    }

    pub(super) fn note(&mut self, schedule: Schedule, ExecutionResult { outcome, steps }: ExecutionResult) {
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

    /// Whether every promise was kept in every order: at most one session, no channel that is open at one peer alone, and
    /// both peers have ended by their deadline.
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

    /// In how many orders there was exactly one session. This is reported, and not judged.
    pub fn exactly_one_session(&self) -> ExactlyOne<'_> {
        let mut exactly_one = ExactlyOne { schedules: 0, of: self.schedules, otherwise: None };
        for (outcome, found) in &self.outcomes {
            if outcome.sessions == 1 {
                exactly_one.schedules += found.schedules;
            } else {
                exactly_one.otherwise.get_or_insert(&found.example);
            }
        }
        exactly_one
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::orders::PeerOutcome;
    use crate::record::Description;
    use crate::trace::End;

    pub(in crate::orders) fn an_outcome(sessions: usize, one_sided: usize) -> Outcome {
        let met = |description| PeerOutcome { made_last: Some(description), end: Some(End::Met) };
        Outcome {
            sessions,
            one_sided,
            peers: [met(Description::Offer), met(Description::Answer)],
            failed_checks: Vec::new(),
        }
    }

    pub(in crate::orders) fn of(executions: &[(&str, Outcome)]) -> Exploration {
        let mut exploration = Exploration::new(OrderSettings::default());
        for (schedule, outcome) in executions {
            let steps = vec![Step::TimePassed(Duration::from_secs(2))];
            exploration.note(schedule.parse().unwrap(), ExecutionResult { outcome: outcome.clone(), steps });
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
    fn an_order_without_a_session_breaks_no_promise_and_is_reported() {
        let exploration = of(&[("12", an_outcome(1, 0)), ("21", an_outcome(0, 0))]);
        assert!(exploration.passed() && exploration.at_most_one_session());
        let found = exploration.exactly_one_session();
        assert_eq!((found.schedules, found.of, found.otherwise), (1, 2, Some(&"21".parse().unwrap())));
        let always = of(&[("12", an_outcome(1, 0))]);
        assert_eq!(always.exactly_one_session().otherwise, None);
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
    fn what_was_not_executed_did_not_pass() {
        assert!(!of(&[]).passed());
    }
}
