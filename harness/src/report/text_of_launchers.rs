//! What the report for people says of rooms that launchers alone saw. They see no channel: a meeting is known by its answer, which the
//! initiator has read.

use std::time::Duration;

use super::model::Report;
use super::pair::PairReport;
use super::table::columns;
use crate::format::{counted, length};

/// Whether launchers alone saw the run.
pub(super) fn is_of_launchers(report: &Report) -> bool {
    report.witness == "launchers"
}

/// The first line.
pub(super) fn head(report: &Report) -> String {
    let rooms = counted(report.pairs.len(), "room");
    let interval = length(Duration::from_secs_f64(report.poll_interval_ms / 1e3));
    format!("{rooms}, judged by what the launchers saw; poll interval {interval}\n\n")
}

/// The rooms, who was there, and what else there is to know.
pub(super) fn rooms(report: &Report) -> String {
    let head = ["pair", "room", "answer taken", "offer", "answer", "polls", "answer found after"];
    let mut rows = vec![head.map(ToOwned::to_owned)];
    let mut more = Vec::new();
    for (pair, number) in report.pairs.iter().zip(1..) {
        rows.push(row(number, pair));
        more.extend(pair.clients.iter().map(|client| format!("  pair {number}, {client}\n")));
    }
    if report.pairs.is_empty() {
        rows.clear();
    }
    more.extend(report.notes.iter().map(|note| format!("  {note}\n")));
    columns(&rows) + &more.concat()
}

/// The cells of a pair that launchers see, which are those of any run.
pub(super) fn row(number: usize, pair: &PairReport) -> [String; 7] {
    let arrived = |arrived| if arrived { "as sent" } else { "NO" };
    let found = pair.detect_ms.map(|millis| length(Duration::from_secs_f64(millis / 1e3)));
    [
        number.to_string(),
        pair.room.clone(),
        if pair.connected { "yes" } else { "NO" }.to_owned(),
        arrived(pair.offer_round_trip).to_owned(),
        arrived(pair.answer_round_trip).to_owned(),
        pair.polls.to_string(),
        found.unwrap_or_else(|| "never".to_owned()),
    ]
}

/// How many answers were taken, for the verdict.
pub(super) fn meetings(report: &Report) -> String {
    match report.pairs.len() {
        0 => "no room was used".to_owned(),
        rooms => format!("an answer was taken in {} of {}", report.connected(), counted(rooms, "room")),
    }
}
