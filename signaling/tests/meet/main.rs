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
mod together;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use signaling::{Config, Peer, RoomName};

use crate::launcher::MemoryLauncher;
use crate::transport::MemoryTransport;

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
        self.peer_with(Config::default().seed(seed))
    }

    fn peer_with(&self, config: Config) -> Peer<MemoryTransport> {
        let service = Arc::new(self.launcher.clone());
        Peer::with(service, "http://localhost:8100", self.transport.clone(), config).unwrap()
    }

    /// Fails unless nothing is left of the meetings of `peers`.
    async fn assert_nothing_left(&self, peers: &[&Peer<MemoryTransport>]) {
        for peer in peers {
            peer.settled().await;
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
