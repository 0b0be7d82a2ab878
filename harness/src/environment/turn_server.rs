//! A STUN and TURN server, on loopback unless told otherwise. It knows one user.

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

/// Whom the server knows.
pub const USERNAME: &str = "harness";

/// The password that goes with it. It keeps nothing secret: the server is there for tests.
pub const PASSWORD: &str = "loopback";

const REALM: &str = "harness";

/// A server that runs. Dropping it stops it too, a little later.
pub struct TurnServer {
    server: Server,
    address: SocketAddr,
    counters: Arc<Counters>,
}

impl TurnServer {
    /// Starts one on loopback, on a port that the system picks.
    ///
    /// # Errors
    /// The machine gives no socket.
    pub async fn start() -> Result<Self, TurnServerError> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts one at an address of this machine; its relay addresses are on the same host. Port 0 is one that the system
    /// picks.
    ///
    /// # Errors
    /// The machine gives no socket.
    pub async fn start_at(address: SocketAddr) -> Result<Self, TurnServerError> {
        let counters = Arc::new(Counters::default());
        let socket = CountingSocket::asked(address, Arc::clone(&counters)).await.map_err(TurnServerError::new)?;
        let address = socket.local_addr().map_err(TurnServerError::new)?;
        let server = Server::new(ServerConfig {
            conn_configs: vec![ConnConfig {
                conn: Arc::new(socket),
                relay_addr_generator: Box::new(Relays { host: address.ip(), counters: Arc::clone(&counters) }),
            }],
            realm: REALM.to_owned(),
            auth_handler: Arc::new(OneUser),
            // Zero is the lifetime of the standard.
            channel_bind_timeout: Duration::ZERO,
            alloc_close_notify: None,
        });
        Ok(Self { server: server.await.map_err(TurnServerError::new)?, address, counters })
    }

    /// The server that peers need in this mode; `None` if they need none.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub(crate) async fn start_for(mode: IceMode) -> Result<Option<Self>, TurnServerError> {
        match mode {
            IceMode::Direct => Ok(None),
            IceMode::Stun | IceMode::Relay => Ok(Some(Self::start().await?)),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a peer is told that may use this server so.
    pub fn config(&self, mode: IceMode) -> IceConfig {
        let address = self.address;
        match mode {
            IceMode::Direct => IceConfig::default(),
            IceMode::Stun => {
                let server = IceServer { urls: vec![format!("stun:{address}")], ..IceServer::default() };
                IceConfig { servers: vec![server], ..IceConfig::default() }
            }
            IceMode::Relay => {
                let server = IceServer {
                    urls: vec![format!("turn:{address}?transport=udp")],
                    username: USERNAME.to_owned(),
                    credential: PASSWORD.to_owned(),
                };
                IceConfig { servers: vec![server], relay_only: true, ..IceConfig::default() }
            }
        }
    }

    /// What it did so far.
    pub fn traffic(&self) -> Traffic {
        self.counters.traffic()
    }

    /// Stops it: it takes no more requests, and its tasks and sockets are gone a little later.
    pub async fn shutdown(self) {
        // It can only say that it is closed already.
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

/// Lets in who knows the one name and its password.
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
