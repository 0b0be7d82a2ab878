//! The listening socket of one address, shared by the task that accepts from it and the owner that closes it.

use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

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

    /// Waits until the socket is closed.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// The next connection. After [`close`](Self::close) it never comes. One task at a time may wait for it.
    ///
    /// # Errors
    /// The client has left already, or the system has run out of something.
    pub async fn accept(&self) -> io::Result<TcpStream> {
        poll_fn(|cx| match &*self.socket.lock() {
            Some(socket) => socket.poll_accept(cx).map_ok(|(stream, _)| stream),
            None => Poll::Pending,
        })
        .await
    }
}
