//! A UDP socket that holds datagrams back while the receive window has no space for them.

use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::peer_addresses::PeerAddresses;
use super::receive_window::{Admission, Datagram, Held, ReceiveWindow};

/// A socket of one connection.
#[derive(Debug)]
pub(super) struct WindowedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    window: ReceiveWindow,
    held: Mutex<Held>,
    peers: PeerAddresses,
}

impl WindowedSocket {
    pub(super) fn new(inner: Arc<dyn AsyncUdpSocket>, window: ReceiveWindow, peers: PeerAddresses) -> Self {
        let held = Mutex::new(window.add_socket());
        Self { inner, window, held, peers }
    }

    /// Moves datagrams that have waited into `bufs`, as many as the window lets pass.
    fn take_held(&self, cx: &Context<'_>, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta]) -> usize {
        let mut held = self.held.lock();
        let mut taken = 0;
        for (buf, meta) in bufs.iter_mut().zip(meta) {
            let Some(datagram) = self.window.take(&mut held, cx.waker()) else { break };
            // The buffers of a socket all have one size.
            let length = datagram.bytes.len().min(buf.len());
            buf[..length].copy_from_slice(&datagram.bytes[..length]);
            *meta = datagram.meta;
            meta.len = length;
            taken += 1;
        }
        taken
    }

    /// Keeps of the first `count` datagrams those that the window lets pass, in order, and returns their number.
    fn admit(&self, bufs: &mut [IoSliceMut<'_>], meta: &mut [RecvMeta], count: usize) -> usize {
        let mut held = self.held.lock();
        let mut kept = 0;
        for index in 0..count {
            let RecvMeta { len, stride, addr, .. } = meta[index];
            match self.window.admit(&bufs[index][..len], stride, self.peers.contains(addr), &held) {
                Admission::Pass => {
                    if kept < index {
                        let (before, from) = bufs.split_at_mut(index);
                        before[kept][..len].copy_from_slice(&from[0][..len]);
                        meta[kept] = meta[index];
                    }
                    kept += 1;
                }
                Admission::Hold => held.push(Datagram { bytes: bufs[index][..len].to_vec(), meta: meta[index] }),
                Admission::Drop => {}
            }
        }
        kept
    }
}

impl AsyncUdpSocket for WindowedSocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        self.peers.sent(transmit.contents, transmit.destination);
        self.inner.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            let taken = self.take_held(cx, bufs, meta);
            if taken > 0 {
                return Poll::Ready(Ok(taken));
            }
            let received = ready!(self.inner.poll_recv(cx, bufs, meta))?;
            let admitted = self.admit(bufs, meta, received);
            if admitted > 0 {
                return Poll::Ready(Ok(admitted));
            }
            // All of them wait. The next turn registers this task with the window and with the socket.
        }
    }

    fn max_gso_segments(&self) -> usize {
        self.inner.max_gso_segments()
    }

    fn max_gro_segments(&self) -> usize {
        self.inner.max_gro_segments()
    }
}
