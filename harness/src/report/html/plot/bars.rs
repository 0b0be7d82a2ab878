//! Bars of parts, one below the other, each with a label before it and a number behind it. Labels are sentences, so they are text of the
//! page, which breaks lines.

use maud::{Markup, html};

use super::figure::legend;
use super::scale::unit;

/// How many units of its drawing the longest bar has.
const LENGTH: f64 = 1_000.0;

/// How much of the room behind the labels the longest bar takes; the rest is for the numbers.
const SHARE: f64 = 62.0;

/// Labels and numbers longer than this need the whole width of a phone, so labels stand above their bars there.
const SHORT_CHARACTERS_MAX: usize = 18;

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
    let most = bars.iter().map(total).fold(0.0, f64::max);
    let is_long = |text: &String| text.chars().count() > SHORT_CHARACTERS_MAX;
    let is_long = bars.iter().any(|bar| is_long(&bar.label) || is_long(&bar.value));
    html! {
        figure.plot {
            figcaption { (title) }
            (legend(series))
            ol.bars.long[is_long] {
                @for bar in bars {
                    li {
                        span.label { (bar.label) }
                        span.bar { (drawing(bar, most)) span.value { (bar.value) } }
                    }
                }
            }
        }
    }
}

fn total(bar: &Bar) -> f64 {
    bar.parts.iter().map(|part| part.length.max(0.0)).sum()
}

/// A bar is as wide as its share of the longest. What is there at all is seen.
fn drawing(bar: &Bar, most: f64) -> Markup {
    let total = total(bar);
    if most <= 0.0 || total <= 0.0 {
        return html! {};
    }
    let mut x = 0.0;
    let mut parts = Vec::new();
    for part in bar.parts.iter().filter(|part| part.length > 0.0) {
        let width = part.length / total * LENGTH;
        parts.push((part, x, width));
        x += width;
    }
    let share = (total / most * SHARE).max(0.6);
    html! {
        svg style={ "width:" (unit(share)) "%" } viewBox={ "0 0 " (LENGTH) " 14" } preserveAspectRatio="none" aria-hidden="true" {
            @for (part, x, width) in parts {
                rect.mark.{ "s" (part.series) } x=(unit(x)) y="0" width=(unit(width)) height="14" { title { (part.says) } }
            }
        }
    }
}
