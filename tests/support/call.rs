//! Requests to one launcher, over TCP or in process, through the same trait that the signaling crate uses.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};
use safe_mock::{Launcher, MockLauncher};
use serde_json::{Value, json};
use signaling::launcher::{HttpService, InProcess, OverTcp};

/// A client of one launcher.
#[derive(Clone)]
pub struct Client {
    service: Arc<dyn HttpService>,
    url: String,
}

impl Client {
    /// A client of a launcher in this process, without a socket.
    pub fn in_process(launcher: &Launcher) -> Self {
        Self { service: Arc::new(InProcess::new(launcher.router())), url: "http://in.process".to_owned() }
    }

    /// A client over TCP of a launcher on a port.
    ///
    /// # Panics
    /// No TCP client can be made on this machine.
    #[expect(clippy::expect_used, reason = "a test without a client has failed")]
    pub fn over_tcp(launcher: &MockLauncher) -> Self {
        Self { service: Arc::new(OverTcp::new().expect("a TCP client can be made")), url: launcher.url() }
    }

    /// A client through any service, to any server.
    pub fn new(service: Arc<dyn HttpService>, url: String) -> Self {
        Self { service, url }
    }

    /// Starts a request.
    pub fn request(&self, method: Method, path: &str) -> Call<'_> {
        Call { client: self, method, path: path.to_owned(), headers: Vec::new(), body: Bytes::new(), is_chunked: false }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.request(Method::GET, path)
    }

    /// `POST`.
    pub fn post(&self, path: &str) -> Call<'_> {
        self.request(Method::POST, path)
    }

    /// `PUT`.
    pub fn put(&self, path: &str) -> Call<'_> {
        self.request(Method::PUT, path)
    }

    /// `PATCH`.
    pub fn patch(&self, path: &str) -> Call<'_> {
        self.request(Method::PATCH, path)
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.request(Method::DELETE, path)
    }

    /// Asks for a session as the app `id`; returns its token.
    ///
    /// # Panics
    /// The launcher did not let it in.
    pub async fn token(&self, id: &str, permissions: &[&str]) -> String {
        let answer = self.post("/auth").json(&application(id, permissions)).send().await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        answer.json()["token"].as_str().map(str::to_owned).unwrap_or_default()
    }
}

/// The body of `POST /auth` for the app `id`.
pub fn application(id: &str, permissions: &[&str]) -> Value {
    json!({
        "app": {"name": "suite", "id": id, "vendor": "Example", "version": "1.0.0"},
        "permissions": permissions,
    })
}

/// A request that is being built.
pub struct Call<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(header::HeaderName, String)>,
    body: Bytes,
    is_chunked: bool,
}

impl Call<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Adds a token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Sets a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a body of some type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(header::CONTENT_TYPE, content_type)
    }

    /// Sends the body in chunks, without its length.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.is_chunked = true;
        self
    }

    /// Sends it.
    ///
    /// # Panics
    /// It is not a valid request, or there was no answer.
    #[expect(clippy::expect_used, reason = "a test without an answer has failed")]
    pub async fn send(self) -> Answer {
        let mut request =
            Request::builder().method(self.method.clone()).uri(format!("{}{}", self.client.url, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        if self.is_chunked {
            request = request.header(header::TRANSFER_ENCODING, "chunked");
        } else if !matches!(self.method, Method::GET | Method::HEAD) {
            request = request.header(header::CONTENT_LENGTH, self.body.len());
        }
        let request = request.body(self.body).expect("a request");
        Answer(self.client.service.call(request).await.expect("an answer"))
    }
}

/// An answer of a launcher.
#[derive(Debug)]
pub struct Answer(Response<Bytes>);

impl Answer {
    /// The status.
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// A header, if it exists and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name)?.to_str().ok()
    }

    /// The content type.
    pub fn kind(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        self.0.body()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.0.body()).into_owned()
    }

    /// The body as JSON; `null` if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap_or_default()
    }

    /// The handle in the body.
    ///
    /// # Panics
    /// There is none.
    #[expect(clippy::expect_used, reason = "a test that expects a handle has failed")]
    pub fn handle(&self) -> u64 {
        self.json()["handleId"].as_u64().expect("a handle")
    }

    /// `errorCode` and `description`; (0, "") if the body has none.
    pub fn error(&self) -> (i64, String) {
        let body = self.json();
        let description = body["description"].as_str().unwrap_or_default().to_owned();
        (body["errorCode"].as_i64().unwrap_or_default(), description)
    }
}

/// A name of 32 bytes in base64, different for every `text`.
pub fn name(text: &str) -> String {
    let mut bytes = [0; 32];
    for (index, byte) in text.bytes().enumerate() {
        bytes[index % 32] ^= byte.rotate_left(u32::try_from(index / 32).unwrap_or(0));
    }
    STANDARD.encode(bytes)
}
