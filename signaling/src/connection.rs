//! Two peers that have met: an open channel, and how it came about.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, watch};

use crate::launcher::client::LauncherClient;
use crate::role::Role;
use crate::room::{AnswerId, RecordName, RoomName};
use crate::sdp::Sdp;
use crate::timeline::Timeline;
use crate::transport::Channel;
use crate::transport::error::TransportError;
use crate::transport::message::Message;
use crate::transport::path::Path;
use crate::transport::state::{ChannelState, CloseReason};
#[cfg(feature = "webrtc")]
use crate::transport::webrtc::WebRtcChannel;

/// How a meeting went.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Meeting {
    /// The room.
    pub room: RoomName,
    /// In which generation of the room the two met, counted from 1. It is another than the first only with
    /// [`OnStaleOffer::NextGeneration`](crate::WhenGone::NextGeneration).
    pub generation: u32,
    /// Which part this peer played.
    pub role: Role,
    /// The item under which the answer was stored: the initiator's answer id.
    pub answer_id: AnswerId,
    /// The session description that this peer made and published.
    pub local: Sdp,
    /// The session description that the other peer published.
    pub remote: Sdp,
    /// When the parts of the meeting happened.
    pub timeline: Timeline,
}

/// The channel of a [`Connection`] by default.
#[cfg(feature = "webrtc")]
pub type DefaultChannel = WebRtcChannel;
/// The channel of a [`Connection`] by default: none without the feature `webrtc`.
#[cfg(not(feature = "webrtc"))]
pub type DefaultChannel = ();

/// An open channel to the other peer. Dropping it closes it without waiting for what was sent to arrive.
#[derive(Debug)]
pub struct Connection<C = DefaultChannel> {
    channel: C,
    changes: Mutex<Changes>,
    counted: Counters,
    meeting: Box<Meeting>,
    stored: Stored,
}

/// What this peer stored to meet the other, and who removes it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) name: RecordName,
    pub(crate) launcher: LauncherClient,
}

/// What went through a connection, and the way it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many messages were sent. They may still be under way.
    pub messages_sent: u64,
    /// How many messages were received. Those that nobody has asked for yet do not count.
    pub messages_received: u64,
    /// How many bytes the messages had that were sent.
    pub bytes_sent: u64,
    /// How many bytes the messages had that were received.
    pub bytes_received: u64,
    /// The way that the connection takes.
    pub path: Path,
}

/// Messages and bytes, each way.
#[derive(Debug, Default)]
struct Counters {
    messages_sent: AtomicU64,
    messages_received: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
}

/// The states that have been told to who asks for the next.
#[derive(Debug)]
struct Changes {
    state: watch::Receiver<ChannelState>,
    told: ChannelState,
}

impl<C: Channel> Connection<C> {
    pub(crate) fn new(channel: C, meeting: Meeting, stored: Stored) -> Self {
        let changes = Mutex::new(Changes { state: channel.state(), told: ChannelState::Open });
        Self { channel, changes, counted: Counters::default(), meeting: Box::new(meeting), stored }
    }

    /// Which part this peer played.
    pub fn role(&self) -> Role {
        self.meeting.role
    }

    /// The room.
    pub fn room(&self) -> &RoomName {
        &self.meeting.room
    }

    /// How the meeting went.
    pub fn meeting(&self) -> &Meeting {
        &self.meeting
    }

    /// Sends a message; waits while too much that was sent before has not arrived.
    ///
    /// # Errors
    ///
    /// When the channel is closed, or the message is too large for it.
    pub async fn send(&self, message: Message) -> Result<(), TransportError> {
        let bytes = message.as_bytes().len();
        self.channel.send(message).await?;
        count(&self.counted.messages_sent, &self.counted.bytes_sent, bytes);
        Ok(())
    }

    /// The next message, or `None` once the channel is closed. It may be abandoned without losing a message.
    ///
    /// Where nobody receives, a bounded number of messages waits here, and then the other peer's [`send`](Self::send).
    pub async fn receive(&self) -> Option<Message> {
        let message = self.channel.receive().await?;
        count(&self.counted.messages_received, &self.counted.bytes_received, message.as_bytes().len());
        Some(message)
    }

    /// How the channel is doing.
    pub fn state(&self) -> ChannelState {
        *self.channel.state().borrow()
    }

    /// Waits for the next change of [`state`](Self::state) that this has not told yet, beginning with an open channel. `None`
    /// once it has told that the channel is closed. It may be abandoned without losing a change.
    ///
    /// That the other peer has closed the channel is known once there is room for all that it sent before.
    pub async fn state_changed(&self) -> Option<ChannelState> {
        let mut changes = self.changes.lock().await;
        let told = changes.told;
        if told.close_reason().is_some() {
            return None;
        }
        let state = *changes.state.wait_for(|state| *state != told).await.ok()?;
        changes.told = state;
        Some(state)
    }

    /// The same for one who goes on watching after the connection is closed or dropped.
    pub fn watch_state(&self) -> watch::Receiver<ChannelState> {
        self.channel.state()
    }

    /// Waits until the channel is closed, and says why. It may be abandoned.
    pub async fn closed(&self) -> CloseReason {
        let mut state = self.channel.state();
        let closed = state.wait_for(|state| state.close_reason().is_some()).await;
        // A transport that stops telling has lost the channel.
        closed.ok().and_then(|state| state.close_reason()).unwrap_or(CloseReason::Lost)
    }

    /// What went through this connection so far, and the way it takes just now.
    pub async fn statistics(&self) -> Statistics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counters { messages_sent, messages_received, bytes_sent, bytes_received } = &self.counted;
        Statistics {
            messages_sent: read(messages_sent),
            messages_received: read(messages_received),
            bytes_sent: read(bytes_sent),
            bytes_received: read(bytes_received),
            path: self.channel.path().await,
        }
    }

    /// Closes the channel after what was sent has arrived. The other peer's [`receive`](Self::receive) then ends. By then
    /// nothing is stored any more of what this peer stored to meet the other.
    pub async fn close(self) {
        let Self { channel, stored: Stored { name, launcher }, .. } = self;
        channel.close().await;
        launcher.wait_for_record(&name).await;
    }
}

fn count(messages: &AtomicU64, bytes: &AtomicU64, length: usize) {
    messages.fetch_add(1, Ordering::Relaxed);
    bytes.fetch_add(length as u64, Ordering::Relaxed);
}
