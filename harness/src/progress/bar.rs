//! A progress bar, for work with too many steps for one line each.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// The line of the bar: a picture, the numbers, the time that passed, and a message.
const TEMPLATE: &str = "[{bar:16}] {pos} of {len} {prefix} in {took}{wide_msg}";

/// How often the line is redrawn while nothing happens, so that its seconds are current.
const REDRAW: Duration = Duration::from_millis(250);

/// A bar on stderr, made by [`ProgressMode::bar`](super::ProgressMode::bar). It is erased when it is dropped.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar on stderr.
    pub(super) fn on_stderr(steps: usize, what: &'static str) -> Self {
        let bar = Self::on(ProgressDrawTarget::stderr(), steps, what);
        bar.0.enable_steady_tick(REDRAW);
        bar
    }

    /// A bar that is not shown.
    pub(super) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    fn on(target: ProgressDrawTarget, steps: usize, what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), target);
        Self(bar.with_style(style()).with_prefix(what))
    }

    /// Counts one step more as done.
    pub(crate) fn step(&self) {
        self.0.inc(1);
    }

    /// Shows a message after the numbers, instead of the previous one.
    pub(crate) fn say(&self, message: &str) {
        self.0.set_message(format!(": {message}"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    // The template is valid: the tests below show its line.
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    let took = |state: &ProgressState, line: &mut dyn fmt::Write| {
        // The line is in memory, where a write cannot fail.
        let _written = write!(line, "{} s", state.elapsed().as_secs());
    };
    style.progress_chars("=> ").with_key("took", took)
}

#[cfg(test)]
pub(super) mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    const COLUMNS: u16 = 80;

    /// A bar, and the terminal on which it is drawn.
    pub(in crate::progress) fn drawn(steps: usize, what: &'static str) -> (Bar, InMemoryTerm) {
        let terminal = InMemoryTerm::new(4, COLUMNS);
        let bar = Bar::on(ProgressDrawTarget::term_like(Box::new(terminal.clone())), steps, what);
        (bar, terminal)
    }

    /// The contents of the terminal after the bar was drawn at a given age.
    pub(in crate::progress) fn seen(bar: &Bar, terminal: &InMemoryTerm, age: Duration) -> String {
        bar.0.set_elapsed(age);
        bar.0.force_draw();
        terminal.contents()
    }

    #[test]
    fn a_bar_shows_how_much_is_done_and_a_message() {
        let (bar, terminal) = drawn(37, "scenarios");
        let mut lines = vec![seen(&bar, &terminal, Duration::ZERO)];
        for _ in 0..12 {
            bar.step();
        }
        bar.say("lossy");
        lines.push(seen(&bar, &terminal, Duration::from_secs(75)));
        for _ in 12..37 {
            bar.step();
        }
        bar.say(&"a name that is longer than the line, ".repeat(3));
        lines.push(seen(&bar, &terminal, Duration::from_hours(1)));
        assert!(lines.iter().all(|line| line.chars().count() <= usize::from(COLUMNS)), "{lines:?}");
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_bar_that_is_dropped_leaves_nothing_on_the_terminal() {
        let (bar, terminal) = drawn(3, "pairs ended");
        assert_ne!(seen(&bar, &terminal, Duration::ZERO), "");
        drop(bar);
        assert_eq!(terminal.contents(), "");
    }
}
