//! One visit of a peer: it joins, meets another peer or not, exchanges messages and leaves, or dies during the visit. What it
//! does is recorded at its seams; nothing is judged here.

use std::sync::Arc;
use std::time::Duration;

use signaling::transport::{ChannelOf, Transport};
use signaling::{Connection, Message, Peer, RoomName};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::record::{EventKind, KillSwitch, Recorder, Watched};
use crate::scenario::{Death, DeathTime, Visit};

/// How long a message between two open channels may take, at least. A peer that stays longer listens for as long as it stays: the
/// other peer's channel may open late.
const MESSAGE_WAIT: Duration = Duration::from_secs(10);

/// Runs one visit.
#[derive(Debug)]
pub(crate) struct VisitRunner<T: Transport> {
    pub(crate) peer: Arc<Peer<Watched<T>>>,
    pub(crate) visit: Visit,
    pub(crate) kill_switch: KillSwitch,
    pub(crate) recorder: Recorder,
}

impl<T: Transport> VisitRunner<T> {
    /// Runs the visit to its end.
    pub(crate) async fn run(&self, room: &RoomName) {
        self.recorder.write(EventKind::Joined);
        let death = tokio::select! {
            biased;
            death = self.die() => Some(death),
            () = self.meet(room) => None,
        };
        // By now, of a peer that died only the requests that clean up are left.
        match death {
            Some(death) => {
                self.kill_switch.killed(death);
                self.recorder.write(EventKind::Died(death));
            }
            None => self.kill_switch.alive(),
        }
    }

    /// The longest time between two of its polls.
    pub(crate) fn longest_gap(&self) -> Duration {
        let config = self.peer.config();
        config.schedule.longest_gap(config.poll_interval)
    }

    /// Waits until the peer dies, if it does.
    async fn die(&self) -> Death {
        let Some(dying) = self.visit.dies else { return std::future::pending().await };
        match dying.when {
            DeathTime::AfterRequests(_) | DeathTime::EachStep => self.kill_switch.triggered().await,
            DeathTime::AfterMs(after) => {
                sleep(Duration::from_millis(after)).await;
                self.kill_switch.hold();
            }
        }
        dying.how
    }

    async fn meet(&self, room: &RoomName) {
        match self.peer.meet(room).await {
            Ok(connection) => {
                self.recorder.write(EventKind::Met(connection.role()));
                let met = Instant::now();
                // An initiator that wrongly goes on polling would do so by then.
                let stay = self.visit.stays_ms.map_or(self.longest_gap(), Duration::from_millis);
                self.exchange_messages(&connection, stay.max(MESSAGE_WAIT)).await;
                sleep_until(met + stay).await;
                connection.close().await;
            }
            Err(error) => self.recorder.write(EventKind::Failed(error.to_string())),
        }
    }

    /// Sends a message, and receives one. Errors are for the checks to find.
    async fn exchange_messages(&self, connection: &Connection<ChannelOf<Watched<T>>>, wait: Duration) {
        let message = Message::text(format!("from the {} in room {}", self.recorder.who().name(), connection.room()));
        let exchange = async { (connection.send(message).await.is_ok(), connection.receive().await.is_some()) };
        let _judged_by_checks = timeout(wait, exchange).await;
    }
}
