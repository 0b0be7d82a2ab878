//! Launchers on ports: isolation, bounds, and a clean stop.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use safe_mock::fault::{Fault, Latency, Rule, When};
use safe_mock::{MockLauncher, StartError};
use suite::call::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

async fn connect(launcher: &MockLauncher) -> tokio::net::TcpStream {
    tokio::net::TcpStream::connect(launcher.addresses()[0]).await.unwrap()
}

/// Everything that the launcher sends until it closes the connection.
async fn rest(stream: &mut tokio::net::TcpStream) -> String {
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    String::from_utf8_lossy(&said).into_owned()
}

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

/// Asks to be let in, and sends `more` right after the request.
async fn ask(launcher: &MockLauncher, more: &str) -> tokio::net::TcpStream {
    let app = suite::call::application("a", &[]).to_string();
    let head = "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json";
    let mut stream = connect(launcher).await;
    stream.write_all(format!("{head}\r\ncontent-length: {}\r\n\r\n{app}{more}", app.len()).as_bytes()).await.unwrap();
    stream
}

/// Lets everything else run until `condition` holds.
async fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < deadline, "the condition does not come true");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
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
async fn an_idle_connection_is_closed() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_millis(500)).start().await.unwrap();
    // Before any request, in the middle of its headers, and between two requests.
    for begun in ["", "GET /health HT", "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"] {
        let mut stream = connect(&launcher).await;
        stream.write_all(begun.as_bytes()).await.unwrap();
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

fn delay(by: Duration) -> Fault {
    Fault::Delay { by: Latency::Fixed(by), when: When::Before }
}

#[tokio::test]
async fn a_handler_that_waits_with_its_request_unread_is_not_idle() {
    let launcher = MockLauncher::builder().idle_timeout(Duration::from_millis(200)).start().await.unwrap();
    let delay = Rule::new(delay(Duration::from_secs(1))).times(1);
    let _guard = launcher.add_fault(delay).unwrap();
    assert!(rest(&mut ask(&launcher, "").await).await.starts_with("HTTP/1.1 200 "));
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
    let _guard = launcher.add_fault(Rule::new(delay(Duration::from_mins(1)))).unwrap();
    for request in [
        "GET /health HTTP/1.1\r\nhost: localhost\r\n\r\nG",
        "POST /auth HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nabc",
    ] {
        let mut stream = connect(&launcher).await;
        stream.write_all(request.as_bytes()).await.unwrap();
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
    let mut second = connect(&launcher).await;
    second.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut early = [0; 1];
    assert!(tokio::time::timeout(Duration::from_millis(50), second.peek(&mut early)).await.is_err());
    drop(first);
    assert!(rest(&mut second).await.starts_with("HTTP/1.1 200 "));
}
