//! Plots as SVG that needs no script: a [`histogram`], the share of values up to each value ([`shares`]), [`bars`], and [`points`]. Colours
//! are classes, so that a plot is as light or dark as its page; each mark has its value as a title.

mod axes;
mod bars;
mod figure;
mod histogram;
mod points;
mod scale;
mod shares;

pub(crate) use bars::{Bar, Part, bars};
pub(crate) use histogram::{Histogram, histogram};
pub(crate) use points::{Cloud, points};
pub(crate) use shares::{Curve, shares};

#[cfg(test)]
mod tests;
