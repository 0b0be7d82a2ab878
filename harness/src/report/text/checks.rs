//! What the report for people says of checks: what failed with what was expected beside what was found, and what passed in a line.

use super::launchers::is_of_launchers;
use crate::format::{counted, padded};
use crate::report::model::{CheckReport, Report};
use crate::report::pair::PairReport;
use crate::screen::{Page, Span, Tone};

/// The most pairs that are named where a check failed; the others are counted.
const PAIRS_NAMED_MAX: usize = 5;

/// The checks that failed, and those that are lenient, each once.
pub(super) fn failures(page: &mut Page, report: &Report) {
    let failed = report.failed().map(|check| ("FAILED", Tone::Bad, check));
    let lenient = report.lenient().map(|check| ("lenient", Tone::Warning, check));
    for (word, tone, check) in failed.chain(lenient) {
        page.item([Span::from("  "), Span::new(tone, word), "  ".into(), Span::new(Tone::Strong, &check.name)], []);
        expected_and_found(page, &check.promise, &check.detail);
        detail(page, "where", &where_found(report, check));
    }
    if let Some(command) = report.command.as_ref().filter(|command| !command.passed) {
        let label = [Span::from("  "), Span::new(Tone::Bad, "FAILED"), "  ".into()];
        page.item(label, [format!("`{}` {}", command.command, command.ended).into()]);
    }
}

/// What was expected beside what was found, as two aligned lines.
pub(crate) fn expected_and_found(page: &mut Page, expected: &str, found: &str) {
    detail(page, "expected", expected);
    detail(page, "found", found);
}

fn detail(page: &mut Page, label: &str, text: &str) {
    let label = format!("    {}  ", padded(label, "expected".len()));
    page.item([Span::new(Tone::Faint, &label)], [text.into()]);
}

/// Where a failure can be found: in which pairs, and how to see their requests.
pub(crate) fn where_found(report: &Report, check: &CheckReport) -> String {
    let is_blamed = |(_, pair): &(usize, &PairReport)| pair.breaches.iter().any(|breach| breach.check == check.name);
    let blamed: Vec<usize> = (1..).zip(&report.pairs).filter(is_blamed).map(|(number, _)| number).collect();
    let Some(first) = blamed.first() else { return "the run as a whole".to_owned() };
    let named: Vec<_> = blamed.iter().take(PAIRS_NAMED_MAX).map(ToString::to_string).collect();
    let more = match blamed.len().saturating_sub(PAIRS_NAMED_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let pairs = format!("pair{} {}{more}", if blamed.len() == 1 { "" } else { "s" }, named.join(", "));
    let is_silent = || report.pairs.get(first - 1).is_some_and(PairReport::sent_nothing);
    if is_of_launchers(report) || is_silent() {
        return pairs;
    }
    format!("{pairs}; its requests: add --format mermaid --pair {first}")
}

/// What passed, in a line unless all is to be listed, and what could not be judged.
pub(super) fn others(page: &mut Page, report: &Report) {
    let passed: Vec<_> = report.checks.iter().filter(|check| check.passed && !check.lenient).collect();
    let mut rows = Vec::new();
    if page.look().is_verbose {
        let row = |check: &&CheckReport| {
            [Span::new(Tone::Good, "passed"), check.name.as_str().into(), check.detail.as_str().into()]
        };
        rows.extend(passed.iter().map(row));
    } else if !passed.is_empty() {
        let text = format!("{} passed", counted(passed.len(), "check"));
        let them = if passed.len() == 1 { "it" } else { "them" };
        let hint = Span::new(Tone::Faint, &format!("; -v lists {them}"));
        page.sentence(["  ".into(), Span::new(Tone::Good, &text), hint]);
    }
    let not_checked = report.not_checked.iter();
    rows.extend(
        not_checked.map(|check| {
            [Span::new(Tone::Warning, "not checked"), check.name.as_str().into(), check.why.as_str().into()]
        }),
    );
    page.table(None, &rows);
}
