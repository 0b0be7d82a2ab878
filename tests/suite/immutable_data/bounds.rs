//! What apps write is bounded, and is given back: when a writer is closed, dropped, or lost.

use bytes::Bytes;
use safe_mock::{Builder, Launcher, Network};
use suite::call::Client;

const MIB: usize = 1 << 20;

async fn launcher(content_bytes_max: usize) -> (Launcher, Client, String) {
    let launcher = Builder::default().content_bytes_max(content_bytes_max).build();
    let client = Client::in_process(&launcher);
    let token = client.token("writer", &["LOW_LEVEL_API"]).await;
    (launcher, client, token)
}

async fn open(client: &Client, token: &str) -> u64 {
    client.get("/immutable-data/writer").token(token).send().await.handle()
}

async fn write(client: &Client, token: &str, writer: u64, body: &Bytes) -> (u16, String) {
    let call = client.post(&format!("/immutable-data/{writer}")).token(token);
    let answer = call.body("application/octet-stream", body.clone()).send().await;
    (answer.status(), answer.error().1)
}

#[tokio::test]
async fn content_under_way_counts_until_its_writer_is_closed_or_dropped() {
    let (launcher, client, token) = launcher(64 * MIB).await;
    let before = launcher.memory_bytes();
    let held = || launcher.memory_bytes() - before;
    let (piece, writer) = (Bytes::from(vec![7; MIB]), open(&client, &token).await);
    for written in 1..=40 {
        assert_eq!(write(&client, &token, writer, &piece).await.0, 200);
        assert!((written * MIB..(written + 1) * MIB).contains(&held()), "{} after {written} MiB", held());
    }
    // Stored content is that of the network, where equal chunks are one.
    let close = client.put(&format!("/immutable-data/{writer}/undefined")).token(&token).send().await;
    assert_eq!(close.status(), 200);
    assert!(held() < MIB && launcher.network().bytes() < 2 * MIB);
    // The content goes on, and so does the count of what is not stored.
    assert_eq!(write(&client, &token, writer, &piece).await.0, 200);
    assert!(held() > MIB);
    assert_eq!(client.delete(&format!("/immutable-data/writer/{writer}")).token(&token).send().await.status(), 200);
    assert!(held() < MIB);
    let reader = client.get(&format!("/immutable-data/reader/{}", close.handle())).send().await;
    assert_eq!(reader.json()["size"], 40 * MIB);
}

#[tokio::test]
async fn more_content_than_the_setting_is_refused_and_what_was_written_stays() {
    let (launcher, client, token) = launcher(3 * MIB).await;
    let two = Bytes::from(vec![1; 2 * MIB]);
    let [first, second] = [open(&client, &token).await, open(&client, &token).await];
    assert_eq!(write(&client, &token, first, &two).await.0, 200);
    let (status, text) = write(&client, &token, second, &two).await;
    assert_eq!((status, text.contains("--content-bytes-max")), (400, true), "{text}");
    // Refused before anything of it was taken.
    assert_eq!(write(&client, &token, second, &Bytes::from(vec![1; MIB / 2])).await.0, 200);
    let close = client.put(&format!("/immutable-data/{first}/undefined")).token(&token).send().await;
    assert_eq!(write(&client, &token, second, &two).await.0, 200);
    let size = |answer: suite::call::Answer| answer.json()["size"].as_u64();
    let reader = client.get(&format!("/immutable-data/reader/{}", close.handle())).send().await;
    assert_eq!(size(reader), Some(2 << 20));
    launcher.reset();
    assert!(launcher.memory_bytes() < MIB);
}

#[tokio::test]
async fn the_least_recently_used_writer_is_lost_with_its_content() {
    let (launcher, client, token) = launcher(64 * MIB).await;
    let first = open(&client, &token).await;
    write(&client, &token, first, &Bytes::from(vec![1; MIB])).await;
    assert!(launcher.memory_bytes() > MIB);
    for _ in 0..100 {
        open(&client, &token).await;
    }
    assert!(launcher.memory_bytes() < MIB);
    assert_eq!(write(&client, &token, first, &Bytes::from_static(b"x")).await.0, 400);
}

#[tokio::test]
async fn a_full_network_refuses_a_close_and_the_content_is_still_there() {
    let network = Network::with_bytes_max(MIB);
    let client = Client::in_process(&Builder::default().network(&network).build());
    let token = client.token("writer", &["LOW_LEVEL_API"]).await;
    let [large, small] = [open(&client, &token).await, open(&client, &token).await];
    write(&client, &token, large, &Bytes::from((0..=255).cycle().take(MIB / 2).collect::<Vec<u8>>())).await;
    write(&client, &token, large, &Bytes::from(vec![1; MIB])).await;
    write(&client, &token, small, &Bytes::from_static(b"small")).await;
    let close =
        async |writer: u64| client.put(&format!("/immutable-data/{writer}/undefined")).token(&token).send().await;
    assert_eq!(close(large).await.error().0, -28);
    let stored = close(small).await;
    assert_eq!(stored.status(), 200);
    let reader = client.get(&format!("/immutable-data/reader/{}", stored.handle())).send().await;
    assert_eq!(client.get(&format!("/immutable-data/{}", reader.handle())).send().await.text(), "small");
}
