//! The check of a history and its three results: a witness order, a counterexample, or that the search gave up.

use super::counterexample::Counterexample;
use super::hypothesis::Hypothesis;
use super::operation::{Operation, OperationId};
use super::register::Register;
use super::search::{OutOfSteps, Steps, find_order};

/// The bound of steps that suffices in practice. A step looks at one operation; a witness order of 10,000 operations of
/// a few dozen clients takes fewer than 100,000 steps.
pub const STEPS_MAX: u64 = 50_000_000;

/// An order of the operations that shows that a history is linearizable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessOrder {
    /// The operations, first to last. A change without a response is among them only if it took effect in this
    /// order.
    pub ids: Vec<OperationId>,
}

/// Why there is no witness order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The history is not linearizable.
    #[error("{0}")]
    NotLinearizable(Box<Counterexample>),
    /// The search reached its bound first.
    #[error("the search for a witness order reached its bound (steps: {steps_max}, operations: {operations})")]
    Undecided {
        /// The bound of steps.
        steps_max: u64,
        /// The length of the history.
        operations: usize,
    },
}

/// Checks whether a history is linearizable: searches an order in which a register that starts as `start` gives each
/// operation its response, and in which each operation takes effect between its invocation and its response. Two
/// operations of which one ends at the time at which the other starts may have either order.
///
/// The operations may be in any order. The search takes at most `steps_max` steps, and as many again to find a
/// counterexample; see [`STEPS_MAX`].
///
/// # Errors
/// The history is not linearizable, or the steps did not suffice.
pub fn check(history: &[Operation], start: Register, steps_max: u64) -> Result<WitnessOrder, CheckError> {
    let hypotheses = history.iter().enumerate().map(|(place, operation)| Hypothesis::of(place, operation));
    match find_order(hypotheses, start, &mut Steps(steps_max)) {
        Ok(Some(places)) => Ok(WitnessOrder { ids: places.into_iter().map(|place| history[place].id).collect() }),
        Ok(None) => {
            Err(CheckError::NotLinearizable(Box::new(Counterexample::of(history, start, &mut Steps(steps_max)))))
        }
        Err(OutOfSteps) => Err(CheckError::Undecided { steps_max, operations: history.len() }),
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

    fn is_linearizable_from(start: Register, operations: impl IntoIterator<Item = Operation>) -> bool {
        let history = history(operations);
        match check(&history, start, STEPS_MAX) {
            Ok(order) => {
                assert_eq!(replay(&history, &order.ids, start), Ok(()));
                true
            }
            Err(CheckError::NotLinearizable(_)) => false,
            Err(undecided @ CheckError::Undecided { .. }) => panic!("{undecided}"),
        }
    }

    fn is_linearizable(operations: impl IntoIterator<Item = Operation>) -> bool {
        is_linearizable_from(Register::Absent, operations)
    }

    #[test]
    fn an_empty_history_has_an_empty_order() {
        assert_eq!(check(&[], Register::Absent, 0), Ok(WitnessOrder { ids: Vec::new() }));
    }

    #[test]
    fn a_read_may_observe_a_write_in_progress_or_not() {
        let write = by("first", 10..=50).wrote(0, 1);
        assert!(is_linearizable([write.clone(), by("second", 20..=30).read(0, 1)]));
        assert!(is_linearizable([write.clone(), by("second", 20..=30).read_nothing()]));
        assert!(!is_linearizable([
            write.clone(),
            by("second", 20..=30).read(0, 1),
            by("third", 31..=32).read_nothing()
        ]));
        assert!(!is_linearizable([write, by("second", 51..=60).read_nothing()]));
    }

    #[test]
    fn an_operation_that_ends_when_another_starts_may_be_after_it() {
        assert!(is_linearizable([by("first", 10..=50).wrote(0, 1), by("second", 50..=60).read_nothing()]));
        assert!(is_linearizable([by("first", 10..=10).wrote(0, 1), by("second", 10..=10).read_nothing()]));
    }

    #[test]
    fn of_two_writes_of_one_version_one_is_refused() {
        let winner = by("first", 10..=50).wrote(0, 1);
        assert!(is_linearizable([winner.clone(), by("second", 20..=60).write_refused(0, 2)]));
        assert!(!is_linearizable([winner.clone(), by("second", 20..=60).wrote(0, 2)]));
        // Refused before the other write started.
        assert!(!is_linearizable([winner, by("second", 1..=9).write_refused(0, 2)]));
    }

    #[test]
    fn a_refused_write_may_have_been_too_early_or_too_late() {
        let first = by("first", 10..=20).wrote(0, 1);
        assert!(is_linearizable([first.clone(), by("second", 15..=30).write_refused(1, 2)]));
        assert!(!is_linearizable([first.clone(), by("second", 21..=30).write_refused(1, 2)]));
        assert!(is_linearizable([first, by("second", 21..=30).write_refused(1, 2), by("third", 25..=40).wrote(1, 3)]));
    }

    #[test]
    fn a_write_without_a_response_may_take_effect_or_not_and_even_later() {
        let lost = by("first", 10..=20).write_without_response(0, 1);
        assert!(is_linearizable([lost.clone(), by("second", 30..=31).read_nothing()]));
        assert!(is_linearizable([lost.clone(), by("second", 30..=31).read(0, 1)]));
        assert!(is_linearizable([
            lost.clone(),
            by("second", 30..=31).read_nothing(),
            by("second", 40..=41).read(0, 1)
        ]));
        assert!(!is_linearizable([
            lost.clone(),
            by("second", 30..=31).read(0, 1),
            by("second", 40..=41).read_nothing()
        ]));
        assert!(!is_linearizable([lost, by("second", 1..=9).read(0, 1)]));
    }

    #[test]
    fn a_write_without_a_response_takes_effect_once() {
        let lost = by("first", 10..=20).write_without_response(0, 1);
        let deleted = by("second", 30..=40).deleted(1);
        assert!(!is_linearizable([lost.clone(), deleted.clone(), by("second", 50..=60).read(2, 1)]));
        assert!(!is_linearizable([lost, deleted, by("second", 50..=60).read(0, 1)]));
    }

    #[test]
    fn of_writes_without_a_response_the_one_whose_content_was_read_took_effect() {
        let lost = [1, 2, 3].map(|content| by("first", 10..=20).write_without_response(0, content));
        let next = by("second", 40..=50).wrote(1, 9);
        for content in [1, 2, 3] {
            let read = by("third", 30..=60).read(0, content);
            assert!(is_linearizable(lost.iter().cloned().chain([read, next.clone()])), "{content}");
        }
        let both = [by("third", 30..=31).read(0, 1), by("third", 32..=33).read(0, 2)];
        assert!(!is_linearizable(lost.into_iter().chain(both)));
    }

    #[test]
    fn a_deletion_leaves_a_tombstone_that_only_a_write_replaces() {
        let before = [by("first", 0..=1).wrote(0, 1), by("first", 2..=3).deleted(1)];
        let then = |operation| is_linearizable(before.iter().cloned().chain([operation]));
        assert!(then(by("second", 4..=5).read_tombstone(1)));
        assert!(then(by("second", 4..=5).wrote(2, 1)));
        assert!(then(by("second", 4..=5).write_refused(0, 1)));
        assert!(then(by("second", 4..=5).deletion_refused(2)));
        assert!(!then(by("second", 4..=5).deleted(2)));
        assert!(!then(by("second", 4..=5).wrote(0, 1)));
        assert!(!then(by("second", 4..=5).write_refused(2, 1)));
        assert!(!then(by("second", 4..=5).read_nothing()));
    }

    #[test]
    fn of_a_write_and_a_deletion_without_a_response_the_one_that_later_operations_need_took_effect() {
        let before = [
            by("first", 0..=1).wrote(0, 1),
            by("first", 2..=3).write_without_response(1, 2),
            by("first", 2..=3).deletion_without_response(1),
        ];
        let then = |more: Vec<Operation>| is_linearizable(before.iter().cloned().chain(more));
        assert!(then(vec![by("second", 4..=5).deleted(2)]));
        assert!(then(vec![by("second", 4..=5).deletion_refused(2), by("second", 6..=7).wrote(2, 3)]));
        assert!(!then(vec![by("second", 4..=5).read_tombstone(1), by("second", 6..=7).deleted(2)]));
    }

    #[test]
    fn the_initial_state_counts() {
        assert!(is_linearizable_from(STORED, [by("first", 0..=1).read(4, 0xa), by("first", 2..=3).wrote(5, 1)]));
        assert!(is_linearizable_from(STORED, [by("first", 0..=1).write_refused(0, 1)]));
        assert!(is_linearizable_from(
            TOMBSTONE,
            [by("first", 0..=1).read_tombstone(4), by("first", 2..=3).wrote(5, 1)]
        ));
        assert!(!is_linearizable_from(STORED, [by("first", 0..=1).read_nothing()]));
        assert!(!is_linearizable_from(STORED, [by("first", 0..=1).wrote(4, 1)]));
        assert!(!is_linearizable_from(TOMBSTONE, [by("first", 0..=1).deleted(5)]));
    }

    #[test]
    fn no_version_follows_the_last_number() {
        let start = Register::Stored { version: u64::MAX, content: Content(0xa) };
        assert!(is_linearizable_from(start, [by("first", 0..=1).write_refused(0, 1)]));
        assert!(!is_linearizable_from(start, [by("first", 0..=1).wrote(0, 1)]));
        assert!(!is_linearizable([by("first", 0..=1).read_version(u64::MAX)]));
    }

    #[test]
    fn an_end_before_the_start_counts_as_the_start() {
        let mut read = by("first", 10..=20).read(0, 1);
        read.end = std::time::Duration::ZERO;
        let check = |write| check(&history([write, read.clone()]), Register::Absent, STEPS_MAX);
        assert!(check(by("second", 5..=15).wrote(0, 1)).is_ok());
        assert!(check(by("second", 11..=15).wrote(0, 1)).is_err());
    }

    #[test]
    fn a_branch_that_failed_does_not_rule_out_another_with_fewer_pending_operations() {
        let either = |version| {
            [by("a", 2..=3).write_without_response(version, version), by("b", 2..=3).deletion_without_response(version)]
        };
        for [outer, inner] in [[0, 0], [0, 1], [1, 0], [1, 1]] {
            // Version 1 must be a write to be deleted. Only a tombstone as version 4 allows the last two refusals
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
            assert!(is_linearizable(certain.into_iter().chain(first).chain(fourth)), "{outer} {inner}");
        }
    }

    #[test]
    fn too_few_steps_give_no_verdict() {
        let history = history([by("first", 10..=20).wrote(0, 1), by("second", 30..=40).read(0, 1)]);
        let needed = (0..100).find(|steps| check(&history, Register::Absent, *steps).is_ok()).unwrap();
        assert!(needed >= 2, "{needed}");
        for steps_max in 0..needed {
            let undecided = CheckError::Undecided { steps_max, operations: 2 };
            assert_eq!(check(&history, Register::Absent, steps_max), Err(undecided));
        }
        let said = check(&history, Register::Absent, 1).unwrap_err().to_string();
        assert_eq!(said, "the search for a witness order reached its bound (steps: 1, operations: 2)");
    }

    /// For each version a write and a deletion without a response, and no operation that shows which of them took
    /// effect.
    fn many_lost_responses(versions: u64) -> impl Iterator<Item = Operation> {
        (0..versions).flat_map(|version| {
            let when = version * 10..=version * 10 + 1;
            let lost = [by("first", when.clone()).write_without_response(2 * version, 1)];
            let either = [
                by("second", when.clone()).write_without_response(2 * version + 1, 2),
                by("third", when).deletion_without_response(2 * version + 1),
            ];
            lost.into_iter().chain(either)
        })
    }

    #[test]
    fn lost_responses_do_not_multiply_the_work() {
        let beyond = by("fourth", 5_000..=5_001).read_version(1_001);
        let history = history(many_lost_responses(500).chain([beyond]));
        let verdict = check(&history, Register::Absent, 20_000);
        assert!(matches!(verdict, Err(CheckError::NotLinearizable(_))), "{verdict:?}");
    }
}
