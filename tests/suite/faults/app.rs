//! Shared by the tests of faults: a launcher with an app, and errors as answers.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderName;
use safe_mock::fault::{Fault, NetworkError, Rule};
use safe_mock::{Builder, Launcher, MockLauncher, Network};
use serde_json::json;
use signaling::launcher::{HttpError, HttpService, InProcess, OverTcp};
use suite::call::{Answer, Client, name};

pub(crate) const PEER: HeaderName = HeaderName::from_static("x-mock-peer");
pub(crate) const ROOM: HeaderName = HeaderName::from_static("x-mock-room");

/// The status in place of a missing answer.
pub(super) const NO_ANSWER: u16 = 599;

/// Turns errors of a service into answers, so that tests can compare them.
pub(super) struct ErrorsAsAnswers(pub(super) Arc<dyn HttpService>);

impl HttpService for ErrorsAsAnswers {
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, HttpError>> + Send>> {
        let call = self.0.call(request);
        Box::pin(async move {
            call.await.or_else(|error| {
                let mut text = error.to_string();
                let mut cause = error.source();
                while let Some(next) = cause {
                    text = format!("{text}: {next}");
                    cause = next.source();
                }
                let answer = http::Response::builder().status(NO_ANSWER).body(text.into());
                Ok(answer.unwrap())
            })
        })
    }
}

/// A client in process, to which a broken connection is an answer.
pub(crate) fn in_process(launcher: &Launcher) -> Client {
    Client::new(Arc::new(ErrorsAsAnswers(Arc::new(InProcess::new(launcher.service())))), "http://in.process".to_owned())
}

/// A launcher, and an app with a session.
#[derive(Clone)]
pub(super) struct App {
    pub(super) launcher: Launcher,
    pub(super) client: Client,
    pub(super) token: String,
}

impl App {
    pub(super) async fn of(builder: Builder) -> Self {
        let launcher = builder.build();
        let client = in_process(&launcher);
        Self::at(launcher, client).await
    }

    pub(super) async fn new() -> Self {
        Self::of(Builder::default().seed(7)).await
    }

    pub(super) async fn on(network: &Network) -> Self {
        Self::of(Builder::default().seed(7).network(network)).await
    }

    pub(super) async fn at(launcher: Launcher, client: Client) -> Self {
        let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
        Self { launcher, client, token }
    }

    pub(super) fn add(&self, rule: Rule) -> safe_mock::FaultGuard {
        self.launcher.add_fault(rule).unwrap()
    }

    pub(super) async fn draft(&self, text: &str) -> u64 {
        let body = json!({"name": name(text), "typeTag": 500, "data": "aGk="});
        self.client.post("/structured-data").token(&self.token).json(&body).send().await.handle()
    }

    pub(super) async fn put(&self, handle: u64) -> Answer {
        self.client.put(&format!("/structured-data/{handle}")).token(&self.token).send().await
    }

    pub(super) async fn post(&self, handle: u64) -> Answer {
        self.client.post(&format!("/structured-data/{handle}")).token(&self.token).send().await
    }

    pub(super) async fn data_id(&self, text: &str) -> u64 {
        let body = json!({"name": name(text), "typeTag": 500});
        self.client.post("/data-id/structured-data").token(&self.token).json(&body).send().await.handle()
    }

    pub(super) async fn fetch(&self, data_id: u64) -> Answer {
        self.client.get(&format!("/structured-data/handle/{data_id}")).token(&self.token).send().await
    }

    /// The version that the app sees under a name, or the code of the error.
    pub(super) async fn sees(&self, text: &str) -> Result<u64, i64> {
        let id = self.data_id(text).await;
        let answer = self.fetch(id).await;
        answer.json()["version"].as_u64().ok_or(answer.error().0)
    }

    pub(super) async fn metadata(&self, handle: u64) -> Answer {
        self.client.get(&format!("/structured-data/metadata/{handle}")).token(&self.token).send().await
    }

    pub(super) async fn check(&self) -> u16 {
        self.client.get("/auth").token(&self.token).send().await.status()
    }

    pub(super) async fn health(&self) -> u16 {
        self.client.get("/health").send().await.status()
    }

    /// For each of `calls` calls, whether it failed.
    pub(super) async fn struck(&self, calls: usize) -> Vec<bool> {
        let mut struck = Vec::new();
        for _ in 0..calls {
            struck.push(self.health().await != 200);
        }
        struck
    }

    pub(super) fn stored(&self) -> usize {
        self.launcher.network().records().len()
    }

    pub(super) fn journal(&self) -> Vec<(String, u16, Option<String>)> {
        let entries = self.launcher.requests();
        entries.into_iter().map(|entry| (entry.path, entry.status, entry.fault)).collect()
    }
}

pub(super) fn refuse() -> Rule {
    Rule::new(Fault::Refuse)
}

pub(super) fn fail(error: NetworkError) -> Fault {
    Fault::Fail { error }
}

/// Checks the same promise in process and over TCP.
pub(super) async fn both(mut promise: impl AsyncFnMut(App)) {
    promise(App::new().await).await;
    let launcher = MockLauncher::builder().seed(7).start().await.unwrap();
    let client = Client::new(Arc::new(ErrorsAsAnswers(Arc::new(OverTcp::new().unwrap()))), launcher.url());
    promise(App::at(Launcher::clone(&launcher), client).await).await;
    launcher.shutdown().await;
}
