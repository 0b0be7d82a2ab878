//! When an initiator polls, on an exact clock.

use std::time::Duration;

use signaling::{Config, Phase, PollSchedule, Timeline};
use tokio::time::Instant;

use crate::launcher::{Logged, Reply};
use crate::{ROOM_RECORD, World, joined_pair, millis, room};

/// Milliseconds from the offer to each poll that arrived: each look at another record than the room's.
fn polls(world: &World, since: Instant) -> Vec<u128> {
    let log = world.launcher.log();
    let is_poll =
        |logged: &&Logged| logged.line == "POST /0.5/data-id/structured-data" && !logged.body.contains(ROOM_RECORD);
    log.iter().filter(is_poll).map(|poll| (poll.at - since).as_millis()).collect()
}

#[tokio::test(start_paused = true)]
async fn polls_begin_one_interval_after_the_offer_is_ready_and_keep_the_beat() {
    let world = World::gathering(millis(700));
    let begun = Instant::now();
    let peer = world.peer_with(Config::default().seed(1).deadline(millis(9_500)));
    let error = peer.meet(&room()).await.unwrap_err();
    assert_eq!(polls(&world, begun + millis(700)), [2_000, 4_000, 6_000, 8_000]);
    assert_eq!(error.timeline().description_ready, Some(begun + millis(700)));
    assert_eq!(error.timeline().poll_count, 4);
}

#[tokio::test(start_paused = true)]
async fn the_interval_is_a_setting() {
    let world = World::new();
    let begun = Instant::now();
    let config = Config::default().seed(1).deadline(millis(1_000)).poll_interval(millis(300));
    peer_gives_up(&world, config).await;
    assert_eq!(polls(&world, begun), [300, 600, 900]);
}

/// Milliseconds from the offer to each poll of a peer that gives up after 20 s.
async fn polls_by(schedule: PollSchedule, seed: u64) -> Vec<u128> {
    let world = World::new();
    let begun = Instant::now();
    peer_gives_up(&world, Config::default().seed(seed).deadline(millis(20_000)).schedule(schedule)).await;
    polls(&world, begun)
}

#[tokio::test(start_paused = true)]
async fn a_peer_with_a_back_off_polls_less_and_less_often_up_to_the_longest_interval() {
    let schedule = PollSchedule::back_off(1.5, millis(4_000)).unwrap();
    assert_eq!(polls_by(schedule, 1).await, [2_000, 5_000, 9_000, 13_000, 17_000]);
}

#[tokio::test(start_paused = true)]
async fn an_eager_peer_polls_often_at_first_and_then_at_the_usual_interval() {
    let schedule = PollSchedule::eager_then_slow(millis(1_000), millis(3_500)).unwrap();
    let expected = [1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 19].map(|second| 1_000 * second);
    assert_eq!(polls_by(schedule, 1).await, expected);
}

#[tokio::test(start_paused = true)]
async fn peers_that_came_together_do_not_poll_in_step_and_each_repeats_itself_by_its_seed() {
    let schedule = PollSchedule::jittered(0.5).unwrap();
    let (first, second) = (polls_by(schedule, 1).await, polls_by(schedule, 2).await);
    assert_eq!(polls_by(schedule, 1).await, first);
    assert!(first.iter().zip(&second).any(|(first, second)| first.abs_diff(*second) > 100), "{first:?}, {second:?}");
    for (poll, tick) in first.iter().zip(1..) {
        assert!(poll.abs_diff(2_000 * tick) <= 500, "{first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_poll_is_not_overlapped_and_not_caught_up_on() {
    let world = World::new();
    world.launcher.script("GET /0.5/structured-data/handle/2", 1, Reply::Late(millis(4_500)));
    let begun = Instant::now();
    peer_gives_up(&world, Config::default().seed(1).deadline(millis(11_000))).await;
    assert_eq!(polls(&world, begun), [2_000, 8_000, 10_000]);
}

#[tokio::test(start_paused = true)]
async fn slow_publishing_skips_polls() {
    let world = World::new();
    world.launcher.script("PUT /0.5/structured-data/1", 1, Reply::Late(millis(4_100)));
    let begun = Instant::now();
    peer_gives_up(&world, Config::default().seed(1).deadline(millis(9_000))).await;
    assert_eq!(polls(&world, begun), [6_000, 8_000]);
}

#[tokio::test(start_paused = true)]
async fn an_interval_of_zero_does_not_make_a_hot_loop() {
    let world = World::new();
    let begun = Instant::now();
    let config = Config::default().seed(1).deadline(millis(1_000)).poll_interval(Duration::ZERO);
    peer_gives_up(&world, config).await;
    assert_eq!(polls(&world, begun).len(), 99);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_polled_after_the_answer_and_it_is_found_within_one_interval() {
    let world = World::new();
    let (first, second) = (world.peer(1), world.peer(2));
    let (a, b) = joined_pair(&first, &second, millis(2_700)).await;
    let Timeline { polls, answer_taken, .. } = &a.meeting().timeline;
    assert_eq!(polls.len(), 2);
    let detected = answer_taken.unwrap() - b.meeting().timeline.published.unwrap();
    assert_eq!(detected, millis(1_300));
    // Both remove what they stored, and that is all.
    first.wait_idle().await;
    second.wait_idle().await;
    let before = world.launcher.log().len();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(world.launcher.log().len(), before);
}

async fn peer_gives_up(world: &World, config: Config) {
    let peer = world.peer_with(config);
    let error = peer.meet(&room()).await.unwrap_err();
    assert_eq!(error.phase(), Phase::AwaitAnswer);
    world.assert_nothing_left(&[&peer]).await;
}
