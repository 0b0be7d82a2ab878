//! What the report for people says of each pair.

use std::time::Duration;

use crate::format::length;
use crate::report::model::Report;
use crate::report::pair::PairReport;
use crate::screen::{Page, Span, Tone};

/// The most pairs without a failure that are shown; the others are counted. A pair with a failure is always shown.
pub const PAIRS_SHOWN_MAX: usize = 20;

/// A row for each pair; then the errors that no failed check has shown, and what programs wrote.
pub(super) fn pairs(page: &mut Page, report: &Report) {
    let head = ["pair", "room", "connected", "offer", "answer", "polls", "answer found after", "channel open after"];
    let (mut rows, mut shown, mut hidden) = (Vec::new(), Vec::new(), 0);
    for (number, pair) in (1..).zip(&report.pairs) {
        if pair.is_well() && rows.len() >= PAIRS_SHOWN_MAX {
            hidden += 1;
            continue;
        }
        rows.push(row(number, pair));
        shown.push((number, pair));
    }
    page.table(Some(&head), &rows);
    if hidden > 0 {
        page.sentence([format!("  and {hidden} more that connected").into()]);
    }
    for (number, pair) in shown {
        for error in pair.errors.iter().filter(|error| !is_told(error, report)) {
            page.item([format!("  pair {number}, ").into()], [error.as_str().into()]);
        }
        for sentence in pair.diagnoses.iter().filter(|sentence| !is_in_an_error(sentence, pair)) {
            page.item([format!("  pair {number}, ").into()], [sentence.as_str().into()]);
        }
        for line in pair.log.iter().filter(|_| !pair.is_well()) {
            page.item([Span::new(Tone::Faint, &format!("  pair {number}, log of the "))], [line.as_str().into()]);
        }
    }
}

/// Whether a failed check has shown this error of a peer: its words without the peer's name.
fn is_told(error: &str, report: &Report) -> bool {
    let words = error.split_once(": ").map_or(error, |(_, words)| words);
    report.failed().any(|check| check.detail.contains(words))
}

/// Whether the error of a peer has the sentence: its words without who says it.
fn is_in_an_error(sentence: &str, pair: &PairReport) -> bool {
    let words = sentence.split_once(": ").map_or(sentence, |(_, words)| words);
    pair.errors.iter().any(|error| error.contains(words))
}

fn row(number: usize, pair: &PairReport) -> [Span; 8] {
    let [number, room, connected, offer, answer, polls, found] = cells(number, pair);
    let open = pair.connect_ms.map_or_else(|| "never".to_owned(), milliseconds);
    [number, room, connected, offer, answer, polls, found, open.into()]
}

/// The cells of a pair that launchers see, too.
pub(super) fn cells(number: usize, pair: &PairReport) -> [Span; 7] {
    // A pair that no check blames did what its scenario expects.
    let missing = if pair.breaches.is_empty() { "no".into() } else { Span::new(Tone::Bad, "NO") };
    let cell = |is_there, word: &str| if is_there { word.into() } else { missing.clone() };
    [
        number.to_string().into(),
        pair.room.as_str().into(),
        cell(pair.connected, "yes"),
        cell(pair.offer_round_trip, "as sent"),
        cell(pair.answer_round_trip, "as sent"),
        pair.polls.to_string().into(),
        pair.detect_ms.map_or_else(|| "never".to_owned(), milliseconds).into(),
    ]
}

pub(super) fn milliseconds(millis: f64) -> String {
    length(Duration::from_secs_f64(millis / 1e3))
}
