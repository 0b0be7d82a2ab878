//! What safe-mock says of a meeting that fails is what the peer's error says: both sides of the header `x-mock-why`, played to
//! the end.

use std::time::Duration;

use safe_mock::{Consent, MockLauncher, Network};
use signaling::launcher::InProcess;
use signaling::transport::InMemory;
use signaling::{Config, MeetError, Peer, RoomName};
use suite::call::{Client, application};
use tokio::time::{sleep, timeout};

fn config() -> Config {
    Config::default().seed(1).deadline(Duration::from_secs(30))
}

/// A peer of a user of this network.
fn peer(network: &Network, consent: Consent, transport: InMemory) -> Peer<InMemory> {
    let launcher = MockLauncher::builder().network(network).consent(consent).seed(7).build();
    let service = InProcess::new(launcher.service());
    Peer::builder("http://localhost:8100", transport).service(service).config(config()).build().unwrap()
}

fn room(name: &str) -> RoomName {
    RoomName::new(name).unwrap()
}

/// The diagnosis of `first` in room1, while another peer does this.
async fn diagnosis(first: &Peer<InMemory>, other: impl Future<Output = ()>) -> String {
    let room = room("room1");
    let meeting = async { first.meet(&room).await.map(drop).unwrap_err() };
    let (error, _): (MeetError, _) = tokio::join!(meeting, timeout(Duration::from_mins(1), other));
    error.diagnosis().unwrap().to_string()
}

/// Meets nobody in this room for a while, from a second later on.
async fn also(peer: &Peer<InMemory>, name: &str) {
    sleep(Duration::from_secs(1)).await;
    let _not_met = peer.meet(&room(name)).await;
}

#[tokio::test(start_paused = true)]
async fn the_other_peer_waits_in_a_room_of_nearly_the_same_name() {
    let (network, transport) = (Network::new(), InMemory::new());
    let [first, second] = [(); 2].map(|()| peer(&network, Consent::Allow, transport.clone()));
    insta::assert_snapshot!("a_room_of_nearly_the_same_name", diagnosis(&first, also(&second, "Room1")).await);
}

#[tokio::test(start_paused = true)]
async fn the_app_of_the_other_peer_waits_for_consent() {
    let (network, transport) = (Network::new(), InMemory::new());
    let first = peer(&network, Consent::Allow, transport.clone());
    let second = peer(&network, Consent::Ask, transport);
    insta::assert_snapshot!("the_other_waits_for_consent", diagnosis(&first, also(&second, "room1")).await);
}

#[tokio::test(start_paused = true)]
async fn the_other_peer_has_read_the_offer_and_does_not_answer_it() {
    let (network, transport) = (Network::new(), InMemory::new());
    let first = peer(&network, Consent::Allow, transport.clone());
    let second = peer(&network, Consent::Allow, transport.gathering(Duration::from_mins(5)));
    insta::assert_snapshot!("offer_read_and_not_answered", diagnosis(&first, also(&second, "room1")).await);
}

#[tokio::test(start_paused = true)]
async fn the_web_page_of_the_other_peer_is_refused() {
    let network = Network::new();
    let first = peer(&network, Consent::Allow, InMemory::new());
    let launcher = MockLauncher::builder().network(&network).build();
    let page = async {
        sleep(Duration::from_secs(1)).await;
        let client = Client::in_process(&launcher);
        let asked = client.post("/auth").header(http::header::ORIGIN, "https://calls.example");
        assert_eq!(asked.json(&application("net.example.calls", &["LOW_LEVEL_API"])).send().await.status(), 403);
    };
    insta::assert_snapshot!("the_page_of_the_other_is_refused", diagnosis(&first, page).await);
}

#[tokio::test(start_paused = true)]
async fn the_user_of_this_peer_denies_the_app() {
    let denied = peer(&Network::new(), Consent::Deny, InMemory::new());
    insta::assert_snapshot!("denied_with_its_reason", diagnosis(&denied, async {}).await);
}
