//! The future of a meeting is dropped, at each moment there is.

use signaling::Config;

use crate::{World, millis, room};

/// Each request takes 10 ms, 5 before it takes effect and 5 after, so each millisecond is another point to be dropped at.
#[tokio::test(start_paused = true)]
async fn an_initiator_dropped_at_any_moment_leaves_nothing_behind() {
    for after in 0..2_150 {
        if (100..1_990).contains(&after) {
            continue; // It waits for its first poll.
        }
        let world = World::new();
        world.launcher.latency(millis(10));
        world.transport.gathering(millis(5));
        let peer = world.peer(1);
        let ended = tokio::time::timeout(millis(after), peer.meet(&room())).await;
        assert!(ended.is_err());
        world.assert_nothing_left(&[&peer]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_recipient_dropped_at_any_moment_leaves_nothing_behind() {
    for after in 0..130 {
        let world = World::new();
        world.launcher.latency(millis(10));
        world.transport.gathering(millis(5));
        let first = world.peer(1);
        let room = room();
        let second = world.peer(2);
        let late = async {
            tokio::time::sleep(millis(200)).await;
            tokio::time::timeout(millis(after), second.meet(&room)).await
        };
        let (_, ended) = tokio::join!(tokio::time::timeout(millis(1_900), first.meet(&room)), late);
        assert!(ended.is_err());
        world.assert_nothing_left(&[&first, &second]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_at_any_moment_leaves_nothing_behind() {
    for after in 0..130 {
        let world = World::new();
        world.launcher.latency(millis(10));
        let peer = world.peer_with(Config::default().seed(1).deadline(millis(after)));
        assert!(peer.meet(&room()).await.is_err());
        world.assert_nothing_left(&[&peer]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_never_answers_keeps_no_task_for_long() {
    let world = World::new();
    world.launcher.script("POST /0.5/data-id", 1, crate::launcher::Reply::Never);
    let peer = world.peer(1);
    let ended = tokio::time::timeout(millis(50), peer.meet(&room())).await;
    assert!(ended.is_err());
    let waited = tokio::time::Instant::now();
    world.assert_nothing_left(&[&peer]).await;
    assert_eq!(waited.elapsed(), millis(5_000));
}

#[test]
fn a_future_dropped_outside_its_runtime_does_not_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let world = World::new();
    world.launcher.latency(millis(10));
    let peer = world.peer(1);
    let room = room();
    let mut meeting = Box::pin(peer.meet(&room));
    // Far enough to hold a data id.
    let _ = runtime.block_on(async { tokio::time::timeout(millis(25), meeting.as_mut()).await });
    assert_eq!(world.launcher.handles().len(), 1);
    drop(meeting);
    runtime.block_on(world.assert_nothing_left(&[&peer]));
}
