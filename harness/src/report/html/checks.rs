//! The checks of a run: what failed is open, what passed is folded.

use maud::{Markup, html};

use crate::format::{counted, printable};
use crate::report::model::{CheckReport, Report};

/// Every check: those that failed, those that were lenient, those that could not be judged, and those that passed.
pub(super) fn checks(report: &Report) -> Markup {
    let passed: Vec<&CheckReport> = report.checks.iter().filter(|check| check.passed && !check.lenient).collect();
    html! {
        // The head of the page says what happened.
        @for check in report.failed() { (open(check, "bad", "failed", false)) }
        @for check in report.lenient() { (open(check, "warn", "lenient", true)) }
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

fn open(check: &CheckReport, class: &str, word: &str, has_detail: bool) -> Markup {
    html! {
        div.check.(class) {
            p { span.mark { (word) } " " code { (check.name) } }
            @if has_detail { p.detail { (printable(&check.detail)) } }
            p.promise { "Expected: " (check.promise) }
        }
    }
}
