//! The axes of a plot.

use maud::{Markup, html};

use super::figure::WIDTH;
use super::scale::{Scale, label, unit};

/// The height of a plot with two axes.
pub(super) const HEIGHT: f64 = 250.0;

const LEFT: f64 = 44.0;
const RIGHT: f64 = WIDTH - 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = HEIGHT - 40.0;

/// Both axes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axes {
    pub(super) x: Scale,
    pub(super) y: Scale,
}

impl Axes {
    /// Axes that contain these values; both begin at 0 or below.
    pub(super) fn around(xs: impl IntoIterator<Item = f64>, ys: impl IntoIterator<Item = f64>) -> Self {
        Self {
            x: Scale::around(xs.into_iter().chain([0.0]), (LEFT, RIGHT), 5.0),
            y: Scale::around(ys.into_iter().chain([0.0]), (BOTTOM, TOP), 4.0),
        }
    }

    /// The same axes where the y axis counts something.
    pub(super) fn counting(self) -> Self {
        Self { y: self.y.of_whole_numbers(), ..self }
    }

    /// The lines, ticks and names.
    pub(super) fn markup(&self, x_name: &str, y_name: &str) -> Markup {
        let Self { x, y } = self;
        html! {
            @for tick in y.ticks() {
                line.grid x1=(LEFT) x2=(RIGHT) y1=(unit(y.at(tick))) y2=(unit(y.at(tick))) {}
                text.tick.end x=(LEFT - 7.0) y=(unit(y.at(tick) + 4.0)) { (label(tick, y.step())) }
            }
            @for tick in x.ticks() {
                line.grid x1=(unit(x.at(tick))) x2=(unit(x.at(tick))) y1=(BOTTOM) y2=(BOTTOM + 4.0) {}
                text.tick.middle x=(unit(x.at(tick))) y=(BOTTOM + 17.0) { (label(tick, x.step())) }
            }
            line.axis x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
            text.name.middle x=(f64::midpoint(LEFT, RIGHT)) y=(HEIGHT - 6.0) { (x_name) }
            text.name.middle transform={ "translate(11 " (unit(f64::midpoint(TOP, BOTTOM))) ") rotate(-90)" } { (y_name) }
        }
    }
}
