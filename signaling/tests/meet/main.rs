//! Meetings as an app sees them, on a paused clock: a launcher and a transport in memory, no socket.
//!
//! The launcher here knows only what a peer asks of one. It shares nothing with safe-mock, which the whole repository's
//! tests use.

#![expect(clippy::unwrap_used, reason = "in a test an unwrap is an assertion")]

mod connection;
mod dropped;
mod failures;
mod http;
mod launcher;
mod polls;
mod real;
mod requests;
mod rooms;
mod together;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use signaling::{Config, Peer, RoomName};

use crate::launcher::MemoryLauncher;
use crate::transport::MemoryTransport;

/// What the clocks show when a peer is made.
const TODAY: Duration = Duration::from_secs(1_700_000_000);

/// Where the offer of [`room`] is stored.
const ROOM_RECORD: &str = "c4P96FdgGRVP039glf05XCN/YWWfckSpNWy20c5DGdo=";

/// What meetings in this test happen on.
struct World {
    launcher: MemoryLauncher,
    transport: MemoryTransport,
}

impl World {
    fn new() -> Self {
        Self { launcher: MemoryLauncher::default(), transport: MemoryTransport::default() }
    }

    fn peer(&self, seed: u64) -> Peer<MemoryTransport> {
        self.peer_with(Config::default().seed(seed).time_of_day(TODAY))
    }

    fn peer_with(&self, config: Config) -> Peer<MemoryTransport> {
        let service = Arc::new(self.launcher.clone());
        Peer::builder("http://localhost:8100", self.transport.clone()).service(service).config(config).build().unwrap()
    }

    /// Fails unless nothing is left of the meetings of `peers`.
    async fn assert_nothing_left(&self, peers: &[&Peer<MemoryTransport>]) {
        self.assert_no_more_than_records_left(peers).await;
        assert_eq!(self.launcher.live_records(), [0_u64; 0], "records left at the launcher");
    }

    /// As [`assert_nothing_left`](Self::assert_nothing_left), where the launcher cannot be relied on to remove a record.
    async fn assert_no_more_than_records_left(&self, peers: &[&Peer<MemoryTransport>]) {
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

fn room() -> RoomName {
    RoomName::new("room1").unwrap()
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
