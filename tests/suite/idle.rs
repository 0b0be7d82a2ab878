//! When a connection is idle, and how one ends in the middle of an answer.

use std::time::Duration;

use safe_mock::MockLauncher;
use safe_mock::fault::{Fault, Latency, Rule, When};
use suite::call::Client;
use suite::connection::{ask, connect, rest, sent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_millis(500)).start().await.unwrap();
    // Before any request, in the middle of its headers, and between two requests.
    for begun in ["", "GET /health HT", "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"] {
        let mut stream = sent(&launcher, begun).await;
        let said = rest(&mut stream).await;
        assert_eq!(said.contains("200 OK"), begun.ends_with("\r\n\r\n"), "{said}");
    }
}

#[tokio::test]
async fn a_missing_body_is_not_waited_for_indefinitely() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_millis(50)).start().await.unwrap();
    let mut stream = connect(&launcher).await;
    let begun = "POST /data-id HTTP/1.1\r\nhost: localhost\r\ncontent-length: 44\r\n\r\nabc";
    stream.write_all(begun.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_slow_but_steady_upload_is_not_idle() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_secs(1)).start().await.unwrap();
    let mut stream = connect(&launcher).await;
    let head = "POST /structured-data/deserialise HTTP/1.1\r\nhost: localhost\r\nconnection: close";
    let body = large_structured_data(32);
    stream.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes()).await.unwrap();
    for part in body.chunks(body.len() / 20) {
        stream.write_all(part).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
}

/// The serialised form of structured data whose content has this many bytes.
fn large_structured_data(content: usize) -> Vec<u8> {
    let mut bytes = 600_u64.to_le_bytes().to_vec();
    bytes.extend([7; 32]);
    bytes.extend((content as u64).to_le_bytes());
    bytes.resize(bytes.len() + content, b'x');
    // The version, no owner and no signature.
    bytes.extend([0; 24]);
    bytes
}

/// The bytes of an answer that does not fit into the buffers of the system.
const LARGE: usize = 12 << 20;

/// Asks for such an answer on a new connection.
async fn large_download(launcher: &MockLauncher) -> tokio::net::TcpStream {
    let upload = Client::over_tcp(launcher);
    let upload = upload.post("/structured-data/deserialise");
    let handle = upload.body("application/octet-stream", large_structured_data(LARGE)).send().await.handle();
    let mut stream = connect(launcher).await;
    let request = format!("GET /structured-data/serialise/{handle} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn a_slow_but_steady_download_arrives_whole() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_secs(1)).start().await.unwrap();
    let mut stream = large_download(&launcher).await;
    let (mut received, mut buffer) = (0, vec![0; 128 << 10]);
    while received < LARGE {
        let read = stream.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "cut after {received} bytes");
        received += read;
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

#[tokio::test]
async fn a_download_that_nobody_reads_ends_with_a_reset() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_millis(300)).start().await.unwrap();
    let mut stream = large_download(&launcher).await;
    let reset = stream.ready(tokio::io::Interest::ERROR);
    let ready = tokio::time::timeout(Duration::from_mins(1), reset).await.expect("a reset").unwrap();
    assert!(ready.is_error(), "{ready:?}");
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_shutdown_in_the_middle_of_an_answer_is_a_reset_and_not_a_clean_end() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = large_download(&launcher).await;
    stream.read_exact(&mut [0; 1_024]).await.unwrap();
    launcher.shutdown().await;
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_handler_that_waits_with_its_request_unread_is_not_idle() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_millis(200)).start().await.unwrap();
    let delay = Fault::Delay { by: Latency::Fixed(Duration::from_secs(1)), when: When::Before };
    let _guard = launcher.add_fault(Rule::new(delay).times(1)).unwrap();
    assert!(rest(&mut ask(&launcher, "").await).await.starts_with("HTTP/1.1 200 "));
}
