//! Requests and answers that are delayed.

use std::time::Duration;

use safe_mock::fault::{Call, Fault, Latency, Matcher, Rule, When};
use tokio::time::Instant;

use super::app::*;

#[tokio::test(start_paused = true)]
async fn a_request_or_its_answer_is_delayed() {
    let app = App::new().await;
    for (when, stored_meanwhile) in [(When::Before, 0), (When::After, 1)] {
        let handle = app.draft(&format!("{when:?}")).await;
        let before = app.stored();
        let rule =
            Rule::new(Fault::Delay { by: Latency::Fixed(Duration::from_secs(2)), when }).on(Matcher::call(Call::Put));
        let guard = app.add(rule);
        let begun = Instant::now();
        let saving = tokio::spawn({
            let app = app.clone();
            async move { app.put(handle).await.status() }
        });
        tokio::time::sleep(Duration::from_millis(1_999)).await;
        assert_eq!(app.stored() - before, stored_meanwhile, "{when:?}");
        assert!(!saving.is_finished());
        // Other requests are not delayed, neither by the rule nor by the lock.
        assert_eq!(app.check().await, 200);
        assert_eq!(saving.await.unwrap(), 200);
        assert_eq!((begun.elapsed(), app.stored() - before), (Duration::from_secs(2), 1));
        assert_eq!(guard.strikes(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn drawn_delays_stay_in_their_range_and_add_up() {
    let app = App::new().await;
    let took = async || {
        let begun = Instant::now();
        app.health().await;
        begun.elapsed().as_millis()
    };
    let delay = |by| Rule::new(Fault::Delay { by, when: When::Before });
    let _uniform = app.add(delay(Latency::Uniform { min: Duration::from_millis(10), max: Duration::from_millis(20) }));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        seen.insert(took().await);
    }
    assert!(seen.iter().all(|took| (10..=20).contains(took)) && seen.len() == 11, "{seen:?}");
    let _long = app.add(delay(Latency::LongTailed { median: Duration::from_secs(1), max: Duration::from_secs(30) }));
    let mut times = Vec::new();
    for _ in 0..200 {
        times.push(took().await);
    }
    times.sort_unstable();
    assert!(times[0] >= 510 && times[199] <= 30_021, "{times:?}");
    assert!((700..1_400).contains(&times[100]) && times[195] > 10_000, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_dropped_during_its_delay_is_not_carried_out() {
    let app = App::new().await;
    let handle = app.draft("given up").await;
    let _guard = app.add(Rule::new(Fault::Delay { by: Latency::Fixed(Duration::from_secs(1)), when: When::Before }));
    assert!(tokio::time::timeout(Duration::from_millis(500), app.put(handle)).await.is_err());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(app.stored(), 0);
}
