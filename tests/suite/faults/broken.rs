//! Connections that break, and answers that are damaged.

use std::sync::Arc;

use safe_mock::fault::{Call, Fault, Matcher, NetworkError, Rule, When};
use safe_mock::{Builder, MockLauncher};
use serde_json::{Value, json};
use signaling::launcher::InProcess;
use suite::call::{Client, name};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::app::*;

#[tokio::test]
async fn a_broken_connection_is_an_error_for_the_caller_and_says_whether_the_call_was_carried_out() {
    both(async |app| {
        let faults = [
            (Fault::Refuse, false, false),
            (Fault::Reset, false, false),
            (Fault::LoseAnswer, false, true),
            (Fault::CloseHalfway, true, true),
        ];
        for (index, (fault, begun, carried_out)) in faults.into_iter().enumerate() {
            let (text, named) = (fault.name().to_owned(), fault.name());
            let handle = app.draft(&text).await;
            let before = app.stored();
            let guard = app.add(Rule::new(fault).on(Matcher::call(Call::Put)).times(1));
            assert_eq!(app.put(handle).await.status(), NO_ANSWER, "{named}");
            assert_eq!(app.stored() - before, usize::from(carried_out), "{named}");
            assert_eq!(guard.strikes(), 1);
            // The next call is answered, on a new connection if the old one was closed.
            let again = app.put(handle).await;
            assert_eq!(again.error().0, if carried_out { -23 } else { 0 }, "{named}");
            let put = format!("/structured-data/{handle}");
            let entries: Vec<_> = app.journal().into_iter().filter(|(path, ..)| *path == put).collect();
            let status = if begun { 200 } else { 0 };
            assert_eq!(entries[0], (put, status, Some(named.to_owned())), "{index}");
            assert_eq!(entries[1].2, None);
        }
    })
    .await;
}

#[tokio::test]
async fn through_the_router_a_broken_connection_is_a_body_that_fails() {
    let launcher = Builder::default().build();
    let client =
        Client::new(Arc::new(ErrorsAsAnswers(Arc::new(InProcess::new(launcher.router())))), "http://x".to_owned());
    for fault in [Fault::Refuse, Fault::LoseAnswer, Fault::CloseHalfway] {
        let _guard = launcher.add_fault(Rule::new(fault)).unwrap();
        assert_eq!(client.get("/health").send().await.status(), NO_ANSWER);
    }
    assert_eq!(client.get("/health").send().await.status(), 200);
}

#[tokio::test]
async fn over_tcp_a_refusal_closes_and_a_reset_resets() {
    let launcher = MockLauncher::start().await.unwrap();
    for (fault, reset) in [(Fault::Refuse, false), (Fault::Reset, true)] {
        let guard = launcher.add_fault(Rule::new(fault)).unwrap();
        let mut stream = tokio::net::TcpStream::connect(launcher.addresses()[0]).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let mut said = Vec::new();
        let ended = stream.read_to_end(&mut said).await;
        assert_eq!(ended.map_err(|error| error.kind()).err(), reset.then_some(std::io::ErrorKind::ConnectionReset));
        assert_eq!((said.len(), guard.strikes()), (0, 1));
    }
}

#[tokio::test]
async fn over_tcp_half_of_an_answer_is_sent_before_the_connection_closes() {
    let launcher = MockLauncher::start().await.unwrap();
    let _guard = launcher.add_fault(Rule::new(Fault::CloseHalfway)).unwrap();
    let mut stream = tokio::net::TcpStream::connect(launcher.addresses()[0]).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.contains("content-length: 2\r\n"), "{said}");
    assert!(said.ends_with("\r\n\r\nO"), "{said}");
}

#[tokio::test]
async fn an_answer_is_empty_cut_or_malformed_and_the_call_is_carried_out() {
    both(async |app| {
        let whole = format!("{{\"handleId\":{}}}", app.draft("first").await + 1);
        for (fault, body) in [
            (Fault::CutAnswer, &whole.as_bytes()[..whole.len() / 2]),
            (Fault::EmptyAnswer, b""),
            (Fault::MalformedAnswer, b"{\"handleId\": \xff\xfe,]"),
        ] {
            let live = app.launcher.handles().live();
            let draft = json!({"name": name("broken"), "typeTag": 500, "data": ""});
            let guard = app.add(Rule::new(fault.clone()).on(Matcher::call(Call::Create)));
            let answer = app.client.post("/structured-data").token(&app.token).json(&draft).send().await;
            assert_eq!((answer.status(), &answer.bytes()[..]), (200, body), "{}", fault.name());
            assert_eq!(answer.json(), Value::Null);
            assert_eq!((app.launcher.handles().live() - live, guard.strikes()), (1, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn of_faults_that_change_the_answer_only_the_first_strikes() {
    let app = App::new().await;
    let first = app.add(Rule::new(fail(NetworkError::LowBalance)).times(1));
    let second = app.add(Rule::new(fail(NetworkError::NetworkFull)).times(1));
    let beside = app.add(Rule::new(Fault::LoseHandles { when: When::After }).times(1));
    let answer = app.client.get("/auth").token(&app.token).send().await;
    assert_eq!((answer.error().0, first.strikes(), second.strikes(), beside.strikes()), (-24, 1, 0, 1));
    assert_eq!(second.view().unwrap().matched, 1);
    let entry = app.journal().pop().unwrap();
    assert_eq!(entry.2.as_deref(), Some("fail+lose_handles"));
}
