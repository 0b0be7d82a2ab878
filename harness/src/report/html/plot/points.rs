//! Points of two values each.

use maud::{Markup, html};

use super::axes::{Axes, HEIGHT};
use super::figure::{figure, legend};
use super::scale::unit;

/// The most points of a series; of more, every n-th is drawn.
const POINTS_MAX: usize = 300;

/// The points of one series, whose second value is counted.
pub(crate) struct Cloud<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The values of each point.
    pub(crate) points: Vec<(f64, f64)>,
    /// How large a point is.
    pub(crate) radius: f64,
}

/// Draws the points.
pub(crate) fn points(title: &str, x_name: &str, y_name: &str, clouds: &[Cloud<'_>]) -> Markup {
    let all = || clouds.iter().flat_map(|cloud| cloud.points.iter().copied());
    let axes = Axes::around(all().map(|(x, _)| x), all().map(|(_, y)| y)).counting();
    let names: Vec<(usize, &str)> = (1..).zip(clouds.iter().map(|cloud| cloud.name)).collect();
    let drawing = html! {
        (axes.markup(x_name, y_name))
        @for (cloud, number) in clouds.iter().zip(1_usize..) {
            @let step = cloud.points.len().div_ceil(POINTS_MAX).max(1);
            g.mark.{ "s" (number) } {
                @for (x, y) in cloud.points.iter().step_by(step) {
                    circle cx=(unit(axes.x.at(*x))) cy=(unit(axes.y.at(*y))) r=(cloud.radius) {
                        title { (cloud.name) ": " (unit(*x)) ", " (format!("{y:.2}")) }
                    }
                }
            }
        }
    };
    let said = format!("{} points of {}", all().count(), clouds.len());
    figure(title, &said, &legend(&names), HEIGHT, &drawing)
}
