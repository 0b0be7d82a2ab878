//! Recordings of the original launcher replay without a difference.

use safe_mock::{Builder, MockLauncher, Network};
use suite::call::Client;
use suite::recording::{Exchange, Player, RECORDINGS};

async fn differences(mut player: Player) -> Vec<String> {
    let mut differences = Vec::new();
    let mut steps = 0;
    for (file, text) in RECORDINGS {
        let exchanges = Exchange::read_all(text).unwrap();
        assert!(!exchanges.is_empty(), "{file} is empty");
        for exchange in &exchanges {
            steps += exchange.len();
            differences.extend(player.play(exchange).await);
        }
    }
    assert!(steps > 5_000, "only {steps} steps were played");
    differences
}

#[tokio::test]
async fn every_recorded_exchange_replays_without_a_difference_in_process() {
    let network = Network::new();
    let launchers = [1, 2].map(|_| Builder::default().network(&network).build());
    let player = Player::new([Client::in_process(&launchers[0]), Client::in_process(&launchers[1])]);
    assert_eq!(differences(player).await, [""; 0]);
}

#[tokio::test]
async fn every_recorded_exchange_replays_without_a_difference_over_tcp() {
    let network = Network::new();
    let first = MockLauncher::builder().network(&network).start().await.unwrap();
    let second = MockLauncher::builder().network(&network).start().await.unwrap();
    let player = Player::new([Client::over_tcp(&first), Client::over_tcp(&second)]);
    assert_eq!(differences(player).await, [""; 0]);
    first.shutdown().await;
    second.shutdown().await;
}

#[tokio::test]
async fn a_launcher_with_other_answers_is_detected() {
    // The same launcher twice: what the recording says of another account cannot hold.
    let launcher = Builder::default().build();
    let player = Player::new([Client::in_process(&launcher), Client::in_process(&launcher)]);
    assert!(!differences(player).await.is_empty());
}
