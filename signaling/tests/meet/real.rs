//! Real WebRTC over loopback, on the real clock; only the launcher is in memory.

use std::sync::{Arc, Weak};

use signaling::{Config, Message, Peer, Role, WebRtc};
use webrtc::runtime::TokioRuntime;

use crate::dropped::DroppedAt;
use crate::launcher::MemoryLauncher;
use crate::{ROOM_RECORD, millis, room};

#[tokio::test]
async fn two_peers_meet_over_webrtc_talk_and_leave_nothing_behind() {
    let launcher = MemoryLauncher::default();
    let peer = |seed| {
        let config = Config::default().seed(seed).poll_interval(millis(50)).deadline(millis(20_000));
        Peer::builder("http://localhost:8100", WebRtc::new())
            .service(Arc::new(launcher.clone()))
            .config(config)
            .build()
            .unwrap()
    };
    let (first, second) = (peer(1), peer(2));
    let room = room();
    let later = async {
        while launcher.stored(ROOM_RECORD).is_none() {
            tokio::task::yield_now().await;
        }
        second.meet(&room).await
    };
    let (a, b) = tokio::join!(first.meet(&room), later);
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    assert_eq!(a.meeting().local, b.meeting().remote);
    assert_eq!(a.meeting().remote, b.meeting().local);
    a.send(Message::text("from a")).await.unwrap();
    b.send(Message::text("from b")).await.unwrap();
    assert_eq!(b.receive().await, Some(Message::text("from a")));
    assert_eq!(a.receive().await, Some(Message::text("from b")));
    b.close().await;
    assert_eq!(a.receive().await, None);
    a.close().await;
    first.wait_idle().await;
    second.wait_idle().await;
    assert_eq!(launcher.handles(), []);
    tokio::task::yield_now().await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
}

/// Over real sockets a meeting has other awaits each time, and more of them than are worth waiting for.
#[tokio::test]
async fn a_meeting_over_webrtc_dropped_at_some_awaits_leaves_no_record_and_no_task() {
    let launcher = MemoryLauncher::default();
    let peer = |seed| {
        let config = Config::default().seed(seed).poll_interval(millis(30)).deadline(millis(2_000));
        Peer::builder("http://localhost:8100", WebRtc::new())
            .service(Arc::new(launcher.clone()))
            .config(config)
            .build()
            .unwrap()
    };
    let room = room();
    for nth in [1, 2, 3, 4, 5, 7, 10, 15] {
        let (first, second) = (peer(1), peer(2));
        let dropped = tokio::time::timeout(millis(5_000), DroppedAt::new(nth, first.meet(&room)));
        let (_, other) = tokio::join!(dropped, tokio::time::timeout(millis(100), second.meet(&room)));
        drop(other);
        first.wait_idle().await;
        second.wait_idle().await;
        assert_eq!((launcher.handles(), launcher.live_records()), (vec![], vec![]), "dropped at {nth}");
        tokio::task::yield_now().await;
        assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0, "dropped at {nth}");
    }
}

/// A peer over WebRTC, and what tells whether its connections are freed: each holds the runtime.
fn watched(launcher: &MemoryLauncher, seed: u64) -> (Peer, Weak<TokioRuntime>) {
    let runtime = Arc::new(TokioRuntime);
    let alive = Arc::downgrade(&runtime);
    let transport = WebRtc::builder().runtime(runtime).build();
    let config = Config::default().seed(seed).poll_interval(millis(30)).deadline(millis(10_000));
    let peer = Peer::builder("http://localhost:8100", transport).service(Arc::new(launcher.clone())).config(config);
    (peer.build().unwrap(), alive)
}

/// Drops the peers once they are idle, and fails unless nothing of their connections is in memory then.
async fn assert_freed(how: &str, peers: [(Peer, Weak<TokioRuntime>); 2]) {
    for (peer, alive) in peers {
        peer.wait_idle().await;
        drop(peer);
        assert_eq!(alive.strong_count(), 0, "{how}: what holds the runtime of a peer");
    }
    tokio::task::yield_now().await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0, "{how}: tasks alive");
}

#[tokio::test]
async fn a_connection_over_webrtc_is_freed_however_it_ends() {
    let launcher = MemoryLauncher::default();
    let room = room();
    for how in ["closed", "dropped", "one side closed, the other dropped", "closed with messages unread"] {
        let (first, second) = (watched(&launcher, 1), watched(&launcher, 2));
        let (a, b) = tokio::join!(first.0.meet(&room), second.0.meet(&room));
        let (a, b) = (a.unwrap(), b.unwrap());
        match how {
            "closed" => {
                tokio::join!(a.close(), b.close());
            }
            "dropped" => drop((a, b)),
            "one side closed, the other dropped" => {
                a.close().await;
                drop(b);
            }
            _ => {
                for number in 0..100 {
                    a.send(Message::text(number.to_string())).await.unwrap();
                }
                tokio::join!(a.close(), b.close());
            }
        }
        assert_freed(how, [first, second]).await;
    }
}

#[tokio::test]
async fn a_connection_over_webrtc_that_is_never_made_is_freed() {
    let launcher = MemoryLauncher::default();
    let room = room();
    for nth in [3, 8, 12, 15, 20, 30] {
        let (first, second) = (watched(&launcher, 1), watched(&launcher, 2));
        let dropped = tokio::time::timeout(millis(5_000), DroppedAt::new(nth, first.0.meet(&room)));
        let (_, other) = tokio::join!(dropped, tokio::time::timeout(millis(100), second.0.meet(&room)));
        drop(other);
        assert_freed(&format!("dropped at await {nth}"), [first, second]).await;
    }
}
