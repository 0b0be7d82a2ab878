//! A connection is lost, and both peers meet again in the same room.
use safe_mock::MockLauncher;
use signaling::launcher::InProcess;
use signaling::transport::InMemory;
use signaling::{CloseReason, Peer, RoomName};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::time::pause();
    let (launcher, transport) = (InProcess::new(MockLauncher::builder().build().service()), InMemory::new());
    let peer = || Peer::builder("http://launcher", transport.clone()).service(launcher.clone()).build();
    let (alice, bob, room) = (peer()?, peer()?, RoomName::new("room1")?);
    let (a, b) = tokio::join!(alice.meet(&room), bob.meet(&room));
    let (a, b) = (a?, b?);

    transport.lose_connections();
    assert_eq!(a.closed().await, CloseReason::Lost);
    let (a, b) = tokio::join!(alice.reconnect(a), bob.reconnect(b));
    assert_ne!(a?.role(), b?.role());
    Ok(())
}
