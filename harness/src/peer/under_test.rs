//! What a peer under test is: it is given what it needs for a visit to a room, and reports what becomes of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use signaling::launcher::HttpService;
use signaling::transport::Transport;
use signaling::{Config, Message, Role, RoomName};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::record::{EventKind, Link, Recorder, Watched};
use crate::scenario::PeerIndex;

/// A client under test: it makes visits to rooms. Our own peer is one, a peer program is one, and so is any client in Rust.
///
/// Requests have to go through the visit's [`service`](PeerVisit::service): they are recorded, and judged. Time has to come from
/// `tokio::time`: then the client runs on the virtual clock too.
pub trait PeerUnderTest: Send + Sync {
    /// Makes one visit, from joining to the end: it meets another peer or not, reports that, and stays until it is
    /// [told to leave](PeerVisit::told_to_leave). A visit whose future is dropped has crashed.
    fn visit(&self, visit: PeerVisit) -> BoxFuture<'static, ()>;

    /// Waits until nothing of earlier visits is left to do: records are removed, sockets are closed.
    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// One visit of a peer under test: what it is given, and what it reports.
#[derive(Clone)]
pub struct PeerVisit {
    /// Which peer of its room it is. Its role is decided by the peers.
    pub peer_index: PeerIndex,
    /// The room.
    pub room: RoomName,
    /// The URL of its launcher, without the version of the API.
    pub launcher_url: String,
    /// Sends requests to the launcher, and records them.
    pub service: Arc<dyn HttpService>,
    /// The time between two polls and the deadline, from joining to the open channel, how to find a path to the other peer, and the
    /// seed of random choices. The other settings are those of our own peer.
    pub config: Config,
    /// The message to send once the channel is open.
    pub message: Message,
    pub(super) link: Link,
    pub(super) recorder: Recorder,
    pub(super) reported: Arc<watch::Sender<Reported>>,
    pub(super) leave: CancellationToken,
}

/// What a peer has reported of its visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reported {
    pub(super) connected: bool,
    pub(super) failed: bool,
    pub(super) message: bool,
    pub(super) closed: bool,
}

impl PeerVisit {
    /// A visit that sends its requests through this link.
    pub(super) fn new(given: Given, link: Link, service: Arc<dyn HttpService>, recorder: Recorder) -> Self {
        let Given { room, launcher_url, config, message_bytes } = given;
        let text = padded(format!("from the {} in room {room}", recorder.who().name()), message_bytes);
        Self {
            peer_index: recorder.who().peer_index,
            room,
            launcher_url,
            service,
            config,
            message: Message::text(text),
            link,
            recorder,
            reported: Arc::new(watch::Sender::new(Reported::default())),
            leave: CancellationToken::new(),
        }
    }

    /// Records what passes through a transport of the `signaling` crate, which is more than requests show. It is to be called before
    /// the first request.
    pub fn watch<T: Transport>(&self, transport: T) -> Watched<T> {
        self.link.leave_descriptions_out();
        Watched::new(transport, self.recorder.clone())
    }

    /// Reports that the channel to the other peer is open. The message has to be sent now.
    pub fn connected(&self, role: Role) {
        if self.link.reads_descriptions() {
            self.link.connects();
            self.recorder.write(EventKind::Opened);
            self.recorder.write(EventKind::Met(role));
            self.recorder.write(EventKind::Sent(self.message.clone()));
        } else {
            self.recorder.write(EventKind::Met(role));
        }
        self.report(|reported| reported.connected = true);
    }

    /// Reports a message of the other peer.
    pub fn received(&self, message: Message) {
        if self.link.reads_descriptions() {
            self.recorder.write(EventKind::Received(message));
        }
        self.report(|reported| reported.message = true);
    }

    /// Reports that the peer met no other peer, and why.
    pub fn failed(&self, reason: &str) {
        self.recorder.write(EventKind::Failed(reason.to_owned()));
        self.report(|reported| reported.failed = true);
    }

    /// Reports that the channel is closed, by this peer or by the other.
    pub fn closed(&self) {
        if !self.reported.borrow().closed {
            if !self.leave.is_cancelled() {
                self.recorder.write(EventKind::OtherClosed);
            }
            if self.link.reads_descriptions() {
                self.recorder.write(EventKind::Closed);
            }
        }
        self.report(|reported| reported.closed = true);
    }

    /// Waits until the peer is told to leave: it then removes its record, drops its handles, closes its channel, and ends.
    pub async fn told_to_leave(&self) {
        self.leave.cancelled().await;
    }

    /// How long it is from now until the peer is to have met another.
    pub fn deadline(&self) -> Duration {
        self.config.deadline
    }

    /// Notes that the visit has ended by itself. A peer that would poll again has done so within `patience`.
    pub(super) fn ended(&self, patience: Duration) {
        self.link.ends(patience);
    }

    /// Notes that a peer program broke its contract, and how.
    pub(super) fn misbehaved(&self, how: String) {
        self.recorder.write(EventKind::Misbehaved(how));
    }

    /// Notes what a peer program wrote beside its events.
    pub(super) fn logged(&self, line: String) {
        self.recorder.write(EventKind::Logged(line));
    }

    fn report(&self, change: impl FnOnce(&mut Reported)) {
        self.reported.send_modify(change);
    }
}

impl fmt::Debug for PeerVisit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerVisit").field("who", &self.recorder.who()).field("room", &self.room).finish_non_exhaustive()
    }
}

/// What a visit is given by its plan.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) room: RoomName,
    pub(super) launcher_url: String,
    pub(super) config: Config,
    /// How long its message is, at least.
    pub(super) message_bytes: usize,
}

/// The text, as long as this at least.
fn padded(text: String, bytes: usize) -> String {
    let missing = bytes.saturating_sub(text.len());
    text + &".".repeat(missing)
}
