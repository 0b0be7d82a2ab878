//! The reports of several runs as one: which passed, which failed, and which are known gaps.

use serde::Serialize;

use super::json::pretty;
use super::model::{Report, SCHEMA};
use super::table::columns;
use super::text::{text, word};
use crate::format::{counted, length, printable};

/// The report of several runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SuiteReport {
    /// [`SCHEMA`].
    pub schema: u32,
    /// Whether every run passed or is a known gap.
    pub passed: bool,
    /// The scenarios that failed by their known gap.
    pub known_gaps: Vec<String>,
    /// The scenarios that failed.
    pub failed: Vec<String>,
    /// The scenarios that cannot be played with these settings.
    pub not_played: Vec<NotPlayed>,
    /// The report of each run.
    pub runs: Vec<Report>,
}

/// A scenario that cannot be played with the settings of the suite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotPlayed {
    /// Its name.
    pub scenario: String,
    /// The reason.
    pub why: String,
}

impl SuiteReport {
    /// Sums up the runs.
    pub fn new(runs: Vec<Report>, not_played: Vec<NotPlayed>) -> Self {
        let names = |wanted: fn(&Report) -> bool| {
            runs.iter().filter(|run| wanted(run)).map(|run| run.scenario.clone()).collect::<Vec<_>>()
        };
        let (known_gaps, failed) = (names(Report::is_known_gap), names(|run| !run.passed));
        Self { schema: SCHEMA, passed: failed.is_empty(), known_gaps, failed, not_played, runs }
    }

    /// As text: one line for each run, the whole text of each that failed, and the sum.
    pub fn text(&self) -> String {
        let rows: Vec<_> = self.runs.iter().map(row).chain(self.not_played.iter().map(unplayed)).collect();
        let mut whole = columns(&rows);
        for run in self.runs.iter().filter(|run| !run.passed) {
            whole.push('\n');
            whole.push_str(&text(run));
        }
        printable(&format!("{whole}\n{}\n", self.sum()))
    }

    /// As JSON, in one object over several lines, with a newline at the end.
    pub fn json(&self) -> String {
        pretty(self)
    }

    fn sum(&self) -> String {
        let passed = self.runs.len() - self.failed.len() - self.known_gaps.len();
        let named =
            |names: &[String]| if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        format!(
            "{}: {}: {passed} passed, {}{}, {} failed{}, {} not played",
            if self.passed { "PASSED" } else { "FAILED" },
            counted(self.runs.len(), "scenario"),
            counted(self.known_gaps.len(), "known gap"),
            named(&self.known_gaps),
            self.failed.len(),
            named(&self.failed),
            self.not_played.len(),
        )
    }
}

fn row(run: &Report) -> [String; 3] {
    let pairs = format!("{} of {} connected", run.connected(), counted(run.pairs.len(), "pair"));
    let failed: Vec<_> = run.failed().map(|check| check.name.as_str()).collect();
    let checks = match failed.as_slice() {
        [] => format!("{} passed", counted(run.checks.len(), "check")),
        failed => format!("{} of {} failed: {}", failed.len(), counted(run.checks.len(), "check"), failed.join(", ")),
    };
    let took = length(std::time::Duration::from_secs_f64(run.elapsed_ms / 1e3));
    [word(run).to_owned(), run.scenario.clone(), format!("{pairs}, {checks}, in {took} of its clock")]
}

fn unplayed(scenario: &NotPlayed) -> [String; 3] {
    ["NOT PLAYED".to_owned(), scenario.scenario.clone(), scenario.why.clone()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::GapReport;
    use crate::report::text::tests::{a_bad_report, a_report};

    fn several(closed: bool) -> SuiteReport {
        let gap =
            GapReport { why: "not implemented".to_owned(), checks: vec!["round_trips".to_owned()], is_closed: false };
        let known =
            Report { passed: true, known_gap: Some(gap), scenario: "two-initiators".to_owned(), ..a_bad_report() };
        let unplayed = NotPlayed { scenario: "very-long-wait".to_owned(), why: "it takes too long".to_owned() };
        let mut runs = vec![a_report(), known];
        runs.extend(closed.then(a_bad_report));
        SuiteReport::new(runs, vec![unplayed])
    }

    #[test]
    fn known_gaps_are_named_and_are_not_failures() {
        let several = several(false);
        assert!(several.passed);
        assert_eq!(several.known_gaps, ["two-initiators"]);
    }

    #[test]
    fn the_text_of_several_runs_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(several(true).text());
    }

    #[test]
    fn the_json_has_every_run_and_the_sum() {
        let json: serde_json::Value = serde_json::from_str(&several(true).json()).unwrap();
        assert_eq!(json["schema"], SCHEMA);
        assert_eq!(json["passed"], false);
        assert_eq!(json["failed"][0], "classic");
        assert_eq!(json["runs"].as_array().map(Vec::len), Some(3));
    }
}
