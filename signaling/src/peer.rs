//! A peer: one user's launcher, a transport, and the settings. [`Peer::meet`] is the whole of it.

use std::sync::Arc;

use parking_lot::Mutex;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::time::Instant;
use tracing::debug;

use crate::config::Config;
use crate::connection::Connection;
use crate::driver::Driver;
use crate::error::{MeetError, SetupError};
use crate::launcher::{HttpService, LauncherClient, Session};
use crate::rendezvous::Rendezvous;
use crate::room::{AnswerId, RoomName};
use crate::transport::{self, Transport, WebRtc};

/// The channel that a transport makes.
pub type ChannelOf<T> = <<T as Transport>::Session as transport::Session>::Channel;

/// One who wants to meet others over a launcher.
///
/// Dropping it, or the future of [`meet`](Self::meet) at any point, leaves no handle at the launcher and no socket open;
/// what has to be undone is undone by tasks that end by themselves. [`settled`](Self::settled) waits for them.
#[derive(Debug)]
pub struct Peer<T: Transport = WebRtc> {
    pub(crate) launcher: LauncherClient,
    pub(crate) transport: T,
    pub(crate) config: Config,
    /// The user is asked once, not at each meeting.
    pub(crate) session: Mutex<Option<Session>>,
    chance: Mutex<ChaCha8Rng>,
}

impl Peer<WebRtc> {
    /// A peer that reaches the launcher at `launcher_url`, which is `http://host:port`, over TCP, and others by WebRTC.
    ///
    /// # Errors
    ///
    /// When the URL is of another form, or the machine cannot give what a client needs.
    pub fn new(launcher_url: &str, config: Config) -> Result<Self, SetupError> {
        // A launcher is on this machine: no proxy stands between, and it sends nobody elsewhere.
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        let service = Arc::new(client.map_err(SetupError::HttpClient)?);
        Self::with(service, launcher_url, WebRtc::new(), config)
    }
}

impl<T: Transport> Peer<T> {
    /// A peer that reaches its launcher and others as it is told.
    ///
    /// # Errors
    ///
    /// When the URL is not `http://host:port`, or no seed is set and the machine gives no random number.
    pub fn with(
        service: Arc<dyn HttpService>,
        launcher_url: &str,
        transport: T,
        config: Config,
    ) -> Result<Self, SetupError> {
        let launcher = LauncherClient::new(service, launcher_url, config.request_timeout)?;
        let seed = config.seed.map_or_else(getrandom::u64, Ok).map_err(SetupError::NoRandomness)?;
        debug!(seed, "a peer's chance comes from this seed");
        let chance = Mutex::new(ChaCha8Rng::seed_from_u64(seed));
        Ok(Self { launcher, transport, config, session: Mutex::new(None), chance })
    }

    /// Meets the other peer in `room`: becomes the recipient of an offer that is there, or else the initiator of one.
    ///
    /// # Errors
    ///
    /// When the two do not meet before the deadline, or cannot. The error says in which phase, why, and what was seen last.
    pub async fn meet(&self, room: &RoomName) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let (answer_id, poll_seed) = {
            let chance = &mut *self.chance.lock();
            (AnswerId::draw(room, chance), chance.next_u64())
        };
        let rendezvous = Rendezvous::new(room.clone(), answer_id, self.config.clone(), Instant::now());
        let rendezvous = rendezvous.poll_seed(poll_seed);
        Driver::new(self, room.clone(), rendezvous).run().await
    }

    /// Waits until nothing is left of meetings and connections that have ended: no handle at the launcher, no socket.
    pub async fn settled(&self) {
        self.launcher.settled().await;
        self.transport.settled().await;
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }
}
