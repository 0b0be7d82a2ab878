//! A plot with its title.

use maud::{Markup, html};

/// The width of a drawing. It is about that of a phone, so that its text has its size there.
pub(super) const WIDTH: f64 = 460.0;

/// A figure. `said` is the drawing in words, for screen readers.
pub(super) fn figure(title: &str, said: &str, legend: &Markup, height: f64, drawing: &Markup) -> Markup {
    html! {
        figure.plot {
            figcaption { (title) }
            (legend)
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label={ (title) ": " (said) } { (drawing) }
        }
    }
}

/// What the colours mean: the class of each series, and its name.
pub(super) fn legend(series: &[(usize, &str)]) -> Markup {
    html! {
        @if !series.is_empty() {
            ul.legend { @for (number, name) in series { li { span.swatch.{ "s" (number) } aria-hidden="true" {} (name) } } }
        }
    }
}
