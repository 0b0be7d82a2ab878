//! Answers that are damaged, and connections that break in the place of an answer.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use hyper::body::{Frame, SizeHint};

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
    let mut response =
        Response::new(Body::new(Start { body: Body::empty(), left: 0, pause: false, broken: Some(broken) }));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.extensions_mut().insert(broken);
    response
}

/// The answer up to the middle of its body.
pub fn halfway(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let length = length(&body);
    // The length is larger than the body that is sent, even for an empty body.
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length.max(1)));
    let broken = Some(BrokenConnection::Halfway);
    Response::from_parts(parts, Body::new(Start { body, left: length / 2, pause: true, broken }))
}

/// The answer without its body.
pub fn empty(response: Response) -> Response {
    with_body(response, Body::empty())
}

/// The answer with the first half of its body, and the matching length.
pub fn cut(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let left = length(&body) / 2;
    with_body(Response::from_parts(parts, Body::empty()), Body::new(Start { body, left, pause: false, broken: None }))
}

/// The answer with a body that cannot be parsed.
pub fn malformed(response: Response) -> Response {
    with_body(response, Body::from(MALFORMED))
}

fn with_body(response: Response, body: Body) -> Response {
    let (mut parts, _) = response.into_parts();
    // The server sets the length of the new body.
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}

/// How many bytes a body has. Every answer of the API says it.
fn length(body: &Body) -> u64 {
    let size = body.size_hint();
    size.exact().unwrap_or(size.lower())
}

/// The first bytes of a body, and then the end, or a broken connection.
struct Start {
    body: Body,
    left: u64,
    /// Whether to be pending once before the connection breaks, so that the bytes before are sent.
    pause: bool,
    broken: Option<BrokenConnection>,
}

impl HttpBody for Start {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left > 0 {
            let polled = ready!(Pin::new(&mut self.body).poll_frame(cx));
            return Poll::Ready(polled.map(|frame| self.start_of(frame)));
        }
        let Some(broken) = self.broken else { return Poll::Ready(None) };
        if std::mem::take(&mut self.pause) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(broken.into())))
    }

    fn size_hint(&self) -> SizeHint {
        if self.broken.is_none() { SizeHint::with_exact(self.left) } else { SizeHint::default() }
    }
}

impl Start {
    fn start_of(
        &mut self,
        frame: Result<Frame<Bytes>, axum::Error>,
    ) -> Result<Frame<Bytes>, Box<dyn Error + Send + Sync>> {
        let data = frame.map_err(axum::Error::into_inner)?.into_data().unwrap_or_default();
        let start = data.slice(..usize::try_from(self.left).unwrap_or(usize::MAX).min(data.len()));
        self.left -= start.len() as u64;
        Ok(Frame::data(start))
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    /// A body that comes in two pieces.
    struct Pieces(Vec<&'static [u8]>);

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = BrokenConnection;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BrokenConnection>>> {
            Poll::Ready(self.0.pop().map(|piece| Ok(Frame::data(Bytes::from_static(piece)))))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.0.iter().map(|piece| piece.len() as u64).sum())
        }
    }

    fn answer() -> Response {
        Response::new(Body::new(Pieces(vec![b"efgh", b"abcd", b""])))
    }

    #[tokio::test]
    async fn half_of_an_answer_in_pieces_is_half_of_all_its_bytes() {
        let cut = cut(answer());
        assert_eq!(cut.body().size_hint().exact(), Some(4));
        assert_eq!(cut.into_body().collect().await.unwrap().to_bytes(), "abcd");
    }

    #[tokio::test]
    async fn an_answer_that_breaks_halfway_says_the_whole_length() {
        let broken = halfway(answer());
        assert_eq!(broken.headers()[header::CONTENT_LENGTH], "8");
        let mut body = broken.into_body();
        let mut read = Vec::new();
        let error = loop {
            match body.frame().await.unwrap() {
                Ok(frame) => read.extend_from_slice(&frame.into_data().unwrap()),
                Err(error) => break error.into_inner(),
            }
        };
        assert_eq!((read.as_slice(), error.downcast_ref()), (&b"abcd"[..], Some(&BrokenConnection::Halfway)));
    }
}
