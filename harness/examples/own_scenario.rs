//! Your own scenario, in virtual time: the second peer joins after a minute, and the first peer's launcher loses the response to its offer.
//!
//! ```text
//! cargo run -p harness --example own_scenario
//! ```

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use harness::scenario::{Join, Peer, PlacedFault, Visit};
use harness::{Clock, RunError, Scenario, Settings};
use safe_mock::fault::{Call, Fault, Matcher, Rule};

#[tokio::main]
async fn main() -> Result<(), RunError> {
    let late = Visit { joins: Join::AfterMs(60_000), ..Visit::default() };
    let peers = vec![Peer::visiting(vec![Visit::default()]), Peer::visiting(vec![late])];
    let mut scenario = Scenario::of("one-minute", "a peer that joins after a minute is found", peers);
    scenario.deadline_s = 120;
    let lost = Rule::new(Fault::LoseAnswer).on(Matcher::call(Call::Put)).times(1);
    scenario.faults = vec![PlacedFault::at(1, lost)];

    let report = harness::run(&scenario, &Settings::default().clock(Clock::Virtual)).await?;
    print!("{}", harness::report::text(&report));
    Ok(())
}
