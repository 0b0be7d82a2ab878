//! The sockets of the server, which count what passes through them.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use tokio::net::UdpSocket;
use turn::relay::RelayAddressGenerator;
use webrtc_util::{Conn, Error};

use crate::record::Counters;

/// How a STUN message begins that asks where its sender is seen from.
const BINDING_REQUEST: [u8; 2] = [0, 1];

/// What a socket of the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To be asked.
    Asked,
    /// To be the address of somebody else.
    Relay,
}

/// A socket that counts.
#[derive(Debug)]
pub(super) struct CountingSocket {
    socket: UdpSocket,
    purpose: Purpose,
    counters: Arc<Counters>,
}

impl CountingSocket {
    /// A socket on which the server is asked.
    ///
    /// # Errors
    /// The machine gives none.
    pub(super) async fn asked(address: SocketAddr, counters: Arc<Counters>) -> std::io::Result<Self> {
        Ok(Self { socket: UdpSocket::bind(address).await?, purpose: Purpose::Asked, counters })
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
        if self.purpose == Purpose::Asked && buffer.get(..length).is_some_and(|read| read.starts_with(&BINDING_REQUEST))
        {
            self.counters.bound();
        }
        Ok((length, from))
    }

    async fn send(&self, buffer: &[u8]) -> Result<usize, Error> {
        Ok(self.socket.send(buffer).await?)
    }

    async fn send_to(&self, buffer: &[u8], target: SocketAddr) -> Result<usize, Error> {
        let sent = self.socket.send_to(buffer, target).await?;
        if self.purpose == Purpose::Relay {
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
        // It closes when it is dropped; whoever reads from it is stopped by the server.
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// Gives relay addresses on one host.
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
        self.counters.gave_relay();
        let counters = Arc::clone(&self.counters);
        Ok((Arc::new(CountingSocket { socket, purpose: Purpose::Relay, counters }), address))
    }
}
