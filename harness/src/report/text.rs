//! The report for people: the scenario, the result of each pair, the checks, and last the verdict.

use std::time::Duration;

use super::model::Report;
use super::pair::PairReport;
use super::table::columns;
use super::text_of_launchers::{self, is_of_launchers};
use crate::format::{counted, length, printable};

/// The most pairs without a failure that are shown; the others are counted. A pair with a failure is always shown.
pub const PAIRS_SHOWN_MAX: usize = 20;

/// The report as text, with a newline at the end.
pub fn text(report: &Report) -> String {
    let mut text = if is_of_launchers(report) {
        text_of_launchers::head(report) + &text_of_launchers::rooms(report)
    } else {
        head(report) + &pairs(report)
    };
    text.push('\n');
    text.push_str(&checks(report));
    text.push('\n');
    text.push_str(&verdict(report));
    printable(&text)
}

fn head(report: &Report) -> String {
    format!(
        "Scenario {}: {}, poll interval {} ({}), {} clock, seed {}\n\n",
        report.scenario,
        counted(report.pairs.len(), "pair"),
        ms(report.poll_interval_ms),
        report.schedule,
        report.clock,
        report.seed
    )
}

fn pairs(report: &Report) -> String {
    let head = ["pair", "room", "connected", "offer", "answer", "polls", "answer found after", "channel open after"];
    let mut rows = vec![head.map(ToOwned::to_owned)];
    let mut more = Vec::new();
    let mut hidden = 0;
    for (pair, number) in report.pairs.iter().zip(1..) {
        if pair.is_well() && rows.len() > PAIRS_SHOWN_MAX {
            hidden += 1;
            continue;
        }
        rows.push(row(number, pair));
        more.extend(pair.errors.iter().map(|error| format!("  pair {number}, {error}\n")));
        if !pair.is_well() {
            more.extend(pair.log.iter().map(|line| format!("  pair {number}, log of the {line}\n")));
        }
    }
    if hidden > 0 {
        more.insert(0, format!("  and {hidden} more that connected\n"));
    }
    columns(&rows) + &more.concat()
}

fn row(number: usize, pair: &PairReport) -> [String; 8] {
    let [number, room, connected, offer, answer, polls, found] = text_of_launchers::row(number, pair);
    let open = pair.connect_ms.map_or_else(|| "never".to_owned(), ms);
    [number, room, connected, offer, answer, polls, found, open]
}

fn checks(report: &Report) -> String {
    let judged = report.checks.iter().map(|check| {
        let result = match (check.passed, check.lenient) {
            (true, false) => "passed",
            (true, true) => "lenient",
            (false, _) => "FAILED",
        };
        let is_kept = check.passed && !check.lenient;
        // A failure needs the promise, to see what was expected.
        let detail = if is_kept { check.detail.clone() } else { format!("{} But: {}", check.promise, check.detail) };
        [result.to_owned(), check.name.clone(), detail]
    });
    let others =
        report.not_checked.iter().map(|check| ["not checked".to_owned(), check.name.clone(), check.why.clone()]);
    columns(&judged.chain(others).collect::<Vec<_>>())
}

/// The last lines, which a person reads first.
fn verdict(report: &Report) -> String {
    let failed = report.failed().count();
    let pairs = if is_of_launchers(report) {
        text_of_launchers::meetings(report)
    } else {
        format!("{} of {} connected", report.connected(), counted(report.pairs.len(), "pair"))
    };
    let lenient = report.lenient().count();
    let checks = if failed == 0 && lenient == 0 {
        format!("{} passed", counted(report.checks.len(), "check"))
    } else if failed == 0 {
        format!(
            "{} of {} passed, {lenient} lenient",
            report.checks.len() - lenient,
            counted(report.checks.len(), "check")
        )
    } else {
        format!("{failed} of {} failed", counted(report.checks.len(), "check"))
    };
    let not_checked = match report.not_checked.len() {
        0 => String::new(),
        number => format!(", {number} not checked"),
    };
    let word = word(report);
    let mut lines = vec![format!("{word}: {pairs}, {checks}{not_checked}, in {}", ms(report.wall_ms))];
    lines.extend(
        report
            .command
            .iter()
            .filter(|command| !command.passed)
            .map(|command| format!("  `{}` {}", command.command, command.ended)),
    );
    lines.extend(report.failed().map(|check| format!("  {}: {}", check.name, check.detail)));
    lines.extend(report.lenient().map(|check| format!("  lenient, {}: {}", check.name, check.detail)));
    lines.extend(report.known_gap.as_ref().map(|gap| {
        if gap.is_closed {
            format!("  A known gap is closed: {}. Remove known_gap from the scenario.", gap.why)
        } else {
            format!("  Known gap: {}.", gap.why)
        }
    }));
    lines.push(format!("To repeat: {}", report.repeat));
    lines.join("\n") + "\n"
}

/// The verdict in a word or two.
pub(super) fn word(report: &Report) -> &'static str {
    match (report.passed, report.is_known_gap()) {
        (true, true) => "KNOWN GAP",
        (true, false) => "PASSED",
        (false, _) => "FAILED",
    }
}

fn ms(millis: f64) -> String {
    length(Duration::from_secs_f64(millis / 1e3))
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::report::{Breach, CheckReport, GapReport, NotChecked, Roles, SCHEMA};

    fn a_pair(number: usize) -> PairReport {
        PairReport {
            log: Vec::new(),
            room: format!("harness-7-{number}"),
            connected: true,
            offer_round_trip: true,
            answer_round_trip: true,
            polls: 1,
            poll_intervals_ms: vec![1_996.211],
            polls_in_vain: 0,
            detect_ms: Some(1_951.08),
            least_detect_ms: Some(1_948.0),
            connect_ms: Some(2_043.5),
            roles: Roles { first: Some("initiator".to_owned()), second: Some("recipient".to_owned()) },
            errors: Vec::new(),
            diagnoses: Vec::new(),
            clients: Vec::new(),
            breaches: Vec::new(),
            records: Arc::default(),
            events: Arc::default(),
        }
    }

    fn a_check(name: &str, detail: &str, passed: bool) -> CheckReport {
        CheckReport {
            lenient: false,
            name: name.to_owned(),
            passed,
            detail: detail.to_owned(),
            promise: format!("What {name} promises."),
        }
    }

    pub(in crate::report) fn a_report() -> Report {
        Report {
            schema: SCHEMA,
            seed: 7,
            scenario: "classic".to_owned(),
            clock: "real".to_owned(),
            ice: "direct".to_owned(),
            one_launcher: false,
            passed: true,
            known_gap: None,
            elapsed_ms: 4_061.917,
            wall_ms: 4_062.004,
            poll_interval_ms: 2_000.0,
            schedule: "fixed".to_owned(),
            checks: vec![
                a_check("roles", "2 pairs with one of each", true),
                a_check("round_trips", "2 pairs both ways", true),
            ],
            not_checked: vec![NotChecked {
                name: "sockets".to_owned(),
                why: "they can be counted on Linux only".to_owned(),
            }],
            pairs: vec![a_pair(1), a_pair(2)],
            witness: "peers".to_owned(),
            notes: Vec::new(),
            is_strict: false,
            command: None,
            repeat: "cargo run --release -p harness -- run --scenario classic --seed 7 --pairs 2".to_owned(),
        }
    }

    /// As [`a_report`], but the answer of pair 2 did not arrive.
    pub(in crate::report) fn a_bad_report() -> Report {
        let mut report = a_report();
        report.passed = false;
        report.checks[1] = a_check("round_trips", "no answer of pair 2 arrived", false);
        report.pairs[1] = PairReport {
            connected: false,
            answer_round_trip: false,
            polls: 14,
            polls_in_vain: 14,
            detect_ms: None,
            least_detect_ms: None,
            connect_ms: None,
            roles: Roles { first: None, second: None },
            errors: vec!["first peer: no meeting in room \"harness-7-2\": the deadline of 30s passed".to_owned()],
            breaches: vec![Breach {
                check: "round_trips".to_owned(),
                detail: "no answer of pair 2 arrived".to_owned(),
            }],
            ..a_pair(2)
        };
        report
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_shown() {
        let foreign = "a\u{1b}[2J\u{202e}b".to_owned();
        let mut report = a_bad_report();
        report.scenario = foreign.clone();
        report.pairs[1].errors = vec![foreign.clone()];
        report.checks[1].detail = foreign;
        let text = text(&report);
        assert!(text.matches(r"a\u{1b}[2J\u{202e}b").count() >= 3, "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
    }

    #[test]
    fn the_text_of_a_good_run_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(text(&a_report()));
    }

    #[test]
    fn the_text_of_a_bad_run_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(text(&a_bad_report()));
    }

    #[test]
    fn a_known_gap_is_named_and_a_closed_one_asks_for_its_removal() {
        let gap = |is_closed| GapReport { why: "not implemented".to_owned(), checks: Vec::new(), is_closed };
        let known = text(&Report { passed: true, known_gap: Some(gap(false)), ..a_bad_report() });
        assert!(known.contains("KNOWN GAP: ") && known.contains("Known gap: not implemented."), "{known}");
        let closed = text(&Report { passed: false, known_gap: Some(gap(true)), ..a_report() });
        assert!(closed.contains("FAILED: ") && closed.contains("A known gap is closed: not implemented."), "{closed}");
    }

    #[test]
    fn of_many_pairs_those_with_an_error_are_shown() {
        let mut report = a_report();
        report.pairs = (1..=PAIRS_SHOWN_MAX + 10).map(a_pair).collect();
        report.pairs[PAIRS_SHOWN_MAX + 5].errors.push("first peer: lost".to_owned());
        let text = text(&report);
        assert!(text.contains("and 9 more that connected"), "{text}");
        assert!(text.contains("pair 26, first peer: lost"), "{text}");
    }
}
