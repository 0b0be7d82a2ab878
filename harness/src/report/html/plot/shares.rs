//! The share of values that are at most each value: an empirical distribution function.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::axes::{Axes, HEIGHT};
use super::figure::{figure, legend};
use super::scale::unit;

/// The most points of a curve; of more values, every n-th has one.
const POINTS_MAX: usize = 400;

/// The values of one series.
pub(crate) struct Curve<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its values.
    pub(crate) values: Vec<f64>,
}

/// Draws the curves.
pub(crate) fn shares(title: &str, values_are: &str, curves: &[Curve<'_>]) -> Markup {
    let axes = Axes::around(curves.iter().flat_map(|curve| curve.values.iter().copied()), [100.0]);
    let names: Vec<(usize, &str)> = (1..).zip(curves.iter().map(|curve| curve.name)).collect();
    let drawing = html! {
        (axes.markup(values_are, "share of pairs, %"))
        @for (curve, number) in curves.iter().zip(1_usize..) {
            path.curve.{ "s" (number) } d=(path(&curve.values, &axes)) { title { (curve.name) } }
        }
    };
    let said: Vec<String> = curves.iter().map(said).collect();
    figure(title, &said.join("; "), &legend(&names), HEIGHT, &drawing)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

fn said(curve: &Curve<'_>) -> String {
    let sorted = sorted(&curve.values);
    match sorted.get(sorted.len() / 2) {
        Some(median) => format!("{}: half of {} pairs within {median:.0}", curve.name, sorted.len()),
        None => format!("{}: no values", curve.name),
    }
}

/// A step up at each value.
fn path(values: &[f64], axes: &Axes) -> String {
    let sorted = sorted(values);
    let step = sorted.len().div_ceil(POINTS_MAX).max(1);
    let share = |index: usize| {
        let number = |count: usize| u32::try_from(count).map_or(0.0, f64::from);
        100.0 * number(index + 1) / number(sorted.len()).max(1.0)
    };
    let mut path = format!("M{} {}", unit(axes.x.at(0.0)), unit(axes.y.at(0.0)));
    let last = sorted.len().saturating_sub(1);
    for (index, value) in sorted.iter().enumerate().filter(|(index, _)| index % step == 0 || *index == last) {
        // Writing to a String cannot fail.
        _ = write!(path, "H{}V{}", unit(axes.x.at(*value)), unit(axes.y.at(share(index))));
    }
    let (_, end) = axes.x.ends();
    _ = write!(path, "H{}", unit(axes.x.at(end)));
    path
}
