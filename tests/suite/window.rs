//! The window: what an address answers to a browser and to others, and its live events on a port.

use std::collections::BTreeSet;

use http::{HeaderName, Method, header};
use safe_mock::fault::{Call, Fault, NetworkError};
use safe_mock::{Builder, MockLauncher};
use serde_json::Value;
use suite::call::Client;
use suite::connection::{rest, sent, wait_until};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// What Firefox sends when it opens an address.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// The addresses that have a page for a browser.
const FRONT: [&str; 3] = ["/", "/__mock", "/__mock/"];

fn client() -> Client {
    Client::in_process(&Builder::default().build())
}

#[tokio::test]
async fn a_terminal_gets_readable_json_that_lists_what_can_be_asked() {
    for path in FRONT {
        let answer = client().get(path).header(header::ACCEPT, "*/*").send().await;
        assert_eq!((answer.status(), answer.kind()), (200, Some("application/json; charset=utf-8")), "{path}");
        let text = answer.text();
        assert!(text.starts_with("{\n  \"about\": \"safe-mock") && text.ends_with("}\n"), "{text}");
        assert!(answer.json()["routes"].as_array().unwrap().len() > 20);
    }
    let head = client().request(Method::HEAD, "/").send().await;
    assert_eq!((head.status(), head.text()), (200, String::new()));
}

#[tokio::test]
async fn a_terminal_gets_all_json_of_the_control_plane_one_field_a_line_and_a_script_gets_it_as_it_is() {
    let client = client();
    for path in ["/__mock/rooms", "/__mock/network", "/__mock/journal", "/__mock/rooms/99"] {
        let ask = |headers: Vec<(HeaderName, &'static str)>| {
            let request = client.get(path);
            async move {
                headers.into_iter().fold(request, |request, (name, value)| request.header(name, value)).send().await
            }
        };
        let script = ask(vec![(header::ACCEPT, "*/*"), (HeaderName::from_static("sec-fetch-mode"), "cors")]).await;
        for shown in [ask(vec![(header::ACCEPT, "*/*")]).await, ask(vec![(header::ACCEPT, BROWSER)]).await] {
            let text = shown.text();
            assert!(text.starts_with("{\n  \"") && text.ends_with("}\n"), "{path}: {text}");
            assert_eq!((shown.status(), shown.kind()), (script.status(), script.kind()));
            let names = |answer: &Value| answer.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&shown.json()), names(&script.json()));
        }
        for answer in [script, ask(vec![]).await, ask(vec![(header::ACCEPT, "application/json")]).await] {
            assert!(!answer.text().contains('\n'), "{path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_browser_gets_the_window_and_is_led_to_it_from_the_root() {
    for path in ["/", "/__mock", "/__mock/window", "/__mock/window/"] {
        let answer = client().get(path).header(header::ACCEPT, BROWSER).send().await;
        assert!([307, 308].contains(&answer.status()), "{path}");
        assert_eq!(answer.header("location"), Some("/__mock/"));
    }
    let page = client().get("/__mock/").header(header::ACCEPT, BROWSER).send().await;
    assert_eq!((page.status(), page.kind()), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.header("vary"), Some("accept"));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'; script-src 'self';"));
    assert!(page.text().starts_with("<!doctype html>"));
    let script = client().get("/__mock/window/main.js").send().await;
    assert_eq!((script.status(), script.kind()), (200, Some("text/javascript; charset=utf-8")));
}

#[tokio::test]
async fn the_root_is_no_call_of_the_api_for_those_who_read_it_and_one_for_those_who_write() {
    let launcher = Builder::default().build();
    let client = Client::in_process(&launcher);
    for accepted in ["*/*", BROWSER] {
        client.get("/").header(header::ACCEPT, accepted).send().await;
        client.request(Method::HEAD, "/").header(header::ACCEPT, accepted).send().await;
    }
    client.get("/").header(header::ORIGIN, "https://evil.example").send().await;
    assert_eq!(launcher.requests(), []);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let (root, unknown) =
            (client.request(method.clone(), "/").send().await, client.request(method, "/nope").send().await);
        assert_eq!((root.status(), root.text()), (unknown.status(), unknown.text()));
    }
    assert_eq!(launcher.requests().len(), 6);
}

#[tokio::test]
async fn without_a_control_plane_the_root_is_answered_as_by_the_launcher_of_old() {
    let launcher = Builder::default().control(false).build();
    let client = Client::in_process(&launcher);
    let unknown = client.get("/nope").send().await;
    for path in FRONT.into_iter().chain(["/__mock/events", "/__mock/window/main.js"]) {
        let answer = client.get(path).header(header::ACCEPT, BROWSER).send().await;
        assert_eq!((answer.status(), answer.text()), (unknown.status(), unknown.text()), "{path}");
    }
    assert_eq!(launcher.requests().len(), 6);
}

#[tokio::test]
async fn a_page_of_another_origin_sees_neither_window_nor_events() {
    for path in FRONT.into_iter().chain(["/__mock/events", "/__mock/window/main.js"]) {
        let answer = client().get(path).header(header::ORIGIN, "https://evil.example").send().await;
        assert_eq!(answer.status(), 403, "{path}");
    }
}

/// A stream of events on a port, of which the first event was read.
async fn follow(launcher: &MockLauncher) -> TcpStream {
    let mut stream = sent(launcher, "GET /__mock/events HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    read_until(&mut stream, "event: change\ndata: {").await;
    stream
}

async fn read_until(stream: &mut TcpStream, wanted: &str) {
    let mut said = String::new();
    while !said.contains(wanted) {
        let mut part = [0; 1_024];
        let length = stream.read(&mut part).await.unwrap();
        assert_ne!(length, 0, "{said}");
        said.push_str(&String::from_utf8_lossy(&part[..length]));
    }
}

#[tokio::test]
async fn on_a_port_a_change_is_told_as_it_happens() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = follow(&launcher).await;
    Client::over_tcp(&launcher).get("/health").send().await;
    read_until(&mut stream, "\"journal\":1").await;
}

#[tokio::test]
async fn a_window_that_is_open_does_not_hold_up_a_launcher_that_stops() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut stream = follow(&launcher).await;
    let (left, ()) = tokio::join!(rest(&mut stream), launcher.shutdown());
    // The end of a body that was cut off would be missing.
    assert!(left.ends_with("0\r\n\r\n"), "{left:?}");
}

#[tokio::test]
async fn a_client_that_goes_leaves_no_stream_behind() {
    let launcher = MockLauncher::start().await.unwrap();
    let metrics = tokio::runtime::Handle::current().metrics();
    let before = metrics.num_alive_tasks();
    let streams = [follow(&launcher).await, follow(&launcher).await];
    assert_ne!(metrics.num_alive_tasks(), before);
    drop(streams);
    wait_until(|| metrics.num_alive_tasks() == before).await;
}

#[tokio::test]
async fn more_windows_than_the_launcher_follows_are_told_so() {
    let launcher = MockLauncher::start().await.unwrap();
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(follow(&launcher).await);
    }
    let answer = Client::over_tcp(&launcher).get("/__mock/events").send().await;
    assert_eq!((answer.status(), answer.error().1.contains("64 clients follow the events")), (400, true));
    let listed: Value = Client::over_tcp(&launcher).get("/__mock/sessions").send().await.json();
    assert_eq!(listed.as_array().map(Vec::len), Some(0));
}

/// The words that a type of rules reads, as its error lists them.
fn words_of<T: serde::de::DeserializeOwned + std::fmt::Debug>() -> BTreeSet<String> {
    let error = serde_json::from_str::<T>("\"?\"").unwrap_err().to_string();
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn the_form_of_rules_offers_every_call_fault_and_error_that_a_rule_can_name() {
    let script = client().get("/__mock/window/faults-words.js").send().await.text();
    let list =
        |name: &str| script.split(&format!("export const {name} = [")).nth(1).unwrap().split("];").next().unwrap();
    let words = |text: &str| text.split('\'').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(words(list("CALLS")), words_of::<Call>());
    assert_eq!(words(list("ERRORS")), words_of::<NetworkError>());
    let faults = list("FAULTS").lines().filter_map(|line| line.trim().strip_prefix("['")?.split('\'').next());
    assert_eq!(faults.map(str::to_owned).collect::<BTreeSet<_>>(), words_of::<Fault>());
}
