//! Every order in which the requests of two peers can reach the network, when both join a room at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use harness::orders::{Exploration, ExploreError, OrderSettings, explore, replay, text};
use harness::scenario::Launchers;

async fn explored(launchers: Launchers) -> Exploration {
    explore(&OrderSettings { launchers, ..OrderSettings::default() }).await.unwrap()
}

#[tokio::test]
async fn there_is_at_most_one_session_in_every_order() {
    for launchers in [Launchers::TwoForEachPair, Launchers::OneForEachPair] {
        let exploration = explored(launchers).await;
        assert!(exploration.passed(), "{}", text(&exploration));
        assert!(exploration.at_most_one_session());
    }
}

#[tokio::test]
async fn one_launcher_or_two_makes_no_difference_to_the_outcome_of_an_order() {
    assert_eq!(explored(Launchers::TwoForEachPair).await.outcomes, explored(Launchers::OneForEachPair).await.outcomes);
}

#[tokio::test]
async fn the_same_settings_give_the_same_exploration_and_no_seed_gives_another_outcome() {
    let (first, second) = (explored(Launchers::TwoForEachPair).await, explored(Launchers::TwoForEachPair).await);
    assert_eq!(first, second);
    let other = explore(&OrderSettings { seed: 2, ..OrderSettings::default() }).await.unwrap();
    assert_eq!(other.outcomes, first.outcomes);
}

#[tokio::test]
async fn an_example_leads_to_its_outcome_again_when_it_is_replayed() {
    let exploration = explored(Launchers::OneForEachPair).await;
    for (outcome, found) in &exploration.outcomes {
        let schedule = found.example.to_string().parse().unwrap();
        let replayed = replay(&exploration.settings, &schedule).await.unwrap();
        assert_eq!((&replayed.outcome, &replayed.steps), (outcome, &found.steps), "{schedule}");
    }
}

#[tokio::test]
async fn more_orders_than_are_allowed_are_an_error_and_no_result() {
    let settings = OrderSettings { schedules_max: 10, ..OrderSettings::default() };
    assert!(matches!(explore(&settings).await, Err(ExploreError::NotAllTried { tried: 10 })));
}
