//! A launcher on a port, reached by a `reqwest::Client`.

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::error::HttpError;
use super::service::{HttpService, read_bounded};

impl HttpService for reqwest::Client {
    fn call(&self, request: http::Request<Bytes>) -> BoxFuture<'static, Result<http::Response<Bytes>, HttpError>> {
        let client = self.clone();
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
    // The URL holds handles and nothing secret, but it is noise: each of our errors says which request failed.
    let error = error.without_url();
    if error.is_connect() { HttpError::Connect(error.into()) } else { HttpError::Exchange(error.into()) }
}
