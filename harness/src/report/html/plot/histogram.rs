//! How often values are in which range.

use maud::{Markup, html};

use super::axes::{Axes, HEIGHT};
use super::figure::{figure, legend};
use super::scale::{label, unit};

/// The most bars.
const BINS_MAX: f64 = 40.0;

/// A histogram.
pub(crate) struct Histogram<'a> {
    /// Its title.
    pub(crate) title: &'a str,
    /// The name of the values, with their unit.
    pub(crate) values_are: &'a str,
    /// The name of what is counted.
    pub(crate) counted: &'a str,
    /// The values.
    pub(crate) values: &'a [f64],
    /// A value that is expected, and its name.
    pub(crate) expected: Option<(f64, &'a str)>,
}

/// Draws it.
pub(crate) fn histogram(plot: &Histogram<'_>) -> Markup {
    let Histogram { title, values_are, counted, values, expected } = plot;
    let (bins, width, from) = bins(values, *expected);
    let ends = || values.iter().copied().chain(expected.map(|(value, _)| value));
    let most = bins.iter().copied().max().unwrap_or(0);
    let axes = Axes::around(ends(), [f64::from(most)]).counting();
    let bars = bins.iter().zip(0_u32..).filter(|(number, _)| **number > 0).map(|(number, index)| {
        let start = from + f64::from(index) * width;
        (*number, start, start + width)
    });
    let drawing = html! {
        (axes.markup(values_are, counted))
        @for (number, start, end) in bars {
            @let (left, right) = (axes.x.at(start), axes.x.at(end));
            @let (top, bottom) = (axes.y.at(f64::from(number)), axes.y.at(0.0));
            rect.mark.s1 x=(unit(left + 0.5)) y=(unit(top)) width=(unit((right - left - 1.0).max(1.0))) height=(unit(bottom - top)) rx="1.5" {
                title { (number) " from " (label(start, width)) " to " (label(end, width)) }
            }
        }
        @if let Some((value, name)) = expected {
            @let (x, (_, top)) = (unit(axes.x.at(*value)), axes.y.ends());
            line.expected x1=(x) x2=(x) y1=(unit(axes.y.at(0.0))) y2=(unit(axes.y.at(top))) { title { (name) ": " (label(*value, 1.0)) } }
        }
    };
    let legend = expected.map_or_else(
        || legend(&[]),
        |(_, name)| {
            html! {
                ul.legend { li { span.swatch.expected aria-hidden="true" {} (name) } }
            }
        },
    );
    let said = format!("{}, at most {most} in one range", crate::format::counted(values.len(), "value"));
    figure(title, &said, &legend, HEIGHT, &drawing)
}

/// How many values are in each range, how long a range is, and where the first begins.
fn bins(values: &[f64], expected: Option<(f64, &str)>) -> (Vec<u32>, f64, f64) {
    let most = values.iter().copied().chain(expected.map(|(value, _)| value)).fold(0.0, f64::max);
    let width = if most > 0.0 { most * 1.000_001 / BINS_MAX } else { 1.0 };
    let mut bins = vec![0_u32; 41];
    for value in values {
        // The index of a finite value between 0 and the greatest is within the bins.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number that is not negative"
        )]
        let index = (value.max(0.0) / width).floor().min(BINS_MAX) as usize;
        if let Some(bin) = bins.get_mut(index) {
            *bin += 1;
        }
    }
    (bins, width, 0.0)
}
