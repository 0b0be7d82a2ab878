//! The plots of a run: poll intervals, how long an answer waited to be found, and how long each phase took.

use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};

use super::plot::{Bar, Curve, Histogram, Part, bars, histogram, shares};
use crate::format::length;
use crate::report::model::Report;
use crate::report::pair::PairReport;
use crate::trace::PairTrace;

/// Up to so many pairs have a bar each; of more, some have.
const BARS_MAX: usize = 9;

const PHASES: [(usize, &str); 4] = [
    (1, "joined until the offer is stored"),
    (2, "until the answer is stored"),
    (3, "until the answer is found"),
    (4, "until both channels are open"),
];

/// The plots; `None` if the run has no time to show.
pub(super) fn timing(report: &Report) -> Option<Markup> {
    let plots: Vec<Markup> = [intervals(report), detections(report), phases(report)].into_iter().flatten().collect();
    (!plots.is_empty()).then(|| html! { div.plots { @for plot in plots { (plot) } } })
}

fn intervals(report: &Report) -> Option<Markup> {
    let values: Vec<f64> = report.pairs.iter().flat_map(|pair| pair.poll_intervals_ms.iter().copied()).collect();
    (!values.is_empty()).then(|| {
        histogram(&Histogram {
            title: "Time between polls",
            values_are: "ms from one poll to the next",
            counted: "polls",
            values: &values,
            expected: Some((report.poll_interval_ms, "asked for")),
        })
    })
}

fn detections(report: &Report) -> Option<Markup> {
    let found: Vec<f64> = report.pairs.iter().filter_map(|pair| pair.detect_ms).collect();
    let least = report.pairs.iter().filter(|pair| pair.detect_ms.is_some()).filter_map(|pair| pair.least_detect_ms);
    (!found.is_empty()).then(|| {
        let curves = [
            Curve { name: "found after", values: found },
            Curve { name: "the best that the schedule allows", values: least.collect() },
        ];
        shares("Answer stored until found", "ms", &curves)
    })
}

/// How long each phase of a meeting took.
fn phases(report: &Report) -> Option<Markup> {
    let mut met: Vec<(usize, [Duration; 4])> =
        report.pairs.iter().zip(1..).filter_map(|(pair, number)| Some((number, phases_of(pair)?))).collect();
    if met.is_empty() {
        return None;
    }
    let bar = |label: String, phases: &[Duration; 4]| Bar {
        label,
        value: length(phases.iter().sum()),
        parts: phases
            .iter()
            .zip(PHASES)
            .map(|(took, (series, name))| Part {
                series,
                length: took.as_secs_f64(),
                says: format!("{name}: {}", length(*took)),
            })
            .collect(),
    };
    let rows: Vec<Bar> = if met.len() <= BARS_MAX {
        met.iter().map(|(number, phases)| bar(format!("pair {number}"), phases)).collect()
    } else {
        met.sort_by_key(|(_, phases)| phases.iter().sum::<Duration>());
        let at = |percent: usize| (met.len() - 1) * percent / 100;
        let names = ["fastest", "faster than 75 %", "median", "slower than 75 %", "slower than 95 %", "slowest"];
        let picked = [0, 25, 50, 75, 95, 100].map(at).into_iter().zip(names);
        picked.filter_map(|(index, name)| met.get(index).map(|(_, phases)| bar(name.to_owned(), phases))).collect()
    };
    Some(bars("Time by phase", &PHASES, &rows))
}

/// The phases of a pair that met: they follow each other, and their sum is the time from joining to the open channels.
fn phases_of(pair: &PairReport) -> Option<[Duration; 4]> {
    let number = pair.events.iter().find_map(|event| event.who)?.pair;
    let trace = PairTrace::with_records(number, &pair.room, &pair.records, Arc::clone(&pair.events));
    let exchange = trace.exchange()?;
    let joined = exchange.initiator.joined?.min(exchange.recipient.joined?);
    let times = [
        exchange.offer_stored()?.at,
        exchange.answer_stored()?.at,
        exchange.initiator.answer_taken()?,
        exchange.connected_at()?,
    ];
    let mut before = joined;
    Some(times.map(|time| {
        let took = time.saturating_sub(before);
        before = before.max(time);
        took
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;
    use crate::report::model::tests::report_of;

    #[test]
    fn the_phases_of_a_pair_are_from_its_joining_to_its_open_channels() {
        let report = report_of(&good_run());
        let millis = phases_of(&report.pairs[0]).unwrap().map(|phase| phase.as_millis());
        assert_eq!(millis, [15, 25, 1_975, 25]);
    }
}
