//! The checks of a run: what failed is open, what passed is folded.

use maud::{Markup, html};

use crate::format::{counted, printable};
use crate::report::model::{CheckReport, Report};

/// Every check: those that failed, unless the head of the page has them, those that were lenient, those that could not be judged, and
/// those that passed.
pub(super) fn checks(report: &Report, in_head: bool) -> Markup {
    let passed: Vec<&CheckReport> = report.checks.iter().filter(|check| check.passed && !check.lenient).collect();
    let failed = report.failed().count();
    html! {
        @if in_head && failed > 0 {
            p.check.bad { span.mark { "failed" } " " a href="#failures" { (counted(failed, "check")) ", at the top of the page" } }
        } @else {
            @for check in report.failed() { (open(check, "bad", "failed")) }
        }
        @for check in report.lenient() { (open(check, "warn", "lenient")) }
        @for check in &report.not_checked {
            div.check.none {
                p { span.mark { "not checked" } " " code { (check.name) } }
                p.detail { (printable(&check.why)) }
            }
        }
        @if !passed.is_empty() {
            details.passed {
                summary { (counted(passed.len(), "check")) " passed" }
                dl.checks {
                    @for check in passed {
                        div.check.good {
                            dt { code { (check.name) } }
                            dd { (printable(&check.detail)) span.promise { (check.promise) } }
                        }
                    }
                }
            }
        }
    }
}

fn open(check: &CheckReport, class: &str, word: &str) -> Markup {
    html! {
        div.check.(class) {
            p { span.mark { (word) } " " code { (check.name) } }
            p.detail { (printable(&check.detail)) }
            p.promise { "Expected: " (check.promise) }
        }
    }
}
