//! Bars of parts, one below the other, each with a label before it and a number behind it.

use maud::{Markup, html};

use super::figure::{WIDTH, figure, legend};
use super::scale::unit;

const ROW: f64 = 22.0;
const THICK: f64 = 14.0;

/// The length of a character of a label, about.
const CHARACTER: f64 = 6.4;

/// A bar.
pub(crate) struct Bar {
    /// The label before it.
    pub(crate) label: String,
    /// What is written behind it.
    pub(crate) value: String,
    /// Its parts, from left to right.
    pub(crate) parts: Vec<Part>,
}

/// A part of a bar.
pub(crate) struct Part {
    /// The number of its series, which decides its colour.
    pub(crate) series: usize,
    /// How long it is.
    pub(crate) length: f64,
    /// What it says when a pointer is over it.
    pub(crate) says: String,
}

/// Draws the bars.
pub(crate) fn bars(title: &str, series: &[(usize, &str)], bars: &[Bar]) -> Markup {
    let total = |bar: &Bar| bar.parts.iter().map(|part| part.length.max(0.0)).sum::<f64>();
    let most = bars.iter().map(total).fold(0.0, f64::max);
    let length = |texts: &mut dyn Iterator<Item = &String>| {
        let characters = texts.map(|text| text.chars().count()).max().unwrap_or(0);
        u32::try_from(characters).map_or(0.0, f64::from) * CHARACTER
    };
    let left = (length(&mut bars.iter().map(|bar| &bar.label)) + 10.0).min(WIDTH * 0.72);
    let right = length(&mut bars.iter().map(|bar| &bar.value)) + 10.0;
    let scale = if most > 0.0 { (WIDTH - left - right).max(20.0) / most } else { 0.0 };
    let drawing = html! {
        @for (bar, row) in bars.iter().zip(0_u32..) {
            @let top = f64::from(row) * ROW + 4.0;
            text.label.end x=(unit(left - 8.0)) y=(unit(top + 11.0)) { (bar.label) }
            @let (parts, end) = placed(bar, left, scale);
            @for (part, x, width) in parts {
                rect.mark.{ "s" (part.series) } x=(unit(x)) y=(unit(top)) width=(unit(width)) height=(THICK) {
                    title { (part.says) }
                }
            }
            text.value x=(unit(end + 6.0)) y=(unit(top + 11.0)) { (bar.value) }
        }
    };
    let height = u32::try_from(bars.len()).map_or(0.0, f64::from) * ROW + 6.0;
    let said: Vec<String> = bars.iter().map(|bar| format!("{} {}", bar.label, bar.value)).collect();
    figure(title, &said.join(", "), &legend(series), height, &drawing)
}

/// The parts with their places, and where the bar ends. What is there at all is seen.
fn placed(bar: &Bar, left: f64, scale: f64) -> (Vec<(&Part, f64, f64)>, f64) {
    let mut x = left;
    let mut parts = Vec::new();
    for part in bar.parts.iter().filter(|part| part.length > 0.0) {
        let width = (part.length * scale).max(1.5);
        parts.push((part, x, width));
        x += width;
    }
    (parts, x)
}
