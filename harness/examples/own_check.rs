//! Your own check, over the recorded events of each pair: no peer sends more than twenty requests.
//!
//! ```text
//! cargo run -p harness --example own_check
//! ```

#![expect(clippy::print_stdout, reason = "an example prints its result")]

use harness::record::{Event, EventKind};
use harness::{Clock, RunError, Scenario, Settings};

#[tokio::main]
async fn main() -> Result<(), RunError> {
    let settings = Settings::default().clock(Clock::Virtual).pairs(3);
    let report = harness::run(&Scenario::classic(), &settings).await?;
    for pair in &report.pairs {
        let sent = |event: &&Event| matches!(event.kind, EventKind::Called(_));
        for peer in pair.events.iter().filter_map(|event| event.who).collect::<std::collections::BTreeSet<_>>() {
            let requests = pair.events.iter().filter(|event| event.who == Some(peer)).filter(sent).count();
            assert!(requests <= 20, "{peer} sent {requests} requests");
            println!("{peer}: {requests} requests");
        }
    }
    Ok(())
}
