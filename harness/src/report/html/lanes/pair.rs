//! The lanes of one pair.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;

use super::call::{CallRow, micros};
use super::lane::Lane;
use super::row::Row;
use super::span::{SpanRow, spans};
use super::texts::Texts;
use crate::record::{Event, EventKind};
use crate::report::model::Report;
use crate::report::pair::PairReport;
use crate::report::sequence::{Step, fold, steps};
use crate::scenario::PeerIndex;
use crate::trace::PairTrace;

/// The most rows of a pair; those in the middle are left out.
pub(super) const ROWS_MAX: usize = 800;

/// The most polls of a pair that have a tick.
pub(super) const TICKS_MAX: usize = 1_000;

/// On how many labels a time axis has room, before it is stretched.
const LABELS_ON_AXIS: u64 = 36;

/// What the lanes of one pair show.
#[derive(Debug, Serialize)]
pub(super) struct PairLanes {
    /// Whether both peers use one launcher.
    one: bool,
    /// Whether there is a third peer.
    third: bool,
    /// Whether rows of the same height are easier to read than a time axis.
    even: bool,
    /// When the last event was.
    end: u64,
    rows: Vec<Row>,
    calls: Vec<CallRow>,
    spans: Vec<SpanRow>,
    /// The empty polls: lane, beginning, number.
    ticks: Vec<(Lane, u64, usize)>,
    /// What checks found: the numbers of their names and texts.
    found: Vec<(usize, usize)>,
}

impl PairLanes {
    pub(super) fn of(report: &Report, pair: &PairReport, texts: &mut Texts) -> Self {
        let one = report.one_launcher;
        let number = pair.events.iter().find_map(|event| event.who).map_or(0, |who| who.pair);
        let trace = PairTrace::with_records(number, &pair.room, &pair.records, Arc::clone(&pair.events));
        let (mut rows, mut calls) = (Vec::new(), Calls::default());
        let mut row_of: BTreeMap<usize, usize> = BTreeMap::new();
        let steps = fold(steps(pair));
        let more = steps.len().saturating_sub(ROWS_MAX);
        for (index, step) in steps.iter().enumerate() {
            let gap = if more > 0 { ROWS_MAX / 2..ROWS_MAX / 2 + more } else { 0..0 };
            if index == gap.start && more > 0 {
                rows.push(Row::gap(&format!("{more} more steps are left out here"), texts));
            }
            if gap.contains(&index) {
                continue;
            }
            let event = step.event.and_then(|index| pair.events.get(index));
            let call = calls.number(step, event, texts);
            row_of.extend(step.event.map(|index| (index, rows.len())));
            rows.push(Row::of(step, event, call, (one, &pair.records), texts));
        }
        let network = if one { Lane::FirstLauncher } else { Lane::Network };
        let spans = spans(&pair.events, &pair.records, network);
        let end = micros(trace.end());
        let is_third = |event: &Event| event.who.is_some_and(|who| who.peer_index == PeerIndex::Third);
        Self {
            one,
            third: pair.events.iter().any(is_third),
            even: report.clock == "virtual" || is_crowded(&rows, end),
            end,
            rows,
            calls: calls.rows,
            spans: spans.iter().map(|span| span.row(&pair.events, &row_of)).collect(),
            ticks: ticks(&trace),
            found: pair
                .breaches
                .iter()
                .map(|found| (texts.number(&found.check), texts.number(&found.detail)))
                .collect(),
        }
    }
}

/// Whether most rows would have no label on a time axis, since much happens at about the same time.
fn is_crowded(rows: &[Row], end: u64) -> bool {
    let place = |at: u64| at.saturating_mul(LABELS_ON_AXIS) / end.max(1);
    let times: Vec<u64> = rows.iter().filter_map(Row::at).map(place).collect();
    let labels = times.iter().collect::<BTreeSet<_>>().len();
    times.len() > 2 * labels
}

/// The requests of the rows. One that is shown in two rows is there once.
#[derive(Default)]
struct Calls {
    rows: Vec<CallRow>,
    numbers: BTreeMap<usize, usize>,
}

impl Calls {
    fn number(&mut self, step: &Step, event: Option<&Event>, texts: &mut Texts) -> Option<usize> {
        let (index, event) = (step.event?, event?);
        let EventKind::Called(call) = &event.kind else { return None };
        let number = self.numbers.entry(index).or_insert_with(|| {
            self.rows.push(CallRow::of(call, event, step.poll, texts));
            self.rows.len() - 1
        });
        Some(*number)
    }
}

/// The empty polls of all visits. Of too many, every n-th has a tick.
fn ticks(trace: &PairTrace) -> Vec<(Lane, u64, usize)> {
    let of_visits = trace.visits.iter().flat_map(|visit| {
        let lane = Lane::of_peer(visit.who.peer_index);
        let empty = visit.polls().iter().zip(1..).filter(|(poll, _)| poll.empty);
        empty.map(move |(poll, number)| (lane, micros(poll.started), number))
    });
    let all: Vec<_> = of_visits.collect();
    let step = all.len().div_ceil(TICKS_MAX).max(1);
    all.into_iter().step_by(step).collect()
}
