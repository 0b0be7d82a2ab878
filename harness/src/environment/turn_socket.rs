//! The sockets of the STUN and TURN server. They count what passes through them.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::net::UdpSocket;
use turn::relay::RelayAddressGenerator;
use webrtc_util::{Conn, Error};

use crate::record::Counters;

/// The first bytes of a STUN binding request.
const BINDING_REQUEST: [u8; 2] = [0, 1];

/// The use of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SocketUse {
    /// Requests to the server arrive there.
    Listening,
    /// It is the relay address of a client.
    Relay,
}

/// A socket that counts.
#[derive(Debug)]
pub(super) struct CountingSocket {
    socket: UdpSocket,
    socket_use: SocketUse,
    counters: Arc<Counters>,
}

impl CountingSocket {
    /// A socket on which the server listens.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub(super) async fn listening(address: SocketAddr, counters: Arc<Counters>) -> std::io::Result<Self> {
        Ok(Self { socket: UdpSocket::bind(address).await?, socket_use: SocketUse::Listening, counters })
    }
}

#[async_trait]
impl Conn for CountingSocket {
    async fn connect(&self, address: SocketAddr) -> Result<(), Error> {
        Ok(self.socket.connect(address).await?)
    }

    async fn recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        Ok(self.socket.recv(buffer).await?)
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        let (length, from) = self.socket.recv_from(buffer).await?;
        if self.socket_use == SocketUse::Listening
            && buffer.get(..length).is_some_and(|read| read.starts_with(&BINDING_REQUEST))
        {
            self.counters.binding_request();
        }
        Ok((length, from))
    }

    async fn send(&self, buffer: &[u8]) -> Result<usize, Error> {
        Ok(self.socket.send(buffer).await?)
    }

    async fn send_to(&self, buffer: &[u8], target: SocketAddr) -> Result<usize, Error> {
        let sent = self.socket.send_to(buffer, target).await?;
        if self.socket_use == SocketUse::Relay {
            self.counters.relayed(sent);
        }
        Ok(sent)
    }

    fn local_addr(&self) -> Result<SocketAddr, Error> {
        Ok(self.socket.local_addr()?)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    async fn close(&self) -> Result<(), Error> {
        // It closes when it is dropped; the server stops the task that reads from it.
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// Allocates relay addresses on one host.
pub(super) struct Relays {
    pub(super) host: IpAddr,
    pub(super) counters: Arc<Counters>,
}

#[async_trait]
impl RelayAddressGenerator for Relays {
    fn validate(&self) -> Result<(), turn::Error> {
        Ok(())
    }

    async fn allocate_conn(
        &self,
        _use_ipv4: bool,
        requested_port: u16,
    ) -> Result<(Arc<dyn Conn + Send + Sync>, SocketAddr), turn::Error> {
        let failed = |error: std::io::Error| turn::Error::Other(error.to_string());
        let socket = UdpSocket::bind((self.host, requested_port)).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        self.counters.relay_allocated();
        let counters = Arc::clone(&self.counters);
        Ok((Arc::new(CountingSocket { socket, socket_use: SocketUse::Relay, counters }), address))
    }
}
