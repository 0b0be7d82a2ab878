//! A STUN and TURN server, on loopback by default. It knows one user.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use signaling::{IceConfig, IceServer};
use turn::auth::{AuthHandler, generate_auth_key};
use turn::server::Server;
use turn::server::config::{ConnConfig, ServerConfig};
use webrtc_util::Conn as _;

use super::turn_socket::{CountingSocket, Relays};
use crate::plan::{IceMode, TurnServerError};
use crate::record::{Counters, Traffic};

/// The user that the server knows.
pub const USERNAME: &str = "harness";

/// The password of that user. It protects nothing: the server is for tests.
pub const PASSWORD: &str = "loopback";

const REALM: &str = "harness";

/// A server that runs. Dropping it stops it too, but later.
pub struct TurnServer {
    server: Server,
    address: SocketAddr,
    counters: Arc<Counters>,
}

impl TurnServer {
    /// Starts a server on loopback, on a port that the system picks.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start() -> Result<Self, TurnServerError> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts a server at an address of this machine; its relay addresses are on the same host. With port 0, the system picks
    /// one.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start_at(address: SocketAddr) -> Result<Self, TurnServerError> {
        let counters = Arc::new(Counters::default());
        let socket = CountingSocket::listening(address, Arc::clone(&counters)).await.map_err(TurnServerError::new)?;
        let address = socket.local_addr().map_err(TurnServerError::new)?;
        let server = Server::new(ServerConfig {
            conn_configs: vec![ConnConfig {
                conn: Arc::new(socket),
                relay_addr_generator: Box::new(Relays { host: address.ip(), counters: Arc::clone(&counters) }),
            }],
            realm: REALM.to_owned(),
            auth_handler: Arc::new(OneUser),
            // Zero stands for the lifetime in the standard.
            channel_bind_timeout: Duration::ZERO,
            alloc_close_notify: None,
        });
        Ok(Self { server: server.await.map_err(TurnServerError::new)?, address, counters })
    }

    /// The server that peers need in this mode, if they need one.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) async fn start_for(mode: IceMode) -> Result<Option<Self>, TurnServerError> {
        match mode {
            IceMode::Direct => Ok(None),
            IceMode::Stun | IceMode::Relay => Ok(Some(Self::start().await?)),
        }
    }

    /// The address on which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The settings of a peer that may use this server in this mode.
    pub fn config(&self, mode: IceMode) -> IceConfig {
        let address = self.address;
        match mode {
            IceMode::Direct => IceConfig::default(),
            IceMode::Stun => IceConfig::default().servers([IceServer::new(format!("stun:{address}"))]),
            IceMode::Relay => {
                let server = IceServer::new(format!("turn:{address}?transport=udp")).credentials(USERNAME, PASSWORD);
                IceConfig::default().servers([server]).relay_only(true)
            }
        }
    }

    /// Its traffic so far.
    pub fn traffic(&self) -> Traffic {
        self.counters.traffic()
    }

    /// Stops it: it takes no more requests, and its tasks and sockets end soon after.
    pub async fn shutdown(self) {
        // The only error is that it is closed already.
        let _closed = self.server.close().await;
    }
}

impl fmt::Debug for TurnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnServer")
            .field("address", &self.address)
            .field("traffic", &self.traffic())
            .finish_non_exhaustive()
    }
}

/// Accepts the one user.
struct OneUser;

impl AuthHandler for OneUser {
    fn auth_handle(&self, username: &str, realm: &str, _from: SocketAddr) -> Result<Vec<u8>, turn::Error> {
        if username == USERNAME {
            Ok(generate_auth_key(username, realm, PASSWORD))
        } else {
            Err(turn::Error::ErrNoSuchUser)
        }
    }
}
