//! The costs of poll schedules as a page.

use maud::{Markup, html};

use super::costs::{PollingCosts, ScheduleCosts, WITHIN};
use crate::format::{counted, length};
use crate::report::html::plot::{Bar, Cloud, Part, bars, points};
use crate::report::html::{Failure, Headline, Outcome, Page, Section};
use crate::scenario::{DEFAULT_POLL_INTERVAL, rule_text};

/// The page.
pub(crate) fn polling_costs_page(costs: &PollingCosts) -> String {
    let headline = headline(costs);
    let mut sections = Vec::new();
    if !costs.costs.is_empty() {
        let section = |id, title: &str, body| Section { id, title: title.to_owned(), body };
        sections.push(section("waiting", "Polls against waiting time", waiting(costs)));
        sections.push(section("delay", "What fewer requests cost", delay(costs)));
        sections.push(section("schedules", "Every schedule", table(costs)));
    }
    Page { title: "harness polling-costs".to_owned(), headline, sections, lanes: None }.html()
}

fn headline(costs: &PollingCosts) -> Headline {
    let failures = costs.failed.iter().flat_map(|report| {
        report.failed().map(|check| Failure {
            what: check.name.clone(),
            detail: format!("{} polls: {}", report.schedule, check.detail),
            expected: Some(check.promise.clone()),
            repeat: Some(report.repeat.clone()),
            ..Failure::default()
        })
    });
    let cheapest = costs.costs.iter().min_by(|a, b| a.requests_per_minute.total_cmp(&b.requests_per_minute));
    let sentence = match (costs.passed(), cheapest) {
        (false, _) => "A check failed, so the costs are not valid".to_owned(),
        (true, Some(cheapest)) => format!(
            "The schedule {} sends the fewest requests, {:.0} a minute, and finds an answer after {:.1} s in the mean",
            cheapest.schedule,
            cheapest.requests_per_minute,
            cheapest.mean_delay.as_secs_f64()
        ),
        (true, None) => "No pair found an answer".to_owned(),
    };
    Headline {
        outcome: if costs.passed() { Outcome::Measured } else { Outcome::Failed },
        about: "what each poll schedule costs".to_owned(),
        sentence,
        failures: failures.collect(),
        notes: Vec::new(),
        repeat: Some(format!(
            "cargo run --release -p harness -- polling-costs --seed {} --pairs {}",
            costs.seed, costs.pairs
        )),
        facts: vec![
            ("Pairs", format!("{} with each schedule", costs.pairs)),
            ("Clock", "virtual".to_owned()),
            ("Seed", costs.seed.to_string()),
            ("Poll interval", length(DEFAULT_POLL_INTERVAL)),
        ],
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(0.0, f64::from)
}

/// For each time within which recipients join: how many polls each pair made.
fn waiting(costs: &PollingCosts) -> Markup {
    let plot = |within| {
        let of_it: Vec<&ScheduleCosts> = costs.costs.iter().filter(|cost| cost.within == within).collect();
        let names: Vec<String> = of_it.iter().map(|cost| cost.schedule.to_string()).collect();
        let clouds: Vec<Cloud<'_>> = of_it
            .iter()
            .zip(&names)
            .map(|(cost, name)| Cloud {
                name,
                points: cost.pairs.iter().map(|pair| (pair.waited.as_secs_f64(), count(pair.polls))).collect(),
                radius: 2.5,
            })
            .collect();
        points(&format!("Recipients join within {}", length(within)), "s until the answer was stored", "polls", &clouds)
    };
    html! { div.plots { @for within in WITHIN { (plot(within)) } } }
}

/// The mean delay of each schedule, and that of 95 of 100 pairs.
fn delay(costs: &PollingCosts) -> Markup {
    let plot = |within| {
        let of_it = costs.costs.iter().filter(|cost| cost.within == within);
        let bar = |cost: &ScheduleCosts| {
            let (mean, of_95) = (cost.mean_delay.as_secs_f64(), cost.delay_of_95.as_secs_f64());
            let part = |series, length, says| Part { series, length, says };
            Bar {
                label: cost.schedule.to_string(),
                value: format!("{mean:.2} s, {of_95:.2} s; {:.0}/min", cost.requests_per_minute),
                parts: vec![
                    part(1, mean, format!("mean delay {mean:.2} s")),
                    part(2, of_95 - mean, format!("95 of 100 within {of_95:.2} s")),
                ],
            }
        };
        let title = format!("Answer stored until found; requests a minute ({})", length(within));
        bars(&title, &[(1, "mean"), (2, "95 of 100 pairs")], &of_it.map(bar).collect::<Vec<_>>())
    };
    html! { div.plots { @for within in WITHIN { (plot(within)) } } }
}

/// On a phone each row is a card, in which a cell is named by its column.
fn table(costs: &PollingCosts) -> Markup {
    const COLUMNS: [&str; 7] = [
        "Recipients join within",
        "Schedule",
        "Numbers",
        "Requests a minute",
        "Polls",
        "Mean delay",
        "95 of 100 within",
    ];
    let [within, schedule, numbers, requests, polls, mean, of_95] = COLUMNS;
    html! {
        div.scrolls tabindex="0" role="region" aria-label="Every schedule, as a table" {
            table.cards {
                thead { tr {
                    @for name in [within, schedule, numbers] { th scope="col" { (name) } }
                    @for name in [requests, polls, mean, of_95] { th.number scope="col" { (name) } }
                } }
                tbody {
                    @for cost in &costs.costs {
                        tr {
                            td data-name=(within) { (length(cost.within)) }
                            th scope="row" data-name=(schedule) { code { (cost.schedule) } }
                            td data-name=(numbers) { (rule_text(cost.schedule.rule())) }
                            td.number data-name=(requests) { (format!("{:.1}", cost.requests_per_minute)) }
                            td.number data-name=(polls) { (format!("{:.1}", cost.polls)) }
                            td.number data-name=(mean) { (format!("{:.2} s", cost.mean_delay.as_secs_f64())) }
                            td.number data-name=(of_95) { (format!("{:.2} s", cost.delay_of_95.as_secs_f64())) }
                        }
                    }
                }
            }
        }
        p.note { "Each row is " (counted(costs.pairs, "pair")) " in virtual time." }
    }
}
