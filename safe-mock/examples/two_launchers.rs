//! Two users on one network; the launcher of one of them refuses a request, once.

use safe_mock::fault::{Call, Fault, Matcher, Rule};
use safe_mock::{MockLauncher, Network};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Network::new();
    let alice = MockLauncher::builder().network(&network).start().await?;
    let bob = MockLauncher::builder().network(&network).start().await?;
    let health = async |launcher: &MockLauncher| reqwest::get(format!("{}/health", launcher.url())).await;

    let guard = alice.add_fault(Rule::new(Fault::Refuse).on(Matcher::call(Call::Health)).times(1))?;
    assert!(health(&alice).await.is_err());
    assert_eq!(health(&bob).await?.status(), 200);
    assert_eq!(guard.strikes(), 1);

    drop(guard); // Removes the rule.
    assert_eq!(health(&alice).await?.status(), 200);
    alice.shutdown().await;
    bob.shutdown().await;
    Ok(())
}
