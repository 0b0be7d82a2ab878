//! Bodies of every type and form, over TCP: long ones, chunked ones, and those that break off.

use std::time::Duration;

use bytes::Bytes;
use http::header::RANGE;
use safe_mock::{Launcher, MockLauncher};
use suite::call::Client;
use suite::connection::{connect, rest, sent, wait_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MIB: usize = 1 << 20;

/// As much as the client of the tests takes in one answer.
const RANGE_BYTES: usize = 250_000;

struct Stage {
    launcher: MockLauncher,
    client: Client,
    token: String,
}

impl Stage {
    async fn new() -> Self {
        let launcher = MockLauncher::start().await.unwrap();
        let client = Client::over_tcp(&launcher);
        let token = client.token("app", &["LOW_LEVEL_API"]).await;
        Self { launcher, client, token }
    }

    async fn open(&self) -> u64 {
        self.client.get("/immutable-data/writer").token(&self.token).send().await.handle()
    }

    async fn write(&self, writer: u64, kind: &str, body: Bytes) -> u16 {
        let call = self.client.post(&format!("/immutable-data/{writer}")).token(&self.token);
        call.body(kind, body).send().await.status()
    }

    /// Closes the writer, and opens a reader of what was stored.
    async fn reader(&self, writer: u64) -> u64 {
        let close = self.client.put(&format!("/immutable-data/{writer}/undefined")).token(&self.token).send().await;
        let reader = self.client.get(&format!("/immutable-data/reader/{}", close.handle())).send().await;
        reader.handle()
    }

    /// The content, in ranges that the client takes.
    async fn read(&self, reader: u64) -> Vec<u8> {
        let mut content = Vec::new();
        loop {
            let range = format!("bytes={}-{}", content.len(), content.len() + RANGE_BYTES);
            let answer = self.client.get(&format!("/immutable-data/{reader}")).header(RANGE, &range).send().await;
            assert_eq!(answer.status(), 206);
            if answer.bytes().is_empty() {
                return content;
            }
            content.extend_from_slice(answer.bytes());
        }
    }

    fn head(&self, writer: u64, headers: &str) -> String {
        let token = &self.token;
        format!(
            "POST /immutable-data/{writer} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n{headers}\r\n"
        )
    }
}

/// How much content its apps have sent that is not stored.
fn under_way(launcher: &Launcher, before: usize) -> usize {
    launcher.memory_bytes().saturating_sub(before)
}

#[tokio::test]
async fn a_body_of_any_type_is_taken_as_it_is_however_long() {
    let stage = Stage::new().await;
    let long: Bytes = (0..=255).cycle().take(300_000).collect::<Vec<u8>>().into();
    for kind in ["application/x-www-form-urlencoded", "application/json", "text/plain; charset=utf-16", "nonsense;;"] {
        let writer = stage.open().await;
        for _ in 0..2 {
            assert_eq!(stage.write(writer, kind, long.clone()).await, 200, "{kind}");
        }
        let reader = stage.reader(writer).await;
        assert_eq!(stage.read(reader).await, [&long[..], &long[..]].concat(), "{kind}");
    }
}

#[tokio::test]
async fn content_of_many_chunks_is_read_as_it_was_written() {
    let stage = Stage::new().await;
    let piece: Bytes = (0..=250).cycle().take(MIB + 17).collect::<Vec<u8>>().into();
    let writer = stage.open().await;
    for _ in 0..3 {
        assert_eq!(stage.write(writer, "text/plain", piece.clone()).await, 200);
    }
    let reader = stage.reader(writer).await;
    assert_eq!(stage.read(reader).await, piece.repeat(3));
    let requests = stage.launcher.requests();
    let contents = |word: &str| -> Vec<(u64, bool)> {
        let of_call = requests.iter().filter(|entry| entry.call.is_some_and(|call| call.to_string() == word));
        of_call.filter_map(|entry| entry.content).map(|content| (content.bytes, content.digest.is_some())).collect()
    };
    assert_eq!(contents("write"), [(MIB as u64 + 17, false); 3]);
    assert_eq!(contents("close_writer"), [(3 * (MIB as u64 + 17), false)]);
    assert_eq!(contents("read_immutable").first(), Some(&(RANGE_BYTES as u64, false)));
}

#[tokio::test]
async fn a_chunked_body_is_refused_and_an_empty_one_asks_for_no_handle() {
    let stage = Stage::new().await;
    let writer = stage.open().await;
    let chunked = stage.head(writer, "transfer-encoding: chunked\r\nconnection: close\r\n") + "5\r\nhello\r\n0\r\n\r\n";
    let said = rest(&mut sent(&stage.launcher, &chunked).await).await;
    assert!(said.starts_with("HTTP/1.1 400") && said.contains("Content-Length header is not present"), "{said}");
    let said = rest(&mut sent(&stage.launcher, &stage.head(writer, "connection: close\r\n")).await).await;
    assert!(said.contains("Content-Length header is not present"), "{said}");
    for writer in ["987654321", "undefined"] {
        let empty = stage.client.post(&format!("/immutable-data/{writer}")).token(&stage.token).send().await;
        assert_eq!((empty.status(), empty.text()), (200, "OK".to_owned()));
    }
}

#[tokio::test]
async fn what_has_come_of_a_body_that_breaks_off_stays_in_the_writer() {
    let stage = Stage::new().await;
    let (writer, before) = (stage.open().await, stage.launcher.memory_bytes());
    let mut stream = sent(&stage.launcher, &stage.head(writer, "content-length: 1000000\r\n")).await;
    stream.write_all(b"the start").await.unwrap();
    wait_until(|| under_way(&stage.launcher, before) >= 9).await;
    drop(stream);
    let answered = stage.launcher.requests().len();
    assert_eq!(stage.write(writer, "text/plain", Bytes::from_static(b" and the end")).await, 200);
    assert!(stage.launcher.requests().len() > answered);
    let reader = stage.reader(writer).await;
    assert_eq!(stage.read(reader).await, b"the start and the end");
}

#[tokio::test]
async fn content_that_is_lost_while_it_is_sent_ends_the_connection_before_its_length() {
    let stage = Stage::new().await;
    let writer = stage.open().await;
    assert_eq!(stage.write(writer, "text/plain", Bytes::from(vec![1; 12 * MIB])).await, 200);
    let reader = stage.reader(writer).await;
    let mut stream = connect(&stage.launcher).await;
    stream
        .write_all(format!("GET /immutable-data/{reader} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut start = [0; 1_000];
    stream.read_exact(&mut start).await.unwrap();
    assert!(String::from_utf8_lossy(&start).to_lowercase().contains("content-length: 12582912"));
    stage.launcher.reset();
    let mut read = 0;
    let mut buffer = vec![0; MIB];
    while let Ok(bytes @ 1..) = stream.read(&mut buffer).await {
        read += bytes;
    }
    assert!(read < 12 * MIB, "{read}");
    assert_eq!(stage.client.get("/health").send().await.status(), 200);
}

#[tokio::test]
async fn a_launcher_that_is_cut_off_stores_and_finds_no_content() {
    let stage = Stage::new().await;
    let [stored, open] = [stage.open().await, stage.open().await];
    for writer in [stored, open] {
        assert_eq!(stage.write(writer, "text/plain", Bytes::from(vec![1; 5_000])).await, 200);
    }
    let reader = stage.reader(stored).await;
    stage.launcher.partition(Duration::ZERO);
    let close = stage.client.put(&format!("/immutable-data/{open}/undefined")).token(&stage.token).send().await;
    assert_eq!(close.error().0, -37);
    assert_eq!(stage.client.get(&format!("/immutable-data/{reader}")).send().await.error().0, -37);
    stage.launcher.repair();
    let again = stage.reader(open).await;
    assert_eq!(stage.read(again).await, vec![1; 5_000]);
}

#[tokio::test]
async fn each_kind_of_handle_says_which_call_made_it() {
    let stage = Stage::new().await;
    let writer = stage.open().await;
    let reader = stage.reader(writer).await;
    let handles = stage.launcher.handles().handles;
    let made = |number: u64| handles.iter().find(|handle| handle.number == number).and_then(|handle| handle.call);
    let words = [writer, reader].map(|number| made(number).map(|call| call.to_string()));
    assert_eq!(words, [Some("open_writer".to_owned()), Some("open_reader".to_owned())]);
}
