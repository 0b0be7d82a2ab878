//! Two peers meet over two launchers and exchange a message by WebRTC.
use safe_mock::{MockLauncher, Network};
use signaling::{Config, Message, Peer, RoomName};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Network::new();
    let launchers = [
        MockLauncher::builder().network(&network).start().await?,
        MockLauncher::builder().network(&network).start().await?,
    ];

    let room = RoomName::new("room1")?;
    let [alice, bob] = [&launchers[0], &launchers[1]].map(|launcher| Peer::new(&launcher.url(), Config::default()));
    let (alice, bob) = (alice?, bob?);
    let (a, b) = tokio::join!(alice.meet(&room), bob.meet(&room));
    let (a, b) = (a?, b?);

    a.send(Message::text("hello")).await?;
    assert_eq!(b.receive().await, Some(Message::text("hello")));
    tokio::join!(a.close(), b.close());
    Ok(())
}
