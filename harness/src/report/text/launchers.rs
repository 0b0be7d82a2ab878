//! What the report for people says of rooms that launchers alone saw. They see no channel: a meeting is known by its answer, which the
//! initiator has read.

use super::pairs::{cells, milliseconds};
use crate::format::{counted, counted_of};
use crate::report::model::Report;
use crate::screen::{Page, Span, Tone};

/// Whether launchers alone saw the run.
pub(super) fn is_of_launchers(report: &Report) -> bool {
    report.witness == "launchers"
}

/// The first line.
pub(super) fn head(page: &mut Page, report: &Report) {
    let rooms = counted(report.pairs.len(), "room");
    let interval = milliseconds(report.poll_interval_ms);
    page.sentence([format!("{rooms}, judged by what the launchers saw; poll interval {interval}").into()]);
}

/// The rooms, who was there, and what else there is to know.
pub(super) fn rooms(page: &mut Page, report: &Report) {
    let head = ["pair", "room", "answer taken", "offer", "answer", "polls", "answer found after"];
    let rows: Vec<_> = (1..).zip(&report.pairs).map(|(number, pair)| cells(number, pair)).collect();
    if !rows.is_empty() {
        page.table(Some(&head), &rows);
    }
    for (number, pair) in (1..).zip(&report.pairs) {
        for client in &pair.clients {
            page.item([format!("  pair {number}, ").into()], [client.as_str().into()]);
        }
    }
    for note in &report.notes {
        page.item(["  ".into()], [Span::new(Tone::Plain, note)]);
    }
}

/// How many answers were taken, for the verdict.
pub(super) fn meetings(report: &Report) -> String {
    match report.pairs.len() {
        0 => "no room was used".to_owned(),
        rooms => format!("an answer was taken in {}", counted_of(report.connected(), rooms, "room")),
    }
}
