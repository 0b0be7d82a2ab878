//! The question and its three answers: an order, a counter-example, or that the search gave up.

use super::claim::Hypothesis;
use super::counter_example::CounterExample;
use super::operation::{Operation, OperationId};
use super::register::Register;
use super::search::{OutOfSteps, Steps, find_order};

/// How many steps are plenty. A step is one look at one operation, and an order of 10,000 operations of a few dozen
/// users takes fewer than 100,000.
pub const STEPS_MAX: u64 = 50_000_000;

/// An order that explains a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The operations, first to last. A change with an unknown answer is among them only if it took effect in this
    /// order.
    pub ids: Vec<OperationId>,
}

/// Why there is no order to show.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoOrder {
    /// There is none.
    #[error("{0}")]
    Contradiction(Box<CounterExample>),
    /// It was not found out whether there is one.
    #[error("the search for an order was given up at its bound (steps: {steps_max}, operations: {operations})")]
    Undecided {
        /// How many steps were allowed.
        steps_max: u64,
        /// How long the history is.
        operations: usize,
    },
}

/// Looks for an order in which a register that starts as `start` answers each operation of the history as it was
/// answered, and each takes effect while it lasts. Two operations of which one ends at the very moment at which the
/// other starts may come either way.
///
/// The history may be in any order. No more than `steps_max` operations are looked at, and as many again to find which
/// of them matter if there is no order; see [`STEPS_MAX`].
///
/// # Errors
/// There is no such order, or the steps did not suffice to know.
pub fn check(history: &[Operation], start: Register, steps_max: u64) -> Result<Order, NoOrder> {
    let claims = history.iter().enumerate().map(|(place, operation)| Hypothesis::of(place, operation));
    match find_order(claims, start, &mut Steps(steps_max)) {
        Ok(Some(places)) => Ok(Order { ids: places.into_iter().map(|place| history[place].id).collect() }),
        Ok(None) => Err(NoOrder::Contradiction(Box::new(CounterExample::of(history, start, &mut Steps(steps_max))))),
        Err(OutOfSteps) => Err(NoOrder::Undecided { steps_max, operations: history.len() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linearizability::Content;
    use crate::linearizability::hand_written::{by, history};
    use crate::linearizability::replay::replay;

    const STORED: Register = Register::Stored { version: 4, content: Content(0xa) };
    const TOMBSTONE: Register = Register::Deleted { version: 4 };

    fn is_explained_from(start: Register, operations: impl IntoIterator<Item = Operation>) -> bool {
        let history = history(operations);
        match check(&history, start, STEPS_MAX) {
            Ok(order) => {
                assert_eq!(replay(&history, &order.ids, start), Ok(()));
                true
            }
            Err(NoOrder::Contradiction(_)) => false,
            Err(undecided @ NoOrder::Undecided { .. }) => panic!("{undecided}"),
        }
    }

    fn is_explained(operations: impl IntoIterator<Item = Operation>) -> bool {
        is_explained_from(Register::Absent, operations)
    }

    #[test]
    fn nothing_happened_is_explained_by_an_empty_order() {
        assert_eq!(check(&[], Register::Absent, 0), Ok(Order { ids: Vec::new() }));
    }

    #[test]
    fn a_read_may_see_a_write_that_is_under_way_or_not() {
        let write = by("first", 10..=50).wrote(0, 1);
        assert!(is_explained([write.clone(), by("second", 20..=30).saw(0, 1)]));
        assert!(is_explained([write.clone(), by("second", 20..=30).saw_nothing()]));
        assert!(!is_explained([write.clone(), by("second", 20..=30).saw(0, 1), by("third", 31..=32).saw_nothing()]));
        assert!(!is_explained([write, by("second", 51..=60).saw_nothing()]));
    }

    #[test]
    fn what_ends_at_the_very_moment_at_which_another_starts_may_come_after_it() {
        assert!(is_explained([by("first", 10..=50).wrote(0, 1), by("second", 50..=60).saw_nothing()]));
        assert!(is_explained([by("first", 10..=10).wrote(0, 1), by("second", 10..=10).saw_nothing()]));
    }

    #[test]
    fn of_two_who_write_one_version_one_is_refused() {
        let winner = by("first", 10..=50).wrote(0, 1);
        assert!(is_explained([winner.clone(), by("second", 20..=60).write_refused(0, 2)]));
        assert!(!is_explained([winner.clone(), by("second", 20..=60).wrote(0, 2)]));
        // Refused before the winner can have done anything.
        assert!(!is_explained([winner, by("second", 1..=9).write_refused(0, 2)]));
    }

    #[test]
    fn a_write_that_is_refused_may_have_come_too_early_as_well_as_too_late() {
        let first = by("first", 10..=20).wrote(0, 1);
        assert!(is_explained([first.clone(), by("second", 15..=30).write_refused(1, 2)]));
        assert!(!is_explained([first.clone(), by("second", 21..=30).write_refused(1, 2)]));
        assert!(is_explained([first, by("second", 21..=30).write_refused(1, 2), by("third", 25..=40).wrote(1, 3)]));
    }

    #[test]
    fn a_write_without_an_answer_may_have_happened_or_not_and_even_later() {
        let lost = by("first", 10..=20).write_unanswered(0, 1);
        assert!(is_explained([lost.clone(), by("second", 30..=31).saw_nothing()]));
        assert!(is_explained([lost.clone(), by("second", 30..=31).saw(0, 1)]));
        assert!(is_explained([lost.clone(), by("second", 30..=31).saw_nothing(), by("second", 40..=41).saw(0, 1)]));
        assert!(!is_explained([lost.clone(), by("second", 30..=31).saw(0, 1), by("second", 40..=41).saw_nothing()]));
        assert!(!is_explained([lost, by("second", 1..=9).saw(0, 1)]));
    }

    #[test]
    fn a_write_without_an_answer_happens_once() {
        let lost = by("first", 10..=20).write_unanswered(0, 1);
        let deleted = by("second", 30..=40).deleted(1);
        assert!(!is_explained([lost.clone(), deleted.clone(), by("second", 50..=60).saw(2, 1)]));
        assert!(!is_explained([lost, deleted, by("second", 50..=60).saw(0, 1)]));
    }

    #[test]
    fn of_writes_without_an_answer_that_one_happened_whose_content_was_seen() {
        let lost = [1, 2, 3].map(|content| by("first", 10..=20).write_unanswered(0, content));
        let next = by("second", 40..=50).wrote(1, 9);
        for content in [1, 2, 3] {
            let seen = by("third", 30..=60).saw(0, content);
            assert!(is_explained(lost.iter().cloned().chain([seen, next.clone()])), "{content}");
        }
        let both = [by("third", 30..=31).saw(0, 1), by("third", 32..=33).saw(0, 2)];
        assert!(!is_explained(lost.into_iter().chain(both)));
    }

    #[test]
    fn a_deletion_leaves_a_tombstone_that_only_a_write_claims() {
        let before = [by("first", 0..=1).wrote(0, 1), by("first", 2..=3).deleted(1)];
        let then = |operation| is_explained(before.iter().cloned().chain([operation]));
        assert!(then(by("second", 4..=5).saw_tombstone(1)));
        assert!(then(by("second", 4..=5).wrote(2, 1)));
        assert!(then(by("second", 4..=5).write_refused(0, 1)));
        assert!(then(by("second", 4..=5).deletion_refused(2)));
        assert!(!then(by("second", 4..=5).deleted(2)));
        assert!(!then(by("second", 4..=5).wrote(0, 1)));
        assert!(!then(by("second", 4..=5).write_refused(2, 1)));
        assert!(!then(by("second", 4..=5).saw_nothing()));
    }

    #[test]
    fn of_a_write_and_a_deletion_without_an_answer_that_one_happened_which_what_follows_needs() {
        let before = [
            by("first", 0..=1).wrote(0, 1),
            by("first", 2..=3).write_unanswered(1, 2),
            by("first", 2..=3).deletion_unanswered(1),
        ];
        let then = |more: Vec<Operation>| is_explained(before.iter().cloned().chain(more));
        assert!(then(vec![by("second", 4..=5).deleted(2)]));
        assert!(then(vec![by("second", 4..=5).deletion_refused(2), by("second", 6..=7).wrote(2, 3)]));
        assert!(!then(vec![by("second", 4..=5).saw_tombstone(1), by("second", 6..=7).deleted(2)]));
    }

    #[test]
    fn what_stood_there_at_first_counts() {
        assert!(is_explained_from(STORED, [by("first", 0..=1).saw(4, 0xa), by("first", 2..=3).wrote(5, 1)]));
        assert!(is_explained_from(STORED, [by("first", 0..=1).write_refused(0, 1)]));
        assert!(is_explained_from(TOMBSTONE, [by("first", 0..=1).saw_tombstone(4), by("first", 2..=3).wrote(5, 1)]));
        assert!(!is_explained_from(STORED, [by("first", 0..=1).saw_nothing()]));
        assert!(!is_explained_from(STORED, [by("first", 0..=1).wrote(4, 1)]));
        assert!(!is_explained_from(TOMBSTONE, [by("first", 0..=1).deleted(5)]));
    }

    #[test]
    fn the_last_version_number_is_the_last() {
        let start = Register::Stored { version: u64::MAX, content: Content(0xa) };
        assert!(is_explained_from(start, [by("first", 0..=1).write_refused(0, 1)]));
        assert!(!is_explained_from(start, [by("first", 0..=1).wrote(0, 1)]));
        assert!(!is_explained([by("first", 0..=1).saw_version(u64::MAX)]));
    }

    #[test]
    fn an_end_before_the_start_counts_as_the_start() {
        let mut read = by("first", 10..=20).saw(0, 1);
        read.end = std::time::Duration::ZERO;
        let check = |write| check(&history([write, read.clone()]), Register::Absent, STEPS_MAX);
        assert!(check(by("second", 5..=15).wrote(0, 1)).is_ok());
        assert!(check(by("second", 11..=15).wrote(0, 1)).is_err());
    }

    #[test]
    fn a_way_that_failed_says_nothing_of_one_that_left_less_to_do() {
        let either =
            |version| [by("a", 2..=3).write_unanswered(version, version), by("b", 2..=3).deletion_unanswered(version)];
        for [outer, inner] in [[0, 0], [0, 1], [1, 0], [1, 1]] {
            // Version 1 must be a write to be deleted. Only a tombstone as version 4 lets the last two refusals come
            // before version 5.
            let [mut first, mut fourth] = [either(1), either(4)];
            first.rotate_left(outer);
            fourth.rotate_left(inner);
            let certain = [
                by("c", 0..=1).wrote(0, 1),
                by("c", 4..=5).deleted(2),
                by("c", 4..=5).wrote(3, 1),
                by("d", 6..=7).write_refused(4, 1),
                by("d", 8..=9).deletion_refused(5),
                by("d", 10..=11).write_refused(6, 1),
                by("c", 8..=30).wrote(5, 1),
                by("c", 40..=41).wrote(6, 1),
            ];
            assert!(is_explained(certain.into_iter().chain(first).chain(fourth)), "{outer} {inner}");
        }
    }

    #[test]
    fn too_few_steps_are_no_verdict() {
        let history = history([by("first", 10..=20).wrote(0, 1), by("second", 30..=40).saw(0, 1)]);
        let needed = (0..100).find(|steps| check(&history, Register::Absent, *steps).is_ok()).unwrap();
        assert!(needed >= 2, "{needed}");
        for steps_max in 0..needed {
            let undecided = NoOrder::Undecided { steps_max, operations: 2 };
            assert_eq!(check(&history, Register::Absent, steps_max), Err(undecided));
        }
        let said = check(&history, Register::Absent, 1).unwrap_err().to_string();
        assert_eq!(said, "the search for an order was given up at its bound (steps: 1, operations: 2)");
    }

    /// For each version a write and a deletion without an answer, and nobody who could tell which of them happened.
    fn many_lost_answers(versions: u64) -> impl Iterator<Item = Operation> {
        (0..versions).flat_map(|version| {
            let when = version * 10..=version * 10 + 1;
            let lost = [by("first", when.clone()).write_unanswered(2 * version, 1)];
            let either = [
                by("second", when.clone()).write_unanswered(2 * version + 1, 2),
                by("third", when).deletion_unanswered(2 * version + 1),
            ];
            lost.into_iter().chain(either)
        })
    }

    #[test]
    fn lost_answers_do_not_multiply_the_work() {
        let beyond = by("fourth", 5_000..=5_001).saw_version(1_001);
        let history = history(many_lost_answers(500).chain([beyond]));
        let verdict = check(&history, Register::Absent, 20_000);
        assert!(matches!(verdict, Err(NoOrder::Contradiction(_))), "{verdict:?}");
    }
}
