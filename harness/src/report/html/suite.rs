//! The page of several runs: a table of the scenarios, and each run, folded.

use maud::{Markup, html};

use super::headline::{Failure, Headline, Outcome};
use super::lanes::LanesWriter;
use super::page::{Page, Section};
use super::run;
use crate::format::{counted, printable};
use crate::report::model::Report;
use crate::report::suite::SuiteReport;

/// The page of several runs.
pub(crate) fn suite_page(suite: &SuiteReport) -> String {
    let mut lanes = LanesWriter::default();
    let mut runs: Vec<(usize, &Report)> = suite.runs.iter().enumerate().collect();
    // The lanes of what failed are written first, while there is room.
    runs.sort_by_key(|(index, run)| (run.passed, *index));
    let mut bodies: Vec<(usize, Markup)> =
        runs.into_iter().map(|(index, report)| (index, one(index + 1, report, &mut lanes))).collect();
    bodies.sort_by_key(|(index, _)| *index);
    let runs =
        Section { id: "scenarios", title: "Scenarios".to_owned(), body: html! { @for (_, body) in bodies { (body) } } };
    let mut sections = vec![runs];
    if !suite.not_played.is_empty() {
        sections.push(not_played(suite));
    }
    let headline = headline(suite);
    Page { title: format!("harness: {}", headline.sentence), headline, sections, lanes: Some(lanes.embedded()) }.html()
}

fn headline(suite: &SuiteReport) -> Headline {
    let runs = counted(suite.runs.len(), "scenario");
    let gaps = match suite.known_gaps.len() {
        0 => String::new(),
        number => format!(", {}", counted(number, "known gap")),
    };
    let sentence = match suite.failed.len() {
        0 => format!("All {runs} passed{gaps}"),
        failed => format!("{failed} of {runs} failed{gaps}"),
    };
    let failed = suite.runs.iter().zip(1..).filter(|(run, _)| !run.passed);
    let failure = |(run, number): (&Report, usize)| Failure {
        what: run.scenario.clone(),
        detail: run::sentence(run),
        expected: None,
        links: vec![("the run".to_owned(), format!("run-{number}"))],
        repeat: Some(run.repeat.clone()),
    };
    let pairs: usize = suite.runs.iter().map(|run| run.pairs.len()).sum();
    Headline {
        outcome: Outcome::of(suite.passed),
        about: "several scenarios".to_owned(),
        sentence,
        failures: failed.map(failure).collect(),
        notes: Vec::new(),
        repeat: None,
        facts: vec![
            ("Scenarios", suite.runs.len().to_string()),
            ("Pairs", pairs.to_string()),
            ("Not played", suite.not_played.len().to_string()),
        ],
    }
}

/// A run, folded unless it failed.
fn one(number: usize, report: &Report, lanes: &mut LanesWriter) -> Markup {
    let prefix = format!("run-{number}-");
    let headline = run::headline(report, &prefix);
    html! {
        details.run.(headline.outcome.class()) id={ "run-" (number) } open[!report.passed] {
            summary {
                span.dot aria-hidden="true" {}
                span.name { (printable(&report.scenario)) }
                span.short { (printable(&headline.sentence)) }
            }
            @for note in &headline.notes { p.note { (printable(note)) } }
            (super::headline::command("Run it again with", &report.repeat))
            @for section in run::sections(report, &prefix, lanes) {
                h3 { (section.title) }
                (section.body)
            }
        }
    }
}

fn not_played(suite: &SuiteReport) -> Section {
    let body = html! {
        dl.checks {
            @for scenario in &suite.not_played {
                div.check.none { dt { code { (scenario.scenario) } } dd { (printable(&scenario.why)) } }
            }
        }
    };
    Section { id: "not-played", title: "Not played".to_owned(), body }
}
