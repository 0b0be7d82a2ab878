//! The two ways that requests travel: over TCP, and to a router in this process.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::any;
use bytes::Bytes;
use signaling::launcher::{HttpError, HttpService, InProcess, MAX_RESPONSE_BYTES, OverTcp};
use signaling::{Config, Peer, SetupError, WebRtc};
use tokio::net::TcpListener;

/// Says what it was asked, header by header.
async fn echo(request: Request) -> String {
    let mut said = format!("{} {}\n", request.method(), request.uri().path());
    for name in ["content-type", "content-length", "transfer-encoding", "authorization"] {
        if let Some(value) = request.headers().get(name) {
            writeln!(said, "{name}: {}", value.to_str().unwrap()).unwrap();
        }
    }
    let body = axum::body::to_bytes(request.into_body(), 1000).await.unwrap();
    said + std::str::from_utf8(&body).unwrap()
}

fn router() -> Router {
    Router::new()
        .route("/large", any(|| async { vec![b'x'; 10_000_000] }))
        .route("/away", any(|| async { (StatusCode::FOUND, [("location", "/elsewhere")]) }))
        .fallback(echo)
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// Both ways, and the address under which each is reached.
async fn both() -> [(Box<dyn HttpService>, String); 2] {
    [
        (Box::new(OverTcp::new().unwrap()), serve(router()).await),
        (Box::new(InProcess::new(router())), "http://localhost:8100".into()),
    ]
}

fn request(method: &str, url: String, json: Option<&str>) -> http::Request<Bytes> {
    let mut request = http::Request::builder().method(method).uri(url).header("authorization", "Bearer T");
    if json.is_some() {
        request = request.header("content-type", "application/json");
    }
    request.body(json.unwrap_or_default().to_owned().into()).unwrap()
}

#[tokio::test]
async fn requests_arrive_as_they_were_made() {
    for (service, base) in both().await {
        let answer = service.call(request("POST", format!("{base}/0.5/structured-data/"), Some("{}"))).await.unwrap();
        let said = String::from_utf8(answer.body().to_vec()).unwrap();
        assert!(said.starts_with("POST /0.5/structured-data/\ncontent-type: application/json\n"), "{said}");
        assert!(said.ends_with("authorization: Bearer T\n{}"), "{said}");
    }
}

#[tokio::test]
async fn a_request_without_a_body_says_nothing_of_one() {
    for (service, base) in both().await {
        for method in ["GET", "PUT", "DELETE"] {
            let answer = service.call(request(method, format!("{base}/0.5/structured-data/7"), None)).await.unwrap();
            let said = String::from_utf8(answer.body().to_vec()).unwrap();
            let said = said.replace("content-length: 0\n", "");
            assert_eq!(said, format!("{method} /0.5/structured-data/7\nauthorization: Bearer T\n"));
        }
    }
}

#[tokio::test]
async fn an_answer_of_ten_megabytes_is_not_read() {
    for (service, base) in both().await {
        let answer = service.call(request("GET", format!("{base}/large"), None)).await;
        assert!(matches!(answer, Err(HttpError::BodyTooLarge { limit: MAX_RESPONSE_BYTES })));
    }
}

#[tokio::test]
async fn a_redirection_is_an_answer_and_is_not_followed() {
    for (service, base) in both().await {
        let answer = service.call(request("GET", format!("{base}/away"), None)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::FOUND);
    }
}

#[tokio::test]
async fn a_closed_port_cannot_be_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let config = Config::default().deadline(Duration::from_secs(20));
    let peer = Peer::new(&format!("http://{address}"), config).unwrap();
    let error = peer.meet(&crate::room()).await.map(drop).unwrap_err();
    assert!(error.to_string().contains(&format!("at http://{address}: the connection was refused")), "{error}");
}

#[test]
fn an_url_that_is_no_launcher_is_refused() {
    let service = || Arc::new(InProcess::new(router()));
    let with = |url| Peer::builder(url, WebRtc::new()).service(service()).build().map(drop);
    let bad = [
        "",
        "x",
        "localhost:8100",
        "https://localhost:8100",
        "http://",
        "ftp://localhost",
        "http://localhost:8100/0.5",
        "http://localhost:8100/?x",
        "http://user:secret@localhost:8100",
    ];
    for url in bad {
        assert!(matches!(with(url), Err(SetupError::BadLauncherUrl(_))), "{url}");
    }
    for url in ["http://localhost:8100", "http://localhost:8100/", "http://[::1]:8100", "HTTP://localhost"] {
        assert!(with(url).is_ok(), "{url}");
    }
}
