//! The reports for GitHub Actions, of one run and of several.

use super::model::{CheckReport, Report};
use super::sequence::mermaid;
use super::suite::SuiteReport;
use super::text::{text, verdict_line, where_found, word};
use crate::format::counted;
use crate::github::{Annotation, GithubReport, Level, Summary};

/// The result of a check that passed.
const PASSED: &str = "passed";

/// The report of one run.
pub(crate) fn github(report: &Report) -> GithubReport {
    let mut annotations = annotations(report);
    if annotations.is_empty() {
        annotations.push(notice(&report.scenario, verdict_line(report)));
    }
    let mut summary = Summary::default();
    summary.heading(&format!("{}: {}", word(report).0, report.scenario));
    summary.paragraph(&verdict_line(report));
    let columns = ["result", "check", "expected", "found", "where"];
    let (passed, others): (Vec<_>, Vec<_>) = rows(report).into_iter().partition(|[result, ..]| result == PASSED);
    summary.table(columns, &others);
    summary.folded_table(&format!("{} passed", counted(passed.len(), "check")), columns, &passed);
    draw(&mut summary, report);
    GithubReport { annotations, text: text(report), summary }
}

/// The report of several runs.
pub(crate) fn github_suite(suite: &SuiteReport) -> GithubReport {
    let mut annotations: Vec<_> = suite.runs.iter().flat_map(annotations).collect();
    if annotations.is_empty() {
        annotations.push(notice("all scenarios", suite.sum()));
    }
    let mut summary = Summary::default();
    summary.heading(&suite.sum());
    let row = |run: &Report| [word(run).0.to_owned(), run.scenario.clone(), verdict_line(run)];
    let (failed, passed): (Vec<_>, Vec<_>) = suite.runs.iter().partition(|run| !run.passed);
    let (gaps, passed): (Vec<_>, Vec<_>) = passed.into_iter().partition(|run| run.is_known_gap());
    let mut rows: Vec<_> = failed.iter().chain(&gaps).map(|run| row(run)).collect();
    let unplayed = suite.not_played.iter();
    rows.extend(unplayed.map(|unplayed| ["NOT PLAYED".to_owned(), unplayed.scenario.clone(), unplayed.why.clone()]));
    let columns = ["result", "scenario", "in short"];
    summary.table(columns, &rows);
    let passed: Vec<_> = passed.into_iter().map(row).collect();
    summary.folded_table(&format!("{} passed", counted(passed.len(), "scenario")), columns, &passed);
    if let Some(first) = failed.first() {
        draw(&mut summary, first);
    }
    GithubReport { annotations, text: suite.text(), summary }
}

fn notice(title: &str, line: String) -> Annotation {
    Annotation { level: Level::Notice, title: title.to_owned(), lines: vec![line] }
}

/// What failed, and what is lenient.
fn annotations(report: &Report) -> Vec<Annotation> {
    let failed = if report.is_known_gap() { Level::Notice } else { Level::Error };
    let lenient = if report.is_strict { Level::Error } else { Level::Warning };
    let of_check = |level, check: &CheckReport| Annotation {
        level,
        title: format!("{}: {}", report.scenario, check.name),
        lines: vec![
            format!("expected: {}", check.promise),
            format!("found: {}", check.detail),
            format!("where: {}", where_found(report, check)),
            format!("To repeat: {}", report.repeat),
        ],
    };
    let other = |line: String| Annotation { level: Level::Error, title: report.scenario.clone(), lines: vec![line] };
    let command = report.command.iter().filter(|command| !command.passed);
    let closed = report.known_gap.iter().filter(|gap| gap.is_closed);
    let command = command.map(|command| other(format!("`{}` {}", command.command, command.ended)));
    let closed = closed.map(|gap| other(format!("A known gap is closed: {}. Remove known_gap.", gap.why)));
    let failed = report.failed().map(|check| of_check(failed, check));
    let lenient = report.lenient().map(|check| of_check(lenient, check));
    failed.chain(command).chain(closed).chain(lenient).collect()
}

/// The checks, those that failed first.
fn rows(report: &Report) -> Vec<[String; 5]> {
    let row = |result: &str, check: &CheckReport| {
        let place = if result == PASSED { String::new() } else { where_found(report, check) };
        [result.to_owned(), check.name.clone(), check.promise.clone(), check.detail.clone(), place]
    };
    let failed = report.failed().map(|check| row("FAILED", check));
    let lenient = report.lenient().map(|check| row("lenient", check));
    let passed = report.checks.iter().filter(|check| check.passed && !check.lenient).map(|check| row(PASSED, check));
    let others =
        report.not_checked.iter().map(|check| ["not checked", &check.name, "", &check.why, ""].map(ToOwned::to_owned));
    failed.chain(lenient).chain(others).chain(passed).collect()
}

/// The first pair that failed, and the command that repeats the run.
fn draw(summary: &mut Summary, report: &Report) {
    let diagram = report.first_bad_pair().filter(|_| !report.passed).and_then(|pair| mermaid(report, Some(pair)));
    if let Some(diagram) = diagram {
        summary.block("mermaid", &diagram);
    }
    summary.block("sh", &crate::format::printable(&report.repeat));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::tests::{a_bad_report, a_report};

    #[test]
    fn the_annotations_and_the_summary_of_a_bad_run_stay_as_they_were_reviewed() {
        let report = github(&a_bad_report());
        insta::assert_snapshot!("the_annotations_of_a_bad_run", format!("{:#?}", report.annotations));
        insta::assert_snapshot!("the_summary_of_a_bad_run", report.summary.markdown(usize::MAX));
    }

    #[test]
    fn a_good_run_has_one_notice_and_no_diagram() {
        let report = github(&a_report());
        assert_eq!(report.annotations.iter().map(|each| each.level).collect::<Vec<_>>(), [Level::Notice]);
        assert!(!report.summary.markdown(usize::MAX).contains("mermaid"));
    }

    #[test]
    fn what_is_lenient_is_a_warning_and_with_strict_an_error() {
        let mut report = a_report();
        report.checks[0].lenient = true;
        assert_eq!(annotations(&report)[0].level, Level::Warning);
        report.is_strict = true;
        assert_eq!(annotations(&report)[0].level, Level::Error);
    }

    #[test]
    fn of_several_runs_the_failed_ones_come_first_and_one_pair_is_drawn() {
        let suite = SuiteReport::new(vec![a_report(), a_bad_report(), a_bad_report()], Vec::new());
        let report = github_suite(&suite);
        let markdown = report.summary.markdown(usize::MAX);
        assert_eq!(markdown.matches("```mermaid").count(), 1, "{markdown}");
        assert!(markdown.find("| FAILED |").unwrap() < markdown.find("| PASSED |").unwrap(), "{markdown}");
        assert_eq!(report.annotations.len(), 2);
    }
}
