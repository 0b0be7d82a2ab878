//! Launchers on ports: isolation, bounds, and clients that leave.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use safe_mock::fault::{Fault, Latency, Rule, When};
use safe_mock::{MockLauncher, StartError};
use suite::call::Client;
use suite::connection::{ask, connect, rest, sent, wait_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = MockLauncher::start().await.unwrap();
    let second = MockLauncher::builder().port(first.port()).start().await;
    let Err(StartError::PortInUse(address)) = second else { panic!("{second:?}") };
    assert_eq!(address.port(), first.port());
}

#[tokio::test]
async fn localhost_works_over_both_loopback_addresses() {
    let launcher = MockLauncher::start().await.unwrap();
    if std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err() {
        assert_eq!(launcher.addresses().len(), 1, "this machine has no IPv6");
        return;
    }
    let six = SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), launcher.port());
    assert_eq!(launcher.addresses(), [launcher.addresses()[0], six]);
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let answer = reqwest::get(format!("http://{host}:{}/health", launcher.port())).await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "OK", "{host}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_launchers_in_one_process_do_not_see_each_other() {
    let launchers: Vec<_> = (0..1_000).map(|_| safe_mock::Builder::default().build()).collect();
    let first = Client::in_process(&launchers[0]);
    let token = first.token("net.example", &["LOW_LEVEL_API"]).await;
    let draft = serde_json::json!({"name": suite::call::name("alone"), "data": ""});
    let handle = first.post("/structured-data").token(&token).json(&draft).send().await.handle();
    first.put(&format!("/structured-data/{handle}")).token(&token).send().await;
    for launcher in &launchers[1..] {
        assert!(launcher.network().records().is_empty() && launcher.handles().live() == 0);
        assert_eq!(Client::in_process(launcher).get("/auth").token(&token).send().await.status(), 401);
    }
}

#[tokio::test]
async fn who_asks_and_leaves_is_not_asked_about_any_more() {
    let launcher = MockLauncher::builder().consent(safe_mock::Consent::Ask).start().await.unwrap();
    // hyper reads no further while it holds bytes of a next request.
    for more in ["", "G", "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"] {
        let mut streams = Vec::new();
        for _ in 0..100 {
            streams.push(ask(&launcher, more).await);
        }
        wait_until(|| launcher.questions().len() == 100).await;
        drop(streams);
        wait_until(|| launcher.questions().is_empty()).await;
        // Bytes that come later, and are not read.
        let mut stream = ask(&launcher, more).await;
        wait_until(|| launcher.questions().len() == 1).await;
        for _ in 0..100 {
            stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
            tokio::task::yield_now().await;
        }
        drop(stream);
        wait_until(|| launcher.questions().is_empty()).await;
    }
    let mut stream = ask(&launcher, "").await;
    wait_until(|| launcher.questions().len() == 1).await;
    launcher.set_consent(safe_mock::Consent::Allow);
    assert_ne!(stream.read(&mut [0; 1_024]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_delayed_request_ends_when_its_client_leaves() {
    let launcher = MockLauncher::start().await.unwrap();
    let metrics = tokio::runtime::Handle::current().metrics();
    let tasks = metrics.num_alive_tasks();
    let delay = Fault::Delay { by: Latency::Fixed(Duration::from_mins(1)), when: When::Before };
    let _guard = launcher.add_fault(Rule::new(delay)).unwrap();
    for request in [
        "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\nG",
        "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nabc",
    ] {
        let stream = sent(&launcher, request).await;
        wait_until(|| launcher.faults()[0].strikes > 0 && metrics.num_alive_tasks() == tasks + 1).await;
        drop(stream);
        wait_until(|| metrics.num_alive_tasks() == tasks).await;
    }
}

#[tokio::test]
async fn what_followed_a_request_that_waited_is_answered_after_it() {
    let launcher = MockLauncher::builder().consent(safe_mock::Consent::Ask).start().await.unwrap();
    let mut stream = ask(&launcher, "GET /health HTTP/1.1\r\nhost: lo").await;
    wait_until(|| launcher.questions().len() == 1).await;
    stream.write_all(b"calhost\r\nconnection: close\r\n\r\n").await.unwrap();
    launcher.set_consent(safe_mock::Consent::Allow);
    let said = rest(&mut stream).await;
    assert!(said.contains("\"token\"") && said.ends_with("\r\n\r\nOK"), "{said}");
}

#[tokio::test]
async fn headers_are_bounded() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = connect(&launcher).await;
    let long = format!("GET /health HTTP/1.1\r\nhost: localhost\r\nx-long: {}\r\n\r\n", "a".repeat(1 << 20));
    // The launcher may answer and close before all of it is written.
    let _closed_early = stream.write_all(long.as_bytes()).await;
    let mut said = Vec::new();
    let _reset = stream.read_to_end(&mut said).await;
    assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
    assert_eq!(Client::over_tcp(&launcher).get("/health").send().await.status(), 200);
}

#[tokio::test]
async fn further_connections_wait_for_a_permit() {
    let launcher = MockLauncher::builder().connections_max(1).start().await.unwrap();
    let first = connect(&launcher).await;
    let mut second = sent(&launcher, "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await;
    let mut early = [0; 1];
    assert!(tokio::time::timeout(Duration::from_millis(50), second.peek(&mut early)).await.is_err());
    drop(first);
    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 "));
}
