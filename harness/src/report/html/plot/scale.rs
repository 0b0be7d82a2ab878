//! Where a value is on an axis, and at which round values an axis has ticks.

/// An axis from one value to a greater one, along so many units of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    step: f64,
}

impl Scale {
    /// An axis with about so many ticks whose ends are round and contain these values.
    pub(super) fn around(values: impl IntoIterator<Item = f64>, (start, end): (f64, f64), ticks: f64) -> Self {
        let values = values.into_iter().filter(|value| value.is_finite());
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
        let (least, most) = if least > most { (0.0, 1.0) } else { (least, most) };
        let length = if most > least { most - least } else { most.abs().max(1.0) };
        Self::with_step(least, most, (start, end), round_step(length / ticks))
    }

    /// The same axis for what is counted: its ticks are whole numbers.
    pub(super) fn of_whole_numbers(self) -> Self {
        Self::with_step(self.from, self.to, (self.start, self.end), self.step.max(1.0))
    }

    fn with_step(least: f64, most: f64, (start, end): (f64, f64), step: f64) -> Self {
        let from = (least / step).floor() * step;
        let to = (most / step).ceil() * step;
        let to = if to > from { to } else { from + step };
        Self { from, to, start, end, step }
    }

    /// Where a value is.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        self.start + share * (self.end - self.start)
    }

    /// The ends of the axis, as values.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.from, self.to)
    }

    /// The distance between two ticks.
    pub(super) fn step(&self) -> f64 {
        self.step
    }

    /// The values with a tick.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        let mut number = 0.0;
        while self.from + number * self.step <= self.to + self.step / 1e3 && ticks.len() < 50 {
            ticks.push(self.from + number * self.step);
            number += 1.0;
        }
        ticks
    }
}

/// The least of 1, 2 and 5 times a power of ten that is at least this.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].map(|factor| factor * power).into_iter().find(|step| *step >= least * 0.999).unwrap_or(10.0 * power)
}

/// A value as a tick shows it.
pub(super) fn label(value: f64, step: f64) -> String {
    if step >= 1.0 {
        format!("{value:.0}")
    } else if step >= 0.1 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A coordinate, to a tenth.
pub(super) fn unit(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_round_ends_and_ticks() {
        let scale = Scale::around([3.0, 1_950.0], (0.0, 100.0), 5.0);
        let labels: Vec<String> = scale.ticks().into_iter().map(|tick| label(tick, scale.step())).collect();
        assert_eq!(labels, ["0", "500", "1000", "1500", "2000"]);
        assert_eq!(unit(scale.at(500.0)), "25");
    }

    #[test]
    fn what_is_counted_has_whole_numbers_as_ticks() {
        for most in [0.0, 1.0, 2.0, 3.0, 7.0, 100.0] {
            let scale = Scale::around([0.0, most], (0.0, 100.0), 4.0).of_whole_numbers();
            let ticks = scale.ticks();
            assert!(ticks.len() >= 2 && ticks.iter().all(|tick| tick.fract() == 0.0), "{most}: {ticks:?}");
            assert!(scale.ends().1 >= most, "{most}: {ticks:?}");
        }
    }

    #[test]
    fn an_axis_of_no_value_or_of_one_has_a_length() {
        for values in [vec![], vec![0.0], vec![7.0, 7.0], vec![f64::NAN, f64::INFINITY]] {
            let (from, to) = Scale::around(values, (0.0, 100.0), 5.0).ends();
            assert!(to > from, "{from} {to}");
        }
    }
}
