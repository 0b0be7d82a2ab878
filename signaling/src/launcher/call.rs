//! One request and what is made of its answer: version 0.5, JSON in and out, success is status 200 and nothing else.

use std::fmt;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{HttpError, LauncherError};
use super::wire::ErrorAnswer;

/// The code of "nothing is stored there", on reading.
const NO_SUCH_DATA: i64 = -18;

/// How much of a launcher's error text is kept, in characters.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// What the launcher knows an app by. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(HeaderValue);

impl Token {
    pub(super) fn new(token: &str) -> Result<Self, LauncherError> {
        let unusable = |_| LauncherError::BadAnswer { request: "authorising", what: "the token is no text".into() };
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(unusable)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// A request that is being put together.
pub(super) struct Call {
    /// What the request is for, in errors and logs.
    pub(super) name: &'static str,
    method: Method,
    path: String,
    json: Option<Vec<u8>>,
    token: Option<Token>,
}

impl Call {
    pub(super) fn new(name: &'static str, method: Method, path: String) -> Self {
        Self { name, method, path, json: None, token: None }
    }

    pub(super) fn json(mut self, json: &impl Serialize) -> Result<Self, LauncherError> {
        let failed = |error: serde_json::Error| HttpError::Exchange(error.into());
        let json = serde_json::to_vec(json).map_err(failed);
        self.json = Some(json.map_err(|source| LauncherError::Http { request: self.name, source })?);
        Ok(self)
    }

    pub(super) fn token(mut self, token: &Token) -> Self {
        self.token = Some(token.clone());
        self
    }

    pub(super) fn build(self, base: &str) -> Result<http::Request<Bytes>, HttpError> {
        let mut request = http::Request::builder().method(self.method).uri(format!("{base}{}", self.path));
        if self.json.is_some() {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(token) = self.token {
            request = request.header(AUTHORIZATION, token.0);
        }
        let body = Bytes::from(self.json.unwrap_or_default());
        request.body(body).map_err(|error| HttpError::Exchange(error.into()))
    }
}

/// Success is status 200 and nothing else, as for the original's client library.
pub(super) fn expect_ok(request: &'static str, answer: &http::Response<Bytes>) -> Result<Bytes, LauncherError> {
    if answer.status() == StatusCode::OK {
        return Ok(answer.body().clone());
    }
    if answer.status() == StatusCode::UNAUTHORIZED {
        return Err(LauncherError::Unauthorised { request });
    }
    let status = answer.status().as_u16();
    let Ok(ErrorAnswer { error_code, description }) = serde_json::from_slice(answer.body()) else {
        let what = format!("status {status} without the launcher's error");
        return Err(LauncherError::BadAnswer { request, what });
    };
    if error_code == NO_SUCH_DATA {
        return Err(LauncherError::NoSuchData { request });
    }
    let text = description.as_str().map_or_else(|| description.to_string(), ToOwned::to_owned);
    let description = text.chars().take(MAX_DESCRIPTION_CHARS).collect();
    Err(LauncherError::Launcher { request, status, code: error_code, description })
}

pub(super) fn parse<T: DeserializeOwned>(request: &'static str, body: &[u8]) -> Result<T, LauncherError> {
    serde_json::from_slice(body).map_err(|error| {
        // The parser's own text may quote the answer, and that may be a token.
        let what = format!("{:?} error in its JSON, at column {}", error.classify(), error.column());
        LauncherError::BadAnswer { request, what }
    })
}
