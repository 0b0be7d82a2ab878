//! What a peer under test is: it is given what it needs for a visit to a room, and reports what becomes of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use signaling::launcher::HttpService;
use signaling::transport::{Channel, InMemory, Transport};
use signaling::{Config, Message, Role, RoomName};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::record::{EventKind, Link, Recorder, Watched};
use crate::scenario::PeerIndex;

/// A client under test: it makes visits to rooms. The built-in peer is one, a peer program is one, and so is any client in Rust. The
/// [module](crate::peer) shows the shortest, `harness/examples/own_client.rs` a whole one.
///
/// - Requests have to go through the visit's [`service`](PeerVisit::service): they are recorded, and judged.
/// - Time has to come from `tokio::time`, and chance from the seed in [`config`](PeerVisit::config): then the client runs on the
///   virtual clock, and a run repeats itself.
/// - Channels are those of [`in_memory`](PeerVisit::in_memory), of a transport that the client brings
///   ([`watch`](PeerVisit::watch)), or unknown to the harness: then it takes the client's word for what passes them.
/// - The client reports how its meeting ended: [`stay`](PeerVisit::stay) or [`connected`](PeerVisit::connected), or
///   [`failed`](PeerVisit::failed).
///
/// One value makes all visits of a run, and in a soak those of several worlds at the same time: what belongs to a visit belongs
/// into its future.
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
    /// seed of random choices. The other settings are those of the built-in peer.
    pub config: Config,
    /// The message to send once the channel is open.
    pub message: Message,
    in_memory: Option<InMemory>,
    pub(super) link: Link,
    pub(super) recorder: Recorder,
    pub(super) reported: Arc<watch::Sender<Reported>>,
    pub(super) leave: CancellationToken,
}

/// How a meeting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MeetingEnd {
    Connected,
    Failed,
}

/// What a peer has reported of its visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reported {
    /// How its meeting ended, once it has.
    meeting: Option<MeetingEnd>,
    pub(super) message: bool,
    pub(super) closed: bool,
}

impl PeerVisit {
    /// A visit that sends its requests through this link.
    pub(crate) fn new(given: Given, link: Link, service: Arc<dyn HttpService>, recorder: Recorder) -> Self {
        let Given { room, launcher_url, config, message_bytes, in_memory } = given;
        let text = padded(format!("from the {} in room {room}", recorder.who().name()), message_bytes);
        Self {
            peer_index: recorder.who().peer_index,
            room,
            launcher_url,
            service,
            config,
            message: Message::text(text),
            in_memory,
            link,
            recorder,
            reported: Arc::new(watch::Sender::new(Reported::default())),
            leave: CancellationToken::new(),
        }
    }

    /// The transport that all peers of the run share where its WebRTC is scripted, as it is on the virtual clock by default:
    /// channels in this process, which take no time. `None` where the run is over real WebRTC: then the client brings its own.
    ///
    /// What passes through it is recorded. It is to be called before the first request.
    pub fn in_memory(&self) -> Option<Watched<InMemory>> {
        self.in_memory.clone().map(|transport| self.watch(transport))
    }

    /// Records what passes through a transport of the client's own, which is more than requests show. It is to be called before
    /// the first request.
    pub fn watch<T: Transport>(&self, transport: T) -> Watched<T> {
        self.link.leave_descriptions_out();
        Watched::new(transport, self.recorder.clone())
    }

    /// Reports that this channel is open, sends the message, reports what arrives, and closes the channel once the peer is told to
    /// leave. For a client whose channel is none of the `signaling` crate, [`connected`](Self::connected),
    /// [`received`](Self::received) and [`closed`](Self::closed) are the single reports.
    pub async fn stay(&self, role: Role, channel: impl Channel) {
        self.connected(role);
        self.talk(channel.send(self.message.clone()), || channel.receive()).await;
        channel.close().await;
    }

    /// Sends the message, and reports what arrives until the peer is told to leave.
    pub(super) async fn talk<S: Future, R: Future<Output = Option<Message>>>(&self, send: S, receive: impl Fn() -> R) {
        let exchange = async {
            // What does not arrive is for the checks to find.
            let _sent = send.await;
            while let Some(message) = receive().await {
                self.received(message);
            }
            self.closed();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            // Biased: a run in virtual time has to repeat itself.
            biased;
            () = self.told_to_leave() => {}
            () = exchange => {}
        }
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
        self.report(|reported| reported.meeting = Some(MeetingEnd::Connected));
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
        self.report(|reported| {
            reported.meeting.get_or_insert(MeetingEnd::Failed);
        });
    }

    /// Reports why the peer met no other peer, as far as it knows: one sentence, which reports show beside the reason of
    /// [`failed`](Self::failed).
    pub fn diagnosed(&self, sentence: &str) {
        self.recorder.write(EventKind::Diagnosed(sentence.to_owned()));
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

    /// Notes that the peer joins the room.
    pub(crate) fn joined(&self) {
        self.recorder.write(EventKind::Joined);
    }

    /// The future of the visit has ended: a peer that was not told to leave has reported how its meeting ended.
    pub(crate) fn fail_unless_reported(&self) {
        let has_reported = self.reported.borrow().meeting.is_some();
        if !(has_reported || self.leave.is_cancelled()) {
            self.failed("it ended, and reported neither that it met another peer nor why it did not");
        }
    }

    /// Whether the peer has reported that it met no other.
    pub(super) fn has_failed(&self) -> bool {
        self.reported.borrow().meeting == Some(MeetingEnd::Failed)
    }

    /// Waits until the peer has reported how its meeting ended: whether it is connected.
    pub(crate) async fn meeting_ended(&self) -> bool {
        let mut reported = self.reported.subscribe();
        let ended = reported.wait_for(|reported| reported.meeting.is_some()).await;
        // The sender is the visit's own, so that waiting does not fail.
        ended.is_ok_and(|reported| reported.meeting == Some(MeetingEnd::Connected))
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
pub(crate) struct Given {
    pub(crate) room: RoomName,
    pub(crate) launcher_url: String,
    pub(crate) config: Config,
    /// How long its message is, at least.
    pub(crate) message_bytes: usize,
    pub(crate) in_memory: Option<InMemory>,
}

/// The text, as long as this at least.
fn padded(text: String, bytes: usize) -> String {
    let missing = bytes.saturating_sub(text.len());
    text + &".".repeat(missing)
}
