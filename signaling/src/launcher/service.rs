//! The trait that sends requests to a launcher: over TCP, or to a service in the same process.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;

use super::error::HttpError;

/// The largest body that is read from a launcher, in bytes. A payload is at most
/// [`MAX_PAYLOAD_BYTES`](crate::MAX_PAYLOAD_BYTES) long.
pub const MAX_RESPONSE_BYTES: usize = 256 * 1024;

/// The response to a request, once it has arrived.
pub type ResponseFuture = Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, HttpError>> + Send>>;

/// Sends requests to a launcher.
///
/// Requests have an absolute `http` URL. An implementation reads at most [`MAX_RESPONSE_BYTES`] of a body.
pub trait HttpService: Send + Sync + 'static {
    /// Sends the request. Dropping the future may or may not undo it: the launcher may have acted already.
    fn call(&self, request: http::Request<Bytes>) -> ResponseFuture;
}

impl<S: HttpService + ?Sized> HttpService for Arc<S> {
    fn call(&self, request: http::Request<Bytes>) -> ResponseFuture {
        (**self).call(request)
    }
}

/// Reads a body whole, up to [`MAX_RESPONSE_BYTES`].
pub(super) async fn read_bounded<B>(body: B) -> Result<Bytes, HttpError>
where
    B: http_body::Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let mut body = std::pin::pin!(body);
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| HttpError::Exchange(error.into()))?;
        let Ok(mut chunk) = frame.into_data() else {
            continue;
        };
        while bytes::Buf::has_remaining(&chunk) {
            let part = bytes::Buf::chunk(&chunk);
            if read.len() + part.len() > MAX_RESPONSE_BYTES {
                return Err(HttpError::BodyTooLarge { limit: MAX_RESPONSE_BYTES });
            }
            read.extend_from_slice(part);
            let length = part.len();
            bytes::Buf::advance(&mut chunk, length);
        }
    }
    Ok(read.freeze())
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    #[tokio::test]
    async fn a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
        let body = |length| Full::new(Bytes::from(vec![7; length]));
        assert_eq!(read_bounded(body(MAX_RESPONSE_BYTES)).await.unwrap().len(), MAX_RESPONSE_BYTES);
        let too_large = read_bounded(body(MAX_RESPONSE_BYTES + 1)).await;
        assert!(matches!(too_large, Err(HttpError::BodyTooLarge { limit: MAX_RESPONSE_BYTES })));
    }
}
