//! The result of all orders as a page.

use maud::{Markup, html};

use super::execution::ExecutionResult;
use super::exploration::{Exploration, Found};
use super::gate::Step;
use super::outcome::Outcome;
use super::schedule::{ORDER_KEY, PEERS, Schedule};
use crate::format::{counted, length, printable};
use crate::report::html::plot::{Bar, Part, bars};
use crate::report::html::{self, Failure, Headline, Page, Section};
use crate::scenario::Launchers;
use crate::trace::End;

const PROGRAM: &str = "cargo run --release -p harness -- orders";

/// The page of every order.
pub(crate) fn page(exploration: &Exploration) -> String {
    let section = |id, title: &str, body| Section { id, title: title.to_owned(), body };
    let sections = vec![
        section("outcomes", "Outcomes", outcomes(exploration)),
        section("courses", "How each happens", courses(exploration)),
    ];
    let headline = headline(exploration);
    Page { title: format!("harness orders: {}", headline.sentence), headline, sections, lanes: None }.html()
}

/// The page of one order.
pub(crate) fn execution_page(order: &Schedule, result: &ExecutionResult) -> String {
    let breaches = result.outcome.breaches();
    let [first, second] = &result.outcome.peers;
    let headline = Headline {
        outcome: html::Outcome::of(breaches.is_empty()),
        about: "one order of the requests of two peers".to_owned(),
        sentence: format!(
            "{}; the first peer {first}, the second {second}",
            counted(result.outcome.sessions, "session")
        ),
        failures: breaches.iter().map(|breach| failure(breach.to_string(), None)).collect(),
        notes: failed(&result.outcome),
        repeat: Some(format!("{PROGRAM} --order {order}")),
        facts: vec![("Order", order.to_string())],
    };
    let sections = vec![Section { id: "course", title: "What happens".to_owned(), body: course(&result.steps) }];
    Page { title: format!("harness orders: {order}"), headline, sections, lanes: None }.html()
}

fn failure(detail: String, repeat: Option<String>) -> Failure {
    Failure { what: "broken".to_owned(), detail, repeat, ..Failure::default() }
}

fn repeat(exploration: &Exploration) -> String {
    match exploration.settings.launchers {
        Launchers::OneForEachPair => format!("{PROGRAM} --one-launcher"),
        Launchers::TwoForEachPair | Launchers::TwoForAll => PROGRAM.to_owned(),
    }
}

fn headline(exploration: &Exploration) -> Headline {
    let settings = &exploration.settings;
    let broken: usize = exploration
        .outcomes
        .iter()
        .filter(|(outcome, _)| !outcome.breaches().is_empty())
        .map(|(_, found)| found.schedules)
        .sum();
    let orders = counted(exploration.schedules, "order");
    let sentence = if exploration.passed() {
        format!("At most one session in each of {orders}, no channel open at one peer alone, both peers ended in time")
    } else {
        format!("A promise is broken in {broken} of {orders}")
    };
    let failures = exploration.outcomes.iter().zip(1..).flat_map(|((outcome, found), number)| {
        outcome.breaches().into_iter().map(move |breach| Failure {
            links: vec![("what happens".to_owned(), format!("outcome-{number}"))],
            ..failure(
                format!("{breach}, in {}", counted(found.schedules, "order")),
                Some(format!("{} --order {}", repeat(exploration), found.example)),
            )
        })
    });
    let exactly = exploration.exactly_one_session();
    let one = match exactly.otherwise {
        None => "There is exactly one session in each order.".to_owned(),
        Some(otherwise) => format!(
            "There is exactly one session in {} of {}; in {otherwise}, for example, there is not.",
            exactly.schedules,
            counted(exactly.of, "order")
        ),
    };
    let launchers = match settings.launchers {
        Launchers::TwoForEachPair | Launchers::TwoForAll => "one for each peer",
        Launchers::OneForEachPair => "one for both peers",
    };
    Headline {
        outcome: html::Outcome::of(exploration.passed()),
        about: "every order of the requests of two peers that join at once".to_owned(),
        sentence,
        failures: failures.collect(),
        notes: vec![one],
        repeat: Some(repeat(exploration)),
        facts: vec![
            ("Orders", exploration.schedules.to_string()),
            ("Outcomes", exploration.outcomes.len().to_string()),
            ("Launchers", launchers.to_owned()),
            ("Poll interval", length(settings.poll_interval)),
            ("Deadline", length(settings.deadline)),
            ("Seed", settings.seed.to_string()),
        ],
    }
}

fn name(outcome: &Outcome, number: usize) -> String {
    format!("{number}: {}", counted(outcome.sessions, "session"))
}

fn outcomes(exploration: &Exploration) -> Markup {
    let bar = |((outcome, found), number): ((&Outcome, &Found), usize)| {
        let series = if outcome.breaches().is_empty() { if outcome.sessions == 1 { 2 } else { 4 } } else { 5 };
        Bar {
            label: name(outcome, number),
            value: counted(found.schedules, "order"),
            parts: vec![Part {
                series,
                length: u32::try_from(found.schedules).map_or(0.0, f64::from),
                says: format!("outcome {number}: {}", counted(found.schedules, "order")),
            }],
        }
    };
    let all: Vec<Bar> = exploration.outcomes.iter().zip(1..).map(bar).collect();
    let series = [(2, "one session"), (4, "none, as is allowed"), (5, "a promise is broken")];
    html! {
        div.plots.wide { (bars("Orders by outcome", &series, &all)) }
        div.scrolls tabindex="0" role="region" aria-label="Outcomes, as a table" {
            table {
                thead { tr {
                    th.number scope="col" { "Outcome" } th.number scope="col" { "Orders" } th.number scope="col" { "Sessions" }
                    th scope="col" { "First peer" } th scope="col" { "Second peer" }
                } }
                tbody {
                    @for ((outcome, found), number) in exploration.outcomes.iter().zip(1_usize..) {
                        tr {
                            th.number scope="row" { a href={ "#outcome-" (number) } { (number) } }
                            td.number { (found.schedules) } td.number { (outcome.sessions) }
                            td { (outcome.peers[0]) } td { (outcome.peers[1]) }
                        }
                    }
                }
            }
        }
    }
}

/// An order that leads to each outcome. Those that break a promise are open.
fn courses(exploration: &Exploration) -> Markup {
    html! {
        p.promise { (ORDER_KEY) }
        @for ((outcome, found), number) in exploration.outcomes.iter().zip(1_usize..) {
            @let breaches = outcome.breaches();
            details.run.(if breaches.is_empty() { "good" } else { "bad" }) id={ "outcome-" (number) } open[!breaches.is_empty()] {
                summary {
                    span.dot aria-hidden="true" {}
                    span.name { "Outcome " (number) }
                    span.short { (counted(found.schedules, "order")) ", for example " code { (found.example) } }
                }
                @for breach in &breaches { p.breach { code { "broken" } " " (breach) } }
                @for why in failed(outcome) { p.error { (printable(&why)) } }
                (course(&found.steps))
            }
        }
    }
}

/// Why peers failed.
fn failed(outcome: &Outcome) -> Vec<String> {
    let why = PEERS.into_iter().zip(&outcome.peers).filter_map(|(peer_index, peer)| match &peer.end {
        Some(End::Failed(reason)) => Some(format!("{peer_index} failed: {reason}")),
        _ => None,
    });
    why.collect()
}

/// The steps, each on the side of its peer.
fn course(steps: &[Step]) -> Markup {
    let side = |step: &Step| match step {
        Step::Requested { peer_index, .. } if *peer_index == PEERS[0] => "first",
        Step::Requested { .. } => "second",
        Step::TimePassed(_) => "time",
    };
    html! { ol.course { @for step in steps { li.(side(step)) { (step) } } } }
}
