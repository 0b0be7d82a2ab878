//! The report of a soak: the worlds that failed, and the coverage.

use std::time::Duration;

use super::coverage::Judged;
use super::soak::{Failure, Soak};
use crate::format::{counted, short_length};
use crate::report::pretty;
use crate::screen::{Look, Page, Span, Tone};

/// The most failed worlds that are listed; the others are counted.
pub const FAILURES_SHOWN_MAX: usize = 10;

/// A soak as text, with a newline at the end.
pub fn soak_text(soak: &Soak) -> String {
    soak_text_as(soak, Look::plain())
}

/// A soak as text that looks so, with a newline at the end.
pub(crate) fn soak_text_as(soak: &Soak, look: Look) -> String {
    let time = |seconds: f64| short_length(Duration::from_secs_f64(seconds));
    let mut page = Page::new(look);
    page.sentence([format!(
        "Soak of seeds {}..{}: {} with {}, {} of virtual time in {}",
        soak.from,
        soak.to,
        number_of(soak.worlds, "world"),
        number_of(soak.pairs, "pair"),
        time(soak.virtual_s),
        time(soak.wall_s)
    )
    .into()]);
    page.gap();
    for failure in soak.failures.iter().take(FAILURES_SHOWN_MAX) {
        show(&mut page, failure);
    }
    page.gap();
    page.table(Some(&["check", "passed", "failed", "not checked"]), &checks(soak));
    page.gap();
    page.table(Some(&["coverage point", "worlds"]), &points(soak));
    page.gap();
    page.sentence(verdict(soak));
    page.finish()
}

/// A soak as JSON, in one object over several lines, with a newline at the end.
pub fn soak_json(soak: &Soak) -> String {
    pretty(soak)
}

fn show(page: &mut Page, failure: &Failure) {
    page.sentence([Span::new(Tone::Bad, "FAILED"), format!(" world {}", failure.seed).into()]);
    for check in &failure.checks {
        page.item(["  ".into()], [check.as_str().into()]);
    }
    page.verbatim("  To repeat: ", &failure.repeat);
}

fn checks(soak: &Soak) -> Vec<[Span; 4]> {
    let row = |(name, judged): (&&str, &Judged)| {
        let tone = if judged.failed > 0 { Tone::Bad } else { Tone::Plain };
        let failed = Span::new(tone, &judged.failed.to_string());
        [(*name).into(), judged.passed.to_string().into(), failed, judged.not_checked.to_string().into()]
    };
    soak.coverage.checks.iter().map(row).collect()
}

fn points(soak: &Soak) -> Vec<[Span; 2]> {
    let row = |(name, worlds): (&&str, &u64)| {
        let reached = worlds.to_string().into();
        [(*name).into(), if *worlds == 0 { Span::new(Tone::Warning, "never") } else { reached }]
    };
    soak.coverage.points.iter().map(row).collect()
}

/// The verdict in a word, and the sums.
fn verdict(soak: &Soak) -> [Span; 2] {
    let word = if soak.passed() { Span::new(Tone::Good, "PASSED") } else { Span::new(Tone::Bad, "FAILED") };
    [word, format!(": {}", sums(soak)).into()]
}

pub(crate) fn sums(soak: &Soak) -> String {
    let points = soak.coverage.points.len();
    let reached = points - soak.coverage.never_reached().count();
    let failed = soak.failed;
    let hidden = failed.saturating_sub(FAILURES_SHOWN_MAX as u64);
    let hidden = if hidden > 0 { format!(" ({hidden} of them not shown)") } else { String::new() };
    let worlds = number_of(soak.worlds, "world");
    format!("{worlds}, {failed} failed{hidden}; {reached} of {} reached", counted(points, "coverage point"))
}

fn number_of(number: impl TryInto<usize>, noun: &str) -> String {
    counted(number.try_into().unwrap_or(usize::MAX), noun)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::soak::Coverage;

    pub(in crate::soak) fn a_soak() -> Soak {
        let mut coverage = Coverage::default();
        *coverage.points.entry("two met").or_default() = 3;
        let failure =
            Failure { seed: 7, checks: vec!["ends: too late".to_owned()], repeat: "harness world --seed 7".to_owned() };
        Soak {
            from: 0,
            to: 4,
            worlds: 4,
            pairs: 9,
            virtual_s: 81.25,
            wall_s: 0.5,
            failed: 1,
            failures: vec![failure],
            coverage,
        }
    }

    #[test]
    fn the_text_of_a_soak_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(soak_text(&a_soak()));
    }

    #[test]
    fn a_number_has_the_form_of_its_noun() {
        let one = Soak { to: 1, worlds: 1, pairs: 1, failed: 0, failures: Vec::new(), ..a_soak() };
        assert_eq!(crate::format::wrong_plurals(&soak_text(&one)), [""; 0]);
    }
}
