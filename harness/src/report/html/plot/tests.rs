//! What the plots look like, as snapshots.

use super::*;

fn in_lines(plot: &maud::Markup) -> String {
    plot.0.replace("><", ">\n<")
}

#[test]
fn a_histogram_stays_as_it_was_reviewed() {
    let values = [10.0, 1_990.0, 1_995.0, 2_000.0];
    let plot = Histogram {
        title: "a",
        values_are: "ms",
        counted: "polls",
        values: &values,
        expected: Some((2_000.0, "asked for")),
    };
    insta::assert_snapshot!(in_lines(&histogram(&plot)));
}

#[test]
fn shares_stay_as_they_were_reviewed() {
    let curves = [Curve { name: "found", values: vec![30.0, 10.0, 20.0] }, Curve { name: "best", values: vec![5.0] }];
    insta::assert_snapshot!(in_lines(&shares("a", "ms", &curves)));
}

#[test]
fn bars_stay_as_they_were_reviewed() {
    let part = |series, length| Part { series, length, says: format!("part {series}") };
    let all = [
        Bar { label: "first".to_owned(), value: "3".to_owned(), parts: vec![part(1, 2.0), part(2, 1.0)] },
        Bar { label: "none".to_owned(), value: "never".to_owned(), parts: vec![part(1, 0.0)] },
    ];
    insta::assert_snapshot!(in_lines(&bars("a", &[(1, "one"), (2, "two")], &all)));
}

#[test]
fn points_stay_as_they_were_reviewed() {
    let clouds = [Cloud { name: "fixed", points: vec![(1.0, 2.0), (3.5, 4.0)], radius: 2.0 }];
    insta::assert_snapshot!(in_lines(&points("a", "s", "polls", &clouds)));
}

#[test]
fn plots_without_values_are_drawn() {
    let empty = Histogram { title: "a", values_are: "ms", counted: "polls", values: &[], expected: None };
    for plot in [histogram(&empty), shares("a", "ms", &[]), bars("a", &[], &[]), points("a", "s", "polls", &[])] {
        assert!(plot.0.contains("<figure") && !plot.0.contains("NaN") && !plot.0.contains("inf"), "{}", plot.0);
    }
}
