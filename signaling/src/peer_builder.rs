//! How a peer is put together.

use std::fmt;
use std::sync::Arc;

use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use tokio::time::Instant;
use tracing::debug;

use crate::clock::WallClock;
use crate::config::Config;
use crate::launcher::HttpService;
use crate::launcher::client::LauncherClient;
use crate::peer::Peer;
use crate::setup_error::SetupError;
use crate::transport::Transport;
#[cfg(all(feature = "reqwest", feature = "webrtc"))]
use crate::transport::webrtc::WebRtc;

/// A builder of a [`Peer`].
#[must_use]
pub struct PeerBuilder<T> {
    launcher_url: String,
    transport: T,
    service: Option<Arc<dyn HttpService>>,
    config: Config,
}

#[cfg(all(feature = "reqwest", feature = "webrtc"))]
impl Peer {
    /// A peer that reaches the launcher at `launcher_url`, which is `http://host:port`, over TCP, and other peers by WebRTC.
    ///
    /// # Errors
    ///
    /// The URL has another form, the ICE servers are invalid, or the machine cannot provide what a client needs.
    pub fn new(launcher_url: &str, config: Config) -> Result<Self, SetupError> {
        Self::builder(launcher_url, WebRtc::new()).config(config).build()
    }
}

impl<T: Transport> Peer<T> {
    /// A builder of a peer that reaches the launcher at `launcher_url`, which is `http://host:port`, and other peers by
    /// `transport`.
    pub fn builder(launcher_url: impl Into<String>, transport: T) -> PeerBuilder<T> {
        PeerBuilder { launcher_url: launcher_url.into(), transport, service: None, config: Config::default() }
    }
}

impl<T: Transport> PeerBuilder<T> {
    /// Sets how requests are sent to the launcher. The default is TCP, with the feature `reqwest`.
    pub fn service(mut self, service: impl HttpService) -> Self {
        self.service = Some(Arc::new(service));
        self
    }

    /// Sets the settings. The default is [`Config::default`].
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Builds the peer.
    ///
    /// # Errors
    ///
    /// The URL is not `http://host:port`, the ICE servers are invalid, there is no HTTP service, or the machine provides no
    /// random number for the seed.
    pub fn build(self) -> Result<Peer<T>, SetupError> {
        let Self { launcher_url, transport, service, mut config } = self;
        config.ice = config.ice.checked()?;
        let service = service.map_or_else(default_service, Ok)?;
        let launcher = LauncherClient::new(service, &launcher_url.parse()?, config.request_timeout);
        let seed =
            config.seed.map_or_else(getrandom::u64, Ok).map_err(|error| SetupError::NoRandomness(error.into()))?;
        debug!(seed, "the random numbers of a peer come from this seed");
        let now = Instant::now();
        let wall = match config.time_of_day {
            Some(since_1970) => WallClock::showing(since_1970, now),
            None => WallClock::of_the_machine(now),
        };
        Ok(Peer::assemble(launcher, transport, config, wall, ChaCha8Rng::seed_from_u64(seed)))
    }
}

#[cfg(feature = "reqwest")]
fn default_service() -> Result<Arc<dyn HttpService>, SetupError> {
    Ok(Arc::new(crate::launcher::OverTcp::new()?))
}

#[cfg(not(feature = "reqwest"))]
fn default_service() -> Result<Arc<dyn HttpService>, SetupError> {
    Err(SetupError::NoHttpService)
}

impl<T: fmt::Debug> fmt::Debug for PeerBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerBuilder")
            .field("launcher_url", &self.launcher_url)
            .field("transport", &self.transport)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
