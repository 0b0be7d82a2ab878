//! The reports of several runs as one: which passed, which failed, and which are known gaps.

use serde::Serialize;

use super::json::pretty;
use super::model::{Report, SCHEMA};
use super::text::{connected, text_as, word};
use crate::format::{counted, counted_of, length};
use crate::screen::{Look, Page, Span, Tone};

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

    /// As text: the whole text of each run that failed, a line for each known gap and each that was not played, and the sum.
    pub fn text(&self) -> String {
        self.text_as(Look::plain())
    }

    /// As text that looks so. Runs that passed are counted, or have a line each.
    pub(crate) fn text_as(&self, look: Look) -> String {
        let failed = self.runs.iter().filter(|run| !run.passed).map(|run| text_as(run, look) + "\n");
        let failed: String = failed.collect();
        let mut page = Page::new(look);
        let is_listed = |run: &&Report| look.is_verbose || !run.passed || run.is_known_gap();
        let runs = self.runs.iter().filter(is_listed).map(row);
        page.table(None, &runs.chain(self.not_played.iter().map(unplayed)).collect::<Vec<_>>());
        let passed = self.passed_runs();
        if !look.is_verbose && passed > 0 {
            let text = format!("  {} passed", counted(passed, "scenario"));
            let them = if passed == 1 { "it" } else { "them" };
            page.sentence([Span::new(Tone::Good, &text), Span::new(Tone::Faint, &format!("; -v lists {them}"))]);
        }
        page.gap();
        let (word, sum) = self.sums();
        let tone = if self.passed { Tone::Good } else { Tone::Bad };
        page.sentence([Span::new(tone, word), format!(": {sum}").into()]);
        failed + &page.finish()
    }

    fn passed_runs(&self) -> usize {
        self.runs.len() - self.failed.len() - self.known_gaps.len()
    }

    /// As JSON, in one object over several lines, with a newline at the end.
    pub fn json(&self) -> String {
        pretty(self)
    }

    /// The sum in one line.
    pub(super) fn sum(&self) -> String {
        let (word, sum) = self.sums();
        format!("{word}: {sum}")
    }

    fn sums(&self) -> (&'static str, String) {
        let named =
            |names: &[String]| if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
        let sum = format!(
            "{}: {} passed, {}{}, {} failed{}, {} not played",
            counted(self.runs.len(), "scenario"),
            self.passed_runs(),
            counted(self.known_gaps.len(), "known gap"),
            named(&self.known_gaps),
            self.failed.len(),
            named(&self.failed),
            self.not_played.len(),
        );
        (if self.passed { "PASSED" } else { "FAILED" }, sum)
    }
}

fn row(run: &Report) -> [Span; 3] {
    let failed: Vec<_> = run.failed().map(|check| check.name.as_str()).collect();
    let (all, checks) = (run.checks.len(), counted_of(failed.len(), run.checks.len(), "check"));
    let checks = match failed.as_slice() {
        [] => format!("{} passed", counted(all, "check")),
        failed => format!("{checks} failed: {}", failed.join(", ")),
    };
    let took = length(std::time::Duration::from_secs_f64(run.elapsed_ms / 1e3));
    let (word, tone) = word(run);
    let found = format!("{}, {checks}, in {took} of its clock", connected(run));
    [Span::new(tone, word), run.scenario.as_str().into(), found.into()]
}

fn unplayed(scenario: &NotPlayed) -> [Span; 3] {
    [Span::new(Tone::Warning, "NOT PLAYED"), scenario.scenario.as_str().into(), scenario.why.as_str().into()]
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
        let verbose = Look { is_verbose: true, width: Some(80), ..Look::plain() };
        insta::assert_snapshot!("every_run_within_80_columns", several(false).text_as(verbose));
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
