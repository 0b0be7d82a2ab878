//! Shared by the tests of the journal: an app at a launcher, and entries as short lines.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use safe_mock::{Builder, Clock, JournalEntry, Launcher, Network};
use serde_json::{Value, json};
use suite::call::{Answer, Client, application};

pub(super) use crate::faults::{PEER, ROOM, in_process as client};

/// A launcher of a fixed seed and clock.
pub(super) fn builder() -> Builder {
    Builder::default().seed(7).clock(Clock::starting_at(Duration::from_secs(1_000)))
}

/// An app with a session at a launcher.
#[derive(Clone)]
pub(super) struct App {
    pub(super) launcher: Launcher,
    pub(super) client: Client,
    pub(super) token: String,
}

impl App {
    /// The app `id`, let in with the low-level API.
    pub(super) async fn at(launcher: &Launcher, id: &str) -> Self {
        let client = client(launcher);
        let token = client.token(id, &["LOW_LEVEL_API"]).await;
        Self { launcher: launcher.clone(), client, token }
    }

    /// An app at a launcher of its own.
    pub(super) async fn alone() -> Self {
        Self::at(&builder().build(), "net.example").await
    }

    /// An app at a launcher of its own on `network`.
    pub(super) async fn on(network: &Network) -> Self {
        Self::at(&builder().network(network).build(), "net.example").await
    }

    /// Sends a request without a body.
    pub(super) async fn send(&self, method: Method, path: &str) -> Answer {
        self.client.request(method, path).token(&self.token).send().await
    }

    /// Sends a request with a body of JSON.
    pub(super) async fn send_json(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.client.request(method, path).token(&self.token).json(body).send().await
    }

    /// A draft with this content.
    pub(super) async fn draft(&self, name: &str, content: &[u8]) -> u64 {
        self.send_json(Method::POST, "/structured-data", &draft(name, content)).await.handle()
    }

    /// A handle to a data id.
    pub(super) async fn data_id(&self, name: &str) -> u64 {
        self.send_json(Method::POST, "/data-id/structured-data", &json!({"name": name, "typeTag": 500})).await.handle()
    }

    /// The last entry of the journal.
    pub(super) fn last(&self) -> JournalEntry {
        self.launcher.requests().pop().unwrap()
    }
}

/// The body of a draft.
pub(super) fn draft(name: &str, content: &[u8]) -> Value {
    json!({"name": name, "typeTag": 500, "data": STANDARD.encode(content)})
}

/// The body of a request for a session, with an app of this name.
pub(super) fn named(id: &str, name: &str) -> Value {
    let mut body = application(id, &["LOW_LEVEL_API"]);
    body["app"]["name"] = json!(name);
    body
}

/// What an entry tells: call, status, record (empty if it tells none), version, error code, fault.
pub(super) type Told = (String, u16, String, Option<u64>, Option<i32>, Option<String>);

pub(super) fn told(entry: &JournalEntry) -> Told {
    let JournalEntry { call, status, record, version, error_code, fault, .. } = entry.clone();
    (
        call.map(|call| call.to_string()).unwrap_or_default(),
        status,
        record.unwrap_or_default(),
        version,
        error_code,
        fault,
    )
}
