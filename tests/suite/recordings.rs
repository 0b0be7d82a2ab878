//! Recordings of the original launcher replay without a difference.

use safe_mock::{Builder, MockLauncher, Network};
use suite::call::Client;
use suite::recording::{Exchange, Player, RECORDINGS, WIDER};

/// The topics of recordings of the wider launcher.
const TOPICS: [&str; 7] = ["immutable", "appendable", "curation", "keys", "directories", "files", "names"];

/// The exchanges of the core of the launcher.
fn core() -> Vec<Exchange> {
    let read = |(file, text)| {
        let exchanges = Exchange::read_all(text).unwrap();
        assert!(!exchanges.is_empty(), "{file} is empty");
        exchanges
    };
    let exchanges: Vec<_> = RECORDINGS.into_iter().flat_map(read).collect();
    assert!(exchanges.iter().map(Exchange::len).sum::<usize>() > 5_000);
    exchanges
}

/// The exchanges of the wider launcher.
fn wider() -> Vec<Exchange> {
    Exchange::read_all(WIDER.1).unwrap()
}

fn in_process() -> Player {
    let network = Network::new();
    let launchers = [1, 2].map(|_| Builder::default().network(&network).build());
    Player::new([Client::in_process(&launchers[0]), Client::in_process(&launchers[1])])
}

async fn differences(mut player: Player, exchanges: &[Exchange]) -> Vec<String> {
    let mut differences = Vec::new();
    for exchange in exchanges {
        differences.extend(player.play(exchange).await);
    }
    differences
}

/// Plays the exchanges, and fails with the first differences.
async fn replay(player: Player, exchanges: &[Exchange]) {
    let found = differences(player, exchanges).await;
    let shown = found.iter().take(12).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(found.is_empty(), "{} differences, of which the first are:\n{shown}", found.len());
}

async fn replay_about(topic: &str) {
    let mut exchanges = wider();
    exchanges.retain(|exchange| exchange.topic() == Some(topic));
    assert!(exchanges.len() > 20, "{}", exchanges.len());
    replay(in_process(), &exchanges).await;
}

#[tokio::test]
async fn every_recorded_exchange_replays_without_a_difference_in_process() {
    replay(in_process(), &core()).await;
}

#[tokio::test]
async fn every_recorded_exchange_replays_without_a_difference_over_tcp() {
    let network = Network::new();
    let first = MockLauncher::builder().network(&network).start().await.unwrap();
    let second = MockLauncher::builder().network(&network).start().await.unwrap();
    for exchanges in [core(), wider()] {
        replay(Player::new([Client::over_tcp(&first), Client::over_tcp(&second)]), &exchanges).await;
    }
    first.shutdown().await;
    second.shutdown().await;
}

#[tokio::test]
async fn a_launcher_with_other_answers_is_detected() {
    // The same launcher twice: what the recording says of another account cannot hold.
    let launcher = Builder::default().build();
    let player = Player::new([Client::in_process(&launcher), Client::in_process(&launcher)]);
    assert!(!differences(player, &core()).await.is_empty());
}

#[test]
fn every_recorded_exchange_of_the_wider_launcher_has_one_of_the_topics() {
    let all = Exchange::read_all(WIDER.1).unwrap();
    assert!(all.iter().all(|exchange| exchange.topic().is_some_and(|topic| TOPICS.contains(&topic))));
    assert!(all.iter().map(Exchange::len).sum::<usize>() > 6_000);
}

#[tokio::test]
async fn each_recorded_exchange_about_immutable_data_replays_without_a_difference() {
    replay_about("immutable").await;
}

#[tokio::test]
async fn each_recorded_exchange_about_appendable_data_replays_without_a_difference() {
    replay_about("appendable").await;
}

#[tokio::test]
async fn each_recorded_exchange_about_curation_replays_without_a_difference() {
    replay_about("curation").await;
}

#[tokio::test]
async fn each_recorded_exchange_about_keys_replays_without_a_difference() {
    replay_about("keys").await;
}

#[tokio::test]
async fn each_recorded_exchange_about_directories_replays_without_a_difference() {
    replay_about("directories").await;
}

#[tokio::test]
async fn each_recorded_exchange_about_files_replays_without_a_difference() {
    replay_about("files").await;
}

#[tokio::test]
async fn each_recorded_exchange_about_names_replays_without_a_difference() {
    replay_about("names").await;
}
