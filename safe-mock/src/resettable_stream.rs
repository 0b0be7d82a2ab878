//! One TCP connection: how it ends, when bytes move, and whether the client is still there.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

use crate::idle::Activity;
use crate::unread::Linger;

/// A connection, as served.
pub struct ResettableStream {
    stream: TcpStream,
    activity: Activity,
    ending: Ending,
    /// The last attempt to read found nothing: the reader is woken for more bytes, and for the end.
    is_awaited: bool,
    /// The last attempt to write was not possible: a part of an answer has not left.
    is_blocked: bool,
    /// Ends when the client has left. There while nobody reads and an answer is being made.
    departure: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    linger: Linger,
}

/// How the connection ends when it is dropped. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Ending(Arc<Mutex<Kind>>);

#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Kind {
    /// It is dropped before HTTP has ended: closed, or reset if a part of an answer has not left. A client that has half
    /// an answer is told by the reset that there will be no more.
    #[default]
    BrokenOff,
    Closed,
    Reset,
}

impl Ending {
    /// The connection will be closed.
    pub fn close(&self) {
        *self.0.lock() = Kind::Closed;
    }

    /// The connection will be reset.
    pub fn reset(&self) {
        *self.0.lock() = Kind::Reset;
    }
}

impl ResettableStream {
    /// Wraps a connection, whose transfers `activity` follows and which ends as `ending` says.
    pub fn new(stream: TcpStream, activity: Activity, ending: Ending) -> Self {
        Self {
            stream,
            activity,
            ending,
            is_awaited: false,
            is_blocked: false,
            departure: None,
            linger: Linger::default(),
        }
    }

    /// Fails when the client has left while an answer is being made. The server reads during that time, to find the end
    /// of the connection, but not if it holds bytes that followed the request already.
    fn poll_client(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if self.is_awaited || !self.activity.is_answering() {
            self.departure = None;
            return Poll::Pending;
        }
        let departure = match &mut self.departure {
            Some(departure) => departure,
            None => match second_handle(&self.stream) {
                Ok(stream) => self.departure.insert(Box::pin(departure(stream))),
                Err(error) => {
                    tracing::debug!(%error, "whether a client leaves is not watched");
                    return Poll::Pending;
                }
            },
        };
        ready!(departure.as_mut().poll(cx));
        self.departure = None;
        Poll::Ready(io::Error::new(io::ErrorKind::ConnectionAborted, "the client has left"))
    }

    fn wrote(&mut self, polled: &Poll<io::Result<usize>>) {
        self.is_blocked = polled.is_pending();
        if matches!(polled, Poll::Ready(Ok(1..))) {
            self.activity.moved();
        }
    }
}

/// The same connection with a readiness of its own: bytes that are not read yet stay ready for the first handle.
fn second_handle(stream: &TcpStream) -> io::Result<TcpStream> {
    TcpStream::from_std(SockRef::from(stream).try_clone()?.into())
}

/// Waits until the client has closed its side, or reset the connection. Reads nothing.
async fn departure(stream: TcpStream) {
    while let Ok(ready) = stream.ready(Interest::READABLE).await {
        if ready.is_read_closed() {
            return;
        }
        // There are bytes. The next thing that happens is told again.
        let _waits = stream.try_io(Interest::READABLE, || Err::<(), _>(io::ErrorKind::WouldBlock.into()));
    }
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        let resets = match *self.ending.0.lock() {
            Kind::BrokenOff => self.is_blocked,
            Kind::Closed => false,
            Kind::Reset => true,
        };
        if resets && let Err(error) = self.stream.set_zero_linger() {
            tracing::debug!(%error, "a connection is closed instead of reset");
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.is_awaited = polled.is_pending();
        if buffer.filled().len() > before {
            self.activity.moved();
        }
        polled
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(&polled);
        polled
    }

    /// hyper flushes whenever something has happened on the connection or in the launcher. So this is also where the
    /// client is watched.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Poll::Ready(left) = self.poll_client(cx) {
            return Poll::Ready(Err(left));
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        let Self { stream, activity, linger, .. } = &mut *self;
        if activity.leaves_unread() {
            ready!(linger.poll(Pin::new(stream), cx));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
