//! What is still in memory once a meeting has ended and its peer is dropped: nothing, however the meeting ended.
//!
//! A peer shares its HTTP service with its launcher client, its sessions, its handles and its tasks, so the service is freed
//! last. On a paused clock a task that waits for time ends at once.

use std::sync::{Arc, Weak};
use std::time::Duration;

use signaling::transport::InMemory;
use signaling::{Config, Peer};
use tokio::runtime::Handle;
use tokio::time::{sleep, timeout};

use crate::dropped::DroppedAt;
use crate::launcher::{MemoryLauncher, Reply};
use crate::{World, joined_pair, millis, room};

/// Longer than any task may outlive its peer.
const ALL_TASKS_END: Duration = Duration::from_mins(2);

/// A peer, and what tells whether it is freed.
fn watched(world: &World, seed: u64) -> (Peer<InMemory>, Weak<MemoryLauncher>) {
    let service = Arc::new(world.launcher.clone());
    let alive = Arc::downgrade(&service);
    let config = Config::default().seed(seed).time_of_day(crate::TODAY).deadline(millis(10_000));
    let peer = Peer::builder("http://localhost:8100", world.transport.clone()).service(service).config(config);
    (peer.build().unwrap(), alive)
}

/// Fails unless all tasks end, and nothing of the peers is in memory then.
async fn assert_freed<const N: usize>(world: &World, peers: [Weak<MemoryLauncher>; N]) {
    sleep(ALL_TASKS_END).await;
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "tasks alive");
    assert_eq!(world.transport.live(), 0, "sessions and channels alive");
    assert_eq!(peers.map(|peer| peer.strong_count()), [0; N], "what holds the HTTP service of each peer");
}

#[tokio::test(start_paused = true)]
async fn peers_that_met_and_closed_are_freed() {
    let world = World::new();
    let ((first, a_alive), (second, b_alive)) = (watched(&world, 1), watched(&world, 2));
    let (a, b) = joined_pair(&first, &second, millis(100)).await;
    a.close().await;
    b.close().await;
    drop((first, second));
    assert_freed(&world, [a_alive, b_alive]).await;
}

#[tokio::test(start_paused = true)]
async fn peers_that_met_are_freed_when_they_and_their_connections_are_dropped_in_either_order() {
    for is_peer_first in [true, false] {
        let world = World::new();
        let ((first, a_alive), (second, b_alive)) = (watched(&world, 1), watched(&world, 2));
        let connections = joined_pair(&first, &second, millis(100)).await;
        if is_peer_first {
            drop((first, second));
            drop(connections);
        } else {
            drop(connections);
            drop((first, second));
        }
        assert_freed(&world, [a_alive, b_alive]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_gave_up_at_its_deadline_is_freed() {
    let world = World::new();
    let (peer, alive) = watched(&world, 1);
    assert!(peer.meet(&room()).await.is_err());
    drop(peer);
    assert_freed(&world, [alive]).await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_whose_meeting_was_dropped_at_any_await_is_freed() {
    let mut nth = 1;
    loop {
        let world = World::gathering(millis(5));
        world.launcher.latency(millis(10));
        let (peer, alive) = watched(&world, 1);
        let ended = DroppedAt::new(nth, peer.meet(&room())).await;
        drop(peer);
        assert_freed(&world, [alive]).await;
        if ended.is_some() {
            break;
        }
        nth += 1;
    }
    assert!(nth > 10, "an initiator waits for ten requests and more, and it was {nth}");
}

/// The launcher forgets the session at each moment at which a record may be there, with and without a wait before the drop.
#[tokio::test(start_paused = true)]
async fn a_peer_whose_session_was_lost_is_freed_with_the_records_that_no_session_could_remove() {
    for waits in [true, false] {
        for after in [30, 60, 100, 2_500] {
            let world = World::new();
            world.launcher.latency(millis(10));
            let (peer, alive) = watched(&world, 1);
            let ended = timeout(millis(after), peer.meet(&room())).await;
            assert!(ended.is_err());
            world.launcher.script("", usize::MAX, Reply::Answer(401, "Unauthorized".into()));
            if waits {
                peer.wait_idle().await;
            }
            drop(peer);
            assert_freed(&world, [alive]).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connected_peer_whose_session_was_lost_is_freed() {
    let world = World::new();
    let ((first, a_alive), (second, b_alive)) = (watched(&world, 1), watched(&world, 2));
    world.launcher.script("DELETE", usize::MAX, Reply::Answer(401, "Unauthorized".into()));
    let (a, b) = joined_pair(&first, &second, millis(100)).await;
    a.close().await;
    drop((b, first, second));
    assert_freed(&world, [a_alive, b_alive]).await;
}

#[tokio::test(start_paused = true)]
async fn a_peer_whose_launcher_fails_at_the_removal_is_freed() {
    let broken = [Reply::Broken, Reply::Never, Reply::Answer(500, "{}".into()), Reply::Late(millis(60_000))];
    for reply in broken {
        let world = World::new();
        let (peer, alive) = watched(&world, 1);
        let ended = timeout(millis(100), peer.meet(&room())).await;
        assert!(ended.is_err());
        world.launcher.script("", usize::MAX, reply);
        drop(peer);
        assert_freed(&world, [alive]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_peer_whose_user_refuses_or_never_answers_is_freed() {
    for reply in [Reply::Answer(401, "Unauthorised".into()), Reply::Never] {
        let world = World::new();
        world.launcher.script("POST /0.5/auth", 1, reply);
        let (peer, alive) = watched(&world, 1);
        assert!(peer.meet(&room()).await.is_err());
        drop(peer);
        assert_freed(&world, [alive]).await;
    }
}
