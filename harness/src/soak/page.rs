//! A soak as a page.

use std::time::Duration;

use maud::{Markup, html};

use super::coverage::Judged;
use super::soak::{Failure, Soak};
use crate::format::{counted, short_length};
use crate::report::html::plot::{Bar, Part, bars};
use crate::report::html::{self, Headline, Outcome, Page, Section};

/// The most failed worlds that the page lists; the others are counted.
const FAILURES_SHOWN_MAX: usize = 100;

/// The page.
pub(crate) fn soak_page(soak: &Soak) -> String {
    let section = |id, title: &str, body| Section { id, title: title.to_owned(), body };
    let sections = vec![
        section("coverage", "Coverage", coverage(soak)),
        section("checks", "Checks", checks(soak)),
        section("numbers", "Numbers", numbers(soak)),
    ];
    let headline = headline(soak);
    Page { title: format!("harness soak: {}", headline.sentence), headline, sections, lanes: None }.html()
}

fn worlds(number: u64) -> String {
    counted(usize::try_from(number).unwrap_or(usize::MAX), "world")
}

fn headline(soak: &Soak) -> Headline {
    let failure = |failure: &Failure| html::Failure {
        what: format!("world {}", failure.seed),
        detail: failure.checks.join("; "),
        repeat: Some(failure.repeat.clone()),
        ..html::Failure::default()
    };
    let shown = soak.failures.len().min(FAILURES_SHOWN_MAX);
    let hidden = soak.failed.saturating_sub(u64::try_from(shown).unwrap_or(u64::MAX));
    let (reached, points) = reached(soak);
    let sentence = match soak.failed {
        0 => format!("{} passed, and reached {reached} of {}", worlds(soak.worlds), counted(points, "coverage point")),
        failed => format!("{failed} of {} failed", worlds(soak.worlds)),
    };
    let time = |seconds: f64| short_length(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    Headline {
        outcome: Outcome::of(soak.passed()),
        about: format!("soak of seeds {}..{}", soak.from, soak.to),
        sentence,
        failures: soak.failures.iter().take(FAILURES_SHOWN_MAX).map(failure).collect(),
        notes: (hidden > 0).then(|| format!("{} more failed.", worlds(hidden))).into_iter().collect(),
        repeat: soak
            .passed()
            .then(|| format!("cargo run --release -p harness -- soak --seeds {}..{}", soak.from, soak.to)),
        facts: vec![
            ("Worlds", soak.worlds.to_string()),
            ("Pairs", soak.pairs.to_string()),
            ("Virtual time", time(soak.virtual_s)),
            ("Took", time(soak.wall_s)),
        ],
    }
}

/// How many coverage points were reached, and how many there are.
fn reached(soak: &Soak) -> (usize, usize) {
    let points = soak.coverage.points.len();
    (points - soak.coverage.never_reached().count(), points)
}

fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

/// In how many worlds each coverage point was reached: first those that were not.
fn coverage(soak: &Soak) -> Markup {
    let mut points: Vec<(&str, u64)> = soak.coverage.points.iter().map(|(name, worlds)| (*name, *worlds)).collect();
    points.sort_by_key(|(name, worlds)| (*worlds > 0, std::cmp::Reverse(*worlds), *name));
    let bar = |(name, reached): &(&str, u64)| Bar {
        label: (*name).to_owned(),
        value: if *reached == 0 { "never".to_owned() } else { reached.to_string() },
        parts: vec![Part { series: 1, length: number(*reached), says: format!("{name}: {}", worlds(*reached)) }],
    };
    let words = "A tombstone is what remains of a deleted record: its name, its owner and its next version. Glare: both peers store an \
                 offer in the same room at the same time.";
    let never: Vec<&str> = soak.coverage.never_reached().collect();
    html! {
        @if !never.is_empty() {
            div.check.warn {
                p { span.mark { "never reached" } " " (counted(never.len(), "coverage point")) }
                p.detail { (never.join("; ")) }
                p.promise { "Nothing was tested about them. More seeds may reach them." }
            }
        }
        p.promise { (words) }
        div.plots.wide { (bars("Worlds that reached a coverage point", &[], &points.iter().map(bar).collect::<Vec<_>>())) }
    }
}

/// How often each check had each verdict.
fn checks(soak: &Soak) -> Markup {
    const SERIES: [(usize, &str); 3] = [(2, "passed"), (5, "failed"), (6, "not checked")];
    let bar = |(name, judged): (&&str, &Judged)| {
        let counts = [judged.passed, judged.failed, judged.not_checked];
        let parts = counts.into_iter().zip(SERIES).map(|(count, (series, word))| Part {
            series,
            length: number(count),
            says: format!("{name}: {count} {word}"),
        });
        Bar { label: (*name).to_owned(), value: verdicts(judged), parts: parts.collect() }
    };
    let all: Vec<Bar> = soak.coverage.checks.iter().map(bar).collect();
    html! {
        div.plots.wide { (bars("Verdicts of each check", &SERIES, &all)) }
        p.promise {
            "A check is not checked in a world in which nothing happened that it could judge, such as a meeting, and where the system \
             does not count what it needs. It does not apply where no peer is of the kind that it judges."
        }
    }
}

/// The verdicts of a check in all worlds.
fn verdicts(judged: &Judged) -> String {
    match (judged.passed, judged.failed, judged.not_checked) {
        (0, 0, 0) => "does not apply".to_owned(),
        (0, 0, _) => "not checked".to_owned(),
        (passed, 0, _) => passed.to_string(),
        (passed, failed, _) => format!("{passed}, {failed} failed"),
    }
}

/// The numbers of both plots, as tables.
fn numbers(soak: &Soak) -> Markup {
    html! {
        details {
            summary { "Both plots as tables" }
            div.scrolls tabindex="0" role="region" aria-label="Coverage points, as a table" {
                table {
                    thead { tr { th scope="col" { "Coverage point" } th.number scope="col" { "Worlds" } } }
                    tbody {
                        @for (name, worlds) in &soak.coverage.points {
                            tr { th scope="row" { (name) } td.number { (worlds) } }
                        }
                    }
                }
            }
            div.scrolls tabindex="0" role="region" aria-label="Checks, as a table" {
                table {
                    thead { tr {
                        th scope="col" { "Check" }
                        @for word in ["Passed", "Failed", "Not checked"] { th.number scope="col" { (word) } }
                    } }
                    tbody {
                        @for (name, judged) in &soak.coverage.checks {
                            tr {
                                th scope="row" { code { (name) } }
                                @for count in [judged.passed, judged.failed, judged.not_checked] { td.number { (count) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
