//! Answers that are damaged, and connections that break in the place of an answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Frame;

/// A fault broke the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokenConnection {
    /// Closed before anything was done.
    #[error("the connection was refused: nothing was done")]
    Refused,
    /// Reset before anything was done.
    #[error("the connection was reset: nothing was done")]
    Reset,
    /// Closed after everything was done.
    #[error("the connection was closed before the answer, which is lost")]
    AnswerLost,
    /// Closed in the middle of the answer.
    #[error("the connection was closed in the middle of the answer")]
    Halfway,
}

/// Neither JSON nor valid UTF-8.
const MALFORMED: &[u8] = b"{\"handleId\": \xff\xfe,]";

/// The response in the place of an answer. `service.rs` turns it into an error.
pub fn instead_of_answer(broken: BrokenConnection) -> Response {
    let mut response = Response::new(Body::new(Breaking { first: None, pause: false, broken }));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.extensions_mut().insert(broken);
    response
}

/// The answer up to the middle of its body.
pub async fn halfway(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = whole(body).await;
    // The length is larger than the body that is sent, even for an empty body.
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len().max(1)));
    let first = Some(first_half(&body)).filter(|half| !half.is_empty());
    Response::from_parts(parts, Body::new(Breaking { first, pause: true, broken: BrokenConnection::Halfway }))
}

/// The answer without its body.
pub fn empty(response: Response) -> Response {
    with_body(response, Bytes::new())
}

/// The answer with the first half of its body, and the matching length.
pub async fn cut(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let half = first_half(&whole(body).await);
    with_body(Response::from_parts(parts, Body::empty()), half)
}

/// The answer with a body that cannot be parsed.
pub fn malformed(response: Response) -> Response {
    with_body(response, Bytes::from_static(MALFORMED))
}

fn with_body(response: Response, body: Bytes) -> Response {
    let (mut parts, _) = response.into_parts();
    // The server sets the length of the new body.
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

fn first_half(body: &Bytes) -> Bytes {
    body.slice(..body.len() / 2)
}

/// All answers are in memory: reading one neither waits nor fails.
async fn whole(body: Body) -> Bytes {
    body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

/// A body that yields some bytes or none, and then fails.
struct Breaking {
    first: Option<Bytes>,
    /// Whether to be pending once before it fails, so that the bytes before are sent.
    pause: bool,
    broken: BrokenConnection,
}

impl HttpBody for Breaking {
    type Data = Bytes;
    type Error = BrokenConnection;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenConnection>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(self.broken)))
    }
}
