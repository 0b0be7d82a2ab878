//! A bar of how much is done, for work whose steps are too many to be told one by one.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A line: what is done as a picture and in numbers, how long it took, and what else there is to say.
const TEMPLATE: &str = "[{bar:16}] {pos} of {len} {prefix} in {took}{wide_msg}";

/// How often the line is drawn anew while nothing happens, so that its seconds go on.
const REDRAW: Duration = Duration::from_millis(250);

/// A bar on stderr. It goes away when it is dropped, so that nothing of it stands between what is written later.
///
/// [`ProgressMode::bar`](super::ProgressMode::bar) makes one. It can be shared by threads.
#[derive(Debug)]
pub struct Bar(ProgressBar);

impl Bar {
    /// One that is drawn on stderr.
    pub(super) fn on_stderr(steps: usize, what: &'static str) -> Self {
        let bar = Self::on(ProgressDrawTarget::stderr(), steps, what);
        bar.0.enable_steady_tick(REDRAW);
        bar
    }

    /// One that nobody sees.
    pub(super) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    fn on(target: ProgressDrawTarget, steps: usize, what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(u64::try_from(steps).ok(), target);
        Self(bar.with_style(style()).with_prefix(what))
    }

    /// One step more is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Shows a few words behind the numbers, in place of those before.
    pub fn say(&self, words: &str) {
        self.0.set_message(format!(": {words}"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style() -> ProgressStyle {
    // The template can be read: the tests below show what it looks like.
    let style = ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar());
    let took = |state: &ProgressState, line: &mut dyn fmt::Write| {
        // What it is written to is in memory, and takes all.
        let _written = write!(line, "{} s", state.elapsed().as_secs());
    };
    style.progress_chars("=> ").with_key("took", took)
}

#[cfg(test)]
pub(super) mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    const COLUMNS: u16 = 80;

    /// A bar, and the terminal that it is drawn on.
    pub(in crate::progress) fn drawn(steps: usize, what: &'static str) -> (Bar, InMemoryTerm) {
        let terminal = InMemoryTerm::new(4, COLUMNS);
        let bar = Bar::on(ProgressDrawTarget::term_like(Box::new(terminal.clone())), steps, what);
        (bar, terminal)
    }

    /// What is on the terminal once the bar was drawn at a given age.
    pub(in crate::progress) fn seen(bar: &Bar, terminal: &InMemoryTerm, age: Duration) -> String {
        bar.0.set_elapsed(age);
        bar.0.force_draw();
        terminal.contents()
    }

    #[test]
    fn a_bar_tells_how_much_is_done_and_what_else_there_is_to_say() {
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
