//! A launcher in the same process: any tower service, such as an axum `Router`.

use std::error::Error;
use std::future::poll_fn;

use bytes::Bytes;
use http_body_util::Full;
use tower_service::Service;

use super::error::HttpError;
use super::service::{HttpService, ResponseFuture, read_bounded};

/// Sends requests to a service in this process: no socket, so a paused clock stays exact.
#[derive(Debug, Clone)]
pub struct InProcess<S>(S);

impl<S> InProcess<S> {
    /// Wraps the service, which is cloned for each request.
    pub fn new(service: S) -> Self {
        Self(service)
    }
}

impl<S, B> HttpService for InProcess<S>
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: http_body::Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    fn call(&self, request: http::Request<Bytes>) -> ResponseFuture {
        let mut service = self.0.clone();
        Box::pin(async move {
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(|error| HttpError::Connect(error.into()))?;
            let answer = service.call(request.map(Full::new)).await;
            let (head, body) = answer.map_err(|error| HttpError::Exchange(error.into()))?.into_parts();
            Ok(http::Response::from_parts(head, read_bounded(body).await?))
        })
    }
}
