//! Launchers that see the network late, or cannot reach it.

use std::time::Duration;

use safe_mock::Network;
use safe_mock::fault::{Call, Fault, Matcher, Rule};
use serde_json::json;
use suite::call::name;
use tokio::time::Instant;

use super::app::*;

#[tokio::test(start_paused = true)]
async fn a_stale_read_sees_the_network_as_it_was_and_a_write_does_not() {
    let network = Network::new();
    let (writer, reader) = (App::on(&network).await, App::on(&network).await);
    let handle = writer.draft("register").await;
    for version in 0..3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let saved = if version == 0 { writer.put(handle).await } else { writer.post(handle).await };
        assert_eq!(saved.status(), 200);
    }
    assert_eq!(reader.sees("register").await, Ok(2));
    for (by, seen) in [(0, Ok(2)), (1, Ok(1)), (1_000, Ok(1)), (1_001, Ok(0)), (2_001, Err(-18)), (60_000, Err(-18))] {
        let guard = reader.add(Rule::new(Fault::StaleRead { by: Duration::from_millis(by) }));
        assert_eq!(reader.sees("register").await, seen, "{by} ms ago");
        assert_eq!((guard.strikes(), guard.view().unwrap().matched), (1, 1), "it is about fetches alone");
        assert_eq!(writer.sees("register").await, Ok(2));
    }
    // Its own writes are checked against the current state, and not visible either.
    let _guard = writer.add(Rule::new(Fault::StaleRead { by: Duration::from_millis(1_500) }));
    let id = writer.data_id("register").await;
    let fetched = writer.fetch(id).await;
    assert_eq!(fetched.json()["version"], json!(0));
    assert_eq!(writer.post(fetched.handle()).await.error().0, -25);
    let taken = writer.draft("register").await;
    assert_eq!(writer.put(taken).await.error().0, -23);
}

#[tokio::test(start_paused = true)]
async fn a_slow_write_is_visible_to_its_writer_at_once_and_to_others_later() {
    let network = Network::new();
    let (writer, other) = (App::on(&network).await, App::on(&network).await);
    let guard =
        writer.add(Rule::new(Fault::SlowVisibility { by: Duration::from_secs(1) }).on(Matcher::call(Call::Put)));
    let handle = writer.draft("late").await;
    assert_eq!(writer.put(handle).await.status(), 200);
    assert_eq!((writer.sees("late").await, other.sees("late").await), (Ok(0), Err(-18)));
    // The name is taken nevertheless.
    let mine = other.draft("late").await;
    assert_eq!(other.put(mine).await.error().0, -23);
    tokio::time::sleep(Duration::from_millis(999)).await;
    assert_eq!(other.sees("late").await, Err(-18));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(other.sees("late").await, Ok(0));
    assert_eq!(guard.strikes(), 1);
    // A write without the fault is visible at once.
    assert_eq!(writer.post(handle).await.status(), 200);
    assert_eq!(other.sees("late").await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn a_partitioned_launcher_still_carries_out_calls_that_need_no_network() {
    let network = Network::new();
    let (app, other) = (App::on(&network).await, App::on(&network).await);
    let handle = app.draft("far").await;
    app.launcher.partition(Duration::from_mins(2));
    let begun = Instant::now();
    assert_eq!((app.check().await, app.metadata(handle).await.status()), (200, 200));
    assert_eq!(app.draft("near").await, handle + 1);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(app.put(handle).await.error(), (-37, "CoreError::RequestTimeout".to_owned()));
    assert_eq!(begun.elapsed(), Duration::from_mins(2));
    assert_eq!(app.sees("far").await, Err(-37));
    let versioned = json!({"name": name("versions"), "typeTag": 501, "data": "aGk="});
    assert_eq!(app.client.post("/structured-data").token(&app.token).json(&versioned).send().await.error().0, -37);
    assert_eq!((app.stored(), other.sees("far").await), (0, Err(-18)));
    let entries = app.journal();
    assert_eq!(entries.iter().filter(|(.., fault)| fault.as_deref() == Some("cut_off")).count(), 3, "{entries:?}");
    assert!(!app.launcher.link().joined);
    app.launcher.repair();
    assert_eq!((app.put(handle).await.status(), other.sees("far").await), (200, Ok(0)));
}

#[tokio::test(start_paused = true)]
async fn a_rule_partitions_for_a_limited_time() {
    let app = App::new().await;
    let handle = app.draft("far").await;
    let guard = app
        .add(Rule::new(Fault::Partition { after: Duration::from_millis(100) }).expires_after(Duration::from_secs(1)));
    let begun = Instant::now();
    assert_eq!((app.put(handle).await.error().0, begun.elapsed()), (-37, Duration::from_millis(100)));
    assert_eq!((app.check().await, guard.strikes()), (200, 1));
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(app.put(handle).await.status(), 200);
    assert!(guard.view().unwrap().spent);
}
