//! The listening socket of one address, shared by the task that accepts from it and the owner that closes it.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::shortage::Shortage;

/// How long to wait after a connection could not be accepted.
const RETRY_AFTER: Duration = Duration::from_millis(10);

/// What a client is told that cannot be served.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-type: text/plain\r\n\
content-length: 42\r\n\r\nthis launcher has no file descriptor free\n";

/// A socket that listens until it is closed.
#[derive(Debug)]
pub struct Listening {
    socket: Mutex<Option<TcpListener>>,
    /// Read for each request, without a lock.
    is_closed: AtomicBool,
    closed: CancellationToken,
}

impl Listening {
    /// Takes over a socket that listens.
    pub fn new(socket: TcpListener) -> Self {
        Self { socket: Mutex::new(Some(socket)), is_closed: AtomicBool::new(false), closed: CancellationToken::new() }
    }

    /// Closes the socket. The port is free when this returns. May be called from any thread, in a runtime or not.
    pub fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        drop(self.socket.lock().take());
        self.closed.cancel();
    }

    /// Whether the socket is closed.
    pub fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// What is cancelled when the socket is closed.
    pub fn stopping(&self) -> CancellationToken {
        self.closed.clone()
    }

    /// Waits until the socket is closed.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// The next client. After [`close`](Self::close) none comes. One task at a time may wait for it; it keeps the
    /// `shortage` that it may meet.
    pub async fn next_client(&self, shortage: &mut Option<Shortage>) -> TcpStream {
        loop {
            let accepted = match shortage {
                None => self.accept().await,
                Some(met) => match timeout_at(met.quiet_at(), self.accept()).await {
                    Ok(accepted) => accepted,
                    Err(_quiet) => {
                        shortage.take_if(Shortage::is_over);
                        continue;
                    }
                },
            };
            let error = match accepted {
                Ok(stream) => return stream,
                Err(error) if Shortage::is_cause_of(&error) => {
                    match Shortage::refuse_one(shortage, || self.refuse_one()) {
                        Poll::Ready(Err(error)) => error,
                        Poll::Ready(Ok(())) | Poll::Pending => continue,
                    }
                }
                Err(error) => error,
            };
            // The client has closed the connection already, or the system has run out of something. Other connections
            // continue.
            tracing::debug!(%error, "could not accept a connection");
            sleep(RETRY_AFTER).await;
        }
    }

    async fn accept(&self) -> io::Result<TcpStream> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        match &*self.socket.lock() {
            Some(socket) => socket.poll_accept(cx).map_ok(|(stream, _)| stream),
            None => Poll::Pending,
        }
    }

    /// Accepts and closes a connection, if one waits.
    fn refuse_one(&self) -> Poll<io::Result<()>> {
        // The caller waits for the next one with its own waker.
        self.poll_accept(&mut Context::from_waker(Waker::noop())).map_ok(|stream| {
            // A new socket has room for these bytes.
            let _left = stream.try_write(REFUSAL);
        })
    }
}
