//! The scorecard as a page: a matrix of scenarios and checks, and what was found where a scenario did not pass.

use std::time::Duration;

use maud::{Markup, html};

use super::card::{Mark, Scorecard, ScoredScenario};
use super::text::versus;
use crate::format::{counted, length, printable};
use crate::report::html::{Failure, Headline, Outcome, Page, Section};

/// The page.
pub(crate) fn scorecard_page(card: &Scorecard) -> String {
    let headline = headline(card);
    let sections = vec![
        Section { id: "matrix", title: "Scenarios and checks".to_owned(), body: matrix(card) },
        Section { id: "scenarios", title: "Scenarios".to_owned(), body: scenarios(card) },
    ];
    Page { title: format!("harness score: {}", headline.sentence), headline, sections, lanes: None }.html()
}

fn headline(card: &Scorecard) -> Headline {
    let counts = card.strict;
    let is_failure =
        |scenario: &&ScoredScenario| scenario.mark == Mark::Failed || (counts && scenario.mark == Mark::Lenient);
    let failed = card.scenarios.iter().zip(1..).filter(|(scenario, _)| is_failure(scenario));
    let failure = |(scenario, number): (&ScoredScenario, usize)| Failure {
        what: scenario.scenario.clone(),
        detail: scenario.sentence.clone(),
        expected: Some(scenario.proves.clone()),
        links: vec![("the scenario".to_owned(), format!("scenario-{number}"))],
        repeat: scenario.repeat.clone(),
    };
    let played = card.scenarios.len() - card.not_applicable_scenarios;
    let lenient =
        if card.lenient_scenarios > 0 { format!(", {} lenient", card.lenient_scenarios) } else { String::new() };
    let sentence = match card.failed_scenarios {
        0 => format!("{} of {} passed{lenient}", card.passed_scenarios, counted(played, "scenario")),
        failed => format!("{failed} of {} failed{lenient}", counted(played, "scenario")),
    };
    Headline {
        outcome: Outcome::of(card.passed),
        about: format!("scorecard of {}", versus(&card.peers)),
        sentence,
        failures: failed.map(failure).collect(),
        notes: Vec::new(),
        repeat: None,
        facts: vec![
            ("Passed", card.passed_scenarios.to_string()),
            ("Lenient", card.lenient_scenarios.to_string()),
            ("Failed", card.failed_scenarios.to_string()),
            ("Not applicable", card.not_applicable_scenarios.to_string()),
            ("Seed", card.seed.to_string()),
            ("Took", length(Duration::try_from_secs_f64(card.wall_ms / 1e3).unwrap_or_default())),
        ],
    }
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::NotApplicable => "not applicable",
        Mark::Passed => "passed",
        Mark::Lenient => "lenient",
        Mark::Failed => "failed",
    }
}

fn class(mark: Mark) -> &'static str {
    match mark {
        Mark::NotApplicable => "none",
        Mark::Passed => "good",
        Mark::Lenient => "warn",
        Mark::Failed => "bad",
    }
}

fn sign(mark: Mark) -> &'static str {
    match mark {
        Mark::NotApplicable => "·",
        Mark::Passed => "✓",
        Mark::Lenient => "~",
        Mark::Failed => "✗",
    }
}

fn cell(mark: Mark, title: &str) -> Markup {
    html! { td.cell.(class(mark)) title=(printable(title)) { span aria-hidden="true" { (sign(mark)) } span.hidden { (word(mark)) } } }
}

/// A row for each scenario that was played, a column for each check.
fn matrix(card: &Scorecard) -> Markup {
    let mut checks: Vec<&str> = Vec::new();
    for check in card.scenarios.iter().flat_map(|scenario| &scenario.checks) {
        if !checks.contains(&check.check.as_str()) {
            checks.push(&check.check);
        }
    }
    let played: Vec<(&ScoredScenario, usize)> =
        card.scenarios.iter().zip(1..).filter(|(scenario, _)| !scenario.checks.is_empty()).collect();
    html! {
        ul.legend {
            @for mark in [Mark::Passed, Mark::Lenient, Mark::Failed, Mark::NotApplicable] {
                li { span.cell.(class(mark)) aria-hidden="true" { (sign(mark)) } (word(mark)) }
            }
        }
        p.promise { "Lenient: it works and harms no other peer, but a careful client would do better." }
        div.scrolls tabindex="0" role="region" aria-label="Scenarios and checks, as a matrix" {
            table.matrix {
                thead { tr { th scope="col" { "Scenario" } @for check in &checks { th.turned scope="col" { span { (check) } } } } }
                tbody {
                    @for (scenario, number) in played {
                        tr {
                            th scope="row" { a href={ "#scenario-" (number) } { (printable(&scenario.scenario)) } }
                            @for name in &checks {
                                @match scenario.checks.iter().find(|check| check.check == **name) {
                                    Some(check) => (cell(check.mark, &format!("{name}: {}", check.sentence))),
                                    None => (cell(Mark::NotApplicable, name)),
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn scenarios(card: &Scorecard) -> Markup {
    html! {
        @for (scenario, number) in card.scenarios.iter().zip(1_usize..) {
            details.run.(class(scenario.mark)) id={ "scenario-" (number) } open[scenario.mark == Mark::Failed] {
                summary {
                    span.dot aria-hidden="true" {}
                    span.name { (printable(&scenario.scenario)) }
                    span.short { (word(scenario.mark)) ": " (printable(&scenario.sentence)) }
                }
                p.promise { "Proves that " (printable(&scenario.proves)) "." }
                @for check in scenario.checks.iter().filter(|check| check.mark >= Mark::Lenient) {
                    p.breach { code { (check.check) } " " (printable(&check.sentence)) }
                }
                @if !scenario.log.is_empty() {
                    pre tabindex="0" { @for line in &scenario.log { (printable(line)) "\n" } }
                }
                @if let Some(repeat) = &scenario.repeat { (crate::report::html::command("Run it again with", repeat)) }
            }
        }
    }
}
