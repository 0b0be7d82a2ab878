//! How launchers on ports stop, and what a dropped one leaves.

use std::net::TcpStream;
use std::time::Duration;

use safe_mock::MockLauncher;
use suite::call::Client;
use suite::connection::{ask, connect, rest, wait_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

#[tokio::test]
async fn the_port_is_free_when_shutdown_returns() {
    let first = MockLauncher::start().await.unwrap();
    let port = first.port();
    assert_eq!(Client::over_tcp(&first).get("/health").send().await.text(), "OK");
    first.shutdown().await;
    let second = MockLauncher::builder().port(port).start().await.unwrap();
    assert_eq!(second.port(), port);
}

#[tokio::test]
async fn a_dropped_launcher_stops_listening() {
    let launcher = MockLauncher::start().await.unwrap();
    let address = launcher.addresses()[0];
    drop(launcher);
    assert!(TcpStream::connect(address).is_err());
}

/// Launchers that ask before they let an app in, and one request at each that waits for the answer.
async fn with_a_hanging_request_each(launchers: usize) -> (Vec<MockLauncher>, Vec<tokio::net::TcpStream>) {
    let (mut started, mut streams) = (Vec::new(), Vec::new());
    for _ in 0..launchers {
        let launcher = MockLauncher::builder().consent(safe_mock::Consent::Ask).start().await.unwrap();
        streams.push(ask(&launcher, "").await);
        started.push(launcher);
    }
    for launcher in &started {
        wait_until(|| launcher.questions().len() == 1).await;
    }
    (started, streams)
}

#[tokio::test]
async fn launchers_that_stop_together_share_one_grace_period() {
    let (launchers, _streams) = with_a_hanging_request_each(20).await;
    let begun = Instant::now();
    MockLauncher::shutdown_all(launchers).await;
    // One after the other, they would take 10 s.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn once_launchers_are_told_to_stop_none_answers_a_further_request() {
    let (mut launchers, _hanging) = with_a_hanging_request_each(3).await;
    let request = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut kept_alive = Vec::new();
    for launcher in &launchers {
        let mut stream = connect(launcher).await;
        stream.write_all(request).await.unwrap();
        let mut answer = [0; 1_024];
        assert_ne!(stream.read(&mut answer).await.unwrap(), 0);
        kept_alive.push(stream);
        // The launcher knows nothing of this request yet.
        let mut begun = connect(launcher).await;
        begun.write_all(&request[..10]).await.unwrap();
        kept_alive.push(begun);
    }
    let addresses: Vec<_> = launchers.iter().flat_map(MockLauncher::addresses).copied().collect();
    // So that the order of the list makes no difference.
    launchers.reverse();
    let mut stopping = std::pin::pin!(MockLauncher::shutdown_all(launchers));
    tokio::select! {
        biased;
        () = &mut stopping => panic!("a request hangs"),
        () = std::future::ready(()) => {}
    }
    for address in addresses {
        assert!(TcpStream::connect(address).is_err(), "{address} still listens");
    }
    let requests = async {
        for (index, stream) in kept_alive.iter_mut().enumerate() {
            let _closed = stream.write_all(&request[if index % 2 == 0 { 0 } else { 10 }..]).await;
            let mut answer = Vec::new();
            let _reset = stream.read_to_end(&mut answer).await;
            assert_eq!(String::from_utf8_lossy(&answer), "");
        }
    };
    tokio::join!(stopping, requests);
}

#[tokio::test]
async fn a_fixed_port_is_free_as_soon_as_its_launcher_is_dropped() {
    let first = MockLauncher::start().await.unwrap();
    let port = first.port();
    drop(first);
    for round in 0..200 {
        let launcher = MockLauncher::builder().port(port).start().await;
        let launcher = launcher.unwrap_or_else(|error| panic!("round {round}: {error}"));
        if round % 2 == 0 {
            let mut stream = connect(&launcher).await;
            stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
            assert_ne!(stream.read(&mut [0; 1_024]).await.unwrap(), 0);
        }
        match round % 3 {
            0 => std::thread::spawn(move || drop(launcher)).join().unwrap(),
            _ => drop(launcher),
        }
    }
}

#[tokio::test]
async fn launchers_that_are_dropped_leave_no_tasks_and_no_sockets() {
    let metrics = tokio::runtime::Handle::current().metrics();
    let (tasks, sockets) = (metrics.num_alive_tasks(), open_sockets());
    for _ in 0..1_000 {
        drop(MockLauncher::start().await.unwrap());
        // Other tests of this process have sockets too.
        assert!(metrics.num_alive_tasks() < tasks + 200 && open_sockets() < sockets + 500);
    }
    let (launchers, streams) = with_a_hanging_request_each(20).await;
    drop(launchers);
    for mut stream in streams {
        assert_eq!(rest(&mut stream).await, "");
    }
    wait_until(|| metrics.num_alive_tasks() == tasks).await;
}

/// How many sockets this process has; 0 where the system does not tell.
fn open_sockets() -> usize {
    let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") else { return 0 };
    let targets = descriptors.flatten().filter_map(|descriptor| std::fs::read_link(descriptor.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
}

#[test]
fn a_launcher_may_outlive_its_runtime() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let launcher = runtime.block_on(MockLauncher::start()).unwrap();
    let address = launcher.addresses()[0];
    drop(runtime);
    drop(launcher);
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn a_running_request_is_answered_before_the_launcher_stops() {
    let launcher = MockLauncher::builder().consent(safe_mock::Consent::Ask).start().await.unwrap();
    let asking = tokio::spawn({
        let client = Client::over_tcp(&launcher);
        async move { client.post("/auth").json(&suite::call::application("a", &[])).send().await.status() }
    });
    while launcher.questions().is_empty() {
        tokio::task::yield_now().await;
    }
    launcher.set_consent(safe_mock::Consent::Allow);
    launcher.shutdown().await;
    assert_eq!(asking.await.unwrap(), 200);
}
