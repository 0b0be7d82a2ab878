//! One visit of a peer: it joins, meets somebody or not, talks and parts, or dies in the middle. What it does is written down
//! at its seams; nothing is judged here.

use std::sync::Arc;
use std::time::Duration;

use signaling::transport::ChannelOf;
use signaling::transport::Transport;
use signaling::{Connection, Message, Peer, RoomName};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::record::{EventKind, KillSwitch, Recorder, Watched};
use crate::scenario::{Death, DeathTime, Visit};

/// How long a message may be under way between two open channels.
pub const MESSAGE_WAIT: Duration = Duration::from_secs(10);

/// One visit that is to be made.
#[derive(Debug)]
pub(crate) struct VisitRunner<T: Transport> {
    pub(crate) peer: Arc<Peer<Watched<T>>>,
    pub(crate) visit: Visit,
    pub(crate) kill_switch: KillSwitch,
    pub(crate) recorder: Recorder,
}

impl<T: Transport> VisitRunner<T> {
    /// Makes the visit.
    pub(crate) async fn come(&self, room: &RoomName) {
        self.recorder.write(EventKind::Joined);
        let death = tokio::select! {
            biased;
            death = self.die() => Some(death),
            () = self.live(room) => None,
        };
        // By now nothing of a peer that died is left but what its guards give back.
        match death {
            Some(death) => {
                self.kill_switch.killed(death);
                self.recorder.write(EventKind::Died(death));
            }
            None => self.kill_switch.alive(),
        }
    }

    /// How far two of its polls can lie apart.
    pub(crate) fn longest_gap(&self) -> Duration {
        let config = self.peer.config();
        config.schedule.longest_gap(config.poll_interval)
    }

    /// Waits for the moment at which it dies, if it does.
    async fn die(&self) -> Death {
        let Some(dying) = self.visit.dies else { return std::future::pending().await };
        match dying.when {
            DeathTime::AfterRequests(_) | DeathTime::EachStep => self.kill_switch.over().await,
            DeathTime::AfterMs(after) => {
                sleep(Duration::from_millis(after)).await;
                self.kill_switch.hold();
            }
        }
        dying.how
    }

    async fn live(&self, room: &RoomName) {
        match self.peer.meet(room).await {
            Ok(connection) => {
                self.recorder.write(EventKind::Met(connection.role()));
                let met = Instant::now();
                self.talk(&connection).await;
                // A poll that should not be would come by then.
                let stay = self.visit.stays_ms.map_or(self.longest_gap(), Duration::from_millis);
                sleep_until(met + stay).await;
                connection.close().await;
            }
            Err(error) => self.recorder.write(EventKind::Failed(error.to_string())),
        }
    }

    /// Says something, and listens. That it arrived is for a check to say, as is what went wrong.
    async fn talk(&self, connection: &Connection<ChannelOf<Watched<T>>>) {
        let message = Message::text(format!("from the {} in room {}", self.recorder.who().name(), connection.room()));
        let talking = async { (connection.send(message).await.is_ok(), connection.receive().await.is_some()) };
        let _said_and_heard = timeout(MESSAGE_WAIT, talking).await;
    }
}
