//! The seven requests with which a recipient reads the offer and stores its answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use safe_mock::{Builder, MockLauncher};
use serde_json::{Value, json};
use suite::call::{Client, name};
use tokio::time::{Duration, Instant};

use crate::bare;
use crate::statistics::{Figure, each, median, milliseconds};

/// Sequences in one round.
const SEQUENCES: usize = 150;

/// Rounds, each of the launcher and of the bare server in turn.
const ROUNDS: usize = 15;

/// The typical size of an offer with one data channel, in bytes.
const OFFER_BYTES: usize = 1_200;

/// A launcher with a stored offer, and a session that may read it.
pub struct Stage {
    client: Client,
    token: String,
    room: Value,
    payload: String,
}

impl Stage {
    /// Stores the offer.
    pub async fn new(client: Client) -> Self {
        let token = client.token("bench", &["LOW_LEVEL_API"]).await;
        let payload = STANDARD.encode(vec![b'x'; OFFER_BYTES]);
        let room = json!({"name": name("the room"), "typeTag": 500});
        let draft = json!({"name": name("the room"), "typeTag": 500, "data": payload});
        let handle = client.post("/0.5/structured-data/").token(&token).json(&draft).send().await.handle();
        client.put(&format!("/0.5/structured-data/{handle}")).token(&token).send().await;
        Self { client, token, room, payload }
    }

    /// Reads the offer, and stores the answer under another name.
    pub async fn sequence(&self, answer: usize) {
        let id = self.send(Method::POST, "/0.5/data-id/structured-data", Some(&self.room)).await;
        let handle = self.send(Method::GET, &format!("/0.5/structured-data/handle/{id}"), None).await;
        self.send(Method::DELETE, &format!("/0.5/data-id/{id}"), None).await;
        self.send(Method::GET, &format!("/0.5/structured-data/{handle}/undefined"), None).await;
        self.send(Method::DELETE, &format!("/0.5/structured-data/handle/{handle}"), None).await;
        let draft = json!({"name": name(&format!("answer {answer}")), "typeTag": 500, "data": self.payload});
        let handle = self.send(Method::POST, "/0.5/structured-data/", Some(&draft)).await;
        self.send(Method::PUT, &format!("/0.5/structured-data/{handle}"), None).await;
    }

    /// The handle in the response, or 0 if the response has none.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> u64 {
        let mut call = self.client.request(method, path).token(&self.token);
        if let Some(body) = body {
            call = call.json(body);
        }
        let answer = call.send().await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
        answer.json()["handleId"].as_u64().unwrap_or(0)
    }

    async fn round(&self, first: usize) -> Duration {
        let begun = Instant::now();
        for index in first..first + SEQUENCES {
            self.sequence(index).await;
        }
        begun.elapsed()
    }
}

/// The launcher beside a server with constant bodies, over loopback with keep-alive connections.
pub async fn over_tcp() -> Vec<Figure> {
    let launcher = MockLauncher::start().await.unwrap();
    let ours = Stage::new(Client::over_tcp(&launcher)).await;
    let bare = bare::start().await;
    let theirs = Stage::new(bare.client()).await;
    let (mut ratios, mut times) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let first = round * SEQUENCES;
        // In turn, so that other load on the machine affects both.
        let (mock, bare) = if round % 2 == 0 {
            let mock = ours.round(first).await;
            (mock, theirs.round(first).await)
        } else {
            let bare = theirs.round(first).await;
            (ours.round(first).await, bare)
        };
        // The first round warms up.
        if round > 0 {
            ratios.push(bare.as_secs_f64() / mock.as_secs_f64());
            times.push(each(mock, SEQUENCES));
        }
    }
    launcher.shutdown().await;
    vec![
        Figure::new("seven-request rendezvous over TCP, median", milliseconds(median(times)), ""),
        Figure::new(
            "  speed against a bare axum server, median of rounds",
            format!("{:.2}", median(ratios)),
            ">= 0.85",
        ),
    ]
}

/// The launcher's router called as a service.
pub async fn in_process() -> Vec<Figure> {
    let stage = Stage::new(Client::in_process(&Builder::default().build())).await;
    let mut speeds = Vec::new();
    for round in 0..=ROUNDS {
        let time = stage.round(round * SEQUENCES).await;
        if round > 0 {
            speeds.push(7.0 / each(time, SEQUENCES));
        }
    }
    vec![Figure::new("requests in process, median", format!("{:.0} /s", median(speeds)), "")]
}
