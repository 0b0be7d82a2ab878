//! The result of all orders, for people: a table of the outcomes, an order that leads to each, and last the verdict.

use super::execution::ExecutionResult;
use super::exploration::{Exploration, Found};
use super::gate::Step;
use super::outcome::Outcome;
use super::schedule::{ORDER_KEY, PEERS, Schedule};
use super::settings::OrderSettings;
use crate::format::{counted, counted_of, length};
use crate::scenario::Launchers;
use crate::screen::{Look, Page, Span, Tone};
use crate::trace::End;

/// The exploration as text, with a newline at the end.
pub fn text(exploration: &Exploration) -> String {
    text_as(exploration, Look::plain())
}

/// The exploration as text that looks so, with a newline at the end.
pub(crate) fn text_as(exploration: &Exploration, look: Look) -> String {
    let mut page = Page::new(look);
    head(&mut page, exploration);
    page.gap();
    table(&mut page, exploration);
    page.gap();
    page.sentence([Span::new(Tone::Faint, ORDER_KEY)]);
    for ((outcome, found), number) in exploration.outcomes.iter().zip(1..) {
        page.gap();
        detail(&mut page, number, outcome, found);
    }
    page.gap();
    verdict(&mut page, exploration);
    page.finish()
}

fn head(page: &mut Page, exploration: &Exploration) {
    let OrderSettings { launchers, poll_interval, deadline, hold, seed, .. } = exploration.settings;
    let launchers = match launchers {
        Launchers::TwoForEachPair | Launchers::TwoForAll => "with a launcher each",
        Launchers::OneForEachPair => "with one launcher",
    };
    let orders = counted(exploration.schedules, "order");
    page.sentence([format!("Two peers that join at once, {launchers}: all {orders} of their requests").into()]);
    let [interval, deadline, hold] = [poll_interval, deadline, hold].map(length);
    page.sentence([format!(
        "Poll interval {interval}, deadline {deadline}, requests held for up to {hold}, seed {seed}"
    )
    .into()]);
}

fn table(page: &mut Page, exploration: &Exploration) {
    let row = |((outcome, found), number): ((&Outcome, &Found), usize)| {
        let [first, second] = &outcome.peers;
        let [number, orders, sessions] = [number, found.schedules, outcome.sessions].map(|number| number.to_string());
        [number.into(), orders.into(), sessions.into(), first.to_string().into(), second.to_string().into()]
    };
    let rows: Vec<[Span; 5]> = exploration.outcomes.iter().zip(1..).map(row).collect();
    page.table(Some(&["", "orders", "sessions", "first peer", "second peer"]), &rows);
}

fn detail(page: &mut Page, number: usize, outcome: &Outcome, found: &Found) {
    let orders = counted(found.schedules, "order");
    page.item([format!("  {number}  ").into()], [format!("{orders}, for example {}", found.example).into()]);
    course(page, outcome, &found.steps);
}

/// One order that was executed, as text, with a newline at the end.
pub fn execution_text(order: &Schedule, result: &ExecutionResult) -> String {
    execution_text_as(order, result, Look::plain())
}

/// One order that was executed, as text that looks so, with a newline at the end.
pub(crate) fn execution_text_as(order: &Schedule, result: &ExecutionResult, look: Look) -> String {
    let [first, second] = &result.outcome.peers;
    let sessions = counted(result.outcome.sessions, "session");
    let mut page = Page::new(look);
    page.sentence([format!("Order {order}: {sessions}; the first peer {first}, the second {second}").into()]);
    course(&mut page, &result.outcome, &result.steps);
    page.finish()
}

/// The promises that an outcome breaks, why peers failed, and the steps that led to it.
fn course(page: &mut Page, outcome: &Outcome, steps: &[Step]) {
    for breach in outcome.breaches() {
        page.item(["      ".into(), Span::new(Tone::Bad, "BROKEN"), ": ".into()], [breach.to_string().into()]);
    }
    for (peer_index, peer) in PEERS.into_iter().zip(&outcome.peers) {
        if let Some(End::Failed(reason)) = &peer.end {
            page.item([format!("      {peer_index} failed ").into()], [reason.as_str().into()]);
        }
    }
    for step in steps {
        page.item(["        ".into()], [step.to_string().into()]);
    }
}

fn verdict(page: &mut Page, exploration: &Exploration) {
    if exploration.passed() {
        let kept = ": at most one session in every order, no channel open at one peer alone, both peers ended in time";
        page.sentence([Span::new(Tone::Good, "PASSED"), kept.into()]);
    } else {
        page.sentence([Span::new(Tone::Bad, "FAILED"), format!(": {}", broken(exploration)).into()]);
    }
    let found = exploration.exactly_one_session();
    page.sentence([match found.otherwise {
        None => "There is exactly one session in each order.".into(),
        Some(otherwise) => format!(
            "There is exactly one session in {} of {}; in {otherwise}, for example, there is not.",
            found.schedules,
            counted(found.of, "order")
        )
        .into(),
    }]);
}

/// In how many orders a promise is broken.
pub(crate) fn broken(exploration: &Exploration) -> String {
    let broken = exploration.outcomes.iter().filter(|(outcome, _)| !outcome.breaches().is_empty());
    let orders = broken.map(|(_, found)| found.schedules).sum::<usize>();
    format!("a promise is broken in {}", counted_of(orders, exploration.schedules, "order"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::execution::{UNCHANGED, WHOLE};
    use crate::orders::exploration::tests::{an_outcome, of};
    use crate::orders::explore::every_order;

    #[test]
    fn the_text_of_every_order_over_two_launchers_stays_as_it_was_reviewed() {
        let exploration = every_order(&OrderSettings::default(), UNCHANGED, WHOLE).unwrap();
        insta::assert_snapshot!(text(&exploration));
    }

    #[test]
    fn the_text_of_broken_promises_stays_as_it_was_reviewed() {
        let mut overdue = an_outcome(0, 0);
        overdue.peers[1].end = None;
        let executions =
            [("12t", an_outcome(1, 0)), ("21t", an_outcome(2, 1)), ("221t", an_outcome(2, 1)), ("t", overdue)];
        insta::assert_snapshot!(text(&of(&executions)));
    }

    #[test]
    fn a_session_in_every_order_is_reported() {
        let text = text(&of(&[("12", an_outcome(1, 0))]));
        assert!(text.ends_with("both peers ended in time\nThere is exactly one session in each order.\n"), "{text}");
    }
}
