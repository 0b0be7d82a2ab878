//! [`Builder`]: makes a launcher with chosen settings, in process or on a port.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{Config, Consent};
use crate::host::HostName;
use crate::launcher::{Launcher, Network};
use crate::origin::Origins;
use crate::server::{MockLauncher, StartError};

/// Makes a launcher with chosen settings.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), safe_mock::StartError> {
/// use safe_mock::{Consent, MockLauncher, Network};
///
/// // Two users on one network.
/// let network = Network::new();
/// let alice = MockLauncher::builder().network(&network).seed(7).start().await?;
/// let bob = MockLauncher::builder().network(&network).consent(Consent::Ask).start().await?;
/// assert_ne!(alice.url(), bob.url());
/// # alice.shutdown().await;
/// # bob.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Builder {
    config: Config,
    network: Option<Network>,
    seed: Option<u64>,
    clock: Option<Clock>,
}

impl Builder {
    /// The network to store in. By default a new one.
    pub fn network(mut self, network: &Network) -> Self {
        self.network = Some(network.clone());
        self
    }

    /// The seed of all random choices. By default a random one. Launchers of one seed on one network still differ: each
    /// has its own account.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The clock to read. By default one that starts at the time of the machine.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// See [`Config::host`].
    pub fn host(mut self, host: IpAddr) -> Self {
        self.config.host = host;
        self
    }

    /// See [`Config::port`].
    pub fn port(mut self, port: u16) -> Self {
        self.config.port = port;
        self
    }

    /// See [`Config::consent`].
    pub fn consent(mut self, consent: Consent) -> Self {
        self.config.consent = consent;
        self
    }

    /// See [`Config::origins`].
    pub fn origins(mut self, origins: Origins) -> Self {
        self.config.origins = origins;
        self
    }

    /// See [`Config::allow_hosts`].
    pub fn allow_hosts(mut self, hosts: impl IntoIterator<Item = HostName>) -> Self {
        self.config.allow_hosts = hosts.into_iter().collect();
        self
    }

    /// See [`Config::control`].
    pub fn control(mut self, control: bool) -> Self {
        self.config.control = control;
        self
    }

    /// See [`Config::demo`].
    pub fn demo(mut self, demo: bool) -> Self {
        self.config.demo = demo;
        self
    }

    /// See [`Config::handles_max`].
    pub fn handles_max(mut self, handles_max: NonZeroUsize) -> Self {
        self.config.handles_max = handles_max;
        self
    }

    /// See [`Config::sessions_max`].
    pub fn sessions_max(mut self, sessions_max: NonZeroUsize) -> Self {
        self.config.sessions_max = sessions_max;
        self
    }

    /// See [`Config::body_bytes_max`].
    pub fn body_bytes_max(mut self, body_bytes_max: usize) -> Self {
        self.config.body_bytes_max = body_bytes_max;
        self
    }

    /// See [`Config::content_bytes_max`].
    pub fn content_bytes_max(mut self, content_bytes_max: usize) -> Self {
        self.config.content_bytes_max = content_bytes_max;
        self
    }

    /// See [`Config::journal_entries_max`].
    pub fn journal_entries_max(mut self, journal_entries_max: usize) -> Self {
        self.config.journal_entries_max = journal_entries_max;
        self
    }

    /// See [`Config::journal_all`].
    pub fn journal_all(mut self, journal_all: bool) -> Self {
        self.config.journal_all = journal_all;
        self
    }

    /// See [`Config::memory_bytes_max`].
    pub fn memory_bytes_max(mut self, memory_bytes_max: usize) -> Self {
        self.config.memory_bytes_max = memory_bytes_max;
        self
    }

    /// See [`Config::connections_max`].
    pub fn connections_max(mut self, connections_max: usize) -> Self {
        self.config.connections_max = connections_max;
        self
    }

    /// See [`Config::idle_timeout`].
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.config.idle_timeout = idle_timeout;
        self
    }

    /// All settings at once.
    #[cfg(feature = "cli")]
    pub(crate) fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Makes the launcher without a port: its [`Launcher::service`] is called in process.
    pub fn build(self) -> Launcher {
        let seed = self.seed.unwrap_or_else(random_seed);
        let network = self.network.unwrap_or_default();
        Launcher::new(self.config, seed, network, self.clock.unwrap_or_else(Clock::system))
    }

    /// Makes the launcher and serves it.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(self) -> Result<MockLauncher, StartError> {
        MockLauncher::serve(self.build()).await
    }
}

impl MockLauncher {
    /// Starts a launcher with a new account and a new network, on a free loopback port.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> Result<Self, StartError> {
        Builder::default().start().await
    }

    /// A builder, for a launcher with other settings.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// A random seed; a fixed one on a machine without a source of randomness.
pub fn random_seed() -> u64 {
    getrandom::u64().unwrap_or(1)
}
