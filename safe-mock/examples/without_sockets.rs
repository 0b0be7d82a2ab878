//! A launcher in process, without sockets: a day of its clock takes no time.

use std::time::Duration;

use http::Request;
use safe_mock::Builder;
use safe_mock::fault::{Fault, Latency, Rule, When};
use tower::ServiceExt;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let launcher = Builder::default().seed(7).build();
    let by = Latency::Fixed(Duration::from_hours(24));
    let guard = launcher.add_fault(Rule::new(Fault::Delay { by, when: When::Before }).times(1))?;

    let answer = launcher.service().oneshot(Request::get("/health").body(String::new())?).await?;

    assert_eq!(answer.status(), 200);
    assert_eq!(guard.strikes(), 1);
    assert_eq!(launcher.requests()[0].took, Duration::from_hours(24));
    Ok(())
}
