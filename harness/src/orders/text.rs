//! The result of all orders, for people: a table of the outcomes, an order that leads to each, and last the verdict.

use super::execution::ExecutionResult;
use super::exploration::{Exploration, Found};
use super::gate::Step;
use super::outcome::Outcome;
use super::schedule::{PEERS, Schedule};
use super::settings::OrderSettings;
use crate::format::{counted, length, padded, printable};
use crate::scenario::Launchers;
use crate::trace::End;

/// The exploration as text, with a newline at the end.
pub fn text(exploration: &Exploration) -> String {
    let details = exploration.outcomes.iter().zip(1..).map(|((outcome, found), number)| detail(number, outcome, found));
    let parts = [head(exploration), table(exploration)].into_iter().chain(details).chain([verdict(exploration)]);
    printable(&parts.collect::<Vec<_>>().join("\n"))
}

fn head(exploration: &Exploration) -> String {
    let OrderSettings { launchers, poll_interval, deadline, hold, seed, .. } = exploration.settings;
    let launchers = match launchers {
        Launchers::TwoForEachPair | Launchers::TwoForAll => "with a launcher each",
        Launchers::OneForEachPair => "with one launcher",
    };
    format!(
        "Two peers that join at once, {launchers}: all {} of their requests\nPoll interval {}, deadline {}, requests held \
         for up to {}, seed {seed}\n",
        counted(exploration.schedules, "order"),
        length(poll_interval),
        length(deadline),
        length(hold)
    )
}

fn table(exploration: &Exploration) -> String {
    let first = |outcome: &Outcome| outcome.peers[0].to_string();
    let width = exploration.outcomes.keys().map(|outcome| first(outcome).chars().count()).max().unwrap_or(0);
    let line = |number: &str, orders: &str, sessions: &str, first: &str, second: &str| {
        let first = padded(first, width);
        format!("  {number:>2}  {orders:>6}  {sessions:>8}  {first}  {second}\n")
    };
    let mut table = line("", "orders", "sessions", "first peer", "second peer");
    for ((outcome, found), number) in exploration.outcomes.iter().zip(1..) {
        let (orders, sessions) = (found.schedules.to_string(), outcome.sessions.to_string());
        let second = outcome.peers[1].to_string();
        table.push_str(&line(&number.to_string(), &orders, &sessions, &first(outcome), &second));
    }
    table
}

fn detail(number: usize, outcome: &Outcome, found: &Found) -> String {
    let orders = counted(found.schedules, "order");
    format!("{number:>4}  {orders}, for example {}\n{}", found.example, course(outcome, &found.steps))
}

/// One order that was executed, as text, with a newline at the end.
pub fn execution_text(order: &Schedule, result: &ExecutionResult) -> String {
    let [first, second] = &result.outcome.peers;
    let sessions = counted(result.outcome.sessions, "session");
    let course = course(&result.outcome, &result.steps);
    printable(&format!("Order {order}: {sessions}; the first peer {first}, the second {second}\n{course}"))
}

/// The promises that an outcome breaks, why peers failed, and the steps that led to it.
fn course(outcome: &Outcome, steps: &[Step]) -> String {
    let breaches = outcome.breaches().into_iter().map(|breach| format!("      BROKEN: {breach}\n"));
    let failed = PEERS.into_iter().zip(&outcome.peers).filter_map(|(peer_index, peer)| match &peer.end {
        Some(End::Failed(reason)) => Some(format!("      {peer_index} failed {reason}\n")),
        _ => None,
    });
    let steps = steps.iter().map(|step| format!("        {step}\n"));
    breaches.chain(failed).chain(steps).collect()
}

fn verdict(exploration: &Exploration) -> String {
    let found = exploration.exactly_one_session();
    let exactly_one = match found.otherwise {
        None => "There is exactly one in each.".to_owned(),
        Some(otherwise) => format!(
            "There is exactly one in {} of {}; in {otherwise}, for example, there is not.",
            found.schedules,
            counted(found.of, "order")
        ),
    };
    let verdict = if exploration.passed() {
        "PASSED: at most one session in every order, no channel open at one peer alone, both peers ended in time"
            .to_owned()
    } else {
        let broken = exploration.outcomes.iter().filter(|(outcome, _)| !outcome.breaches().is_empty());
        let orders = broken.map(|(_, found)| found.schedules).sum::<usize>();
        format!("FAILED: a promise is broken in {orders} of {}", counted(exploration.schedules, "order"))
    };
    format!("{verdict}\n{exactly_one}\n")
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
        assert!(text.ends_with("both peers ended in time\nThere is exactly one in each.\n"), "{text}");
    }
}
