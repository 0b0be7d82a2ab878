//! The report of a soak: the worlds that failed, and the coverage.

use std::time::Duration;

use super::coverage::Judged;
use super::soak::{Failure, Soak};
use crate::format::{counted, length, printable};
use crate::report::{columns, pretty};

/// The most failed worlds that are listed; the others are counted.
pub const FAILURES_SHOWN_MAX: usize = 10;

/// A soak as text, with a newline at the end.
pub fn soak_text(soak: &Soak) -> String {
    let time = |seconds: f64| length(Duration::from_secs_f64(seconds));
    let mut text = format!(
        "Soak of seeds {}..{}: {} worlds with {} pairs, {} of virtual time in {}\n\n",
        soak.from,
        soak.to,
        soak.worlds,
        soak.pairs,
        time(soak.virtual_s),
        time(soak.wall_s)
    );
    text.push_str(&columns(&checks(soak)));
    text.push('\n');
    text.push_str(&columns(&points(soak)));
    text.push('\n');
    let failures = soak.failures.iter().take(FAILURES_SHOWN_MAX).map(failure);
    text.extend(failures);
    printable(&(text + &verdict(soak)))
}

/// A soak as JSON, in one object over several lines, with a newline at the end.
pub fn soak_json(soak: &Soak) -> String {
    pretty(soak)
}

fn failure(failure: &Failure) -> String {
    format!("FAILED world {}\n  {}\n  To repeat: {}\n", failure.seed, failure.checks.join("\n  "), failure.repeat)
}

fn checks(soak: &Soak) -> Vec<[String; 4]> {
    let head = ["check", "passed", "failed", "not checked"].map(ToOwned::to_owned);
    let row = |(name, judged): (&&str, &Judged)| {
        [(*name).to_owned(), judged.passed.to_string(), judged.failed.to_string(), judged.not_checked.to_string()]
    };
    std::iter::once(head).chain(soak.coverage.checks.iter().map(row)).collect()
}

fn points(soak: &Soak) -> Vec<[String; 2]> {
    let head = ["coverage point".to_owned(), "worlds".to_owned()];
    let row = |(name, worlds): (&&str, &u64)| {
        [(*name).to_owned(), if *worlds == 0 { "NEVER".to_owned() } else { worlds.to_string() }]
    };
    std::iter::once(head).chain(soak.coverage.points.iter().map(row)).collect()
}

fn verdict(soak: &Soak) -> String {
    let points = soak.coverage.points.len();
    let reached = points - soak.coverage.never_reached().count();
    let word = if soak.passed() { "PASSED" } else { "FAILED" };
    let failed = soak.failed;
    let hidden = failed.saturating_sub(FAILURES_SHOWN_MAX as u64);
    let hidden = if hidden > 0 { format!(" ({hidden} of them not shown)") } else { String::new() };
    let worlds = counted(usize::try_from(soak.worlds).unwrap_or(usize::MAX), "world");
    format!("{word}: {worlds}, {failed} failed{hidden}; {reached} of {} reached\n", counted(points, "coverage point"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::Coverage;

    #[test]
    fn the_text_of_a_soak_stays_as_it_was_reviewed() {
        let mut coverage = Coverage::default();
        *coverage.points.entry("two met").or_default() = 3;
        let failure =
            Failure { seed: 7, checks: vec!["ends: too late".to_owned()], repeat: "harness world --seed 7".to_owned() };
        let soak = Soak {
            from: 0,
            to: 4,
            worlds: 4,
            pairs: 9,
            virtual_s: 81.25,
            wall_s: 0.5,
            failed: 1,
            failures: vec![failure],
            coverage,
        };
        insta::assert_snapshot!(soak_text(&soak));
    }
}
