//! The scorecard for people: a line for each scenario, what was found where it did not pass, and last the sum.

use std::time::Duration;

use super::card::{Mark, Scorecard, ScoredScenario};
use crate::format::{counted, length, printable};
use crate::report::columns;

/// The most characters of a sentence in the first table.
const SENTENCE_CHARS_MAX: usize = 100;

/// The scorecard as text, with a newline at the end.
pub fn scorecard_text(card: &Scorecard) -> String {
    let mut text = format!("Scorecard of {}, seed {}\n\n", versus(&card.peers), card.seed);
    let rows: Vec<_> = card.scenarios.iter().map(row).collect();
    text.push_str(&columns(&rows));
    for scenario in card.scenarios.iter().filter(|scenario| scenario.mark >= Mark::Lenient) {
        text.push_str(&details(scenario));
    }
    text.push_str(&sum(card));
    printable(&text)
}

pub(super) fn versus(peers: &[String]) -> String {
    match peers {
        [both] => format!("{both}, with itself"),
        peers => peers.join(" with "),
    }
}

fn row(scenario: &ScoredScenario) -> [String; 3] {
    [word(scenario.mark).to_owned(), scenario.scenario.clone(), shortened(&scenario.sentence)]
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::NotApplicable => "not applicable",
        Mark::Passed => "passed",
        Mark::Lenient => "lenient",
        Mark::Failed => "FAILED",
    }
}

fn shortened(sentence: &str) -> String {
    let start: String = sentence.chars().take(SENTENCE_CHARS_MAX).collect();
    if start.len() < sentence.len() { start + "…" } else { start }
}

/// What was found in a scenario that did not pass.
fn details(scenario: &ScoredScenario) -> String {
    let mut lines =
        vec![String::new(), format!("{} ({}): {}", scenario.scenario, word(scenario.mark), scenario.proves)];
    if scenario.checks.is_empty() {
        lines.push(format!("  {}", scenario.sentence));
    }
    let worth = scenario.checks.iter().filter(|check| check.mark >= Mark::Lenient);
    lines.extend(worth.map(|check| format!("  {}, {}: {}", word(check.mark), check.check, check.sentence)));
    lines.extend(scenario.log.iter().map(|line| format!("  log of the {line}")));
    lines.extend(scenario.repeat.as_ref().map(|repeat| format!("  To repeat: {repeat}")));
    lines.join("\n") + "\n"
}

fn sum(card: &Scorecard) -> String {
    let played = card.scenarios.len() - card.not_applicable_scenarios;
    format!(
        "\n{}: {}: {} passed, {} lenient{}, {} failed, in {}; {} not applicable\n",
        if card.passed { "PASSED" } else { "FAILED" },
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
