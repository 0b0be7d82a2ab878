//! The counterexample to a history that is not linearizable, as text.

use std::fmt;

use super::contradiction::contradiction;
use super::operation::Operation;
use super::register::Register;
use super::search::Steps;
use super::sentence::{Case, sentence};
use super::wording::{describe, span, state};

/// The most operations that the text lists; the others are counted.
pub const OPERATIONS_SHOWN_MAX: usize = 40;

/// The operations of a history that no order explains. The text has one line for each operation, and last a sentence
/// that says why there is no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// The initial state of the register.
    pub start: Register,
    /// The operations that contradict each other, by their start.
    pub operations: Vec<Operation>,
    /// How many other operations the history has. There is no order even if their responses are ignored.
    pub others: usize,
    /// Why there is no order.
    pub sentence: String,
}

impl Counterexample {
    /// The counterexample to a history that is not linearizable.
    pub(super) fn of(history: &[Operation], start: Register, steps: &mut Steps) -> Self {
        let found = contradiction(history, start, steps);
        let mut operations: Vec<Operation> = found.places.iter().map(|place| history[*place].clone()).collect();
        operations.sort_by_key(|operation| (operation.start, operation.end));
        let case = Case { operations: &operations, is_minimal: found.is_minimal, history, start };
        let sentence = sentence(&case);
        Self { start, others: history.len() - operations.len(), operations, sentence }
    }
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.operations[..self.operations.len().min(OPERATIONS_SHOWN_MAX)];
        let row = |operation: &Operation| {
            [format!("#{}", operation.id.0), span(operation), operation.actor.clone(), describe(operation.action)]
        };
        let rows: Vec<_> = shown.iter().map(row).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let [ids, spans, actors] = [0, 1, 2].map(width);
        writeln!(f, "Initial state: {}", state(self.start))?;
        for [id, span, actor, action] in &rows {
            writeln!(f, "  {id:<ids$}  {span:<spans$}  {actor:<actors$}  {action}")?;
        }
        let hidden = self.operations.len() - shown.len();
        if hidden > 0 {
            writeln!(f, "  and {hidden} more of the contradiction")?;
        }
        match self.others {
            0 => {}
            1 => writeln!(f, "  and 1 other operation, whatever its response")?,
            others => writeln!(f, "  and {others} other operations, whatever their responses")?,
        }
        write!(f, "{}", self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linearizability::hand_written::{by, history};
    use crate::linearizability::{CheckError, Content, STEPS_MAX, check};

    const ONE: &str = "first peer at launcher 1";
    const TWO: &str = "second peer at launcher 2";
    const THREE: &str = "third peer at launcher 1";

    fn found(start: Register, operations: impl IntoIterator<Item = Operation>) -> Counterexample {
        match check(&history(operations), start, STEPS_MAX) {
            Err(CheckError::NotLinearizable(found)) => *found,
            other => panic!("{other:?}"),
        }
    }

    fn texts(cases: impl IntoIterator<Item = (&'static str, Vec<Operation>)>) -> String {
        let text = |(title, operations)| format!("== {title}\n{}\n", found(Register::Absent, operations));
        cases.into_iter().map(text).collect::<Vec<_>>().join("\n")
    }

    fn first() -> Operation {
        by(ONE, 100..=200).wrote(0, 0xa0)
    }

    fn second() -> Operation {
        by(TWO, 300..=400).wrote(1, 0xa1)
    }

    #[test]
    fn the_text_of_contradicting_reads_stays_as_it_was_reviewed() {
        let [old, new] = [(0, 0xa0), (1, 0xa1)];
        let late = || by(THREE, 2_004..=2_005);
        let lost = || by(ONE, 300..=900).write_without_response(1, 0xb1);
        let slow = by(TWO, 300..=3_000).wrote(1, 0xa1);
        let early = by(ONE, 350..=360).read(new.0, new.1);
        let between = by(ONE, 1_004..=1_005).read(new.0, new.1);
        let texts = texts([
            ("older than an acknowledged write", vec![first(), second(), early, late().read(old.0, old.1)]),
            ("older than another read", vec![first(), slow, between, late().read_version(0)]),
            ("an acknowledged write is lost", vec![first(), second(), late().read(old.0, old.1)]),
            ("a write is lost to one without a response", vec![first(), second(), lost(), late().read(1, 0xb1)]),
            ("content that no operation wrote", vec![first(), late().read(0, 0xff)]),
            ("a version that no operation wrote", vec![first(), late().read_version(1)]),
            ("a tombstone that no operation left", vec![first(), late().read_tombstone(0)]),
            ("a deletion read as content", vec![first(), by(TWO, 300..=310).deleted(1), late().read_version(1)]),
            ("read before it was written", vec![first(), by(TWO, 210..=220).read(new.0, new.1), second()]),
            (
                "two contents of one version",
                vec![
                    first(),
                    lost(),
                    second_without_response(),
                    by(TWO, 500..=600).read(1, 0xb1),
                    late().read(1, 0xa1),
                ],
            ),
        ]);
        insta::assert_snapshot!(texts);
    }

    fn second_without_response() -> Operation {
        by(TWO, 300..=400).write_without_response(1, 0xa1)
    }

    #[test]
    fn the_text_of_contradicting_changes_stays_as_it_was_reviewed() {
        let refused = || by(TWO, 300..=400).write_refused(1, 0xa1);
        let [deleted, deleted_again] = [by(TWO, 300..=310).deleted(1), by(ONE, 400..=410).deleted(2)];
        let texts = texts([
            ("a version was skipped", vec![first(), by(TWO, 300..=400).wrote(2, 0xa2)]),
            ("a version follows one that was refused", vec![first(), refused(), by(ONE, 350..=450).wrote(2, 0xa2)]),
            ("two winners of one version", vec![first(), by(TWO, 150..=250).wrote(0, 0xb0), second()]),
            ("written in the wrong order", vec![by(TWO, 10..=20).wrote(1, 0xa1), first()]),
            ("a deletion of a tombstone", vec![first(), deleted, deleted_again]),
            ("refused although the name was empty", vec![by(ONE, 10..=20).write_refused(0, 0xa0)]),
            ("refused without a conflict", vec![first(), refused(), by(ONE, 500..=600).wrote(1, 0xb1)]),
            ("refused, but read later", vec![first(), refused(), by(ONE, 500..=600).read(1, 0xa1)]),
            (
                "too late, and the other possible writer did not write it",
                vec![
                    first(),
                    by(TWO, 300..=310).write_without_response(1, 0xa1),
                    by(THREE, 400..=410).read_tombstone(1),
                    by(ONE, 500..=510).deletion_without_response(1),
                ],
            ),
            (
                "too late, and another operation deleted the version that was deleted later",
                vec![
                    first(),
                    by(TWO, 300..=310).deletion_without_response(1),
                    by(THREE, 400..=410).deleted(2),
                    by(ONE, 500..=510).write_without_response(1, 0xa1),
                ],
            ),
            (
                "without a simple reason",
                vec![
                    by(ONE, 10..=20).write_without_response(0, 0xa0),
                    by(TWO, 30..=40).write_refused(0, 0xb0),
                    by(THREE, 50..=60).write_refused(1, 0xc1),
                ],
            ),
        ]);
        insta::assert_snapshot!(texts);
    }

    #[test]
    fn a_contradiction_with_the_initial_state_names_it() {
        let stored = Register::Stored { version: 3, content: Content(0xa) };
        let sentence = |start, operation| found(start, [operation]).sentence;
        let nothing = sentence(stored, by("user 1", 0..=1_000).read_nothing());
        assert_eq!(
            nothing,
            "The read of 0 s .. 1 s by user 1 returned nothing, but the initial state is version 3 (content a)."
        );
        let older = sentence(Register::Deleted { version: 3 }, by("user 1", 0..=5).wrote(2, 1));
        assert_eq!(
            older,
            "The write of version 2 by user 1 was acknowledged at 0.005 s, but the initial state is the tombstone of \
             version 3."
        );
        let other = sentence(stored, by("user 1", 7..=7).read(3, 0xb));
        assert_eq!(
            other,
            "The read of 0.007 s by user 1 returned version 3 (content b), but the initial state is version 3 (content a)."
        );
    }

    #[test]
    fn a_contradiction_that_could_not_be_minimized_is_listed_in_part() {
        let writes = (0..60).map(|version| by("writer", version * 10..=version * 10 + 5).wrote(version, version));
        let more = [by("reader", 1_000..=1_001).read_nothing(), by("writer", 700..=701).write_refused(0, 99)];
        let history = history(writes.chain(more));
        let found = Counterexample::of(&history, Register::Absent, &mut Steps(10));
        let text = found.to_string();
        assert_eq!((found.operations.len(), found.others), (62, 0));
        assert_eq!(text.lines().count(), OPERATIONS_SHOWN_MAX + 3);
        assert!(text.contains("  and 22 more of the contradiction\nNo order"), "{text}");
    }
}
