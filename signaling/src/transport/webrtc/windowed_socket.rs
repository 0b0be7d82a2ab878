//! A UDP socket that holds datagrams back while the receive window has no space for them.

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use parking_lot::Mutex;
use webrtc::runtime::{AsyncUdpSocket, RecvMeta, Transmit};

use super::receive_window::{Admission, Datagram, Held, ReceiveWindow, is_for_peer};

/// How many addresses of the other peer and its relays are known at a time: the path may change.
const PEERS_MAX: usize = 4;

/// A socket of one connection.
#[derive(Debug)]
pub(super) struct WindowedSocket {
    inner: Arc<dyn AsyncUdpSocket>,
    window: ReceiveWindow,
    held: Mutex<Held>,
    peers: Mutex<Peers>,
}

/// Where this side sends what is for the other peer, the latest last. What arrives from elsewhere is not of this connection: it
/// does not count, and the crate drops it.
#[derive(Debug, Default)]
struct Peers(Vec<(IpAddr, u16)>);

impl Peers {
    fn sent_to(&mut self, address: SocketAddr) {
        let address = canonical(address);
        if self.0.last() == Some(&address) {
            return;
        }
        self.0.retain(|known| *known != address);
        if self.0.len() >= PEERS_MAX {
            self.0.remove(0);
        }
        self.0.push(address);
    }

    fn contains(&self, address: SocketAddr) -> bool {
        self.0.contains(&canonical(address))
    }
}

/// A socket for IPv6 may show an IPv4 address as one of IPv6.
fn canonical(address: SocketAddr) -> (IpAddr, u16) {
    (address.ip().to_canonical(), address.port())
}

impl WindowedSocket {
    pub(super) fn new(inner: Arc<dyn AsyncUdpSocket>, window: ReceiveWindow) -> Self {
        Self { inner, window, held: Mutex::default(), peers: Mutex::default() }
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
        let peers = self.peers.lock();
        let mut kept = 0;
        for index in 0..count {
            let RecvMeta { len, stride, addr, .. } = meta[index];
            match self.window.admit(&bufs[index][..len], stride, peers.contains(addr), &held) {
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
        if is_for_peer(transmit.contents) {
            self.peers.lock().sent_to(transmit.destination);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn the_latest_addresses_of_the_peer_are_known_also_in_the_form_of_ipv6() {
        let mut peers = Peers::default();
        assert!(!peers.contains(address(1)));
        for port in [1, 2, 3, 4, 1, 5] {
            peers.sent_to(address(port));
        }
        let known: Vec<u16> = (0..9).filter(|port| peers.contains(address(*port))).collect();
        assert_eq!(known, [1, 3, 4, 5]);
        let mapped = SocketAddr::new(IpAddr::V6(std::net::Ipv4Addr::LOCALHOST.to_ipv6_mapped()), 5);
        assert!(peers.contains(mapped));
    }
}
