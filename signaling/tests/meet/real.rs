//! Real WebRTC over loopback, on the real clock; only the launcher is in memory.

use std::sync::Arc;

use signaling::{Config, Message, Peer, Role, WebRtc};

use crate::launcher::MemoryLauncher;
use crate::{millis, room};

#[tokio::test]
async fn two_peers_meet_over_webrtc_talk_and_leave_nothing_behind() {
    let launcher = MemoryLauncher::default();
    let peer = |seed| {
        let config = Config::default().seed(seed).poll_interval(millis(50)).deadline(millis(20_000));
        Peer::with(Arc::new(launcher.clone()), "http://localhost:8100", WebRtc::new(), config).unwrap()
    };
    let (first, second) = (peer(1), peer(2));
    let room = room();
    let later = async {
        while launcher.stored("c4P96FdgGRVP039glf05XCN/YWWfckSpNWy20c5DGdo=").is_none() {
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
    first.settled().await;
    second.settled().await;
    assert_eq!(launcher.handles(), []);
    tokio::task::yield_now().await;
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
}
