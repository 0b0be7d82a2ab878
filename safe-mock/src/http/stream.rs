//! Content that travels piece by piece: bodies of requests that must say their length, and answers that are read from the
//! network while they are sent. Neither is ever whole in memory here.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

use super::caller::Caller;
use super::range::ContentRange;
use super::reply::{Failure, Reply};
use crate::launcher::LauncherError;
use crate::launcher::readable_content::ReadableContent;
use crate::launcher::touched::TouchedContent;

/// A body that says how long it is.
#[derive(Debug)]
pub struct Incoming {
    body: Body,
    length: u64,
}

impl Incoming {
    /// The body of a request.
    ///
    /// # Errors
    /// The request does not say how long it is (wider behaviour §2.2).
    pub fn of(request: Request) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let said = parts.headers.get(header::CONTENT_LENGTH);
        let length = match said {
            Some(value) => value.to_str().ok().and_then(|value| value.trim().parse().ok()),
            None if parts.headers.contains_key(header::TRANSFER_ENCODING) => None,
            // In process, a body knows its length. From a port, one without the header is empty or of unknown length.
            None => body.size_hint().exact().filter(|length| *length > 0),
        };
        let length = length.ok_or(Failure::Refused("Content-Length header is not present".into()))?;
        Ok(Self { body, length })
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Gives each piece to `take`, as it comes. The server bounds the time that this takes (see `idle`).
    ///
    /// # Errors
    /// That of `take`, or the body has another length than it says.
    pub async fn receive(mut self, mut take: impl FnMut(&Bytes) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut left = self.length;
        while let Some(frame) = self.body.frame().await {
            let Ok(piece) = frame.map_err(|_| broken_off())?.into_data() else { continue };
            left = left.checked_sub(piece.len() as u64).ok_or_else(broken_off)?;
            if !piece.is_empty() {
                take(&piece)?;
            }
        }
        if left == 0 { Ok(()) } else { Err(broken_off()) }
    }
}

fn broken_off() -> Failure {
    Failure::Refused("The body broke off".into())
}

/// The part of some content that a request asks for. `bad_unit` is the answer of the route to a range of another unit than bytes.
///
/// # Errors
/// There is no such part, or its first bytes cannot be read. Where later bytes cannot be read, the connection is aborted.
pub fn send(caller: &Caller, headers: &HeaderMap, content: ReadableContent, bad_unit: Failure) -> Reply {
    let range = ContentRange::of(headers, content.length(), bad_unit)?;
    caller.note(|touched| touched.content = Some(TouchedContent::Streamed(range.bytes())));
    let first = content.read(range.start..range.end)?;
    let outgoing = Outgoing { content, next: range.start, end: range.end, first: Some(first) };
    let mut response = Response::new(Body::new(outgoing));
    *response.status_mut() = range.status();
    range.add_headers(response.headers_mut());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}

/// The body of an answer. Its pieces are those of the network, not copies.
struct Outgoing {
    content: ReadableContent,
    next: u64,
    end: u64,
    /// The first piece, which was read before the answer began.
    first: Option<Bytes>,
}

impl HttpBody for Outgoing {
    type Data = Bytes;
    type Error = LauncherError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, LauncherError>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        let piece = match self.first.take() {
            Some(first) => Ok(first),
            None => self.content.read(self.next..self.end),
        };
        if let Ok(piece) = &piece {
            self.next += piece.len() as u64;
        }
        Poll::Ready(Some(piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.next >= self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end.saturating_sub(self.next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::Builder;
    use crate::fault::NetworkView;
    use crate::launcher::Network;
    use crate::network::DraftContent;
    use crate::network::data_map::CHUNK_BYTES_MAX;

    async fn received(length: Option<&str>, body: Body) -> Result<usize, Failure> {
        let mut request = Request::new(body);
        request.headers_mut().extend(length.map(|text| (header::CONTENT_LENGTH, text.parse().unwrap())));
        let mut bytes = 0;
        Incoming::of(request)?
            .receive(|piece| {
                bytes += piece.len();
                Ok(())
            })
            .await?;
        Ok(bytes)
    }

    #[tokio::test]
    async fn a_body_is_taken_if_it_is_as_long_as_it_says() {
        assert_eq!(received(Some("3"), "abc".into()).await.ok(), Some(3));
        assert_eq!(received(None, "abc".into()).await.ok(), Some(3));
        assert_eq!(received(Some("0"), Body::empty()).await.ok(), Some(0));
        for (length, body) in [
            (None, Body::empty()),
            (Some("x"), "abc".into()),
            (Some("-1"), "abc".into()),
            (Some("2"), "abc".into()),
            (Some("4"), "abc".into()),
            (Some("18446744073709551616"), "abc".into()),
        ] {
            assert!(matches!(received(length, body).await, Err(Failure::Refused(_))), "{length:?}");
        }
    }

    #[tokio::test]
    async fn the_first_failure_of_the_receiver_is_the_answer() {
        let incoming = Incoming::of(Request::new("abc".into())).unwrap();
        assert!(matches!(incoming.receive(|_| Err(Failure::NotFound)).await, Err(Failure::NotFound)));
    }

    fn caller() -> Caller {
        Caller::new(&Builder::default().build(), None, NetworkView::default())
    }

    fn content(network: &Network, bytes: usize) -> ReadableContent {
        let mut draft = DraftContent::default();
        draft.push(&vec![7; bytes]);
        ReadableContent::new(network, draft.finish(&mut network.lock()).unwrap())
    }

    #[tokio::test]
    async fn content_is_sent_in_pieces_of_at_most_one_chunk() {
        let bytes = 2 * CHUNK_BYTES_MAX + 5;
        let headers = [(header::RANGE, "bytes=1-".parse().unwrap())].into_iter().collect();
        let response = send(&caller(), &headers, content(&Network::new(), bytes), Failure::NotFound).unwrap();
        assert_eq!(response.status(), 206);
        assert_eq!(response.headers()[header::CONTENT_LENGTH], "2097156");
        let mut body = response.into_body();
        assert_eq!(body.size_hint().exact(), Some(bytes as u64 - 1));
        let mut pieces = Vec::new();
        while let Some(frame) = body.frame().await {
            pieces.push(frame.unwrap().into_data().unwrap().len());
        }
        assert_eq!(pieces, [CHUNK_BYTES_MAX - 1, CHUNK_BYTES_MAX, 5]);
    }

    #[tokio::test]
    async fn content_that_is_lost_while_it_is_sent_breaks_the_answer_off() {
        let network = Network::new();
        let content = content(&network, 3 * CHUNK_BYTES_MAX);
        let mut body = send(&caller(), &HeaderMap::new(), content.clone(), Failure::NotFound).unwrap().into_body();
        assert!(body.frame().await.unwrap().is_ok());
        drop(network.lock().take());
        assert!(body.frame().await.unwrap().is_err());
        assert!(send(&caller(), &HeaderMap::new(), content, Failure::NotFound).is_err());
    }
}
