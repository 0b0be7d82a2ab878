//! A bare axum server: the same routes, with constant bodies of the same sizes.

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post, put};
use axum::serve::ListenerExt;
use http::header::CONTENT_TYPE;
use suite::call::Client;
use tokio::net::TcpListener;

/// A server that runs as long as the process.
pub struct Bare {
    url: String,
}

impl Bare {
    /// Where its requests go.
    pub fn client(&self) -> Client {
        Client::new(Arc::new(signaling::launcher::OverTcp::new().unwrap()), self.url.clone())
    }
}

/// Starts it on a free port of loopback.
pub async fn start() -> Bare {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    tokio::spawn(async move { axum::serve(listener, router()).await.unwrap() });
    Bare { url }
}

fn router() -> Router {
    let json = |body: &'static str| move || async move { ([(CONTENT_TYPE, "application/json; charset=utf-8")], body) };
    let offer = || async { ([(CONTENT_TYPE, "application/octet-stream")], vec![b'x'; 1_200]) };
    let token = r#"{"token":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","permissions":["LOW_LEVEL_API"]}"#;
    let held = r#"{"handleId":100}"#;
    let fetched = r#"{"handleId":100,"isOwner":false,"version":0}"#;
    Router::new()
        .route("/auth", post(json(token)))
        .route("/0.5/data-id/structured-data", post(json(held)))
        .route("/0.5/data-id/{handle}", delete(|| async { "OK" }))
        .route("/0.5/structured-data/handle/{handle}", get(json(fetched)).delete(|| async { "OK" }))
        .route("/0.5/structured-data/{handle}/{version}", get(offer))
        .route("/0.5/structured-data/", post(json(held)))
        .route("/0.5/structured-data/{handle}", put(|| async { "OK" }))
}
