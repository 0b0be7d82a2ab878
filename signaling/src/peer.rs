//! A peer: one user's launcher, a transport, and the settings. [`Peer::meet`] is the whole of it.

use std::sync::Arc;

use parking_lot::Mutex;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use tokio::time::{Instant, timeout_at};
use tracing::debug;

use crate::clock::WallClock;
use crate::config::Config;
use crate::connection::Connection;
use crate::driver::{Driver, Parts};
use crate::error::MeetError;
use crate::identity::Identity;
use crate::launcher::{CurrentSession, HttpService, LauncherClient};
use crate::rendezvous::{Rendezvous, Settings};
use crate::room::{AnswerId, RecordName, RoomName};
use crate::setup_error::SetupError;
use crate::transport::{ChannelOf, Transport, WebRtc};

/// One who wants to meet others over a launcher.
///
/// Dropping it, or the future of [`meet`](Self::meet) at any point, leaves no handle and no record at the launcher and no
/// socket open; what has to be undone is undone by tasks that end by themselves. [`settled`](Self::settled) waits for them.
#[derive(Debug)]
pub struct Peer<T: Transport = WebRtc> {
    launcher: LauncherClient,
    transport: T,
    config: Config,
    /// The user is asked once, not at each meeting.
    session: CurrentSession,
    wall: WallClock,
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
        let service = Arc::new(client.map_err(|error| SetupError::HttpClient(error.into()))?);
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
        let seed =
            config.seed.map_or_else(getrandom::u64, Ok).map_err(|error| SetupError::NoRandomness(error.into()))?;
        debug!(seed, "a peer's chance comes from this seed");
        let chance = Mutex::new(ChaCha8Rng::seed_from_u64(seed));
        let now = Instant::now();
        let of_the_machine = || WallClock::of_the_machine(now);
        let wall = config.time_of_day.map_or_else(of_the_machine, |since_1970| WallClock::showing(since_1970, now));
        Ok(Self { launcher, transport, config, session: CurrentSession::default(), wall, chance })
    }

    /// Meets the other peer in `room`: becomes the recipient of an offer that is there, or else the initiator of one. Once
    /// the two have met, or have given up, what they stored is removed, and the room can be used again.
    ///
    /// # Errors
    ///
    /// When the two do not meet before the deadline, or cannot. The error says in which phase, why, what was seen last, and
    /// whether trying again makes sense.
    pub async fn meet(&self, room: &RoomName) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let (answer_id, seed) = {
            let chance = &mut *self.chance.lock();
            (AnswerId::draw(room, chance), chance.next_u64())
        };
        let now = Instant::now();
        let rendezvous = Rendezvous::new(room.clone(), answer_id, self.settings(room), self.wall, now).seed(seed);
        let deadline = rendezvous.deadline();
        let Self { launcher, session, transport, config, wall, .. } = self;
        let parts = Parts { launcher, session, transport, ice: &config.ice, app: &config.app, wall: *wall };
        let driver = Driver::new(parts, room.clone(), rendezvous);
        // What is left of a meeting before would be found in the room.
        let record = RecordName::of_room(room);
        let _too_late_is_for_the_driver_to_say = timeout_at(deadline, self.launcher.record_settled(&record)).await;
        // It holds all that a meeting needs, which is more than the caller's own future should.
        Box::pin(driver.run()).await
    }

    /// Meets the other peer of a connection again, in the same room: after the way between the two was lost, say. Each of
    /// them calls it, in any order; which part each plays is settled anew.
    ///
    /// # Errors
    ///
    /// As [`meet`](Self::meet).
    pub async fn reconnect(&self, connection: Connection<ChannelOf<T>>) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let room = connection.room().clone();
        connection.close().await;
        self.meet(&room).await
    }

    /// Waits until nothing is left of meetings and connections that have ended: no handle and no record at the launcher, no
    /// socket.
    pub async fn settled(&self) {
        self.launcher.settled().await;
        self.transport.settled().await;
    }

    fn settings(&self, room: &RoomName) -> Settings {
        let Config { poll_interval, schedule, deadline, phase_limits, when_gone, identity, .. } = &self.config;
        Settings {
            poll_interval: *poll_interval,
            schedule: *schedule,
            deadline: *deadline,
            phase_limits: phase_limits.clone(),
            when_gone: *when_gone,
            identity: identity.as_ref().map(|name| Identity::of(room, name)),
        }
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }
}
