//! A launcher in process, to which inputs are sent.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use safe_mock::{Builder, Launcher};
use serde_json::Value;
use signaling::launcher::{HttpService, InProcess};
use suite::call::Client;
use tokio::runtime::Runtime;

/// A launcher, and an app with a session.
pub struct Stage {
    pub launcher: Launcher,
    runtime: Runtime,
    service: Box<dyn HttpService>,
    pub token: String,
}

impl Stage {
    /// A launcher that stays small, however many inputs there are.
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let launcher = Builder::default().seed(1).sessions_max(8.try_into().unwrap()).journal_entries_max(8).build();
        let token = runtime.block_on(Client::in_process(&launcher).token("net.example", &["LOW_LEVEL_API"]));
        Self { runtime, service: Box::new(InProcess::new(launcher.router())), token, launcher }
    }

    /// The answer, which is never a failure of the launcher; `None` if the request cannot be built.
    pub fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &[u8])],
        body: &[u8],
    ) -> Option<Response<Bytes>> {
        let mut request = Request::builder().method(method).uri(format!("http://localhost{path}"));
        for (name, value) in headers {
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        let request = request.body(Bytes::copy_from_slice(body)).ok()?;
        let answer = self.runtime.block_on(self.service.call(request)).unwrap();
        assert!(answer.status().as_u16() < 500, "{answer:?}");
        Some(answer)
    }

    pub fn get(&self, path: &str) -> Response<Bytes> {
        self.with_token(Method::GET, path, b"")
    }

    /// The answer to a request of the app.
    pub fn with_token(&self, method: Method, path: &str, body: &[u8]) -> Response<Bytes> {
        let token = format!("Bearer {}", self.token);
        let headers = [(AUTHORIZATION, token.as_bytes()), (CONTENT_TYPE, b"application/json")];
        self.ask(method, path, &headers, body).unwrap()
    }

    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Response<Bytes> {
        self.ask(Method::POST, path, &[(CONTENT_TYPE, kind.as_bytes())], body).unwrap()
    }

    /// The handle that a post of bytes gives, or why there is none.
    pub fn held(&self, path: &str, body: &[u8]) -> Result<u64, String> {
        let answer = self.post(path, "application/octet-stream", body);
        field(&answer, "handleId").as_u64().ok_or_else(|| outcome(&answer))
    }
}

/// A field of a JSON answer.
pub fn field(answer: &Response<Bytes>, name: &str) -> Value {
    let body = serde_json::from_slice::<Value>(answer.body()).unwrap_or_default();
    body.get(name).cloned().unwrap_or_default()
}

/// What became of a request.
pub fn outcome(answer: &Response<Bytes>) -> String {
    let description = field(answer, "description");
    let description = description.as_str().unwrap_or_default();
    format!("{} {} {description}", answer.status().as_u16(), field(answer, "errorCode"))
}
