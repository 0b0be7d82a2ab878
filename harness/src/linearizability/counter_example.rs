//! The few operations that cannot all be true, for a person to read.

use std::fmt;

use super::forgetting::contradiction;
use super::operation::Operation;
use super::register::Register;
use super::search::Steps;
use super::sentence::{Case, sentence};
use super::wording::{deed, span, standing};

/// The most operations that a text shows; it counts the others.
pub const OPERATIONS_SHOWN_MAX: usize = 40;

/// A part of a history that no order fits. Its text has each operation on a line, and last what cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterExample {
    /// What stood under the name at first.
    pub start: Register,
    /// The operations that matter, by their start.
    pub operations: Vec<Operation>,
    /// How many others the history has. No order fits even if these are not believed: if they read or were refused,
    /// that they happened at all; if they wrote or deleted, that they did so when they say.
    pub others: usize,
    /// What cannot be.
    pub sentence: String,
}

impl CounterExample {
    /// The counter-example in a history that no order fits.
    pub(super) fn of(history: &[Operation], start: Register, steps: &mut Steps) -> Self {
        let found = contradiction(history, start, steps);
        let mut operations: Vec<Operation> = found.places.iter().map(|place| history[*place].clone()).collect();
        operations.sort_by_key(|operation| (operation.start, operation.end));
        let case = Case { operations: &operations, is_minimal: found.is_minimal, history, start };
        let sentence = sentence(&case);
        Self { start, others: history.len() - operations.len(), operations, sentence }
    }
}

impl fmt::Display for CounterExample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.operations[..self.operations.len().min(OPERATIONS_SHOWN_MAX)];
        let row = |operation: &Operation| {
            [format!("#{}", operation.id.0), span(operation), operation.actor.clone(), deed(operation.action)]
        };
        let rows: Vec<_> = shown.iter().map(row).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let [ids, spans, actors] = [0, 1, 2].map(width);
        writeln!(f, "At first: {}", standing(self.start))?;
        for [id, span, actor, deed] in &rows {
            writeln!(f, "  {id:<ids$}  {span:<spans$}  {actor:<actors$}  {deed}")?;
        }
        let hidden = self.operations.len() - shown.len();
        if hidden > 0 {
            writeln!(f, "  and {hidden} more that matter")?;
        }
        match self.others {
            0 => {}
            1 => writeln!(f, "  and 1 more, whenever it happened")?,
            others => writeln!(f, "  and {others} more, whenever they happened")?,
        }
        write!(f, "{}", self.sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linearizability::hand_written::{by, history};
    use crate::linearizability::{Content, NoOrder, STEPS_MAX, check};

    const ONE: &str = "first peer at launcher 1";
    const TWO: &str = "second peer at launcher 2";
    const THREE: &str = "third peer at launcher 1";

    fn found(start: Register, operations: impl IntoIterator<Item = Operation>) -> CounterExample {
        match check(&history(operations), start, STEPS_MAX) {
            Err(NoOrder::Contradiction(found)) => *found,
            other => panic!("{other:?}"),
        }
    }

    fn told(cases: impl IntoIterator<Item = (&'static str, Vec<Operation>)>) -> String {
        let told = |(title, operations)| format!("== {title}\n{}\n", found(Register::Absent, operations));
        cases.into_iter().map(told).collect::<Vec<_>>().join("\n")
    }

    fn first() -> Operation {
        by(ONE, 100..=200).wrote(0, 0xa0)
    }

    fn second() -> Operation {
        by(TWO, 300..=400).wrote(1, 0xa1)
    }

    #[test]
    fn what_reads_contradict_stays_told_as_it_was_reviewed() {
        let [old, new] = [(0, 0xa0), (1, 0xa1)];
        let late = || by(THREE, 2_004..=2_005);
        let lost = || by(ONE, 300..=900).write_unanswered(1, 0xb1);
        let slow = by(TWO, 300..=3_000).wrote(1, 0xa1);
        let early = by(ONE, 350..=360).saw(new.0, new.1);
        let between = by(ONE, 1_004..=1_005).saw(new.0, new.1);
        let told = told([
            ("older than an acknowledged write", vec![first(), second(), early, late().saw(old.0, old.1)]),
            ("older than another read", vec![first(), slow, between, late().saw_version(0)]),
            ("an acknowledged write is lost", vec![first(), second(), late().saw(old.0, old.1)]),
            ("a write is lost to one without an answer", vec![first(), second(), lost(), late().saw(1, 0xb1)]),
            ("content that nobody wrote", vec![first(), late().saw(0, 0xff)]),
            ("a version that nobody wrote", vec![first(), late().saw_version(1)]),
            ("a tombstone that nobody left", vec![first(), late().saw_tombstone(0)]),
            ("a deletion seen as content", vec![first(), by(TWO, 300..=310).deleted(1), late().saw_version(1)]),
            ("seen before it was written", vec![first(), by(TWO, 210..=220).saw(new.0, new.1), second()]),
            (
                "two contents of one version",
                vec![first(), lost(), second_without_answer(), by(TWO, 500..=600).saw(1, 0xb1), late().saw(1, 0xa1)],
            ),
        ]);
        insta::assert_snapshot!(told);
    }

    fn second_without_answer() -> Operation {
        by(TWO, 300..=400).write_unanswered(1, 0xa1)
    }

    #[test]
    fn what_changes_contradict_stays_told_as_it_was_reviewed() {
        let refused = || by(TWO, 300..=400).write_refused(1, 0xa1);
        let [deleted, deleted_again] = [by(TWO, 300..=310).deleted(1), by(ONE, 400..=410).deleted(2)];
        let told = told([
            ("a version was skipped", vec![first(), by(TWO, 300..=400).wrote(2, 0xa2)]),
            ("a version follows one that was refused", vec![first(), refused(), by(ONE, 350..=450).wrote(2, 0xa2)]),
            ("two winners of one version", vec![first(), by(TWO, 150..=250).wrote(0, 0xb0), second()]),
            ("written in the wrong order", vec![by(TWO, 10..=20).wrote(1, 0xa1), first()]),
            ("a deletion of what was deleted", vec![first(), deleted, deleted_again]),
            ("refused although nothing stood there", vec![by(ONE, 10..=20).write_refused(0, 0xa0)]),
            ("refused, and nothing was in the way", vec![first(), refused(), by(ONE, 500..=600).wrote(1, 0xb1)]),
            ("refused, and seen nevertheless", vec![first(), refused(), by(ONE, 500..=600).saw(1, 0xa1)]),
            (
                "made too late, and the other who may have made it did not",
                vec![
                    first(),
                    by(TWO, 300..=310).write_unanswered(1, 0xa1),
                    by(THREE, 400..=410).saw_tombstone(1),
                    by(ONE, 500..=510).deletion_unanswered(1),
                ],
            ),
            (
                "made too late, and another deleted what was deleted later",
                vec![
                    first(),
                    by(TWO, 300..=310).deletion_unanswered(1),
                    by(THREE, 400..=410).deleted(2),
                    by(ONE, 500..=510).write_unanswered(1, 0xa1),
                ],
            ),
            (
                "no simple reason",
                vec![
                    by(ONE, 10..=20).write_unanswered(0, 0xa0),
                    by(TWO, 30..=40).write_refused(0, 0xb0),
                    by(THREE, 50..=60).write_refused(1, 0xc1),
                ],
            ),
        ]);
        insta::assert_snapshot!(told);
    }

    #[test]
    fn what_contradicts_the_start_is_told_so() {
        let stored = Register::Stored { version: 3, content: Content(0xa) };
        let sentence = |start, operation| found(start, [operation]).sentence;
        let nothing = sentence(stored, by("he", 0..=1_000).saw_nothing());
        assert_eq!(
            nothing,
            "The read of 0 s .. 1 s by he saw nothing, and version 3 (content a) stood there at first."
        );
        let older = sentence(Register::Deleted { version: 3 }, by("he", 0..=5).wrote(2, 1));
        assert_eq!(
            older,
            "The write of version 2 by he was acknowledged at 0.005 s, and the tombstone of version 3 stood there at \
             first."
        );
        let other = sentence(stored, by("he", 7..=7).saw(3, 0xb));
        assert_eq!(
            other,
            "The read of 0.007 s by he saw version 3 (content b), and version 3 (content a) stood there at first."
        );
    }

    #[test]
    fn a_contradiction_that_took_too_long_to_shorten_is_shown_in_part() {
        let writes = (0..60).map(|version| by("writer", version * 10..=version * 10 + 5).wrote(version, version));
        let more = [by("reader", 1_000..=1_001).saw_nothing(), by("writer", 700..=701).write_refused(0, 99)];
        let history = history(writes.chain(more));
        let found = CounterExample::of(&history, Register::Absent, &mut Steps(10));
        let text = found.to_string();
        assert_eq!((found.operations.len(), found.others), (62, 0));
        assert_eq!(text.lines().count(), OPERATIONS_SHOWN_MAX + 3);
        assert!(text.contains("  and 22 more that matter\nIn no order could each"), "{text}");
    }
}
