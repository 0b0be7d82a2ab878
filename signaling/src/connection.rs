//! Two peers that have met: an open channel, and how it came about.

use std::fmt;

use crate::launcher::LauncherClient;
use crate::room::{AnswerId, RoomName};
use crate::sdp::Sdp;
use crate::timeline::Timeline;
use crate::transport::{Channel, Message, TransportError};

/// Which part a peer played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It came first: it made the offer and polled for the answer.
    Initiator,
    /// It came second: it answered the offer.
    Recipient,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Initiator => "initiator",
            Self::Recipient => "recipient",
        })
    }
}

/// How a meeting went.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Meeting {
    /// The room.
    pub room: RoomName,
    /// In which generation of the room the two met, counted from 1. It is another than the first only with
    /// [`WhenGone::NextGeneration`](crate::WhenGone::NextGeneration).
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

/// An open channel to the other peer. Dropping it closes it without waiting for what was sent to arrive.
#[derive(Debug)]
pub struct Connection<C> {
    channel: C,
    meeting: Box<Meeting>,
    launcher: LauncherClient,
}

impl<C: Channel> Connection<C> {
    pub(crate) fn new(channel: C, meeting: Meeting, launcher: LauncherClient) -> Self {
        Self { channel, meeting: Box::new(meeting), launcher }
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
        self.channel.send(message).await
    }

    /// The next message, or `None` once the channel is closed. It may be abandoned without losing a message.
    pub async fn receive(&self) -> Option<Message> {
        self.channel.receive().await
    }

    /// Closes the channel after what was sent has arrived. The other peer's [`receive`](Self::receive) then ends. By then
    /// nothing is stored any more of what this peer stored to meet the other.
    pub async fn close(self) {
        self.channel.close().await;
        self.launcher.records_settled().await;
    }
}
