//! The last lines of the report for people, which are read first.

use super::launchers::{is_of_launchers, meetings};
use super::pairs::milliseconds;
use crate::format::{counted, counted_of};
use crate::report::model::{CheckReport, Report};
use crate::screen::{Page, Span, Tone};

/// The verdict, what there is to know of a known gap, and the command that repeats the run.
pub(super) fn verdict(page: &mut Page, report: &Report) {
    let (word, tone) = word(report);
    page.sentence([Span::new(tone, word), format!(": {}", sums(report)).into()]);
    if let Some(gap) = &report.known_gap {
        let why = gap.why.trim_end_matches('.');
        page.item(
            ["  ".into()],
            [if gap.is_closed {
                format!("A known gap is closed: {why}. Remove known_gap from the scenario.").into()
            } else {
                format!("Known gap: {why}.").into()
            }],
        );
    }
    page.verbatim("To repeat: ", &report.repeat);
}

/// The verdict in one line.
pub(crate) fn verdict_line(report: &Report) -> String {
    format!("{}: {}", word(report).0, sums(report))
}

fn sums(report: &Report) -> String {
    let meetings = if is_of_launchers(report) { meetings(report) } else { connected(report) };
    let not_checked = match report.not_checked.len() {
        0 => String::new(),
        number => format!(", {number} not checked"),
    };
    format!("{meetings}, {}{not_checked}, in {}", checks(report), milliseconds(report.wall_ms))
}

/// How many pairs connected, and whether that is as it should be.
pub(crate) fn connected(report: &Report) -> String {
    let (connected, pairs) = (report.connected(), report.pairs.len());
    let is_expected = report.checks.iter().any(|check| check.name == "outcomes" && check.passed && !check.lenient);
    let expected = if connected < pairs && is_expected { ", as the scenario expects" } else { "" };
    format!("{} connected{expected}", counted_of(connected, pairs, "pair"))
}

fn checks(report: &Report) -> String {
    let (all, failed) = (report.checks.len(), report.failed().count());
    if failed > 0 {
        return format!("{} failed ({})", counted_of(failed, all, "check"), names(report.failed()));
    }
    match report.lenient().count() {
        0 => format!("{} passed", counted(all, "check")),
        lenient => {
            let strict = if report.is_strict { ", which --strict counts as failed" } else { "" };
            let passed = counted_of(all - lenient, all, "check");
            format!("{passed} passed, {lenient} lenient ({}){strict}", names(report.lenient()))
        }
    }
}

fn names<'a>(checks: impl Iterator<Item = &'a CheckReport>) -> String {
    checks.map(|check| check.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The verdict in a word or two, and its tone.
pub(crate) fn word(report: &Report) -> (&'static str, Tone) {
    match (report.passed, report.is_known_gap()) {
        (true, true) => ("KNOWN GAP", Tone::Warning),
        (true, false) => ("PASSED", Tone::Good),
        (false, _) => ("FAILED", Tone::Bad),
    }
}
