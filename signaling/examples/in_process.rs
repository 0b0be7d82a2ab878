//! Two peers meet without a socket: launchers in process, channels in memory, and a clock that does not wait.
use safe_mock::{MockLauncher, Network};
use signaling::launcher::InProcess;
use signaling::transport::InMemory;
use signaling::{Message, Peer, RoomName};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tokio::time::pause();
    let (network, transport, room) = (Network::new(), InMemory::new(), RoomName::new("room1")?);
    let peer = || {
        let launcher = InProcess::new(MockLauncher::builder().network(&network).build().service());
        Peer::builder("http://launcher", transport.clone()).service(launcher).build()
    };
    let (alice, bob) = (peer()?, peer()?);
    let (a, b) = tokio::join!(alice.meet(&room), bob.meet(&room));
    let (a, b) = (a?, b?);
    a.send(Message::text("hello")).await?;
    assert_eq!(b.receive().await, Some(Message::text("hello")));
    tokio::join!(a.close(), b.close());
    Ok(())
}
