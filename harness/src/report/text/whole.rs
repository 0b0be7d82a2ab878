//! The whole report for people.

use super::checks::{failures, others};
use super::launchers::{self, is_of_launchers};
use super::pairs::{milliseconds, pairs};
use super::verdict::verdict;
use crate::format::counted;
use crate::report::model::Report;
use crate::screen::{Look, Page};

/// The report as text, with a newline at the end: without colours, and one finding one line.
pub fn text(report: &Report) -> String {
    text_as(report, Look::plain())
}

/// The report as text that looks so, with a newline at the end.
pub(crate) fn text_as(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    if is_of_launchers(report) {
        launchers::head(&mut page, report);
    } else {
        head(&mut page, report);
    }
    page.gap();
    failures(&mut page, report);
    page.gap();
    if is_of_launchers(report) {
        launchers::rooms(&mut page, report);
    } else {
        pairs(&mut page, report);
    }
    page.gap();
    others(&mut page, report);
    page.gap();
    verdict(&mut page, report);
    page.finish()
}

fn head(page: &mut Page, report: &Report) {
    let (pairs, interval) = (counted(report.pairs.len(), "pair"), milliseconds(report.poll_interval_ms));
    let Report { scenario, schedule, clock, seed, .. } = report;
    page.sentence([format!(
        "Scenario {scenario}: {pairs}, poll interval {interval} ({schedule}), {clock} clock, seed {seed}"
    )
    .into()]);
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use super::super::pairs::PAIRS_SHOWN_MAX;
    use super::*;
    use crate::report::pair::PairReport;
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
        let shown = text(&report);
        // An error of a peer that a check repeats is shown once.
        assert!(shown.matches(r"a\u{1b}[2J\u{202e}b").count() >= 2, "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{shown:?}");
        let coloured = text_as(&report, Look { has_colours: true, width: Some(80), is_verbose: true });
        assert!(!coloured.contains("\u{1b}[2J") && !coloured.contains('\u{202e}'), "{coloured:?}");
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
    fn the_texts_on_a_terminal_stay_as_they_were_reviewed() {
        let mut bad = a_bad_report();
        bad.checks
            .push(CheckReport { lenient: true, ..a_check("handles", "the first peer of pair 1 left 2 handles", true) });
        let narrow = Look { width: Some(80), ..Look::plain() };
        insta::assert_snapshot!("a_bad_run_within_80_columns", text_as(&bad, narrow));
        insta::assert_snapshot!(
            "a_good_run_with_all_checks",
            text_as(&a_report(), Look { is_verbose: true, ..narrow })
        );
        let coloured = text_as(&bad, Look { has_colours: true, ..Look::plain() });
        insta::assert_snapshot!("a_bad_run_in_colour", coloured.replace('\u{1b}', "ESC"));
    }

    #[test]
    fn a_failure_is_told_once_and_before_what_passed() {
        let mut report = a_bad_report();
        let why = "no meeting in room \"harness-7-2\": the deadline of 30s passed";
        report.checks[1].detail = format!("the first peer of pair 2 failed, but was expected to meet: {why}");
        let text = text(&report);
        assert_eq!(text.matches(why).count(), 1, "{text}");
        assert!(text.find("FAILED").unwrap() < text.find("1 check passed").unwrap(), "{text}");
        assert!(text.ends_with(&format!("To repeat: {}\n", report.repeat)), "{text}");
    }

    #[test]
    fn pairs_that_do_not_connect_as_the_scenario_expects_are_no_surprise() {
        let mut report = a_report();
        report.checks.push(a_check("outcomes", "2 visits failed as expected", true));
        report.pairs.truncate(1);
        report.pairs[0] = PairReport { breaches: Vec::new(), ..a_bad_report().pairs.remove(1) };
        let expected = text(&report);
        assert!(
            expected.contains("PASSED: 0 of 1 pair connected, as the scenario expects, 3 checks passed"),
            "{expected}"
        );
        assert!(!expected.contains("NO"), "{expected}");
        report.checks[2].passed = false;
        let surprise = text(&Report { passed: false, ..report });
        assert!(surprise.contains("FAILED: 0 of 1 pair connected, 1 of 3 checks failed (outcomes)"), "{surprise}");
    }

    #[test]
    fn a_number_has_the_form_of_its_noun() {
        for pairs in 0..4 {
            for checks in 0..3 {
                for is_bad in [false, true] {
                    let mut report = if is_bad { a_bad_report() } else { a_report() };
                    report.pairs = (1..=pairs).map(a_pair).collect();
                    report.checks.truncate(checks);
                    for witness in ["peers", "launchers"] {
                        let text = text(&Report { witness: witness.to_owned(), ..report.clone() });
                        assert_eq!(crate::format::wrong_plurals(&text), [""; 0], "{text}");
                    }
                }
            }
        }
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
