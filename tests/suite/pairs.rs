//! Pairs meet: the signaling crate over real sockets and real WebRTC, with a launcher for each user.

use std::time::Duration;

use safe_mock::{MockLauncher, Network, RecordState};
use signaling::{Config, Message, Peer, Role, RoomName};

fn quick() -> Config {
    let mut config = Config::default();
    config.poll_interval = Duration::from_millis(150);
    config
}

/// Waits until something is stored, which is the initiator's offer.
async fn offered(network: &Network) {
    while network.records().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_users_meet_and_talk_and_leave_no_handle_and_no_record() {
    let network = Network::new();
    let alices = MockLauncher::builder().network(&network).start().await.unwrap();
    let bobs = MockLauncher::builder().network(&network).start().await.unwrap();
    let room = RoomName::new("room1").unwrap();
    let alice = Peer::new(&alices.url(), quick()).unwrap();
    let bob = Peer::new(&bobs.url(), quick()).unwrap();

    let (a, b) = tokio::join!(alice.meet(&room), async {
        offered(&network).await;
        bob.meet(&room).await
    });
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!((a.role(), b.role()), (Role::Initiator, Role::Recipient));
    a.send(Message::text("from alice")).await.unwrap();
    b.send(Message::text("from bob")).await.unwrap();
    assert_eq!(b.receive().await, Some(Message::text("from alice")));
    assert_eq!(a.receive().await, Some(Message::text("from bob")));
    a.close().await;
    assert_eq!(b.receive().await, None);
    b.close().await;

    tokio::join!(alice.wait_idle(), bob.wait_idle());
    assert_eq!((alices.handles().live(), bobs.handles().live()), (0, 0));
    let states: Vec<_> = network.records().iter().map(|record| record.state).collect();
    assert_eq!(states, [RecordState::Deleted; 2], "the offer and the answer");
}

#[tokio::test]
async fn a_user_that_does_not_let_the_app_in_ends_the_meeting_at_once() {
    let launcher = MockLauncher::builder().consent(safe_mock::Consent::Deny).start().await.unwrap();
    let peer = Peer::new(&launcher.url(), quick()).unwrap();
    let error = peer.meet(&RoomName::new("room1").unwrap()).await.unwrap_err();
    assert_eq!(error.phase(), signaling::Phase::Authorise);
    assert_eq!(launcher.requests().len(), 1);
}

#[tokio::test]
async fn a_dropped_meeting_leaves_no_handle() {
    let launcher = MockLauncher::start().await.unwrap();
    let peer = Peer::new(&launcher.url(), quick()).unwrap();
    let room = RoomName::new("room1").unwrap();
    tokio::select! {
        met = peer.meet(&room) => panic!("no meeting was expected: {:?}", met.map(|_| ())),
        () = offered(launcher.network()) => {}
    }
    peer.wait_idle().await;
    assert_eq!(launcher.handles().live(), 0);
}
