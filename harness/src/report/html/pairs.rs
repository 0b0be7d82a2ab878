//! The pairs of a run: a row for each, which opens to its numbers and to its lanes.

use std::fmt::Write as _;
use std::time::Duration;

use maud::{Markup, html};

use super::lanes::LanesWriter;
use crate::format::{counted, length, printable};
use crate::report::model::Report;
use crate::report::pair::PairReport;
use crate::report::sequence::steps_as_text;

/// The most pairs with a row. Of more, those that are well are left out.
pub(super) const PAIRS_SHOWN_MAX: usize = 2_000;

/// Up to so many pairs that are well are shown without folding them.
const UNFOLDED_MAX: usize = 5;

/// The most steps that are written for readers without scripts.
const STEPS_SHOWN_MAX: usize = 200;

/// The rows of all pairs: first those that are not well.
pub(super) fn pairs(report: &Report, prefix: &str, lanes: &mut LanesWriter) -> Markup {
    let first = report.first_bad_pair().unwrap_or(1);
    let numbered = || report.pairs.iter().zip(1..);
    let shown: Vec<(&PairReport, usize)> =
        numbered().filter(|(pair, _)| !pair.is_well()).chain(numbered().filter(|(pair, _)| pair.is_well())).collect();
    let left_out = shown.len().saturating_sub(PAIRS_SHOWN_MAX);
    let rows: Vec<(bool, Markup)> = shown
        .into_iter()
        .take(PAIRS_SHOWN_MAX)
        .map(|(pair, number)| {
            let index = lanes.add(report, pair);
            let is_open = number == first && prefix.is_empty();
            (pair.is_well(), row(Row { report, pair, number, prefix, index, is_open }))
        })
        .collect();
    let well = rows.iter().filter(|(is_well, _)| *is_well).count();
    let folds = well > UNFOLDED_MAX;
    html! {
        @for (_, row) in rows.iter().filter(|(is_well, _)| !folds || !is_well) { (row) }
        @if folds {
            details.passed open[well == rows.len() && prefix.is_empty()] {
                summary { (counted(well, "pair")) " connected without a failure" }
                @for (_, row) in rows.iter().filter(|(is_well, _)| *is_well) { (row) }
            }
        }
        @if left_out > 0 {
            p.note { (counted(left_out, "more pair")) " connected without a failure; the page has no rows for them." }
        }
        (without_scripts(report, first))
    }
}

#[derive(Clone, Copy)]
struct Row<'a> {
    report: &'a Report,
    pair: &'a PairReport,
    number: usize,
    prefix: &'a str,
    index: Option<usize>,
    is_open: bool,
}

fn row(row: Row<'_>) -> Markup {
    let Row { report, pair, number, prefix, index, is_open } = row;
    let class = if pair.breaches.is_empty() && (pair.connected || report.passed) { "good" } else { "bad" };
    html! {
        details.pair.(class) id={ (prefix) "pair-" (number) } open[is_open] {
            summary {
                span.dot aria-hidden="true" {}
                span.name { "Pair " (number) }
                span.short { (short(pair)) }
                span.room { (printable(&pair.room)) }
            }
            @for found in &pair.breaches {
                p.breach { code { (found.check) } " " (printable(&found.detail)) }
            }
            @for error in &pair.errors { p.error { (printable(error)) } }
            @for why in &pair.diagnoses { p.why { strong { "Why: " } (printable(why)) } }
            @for client in &pair.clients { p { (printable(client)) } }
            @match index {
                Some(index) => div.lanes data-lanes=(index) {},
                None => p.note { "The page has no room for the lanes of this pair. A run of fewer pairs has it." },
            }
            (numbers(pair))
            @if !pair.log.is_empty() {
                details.log {
                    summary { "Log of the peer programs" }
                    pre tabindex="0" { @for line in &pair.log { (printable(line)) "\n" } }
                }
            }
        }
    }
}

fn time(millis: f64) -> String {
    length(Duration::from_secs_f64(millis / 1e3))
}

/// A pair in a line.
fn short(pair: &PairReport) -> String {
    let mut short = match pair.connect_ms {
        Some(took) => format!("connected in {}", time(took)),
        None if pair.connected => "connected".to_owned(),
        None => "did not connect".to_owned(),
    };
    // Writing to a String cannot fail.
    _ = write!(short, ", {}", counted(pair.polls, "poll"));
    if let Some(detection) = pair.detect_ms {
        _ = write!(short, ", answer found after {}", time(detection));
    }
    short
}

fn numbers(pair: &PairReport) -> Markup {
    let or_none = |millis: Option<f64>| millis.map_or_else(|| "–".to_owned(), time);
    let arrived = |round_trip: bool| if round_trip { "as sent" } else { "did not arrive" };
    let role = |role: &Option<String>| role.clone().unwrap_or_else(|| "–".to_owned());
    let numbers = [
        ("Offer", arrived(pair.offer_round_trip).to_owned()),
        ("Answer", arrived(pair.answer_round_trip).to_owned()),
        ("Polls", format!("{}, {} of them empty", pair.polls, pair.polls_in_vain)),
        ("Answer found after", or_none(pair.detect_ms)),
        ("At best after", or_none(pair.least_detect_ms)),
        ("Connected after", or_none(pair.connect_ms)),
        ("First peer, second peer", format!("{}, {}", role(&pair.roles.first), role(&pair.roles.second))),
    ];
    html! { dl.facts { @for (name, value) in numbers { div { dt { (name) } dd { (value) } } } } }
}

/// The steps of one pair, for readers without scripts: the pair that is open.
fn without_scripts(report: &Report, number: usize) -> Markup {
    let Some(pair) = number.checked_sub(1).and_then(|index| report.pairs.get(index)) else { return html! {} };
    let steps = steps_as_text(pair);
    let more = steps.len().saturating_sub(STEPS_SHOWN_MAX);
    html! {
        noscript {
            p { "The lanes need JavaScript. These are the steps of pair " (number) ":" }
            ol { @for step in steps.iter().take(STEPS_SHOWN_MAX) { li { (printable(step)) } } }
            @if more > 0 { p { (counted(more, "more step")) " are left out." } }
        }
    }
}
