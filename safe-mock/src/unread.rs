//! What a client still sends when its request was answered already, such as a body without a valid token or a body that is
//! too large.
//!
//! It is read and dropped, so that the client gets its answer and can go on with the same connection. Past a bound, the
//! connection is closed after the answer. If bytes were left unread then, the system would reset it, and the client might
//! lose the answer: so it is read for a short time more, after the end of the answer was sent.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::Sleep;

/// How many bytes of a body are read after its answer, to keep the connection.
pub const UNREAD_BYTES_MAX: u64 = 32 << 20;

/// How long a connection is read after its last answer, until the client closes it.
const LINGER: Duration = Duration::from_secs(2);

/// How much is read at a time, in bytes.
const CHUNK_BYTES: usize = 16 << 10;

/// Reads the rest of a body. Returns whether that was all of it.
pub async fn read_rest(mut body: Incoming) -> bool {
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
        if bytes > UNREAD_BYTES_MAX {
            return false;
        }
    }
    true
}

/// The time in which a connection is still read.
#[derive(Debug, Default)]
pub struct Linger(Option<Pin<Box<Sleep>>>);

impl Linger {
    /// Reads and drops what comes, until the client has closed the connection or the time is over.
    pub fn poll(&mut self, mut stream: Pin<&mut impl AsyncRead>, cx: &mut Context<'_>) -> Poll<()> {
        let time = self.0.get_or_insert_with(|| Box::pin(tokio::time::sleep(LINGER)));
        if time.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let mut chunk = [0; CHUNK_BYTES];
        loop {
            let mut buffer = ReadBuf::new(&mut chunk);
            match stream.as_mut().poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_closed) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}
