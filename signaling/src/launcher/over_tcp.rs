//! A launcher on a port, reached over TCP.

use bytes::Bytes;

use super::error::HttpError;
use super::service::{HttpService, ResponseFuture, read_bounded};
use crate::setup_error::SetupError;

/// Sends requests over TCP, without a proxy. Clones share their open connections.
#[derive(Debug, Clone)]
pub struct OverTcp(reqwest::Client);

impl OverTcp {
    /// A client without open connections.
    ///
    /// # Errors
    ///
    /// [`SetupError::HttpClient`]: the machine cannot provide what a client needs.
    pub fn new() -> Result<Self, SetupError> {
        // A launcher runs on this machine: no proxy is between, and it does not redirect.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        client.map(Self).map_err(|error| SetupError::HttpClient(error.into()))
    }
}

impl HttpService for OverTcp {
    fn call(&self, request: http::Request<Bytes>) -> ResponseFuture {
        let client = self.0.clone();
        Box::pin(async move {
            let no_body = request.body().is_empty();
            let mut request = reqwest::Request::try_from(request).map_err(|error| HttpError::Exchange(error.into()))?;
            if no_body {
                *request.body_mut() = None;
            }
            let response: http::Response<reqwest::Body> = client.execute(request).await.map_err(classify)?.into();
            let (head, body) = response.into_parts();
            Ok(http::Response::from_parts(head, read_bounded(body).await?))
        })
    }
}

fn classify(error: reqwest::Error) -> HttpError {
    // The URL has handles in it and nothing secret, but it is noise: each error names its request.
    let error = error.without_url();
    if error.is_connect() { HttpError::Connect(error.into()) } else { HttpError::Exchange(error.into()) }
}
