//! The scorecard for people: a line for each scenario, what was found where it did not pass, and last the sum.

use std::time::Duration;

use super::card::{Mark, Scorecard, ScoredScenario};
use crate::check::CHECKS;
use crate::format::{counted, length};
use crate::peer::OURS;
use crate::report::expected_and_found;
use crate::screen::{Look, Page, Span, Tone};

/// The scorecard as text, with a newline at the end.
pub fn scorecard_text(card: &Scorecard) -> String {
    scorecard_text_as(card, Look::plain())
}

/// The scorecard as text that looks so, with a newline at the end: first what failed, then what is lenient, and the scenarios that
/// do not apply or that passed.
pub(crate) fn scorecard_text_as(card: &Scorecard, look: Look) -> String {
    let mut page = Page::new(look);
    page.sentence([format!("Scorecard of {}, seed {}", versus(&card.peers), card.seed).into()]);
    for mark in [Mark::Failed, Mark::Lenient] {
        for scenario in card.scenarios.iter().filter(|scenario| scenario.mark == mark) {
            page.gap();
            details(&mut page, scenario);
        }
    }
    page.gap();
    let is_listed = |mark| mark == Mark::NotApplicable || (look.is_verbose && mark == Mark::Passed);
    page.table(None, &card.scenarios.iter().filter(|scenario| is_listed(scenario.mark)).map(row).collect::<Vec<_>>());
    if !look.is_verbose && card.passed_scenarios > 0 {
        let text = format!("  {} passed", counted(card.passed_scenarios, "scenario"));
        let them = if card.passed_scenarios == 1 { "it" } else { "them" };
        page.sentence([Span::new(Tone::Good, &text), Span::new(Tone::Faint, &format!("; -v lists {them}"))]);
    }
    page.gap();
    let word = if card.passed { Span::new(Tone::Good, "PASSED") } else { Span::new(Tone::Bad, "FAILED") };
    page.sentence([word, format!(": {}", sums(card)).into()]);
    page.finish()
}

pub(super) fn versus(peers: &[String]) -> String {
    let names: Vec<&str> = peers.iter().map(|peer| if peer == OURS { "the built-in peer" } else { peer }).collect();
    match names.as_slice() {
        [both] => format!("{both}, with itself"),
        names => names.join(" with "),
    }
}

fn row(scenario: &ScoredScenario) -> [Span; 3] {
    [word(scenario.mark), scenario.scenario.as_str().into(), scenario.sentence.as_str().into()]
}

fn word(mark: Mark) -> Span {
    match mark {
        Mark::NotApplicable => Span::new(Tone::Faint, "not applicable"),
        Mark::Passed => Span::new(Tone::Good, "passed"),
        Mark::Lenient => Span::new(Tone::Warning, "lenient"),
        Mark::Failed => Span::new(Tone::Bad, "FAILED"),
    }
}

/// What was found in a scenario that did not pass.
fn details(page: &mut Page, scenario: &ScoredScenario) {
    let name = Span::new(Tone::Strong, &scenario.scenario);
    page.sentence([word(scenario.mark), "  ".into(), name, format!(": {}", scenario.proves).into()]);
    if scenario.checks.is_empty() {
        page.item(["  ".into()], [scenario.sentence.as_str().into()]);
    }
    for check in scenario.checks.iter().filter(|check| check.mark >= Mark::Lenient) {
        page.item(["  ".into(), word(check.mark), "  ".into(), check.check.as_str().into()], []);
        expected_and_found(page, promise(&check.check), &check.sentence);
    }
    for line in &scenario.log {
        page.item([Span::new(Tone::Faint, "  log of the ")], [line.as_str().into()]);
    }
    if let Some(repeat) = &scenario.repeat {
        page.verbatim("  To repeat: ", repeat);
    }
}

/// What the check of this name promises.
pub(crate) fn promise(name: &str) -> &'static str {
    CHECKS.iter().find(|check| check.name == name).map_or("", |check| check.promise)
}

/// How the client did, in numbers.
pub(crate) fn sums(card: &Scorecard) -> String {
    let played = card.scenarios.len() - card.not_applicable_scenarios;
    format!(
        "{}: {} passed, {} lenient{}, {} failed, in {}; {} not applicable",
        counted(played, "scenario"),
        card.passed_scenarios,
        card.lenient_scenarios,
        if card.strict && card.lenient_scenarios > 0 { " (which fails, as --strict asks)" } else { "" },
        card.failed_scenarios,
        length(Duration::from_secs_f64(card.wall_ms / 1e3)),
        card.not_applicable_scenarios,
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::score::card::ScoredCheck;

    pub(in crate::score) fn a_card() -> Scorecard {
        let check = |check: &str, mark, sentence: &str| ScoredCheck {
            check: check.to_owned(),
            mark,
            sentence: sentence.to_owned(),
        };
        let scenario = |name: &str, mark, sentence: &str, checks| ScoredScenario {
            scenario: name.to_owned(),
            proves: "two users meet".to_owned(),
            mark,
            sentence: sentence.to_owned(),
            checks,
            log: vec![],
            wall_ms: 5_000.0,
            repeat: Some(format!("harness score --scenario {name}")),
        };
        let left = "the first peer of pair 1 left the offer of pair 1 (room) on the network";
        let late = "poll 2 of the first peer of pair 1 began 1 s before the previous poll ended";
        let mut failed = scenario("slow-polls", Mark::Failed, late, vec![check("poll_timing", Mark::Failed, late)]);
        failed.log = vec!["first peer: no answer yet".to_owned()];
        let scenarios = vec![
            scenario("classic", Mark::Passed, "18 checks passed", vec![check("roles", Mark::Passed, "2 peers")]),
            scenario("used-room", Mark::Lenient, left, vec![check("records", Mark::Lenient, left)]),
            failed,
            ScoredScenario::not_played(
                "back-off",
                "it backs off",
                Mark::NotApplicable,
                "it is about schedules".to_owned(),
            ),
        ];
        Scorecard::new(vec!["node peer.js".to_owned(), "ours".to_owned()], 7, false, 61_000.0, scenarios)
    }

    #[test]
    fn the_text_of_a_scorecard_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(scorecard_text(&a_card()));
        let verbose = Look { is_verbose: true, width: Some(80), ..Look::plain() };
        insta::assert_snapshot!(
            "a_scorecard_with_what_passed_within_80_columns",
            scorecard_text_as(&a_card(), verbose)
        );
    }

    #[test]
    fn what_is_lenient_fails_only_where_that_is_asked_for() {
        let card = |mark, strict| {
            let scenario = ScoredScenario::not_played("classic", "", mark, String::new());
            Scorecard::new(vec!["ours".to_owned()], 7, strict, 0.0, vec![scenario]).passed
        };
        assert!(card(Mark::Lenient, false) && !card(Mark::Lenient, true));
        assert!(card(Mark::Passed, true) && !card(Mark::Failed, false));
    }
}
