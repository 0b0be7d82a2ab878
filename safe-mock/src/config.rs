//! What a launcher can be told: one set of names for the builder, the flags and the environment.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::time::Duration;

use crate::clock::Clock;
use crate::http::cors::Origins;
use crate::launcher::consent::Consent;
use crate::launcher::handle::HANDLES_MAX;
use crate::launcher::session::SESSIONS_MAX;
use crate::launcher::{Launcher, Network};
use crate::server::{self, MockLauncher};

/// The port that apps expect a launcher on.
pub const PORT: u16 = 8100;

/// The largest raw body unless told otherwise, in bytes. The launcher had no limit (launcher behaviour §2.4).
pub const BODY_BYTES_MAX: usize = 16 << 20;

/// How many requests the journal remembers unless told otherwise.
pub const JOURNAL_ENTRIES_MAX: usize = 1_000;

/// How long a connection may stay silent unless told otherwise.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// How many connections an address serves at a time unless told otherwise.
pub const CONNECTIONS_MAX: usize = 4_096;

/// What a launcher was told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on. A loopback address means both of them, 127.0.0.1 and `::1`.
    pub host: IpAddr,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
    /// How the question "let this app in?" is answered at first.
    pub consent: Consent,
    /// Which web pages may call.
    pub origins: Origins,
    /// Whether `/__mock` is there.
    pub control: bool,
    /// Whether the control plane has the demo page. Without the control plane there is none.
    pub demo: bool,
    /// How many handles of each kind live at a time.
    pub handles_max: NonZeroUsize,
    /// How many sessions live at a time.
    pub sessions_max: NonZeroUsize,
    /// The largest raw body, in bytes. JSON bodies keep the launcher's own limit.
    pub body_bytes_max: usize,
    /// How many requests the journal remembers.
    pub journal_entries_max: usize,
    /// How many connections each address serves at a time; further ones wait to be accepted.
    pub connections_max: usize,
    /// How long a connection may stay silent, between requests or in the middle of its headers.
    pub idle_timeout: Duration,
}

impl Default for Config {
    #[expect(clippy::expect_used, reason = "the constants are not zero")]
    fn default() -> Self {
        let not_zero = |number| NonZeroUsize::new(number).expect("the constants are not zero");
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            consent: Consent::Allow,
            origins: Origins::default(),
            control: true,
            demo: false,
            handles_max: not_zero(HANDLES_MAX),
            sessions_max: not_zero(SESSIONS_MAX),
            body_bytes_max: BODY_BYTES_MAX,
            journal_entries_max: JOURNAL_ENTRIES_MAX,
            connections_max: CONNECTIONS_MAX,
            idle_timeout: IDLE_TIMEOUT,
        }
    }
}

/// Makes a launcher to measure.
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
    /// The network to store in; unless given, one of its own.
    pub fn network(mut self, network: &Network) -> Self {
        self.network = Some(network.clone());
        self
    }

    /// The seed of all its chance; unless given, a random one. Launchers of one seed on one network differ still: each
    /// has its own account.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The clock it reads; unless given, one that starts at the machine's time.
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

    /// See [`Config::journal_entries_max`].
    pub fn journal_entries_max(mut self, journal_entries_max: usize) -> Self {
        self.config.journal_entries_max = journal_entries_max;
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

    /// Everything at once.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Makes the launcher without a port: its [`Launcher::router`] is called in process.
    pub fn build(self) -> Launcher {
        let seed = self.seed.unwrap_or_else(random_seed);
        let network = self.network.unwrap_or_default();
        Launcher::new(self.config, seed, network, self.clock.unwrap_or_else(Clock::system))
    }

    /// Makes the launcher and serves it.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn start(self) -> Result<MockLauncher, server::StartError> {
        MockLauncher::serve(self.build()).await
    }
}

/// A seed nobody can guess; a fixed one on a machine that has no chance to give.
pub fn random_seed() -> u64 {
    getrandom::u64().unwrap_or(1)
}
