//! Launchers that are running, and what they have seen of clients that send no header of the harness.

use std::process::Output;
use std::time::Duration;

use safe_mock::{MockLauncher, Network};
use serde_json::Value;
use signaling::transport::InMemory;
use signaling::{Config, Peer, RoomName};

use super::{INTERVAL_MS, LATE_MS, code, harness, text, two_launchers};

/// Two clients meet over these launchers, and remove what they stored.
async fn meet(urls: [String; 2], room: &str) {
    let (transport, room) = (InMemory::new(), RoomName::new(room).unwrap());
    let interval = Duration::from_millis(INTERVAL_MS.parse().unwrap());
    let config = Config::default().poll_interval(interval);
    let [first, second] = urls.map(|url| Peer::builder(url, transport.clone()).config(config.clone()).build().unwrap());
    let (one, other) = tokio::join!(first.meet(&room), second.meet(&room));
    tokio::join!(one.unwrap().close(), other.unwrap().close());
    tokio::join!(first.wait_idle(), second.wait_idle());
}

async fn judge(urls: &[String], arguments: &[&str]) -> Output {
    let mut all = vec!["judge", "--poll-interval-ms", INTERVAL_MS, "--late-tolerance-ms", LATE_MS];
    for url in urls {
        all.extend(["--launcher", url]);
    }
    harness(&[&all[..], arguments].concat()).await
}

#[tokio::test]
async fn a_meeting_of_clients_without_names_is_judged_from_the_journals_of_their_launchers() {
    let launchers = two_launchers().await;
    let urls = launchers.each_ref().map(MockLauncher::url);
    meet(urls.clone(), "a room").await;
    let output = judge(&urls, &["--strict", "--format", "json"]).await;
    assert_eq!(code(&output), Some(0), "{} {}", text(&output.stdout), text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let pairs = report["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 1, "{report:#}");
    // The id under which the offer expects its answer tells the name.
    assert_eq!(pairs[0]["room"], "a room", "{report:#}");
    assert_eq!((&pairs[0]["connected"], &pairs[0]["clients"].as_array().unwrap().len()), (&Value::from(true), &2));
    let handles = report["checks"].as_array().unwrap().iter().find(|check| check["name"] == "handles").unwrap();
    assert!(handles["detail"].as_str().unwrap().starts_with("each of "), "{handles}");
}

#[tokio::test]
async fn launchers_of_two_networks_are_not_judged_together() {
    let [one, other] = [MockLauncher::start().await.unwrap(), MockLauncher::start().await.unwrap()];
    meet([one.url(), one.url()], "a room").await;
    let output = judge(&[one.url(), other.url()], &[]).await;
    assert_eq!(code(&output), Some(2));
    let said = format!("harness: {} and {} are launchers of two networks", one.url(), other.url());
    assert!(text(&output.stderr).starts_with(&said), "{}", text(&output.stderr));
}

#[tokio::test]
async fn two_clients_of_one_app_at_one_launcher_share_a_session_and_are_told_apart() {
    let launcher = MockLauncher::start().await.unwrap();
    meet([launcher.url(), launcher.url()], "a room").await;
    assert_eq!(launcher.sessions().len(), 1);
    let output = judge(&[launcher.url()], &["--strict"]).await;
    let report = text(&output.stdout);
    assert_eq!(code(&output), Some(0), "{report} {}", text(&output.stderr));
    assert!(report.contains("pair 1, first peer: the initiator, session 1 at "), "{report}");
    assert!(report.contains("pair 1, second peer: the recipient, session 1 at "), "{report}");
    assert!(report.contains("an answer was taken in 1 room"), "{report}");
}

#[tokio::test]
async fn a_journal_that_has_forgotten_requests_is_no_false_failure() {
    let network = Network::new();
    let start = || MockLauncher::builder().network(&network).journal_entries_max(12).start();
    let launchers = [start().await.unwrap(), start().await.unwrap()];
    let urls = launchers.each_ref().map(MockLauncher::url);
    meet(urls.clone(), "a room").await;
    let output = judge(&urls, &["--strict"]).await;
    let report = text(&output.stdout);
    assert_eq!(code(&output), Some(0), "{report} {}", text(&output.stderr));
    assert!(report.contains("were removed or forgotten; the other 12 are judged"), "{report}");
    assert!(report.contains("not checked  history"), "{report}");
}

#[tokio::test]
async fn without_a_launcher_a_journal_or_a_room_there_is_nothing_to_judge_and_the_error_says_what_to_do() {
    let unused = MockLauncher::start().await.unwrap();
    let uncontrolled = MockLauncher::builder().control(false).start().await.unwrap();
    let gone = MockLauncher::start().await.unwrap();
    let gone_url = gone.url();
    gone.shutdown().await;
    for (url, said) in [
        (unused.url(), "no room was used at "),
        (uncontrolled.url(), "has no journal: GET /__mock/journal gave status"),
        (gone_url, "no launcher answers at "),
    ] {
        let output = judge(&[url], &[]).await;
        assert_eq!(code(&output), Some(2), "{said}");
        assert_eq!(text(&output.stdout), "");
        assert!(text(&output.stderr).contains(said), "{said}: {}", text(&output.stderr));
    }
}
