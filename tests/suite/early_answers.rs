//! Answers that a launcher gives before it has read the body of the request.

use safe_mock::MockLauncher;
use safe_mock::fault::{Call, Fault, Matcher, Rule, When};
use suite::connection::{connect, rest, sent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEALTH: &str = "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn head(request: &str, headers: &str, length: usize) -> String {
    format!("{request} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{headers}\r\n")
}

/// The status of the next answer, which has a length.
async fn status(stream: &mut TcpStream) -> u16 {
    let mut said = Vec::new();
    while !said.ends_with(b"\r\n\r\n") {
        said.push(stream.read_u8().await.unwrap());
    }
    let said = String::from_utf8(said).unwrap().to_lowercase();
    let length = said.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
    stream.read_exact(&mut vec![0; length]).await.unwrap();
    assert!(!said.contains("connection: close"), "{said}");
    said[9..12].parse().unwrap()
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_body_keeps_the_connection() {
    let launcher = MockLauncher::builder().body_bytes_max(1 << 20).start().await.unwrap();
    let json = "content-type: application/json\r\n";
    let stale = "authorization: Bearer a.b.c\r\n";
    let mut stream = connect(&launcher).await;
    for (request, headers, length, expected) in [
        ("POST /auth", json, 4 << 20, 404),
        ("POST /nope", "", 1 << 20, 404),
        ("POST /structured-data", stale, 50 << 10, 401),
        ("POST /structured-data", "", 1 << 20, 401),
        ("POST /structured-data", json, 1 << 20, 404),
        ("POST /data-id", "", 4 << 20, 413),
        ("POST /data-id", "origin: https://example.net\r\n", 4 << 20, 403),
        ("POST /__mock/reset", "", 4 << 20, 200),
    ] {
        for _ in 0..5 {
            stream.write_all(head(request, headers, length).as_bytes()).await.unwrap();
            stream.write_all(&vec![b' '; length]).await.unwrap();
            assert_eq!(status(&mut stream).await, expected, "{request} {headers}");
            stream.write_all(HEALTH.as_bytes()).await.unwrap();
            assert_eq!(status(&mut stream).await, 200);
        }
    }
}

#[tokio::test]
async fn an_answer_of_a_fault_keeps_the_connection_too() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = connect(&launcher).await;
    let length = 1 << 20;
    for fault in [Fault::EmptyAnswer, Fault::MalformedAnswer, Fault::RestartLauncher { when: When::Before }] {
        let guard = launcher.add_fault(Rule::new(fault.clone()).on(Matcher::call(Call::HoldDataId))).unwrap();
        stream.write_all(head("POST /data-id/structured-data", "", length).as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; length]).await.unwrap();
        status(&mut stream).await;
        assert_eq!(guard.strikes(), 1, "{fault:?}");
        stream.write_all(HEALTH.as_bytes()).await.unwrap();
        assert_eq!(status(&mut stream).await, 200, "{fault:?}");
    }
}

#[tokio::test]
async fn the_answer_does_not_wait_for_a_body_that_it_does_not_need() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = sent(&launcher, &head("POST /nope", "", 5)).await;
    assert_eq!(status(&mut stream).await, 404);
    stream.write_all(format!("12345{HEALTH}").as_bytes()).await.unwrap();
    assert_eq!(status(&mut stream).await, 200);
}

#[tokio::test]
async fn a_body_past_every_bound_is_answered_and_the_answer_can_be_read() {
    let launcher = MockLauncher::start().await.unwrap();
    for request in ["POST /nope", "POST /data-id"] {
        let mut stream = connect(&launcher).await;
        let length = 60 << 20;
        stream.write_all(head(request, "", length).as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; length]).await.unwrap();
        let said = rest(&mut stream).await;
        assert!(said.starts_with("HTTP/1.1 4") && said.contains("connection: close"), "{said}");
    }
}

#[tokio::test]
async fn a_body_that_the_client_offers_is_not_asked_for_without_need() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = sent(&launcher, &head("POST /nope", "expect: 100-continue\r\n", 1 << 20)).await;
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 404 ") && said.contains("connection: close"), "{said}");

    let mut stream = connect(&launcher).await;
    let app = suite::call::application("a", &[]).to_string();
    let headers = "expect: 100-continue\r\ncontent-type: application/json\r\n";
    stream.write_all(head("POST /auth", headers, app.len()).as_bytes()).await.unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).await.unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(app.as_bytes()).await.unwrap();
    assert_eq!(status(&mut stream).await, 200);
}
