//! The scorecard for GitHub Actions.

use super::card::{Mark, Scorecard, ScoredCheck, ScoredScenario};
use super::text::{promise, scorecard_text, sums, versus};
use crate::format::counted;
use crate::github::{Annotation, GithubReport, Level, Summary};

/// The scorecard as annotations and a summary.
pub(crate) fn scorecard_github(card: &Scorecard) -> GithubReport {
    let sum = format!("{}: {}", if card.passed { "PASSED" } else { "FAILED" }, sums(card));
    let of_mark = |mark| card.scenarios.iter().filter(move |scenario| scenario.mark == mark);
    let worth = || of_mark(Mark::Failed).chain(of_mark(Mark::Lenient));
    let mut annotations: Vec<_> = worth().map(|scenario| annotation(scenario, card.strict)).collect();
    if annotations.is_empty() {
        annotations.push(Annotation { level: Level::Notice, title: "scorecard".to_owned(), lines: vec![sum.clone()] });
    }
    let mut summary = Summary::default();
    summary.heading(&format!("Scorecard of {}", versus(&card.peers)));
    summary.paragraph(&sum);
    let columns = ["result", "scenario", "what happened"];
    summary.table(columns, &worth().map(row).collect::<Vec<_>>());
    for (mark, word) in [(Mark::Passed, "passed"), (Mark::NotApplicable, "not applicable")] {
        let rows: Vec<_> = of_mark(mark).map(row).collect();
        summary.folded_table(&format!("{} {word}", counted(rows.len(), "scenario")), columns, &rows);
    }
    for repeat in worth().filter_map(|scenario| scenario.repeat.as_ref()).take(1) {
        summary.block("sh", &crate::format::printable(repeat));
    }
    GithubReport { annotations, text: scorecard_text(card), summary }
}

fn annotation(scenario: &ScoredScenario, is_strict: bool) -> Annotation {
    let level = if scenario.mark == Mark::Failed || is_strict { Level::Error } else { Level::Warning };
    let worth = scenario.checks.iter().filter(|check| check.mark >= Mark::Lenient);
    let of_check = |check: &ScoredCheck| {
        let name = &check.check;
        [format!("{name}, expected: {}", promise(name)), format!("{name}, found: {}", check.sentence)]
    };
    let mut lines: Vec<String> = worth.flat_map(of_check).collect();
    if lines.is_empty() {
        lines.push(scenario.sentence.clone());
    }
    lines.extend(scenario.repeat.iter().map(|repeat| format!("To repeat: {repeat}")));
    Annotation { level, title: scenario.scenario.clone(), lines }
}

fn row(scenario: &ScoredScenario) -> [String; 3] {
    let word = match scenario.mark {
        Mark::NotApplicable => "not applicable",
        Mark::Passed => "passed",
        Mark::Lenient => "lenient",
        Mark::Failed => "FAILED",
    };
    [word.to_owned(), scenario.scenario.clone(), scenario.sentence.clone()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::text::tests::a_card;

    #[test]
    fn the_annotations_and_the_summary_of_a_scorecard_stay_as_they_were_reviewed() {
        let report = scorecard_github(&a_card());
        insta::assert_snapshot!("the_annotations_of_a_scorecard", format!("{:#?}", report.annotations));
        insta::assert_snapshot!("the_summary_of_a_scorecard", report.summary.markdown(usize::MAX));
    }
}
