//! Medians, and how a figure is shown.

use std::time::Duration;

/// One line of the output.
pub struct Figure {
    /// The name of the measurement.
    pub what: String,
    /// The measured value.
    pub value: String,
    /// The goal, if there is one.
    pub aim: &'static str,
}

impl Figure {
    /// A line.
    pub fn new(what: impl Into<String>, value: impl Into<String>, aim: &'static str) -> Self {
        Self { what: what.into(), value: value.into(), aim }
    }
}

/// The median.
pub fn median<T: PartialOrd + Copy>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values[values.len() / 2]
}

/// Time per repetition, in seconds.
pub fn each(total: Duration, repetitions: usize) -> f64 {
    total.as_secs_f64() / f64::from(u32::try_from(repetitions).unwrap())
}

/// Milliseconds, with the significant digits.
pub fn milliseconds(seconds: f64) -> String {
    format!("{:.3} ms", seconds * 1e3)
}
