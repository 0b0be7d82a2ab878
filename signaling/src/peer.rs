//! A peer: one user's launcher, a transport, and the settings.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use tokio::time::{Instant, timeout_at};

use crate::clock::WallClock;
use crate::config::Config;
use crate::connection::Connection;
use crate::driver::{Driver, Parts};
use crate::error::MeetError;
use crate::identity::Identity;
use crate::launcher::client::LauncherClient;
use crate::launcher::current_session::CurrentSession;
use crate::rendezvous::{Rendezvous, Settings};
use crate::room::{AnswerId, RecordName, RoomName};
#[cfg(feature = "webrtc")]
use crate::transport::webrtc::WebRtc;
use crate::transport::{ChannelOf, Transport};

/// The transport of a [`Peer`] by default.
#[cfg(feature = "webrtc")]
pub type DefaultTransport = WebRtc;
/// The transport of a [`Peer`] by default: none without the feature `webrtc`.
#[cfg(not(feature = "webrtc"))]
pub type DefaultTransport = ();

/// A peer that meets others over a launcher. Clones are the same peer.
///
/// Dropping it, or the future of [`meet`](Self::meet) at any point, leaves no handle and no record at the launcher and no
/// open socket; tasks that end by themselves clean up. [`wait_idle`](Self::wait_idle) waits for them.
pub struct Peer<T = DefaultTransport>(Arc<Shared<T>>);

struct Shared<T> {
    launcher: LauncherClient,
    transport: T,
    config: Config,
    /// Shared by all meetings, so that the user is asked once.
    session: CurrentSession,
    wall: WallClock,
    rng: Mutex<ChaCha8Rng>,
}

impl<T: Transport> Peer<T> {
    pub(crate) fn assemble(
        launcher: LauncherClient,
        transport: T,
        config: Config,
        wall: WallClock,
        rng: ChaCha8Rng,
    ) -> Self {
        let (session, rng) = (CurrentSession::default(), Mutex::new(rng));
        Self(Arc::new(Shared { launcher, transport, config, session, wall, rng }))
    }

    /// Meets the other peer in `room`: becomes the recipient of an offer that is there, or else the initiator of one. Once
    /// the two have met, or have given up, what they stored is removed, and the room can be used again.
    ///
    /// # Errors
    ///
    /// The two do not meet before the deadline, or cannot meet. The error says in which phase, why, what was seen last, and
    /// whether trying again makes sense.
    pub async fn meet(&self, room: &RoomName) -> Result<Connection<ChannelOf<T>>, MeetError> {
        let Shared { launcher, session, transport, config, wall, rng } = &*self.0;
        let (answer_id, seed) = {
            let rng = &mut *rng.lock();
            (AnswerId::draw(room, rng), rng.next_u64())
        };
        let settings = settings(config, room);
        let rendezvous = Rendezvous::new(room.clone(), answer_id, settings, *wall, Instant::now()).seed(seed);
        let deadline = rendezvous.deadline();
        let parts = Parts { launcher, session, transport, ice: &config.ice, app: &config.app, wall: *wall };
        let driver = Driver::new(parts, room.clone(), rendezvous);
        // A record of a meeting before would be found in the room. The driver reports a deadline that has passed.
        let _ = timeout_at(deadline, launcher.wait_for_record(&RecordName::of_room(room))).await;
        // Boxed: the future of a meeting is large.
        Box::pin(driver.run()).await
    }

    /// Meets the other peer of a connection again, in the same room, for example after the connection was lost. Both peers
    /// call it, in any order; their roles are decided anew.
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
    pub async fn wait_idle(&self) {
        self.0.launcher.wait_idle().await;
        self.0.transport.wait_idle().await;
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }
}

fn settings(config: &Config, room: &RoomName) -> Settings {
    let Config { poll_interval, schedule, deadline, phase_limits, on_stale_offer, identity, .. } = config;
    Settings {
        poll_interval: *poll_interval,
        schedule: *schedule,
        deadline: *deadline,
        phase_limits: phase_limits.clone(),
        on_stale_offer: *on_stale_offer,
        identity: identity.as_ref().map(|name| Identity::of(room, name)),
    }
}

impl<T> Clone for Peer<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Peer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { launcher, transport, config, .. } = &*self.0;
        f.debug_struct("Peer")
            .field("launcher", launcher)
            .field("transport", transport)
            .field("config", config)
            .finish_non_exhaustive()
    }
}
