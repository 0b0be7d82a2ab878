//! The connection of two peers that have met.

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
    /// The generation of the room in which the two met, from 1. It is greater than 1 only with
    /// [`OnStaleOffer::NextGeneration`](crate::OnStaleOffer::NextGeneration).
    pub generation: u32,
    /// The role of this peer.
    pub role: Role,
    /// The item under which the answer was stored: the initiator's answer id.
    pub answer_id: AnswerId,
    /// The session description that this peer made and published.
    pub local: Sdp,
    /// The session description that the other peer published.
    pub remote: Sdp,
    /// When each phase happened.
    pub timeline: Timeline,
}

/// The channel of a [`Connection`] by default.
#[cfg(feature = "webrtc")]
pub type DefaultChannel = WebRtcChannel;
/// The channel of a [`Connection`] by default: none without the feature `webrtc`.
#[cfg(not(feature = "webrtc"))]
pub type DefaultChannel = ();

/// An open channel to the other peer. Dropping it closes the channel without waiting for the delivery of sent messages.
#[derive(Debug)]
pub struct Connection<C = DefaultChannel> {
    channel: C,
    changes: Mutex<Changes>,
    counted: Counters,
    meeting: Box<Meeting>,
    stored: Stored,
}

/// The record that this peer stored for the meeting, and the client that removes it.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) name: RecordName,
    pub(crate) launcher: LauncherClient,
}

/// The traffic of a connection, and its network path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// How many messages were sent. Some may not have arrived yet.
    pub messages_sent: u64,
    /// How many messages were received, without those that wait in the buffer.
    pub messages_received: u64,
    /// The bytes of the sent messages.
    pub bytes_sent: u64,
    /// The bytes of the received messages.
    pub bytes_received: u64,
    /// The network path of the connection.
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

/// The states that [`Connection::state_changed`] has returned.
#[derive(Debug)]
struct Changes {
    state: watch::Receiver<ChannelState>,
    returned: ChannelState,
}

impl<C: Channel> Connection<C> {
    pub(crate) fn new(channel: C, meeting: Meeting, stored: Stored) -> Self {
        let changes = Mutex::new(Changes { state: channel.state(), returned: ChannelState::Open });
        Self { channel, changes, counted: Counters::default(), meeting: Box::new(meeting), stored }
    }

    /// The role of this peer.
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

    /// Sends a message; waits while too many bytes or messages are under way.
    ///
    /// # Errors
    ///
    /// The channel is closed, or the message is larger than the other peer takes
    /// ([`TransportError::MessageTooLarge`]); the channel stays open then.
    pub async fn send(&self, message: Message) -> Result<(), TransportError> {
        let bytes = message.as_bytes().len();
        self.channel.send(message).await?;
        count(&self.counted.messages_sent, &self.counted.bytes_sent, bytes);
        Ok(())
    }

    /// The next message, or `None` once the channel is closed. Cancel safe: no message is lost.
    ///
    /// Bounded bytes and messages are buffered; then [`send`](Self::send) of the other peer waits. What had arrived when the other
    /// peer closed is still returned.
    pub async fn receive(&self) -> Option<Message> {
        let message = self.channel.receive().await?;
        count(&self.counted.messages_received, &self.counted.bytes_received, message.as_bytes().len());
        Some(message)
    }

    /// The state of the channel.
    pub fn state(&self) -> ChannelState {
        *self.channel.state().borrow()
    }

    /// Waits for the next change of [`state`](Self::state) that this method has not returned yet, from an open channel on.
    /// `None` after it has returned that the channel is closed. Cancel safe: no change is lost.
    ///
    /// A close of the other peer is reported once all messages that arrived before it are in the buffer.
    pub async fn state_changed(&self) -> Option<ChannelState> {
        let mut changes = self.changes.lock().await;
        let returned = changes.returned;
        if returned.close_reason().is_some() {
            return None;
        }
        let state = *changes.state.wait_for(|state| *state != returned).await.ok()?;
        changes.returned = state;
        Some(state)
    }

    /// The states of the channel, also after the connection is closed or dropped.
    pub fn watch_state(&self) -> watch::Receiver<ChannelState> {
        self.channel.state()
    }

    /// Waits until the channel is closed, and returns the reason. Cancel safe.
    pub async fn closed(&self) -> CloseReason {
        let mut state = self.channel.state();
        let closed = state.wait_for(|state| state.close_reason().is_some()).await;
        // A transport that sends no more states has lost the channel.
        closed.ok().and_then(|state| state.close_reason()).unwrap_or(CloseReason::Lost)
    }

    /// The traffic of this connection so far, and its current network path.
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

    /// Closes the channel after the delivery of sent messages; [`receive`](Self::receive) of the other peer then ends. By
    /// then the record that this peer stored for the meeting is removed.
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
