//! Meetings as an app sees them, on a paused clock: a launcher and a transport in memory, no socket.
//!
//! The launcher here knows only what a peer asks of one. It shares nothing with safe-mock, which the whole repository's
//! tests use.

#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod connection;
mod dropped;
mod failures;
mod freed;
mod http;
mod launcher;
mod polls;
mod real;
mod requests;
mod rooms;
mod together;

use std::sync::Arc;
use std::time::Duration;

use signaling::transport::{InMemory, InMemoryChannel};
use signaling::{Config, Connection, Peer, RoomName};

use crate::launcher::MemoryLauncher;

/// What the clocks show when a peer is made.
const TODAY: Duration = Duration::from_secs(1_700_000_000);

/// Where the offer of [`room`] is stored.
const ROOM_RECORD: &str = "c4P96FdgGRVP039glf05XCN/YWWfckSpNWy20c5DGdo=";

/// What meetings in this test happen on.
struct World {
    launcher: MemoryLauncher,
    transport: InMemory,
}

impl World {
    fn new() -> Self {
        Self { launcher: MemoryLauncher::default(), transport: InMemory::new().patience(Duration::ZERO) }
    }

    /// Where it takes that long to make a description.
    fn gathering(takes: Duration) -> Self {
        let world = Self::new();
        Self { transport: world.transport.gathering(takes), ..world }
    }

    fn peer(&self, seed: u64) -> Peer<InMemory> {
        self.peer_with(Config::default().seed(seed).time_of_day(TODAY))
    }

    fn peer_with(&self, config: Config) -> Peer<InMemory> {
        let service = Arc::new(self.launcher.clone());
        Peer::builder("http://localhost:8100", self.transport.clone()).service(service).config(config).build().unwrap()
    }

    /// Fails unless nothing is left of the meetings of `peers`.
    async fn assert_nothing_left(&self, peers: &[&Peer<InMemory>]) {
        self.assert_no_more_than_records_left(peers).await;
        assert_eq!(self.launcher.live_records(), [0_u64; 0], "records left at the launcher");
    }

    /// As [`assert_nothing_left`](Self::assert_nothing_left), where the launcher cannot be relied on to remove a record.
    async fn assert_no_more_than_records_left(&self, peers: &[&Peer<InMemory>]) {
        for peer in peers {
            peer.wait_idle().await;
        }
        assert_eq!(self.launcher.handles(), [], "handles left at the launcher");
        assert_eq!(self.transport.live(), 0, "sessions or channels left");
        // A task counts until the scheduler has put it away.
        tokio::task::yield_now().await;
        assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0, "tasks left");
    }
}

/// The two ends of a connection of peers that meet in [`room`], the second `after` the first.
async fn joined_pair(
    first: &Peer<InMemory>,
    second: &Peer<InMemory>,
    after: Duration,
) -> (Connection<InMemoryChannel>, Connection<InMemoryChannel>) {
    let room = room();
    let later = async {
        tokio::time::sleep(after).await;
        second.meet(&room).await
    };
    let (first, second) = tokio::join!(first.meet(&room), later);
    (first.unwrap(), second.unwrap())
}

fn room() -> RoomName {
    RoomName::new("room1").unwrap()
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
