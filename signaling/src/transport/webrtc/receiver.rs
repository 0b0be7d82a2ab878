//! Receives from an open channel of the `webrtc` crate: messages, and changes of its state. A separate task does so, so that
//! the end of a channel is known without a call of `receive`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelMessage};
use webrtc::peer_connection::RTCPeerConnectionState;

use crate::transport::message::Message;
use crate::transport::state::{ChannelState, CloseReason, StateSender};

/// How long a channel may be interrupted before it counts as lost.
pub const LOST_AFTER: Duration = Duration::from_secs(10);

/// How long the crate may take to deliver what has arrived once the connection is closed.
const REST_TIMEOUT: Duration = Duration::from_millis(100);

/// The task that receives from a channel, until it is closed.
pub(super) struct Receiver {
    pub(super) channel: Arc<dyn DataChannel>,
    pub(super) connection: watch::Receiver<RTCPeerConnectionState>,
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) sender: StateSender,
}

impl Receiver {
    /// Ends once the channel is closed or its inbox is dropped.
    pub(super) async fn run(self) {
        let Self { channel, mut connection, inbox, sender } = self;
        let over = tokio::select! {
            biased;
            () = inbox.closed() => return,
            () = deliver(&*channel, &inbox) => Over::Channel,
            reason = over(&mut connection, &sender) => Over::Connection(reason),
        };
        let reason = match over {
            // The crate closes the channel too when it gives up sending.
            Over::Channel if sender.current() == ChannelState::Interrupted => CloseReason::Lost,
            Over::Channel => CloseReason::OtherSide,
            Over::Connection(reason) => reason,
        };
        sender.send(ChannelState::Closed(reason));
        if let Over::Connection(_) = over {
            deliver_rest(&*channel, &inbox).await;
        }
    }
}

/// What was over first.
enum Over {
    Channel,
    Connection(CloseReason),
}

/// Puts each message into the inbox, until the channel closes or the inbox is dropped. Cancel safe: a message is taken only
/// when there is room for it.
async fn deliver(channel: &dyn DataChannel, inbox: &mpsc::Sender<Message>) {
    while let Ok(room) = inbox.reserve().await {
        let Some(message) = next(channel).await else { return };
        room.send(message);
    }
}

/// Puts into the inbox what had arrived when the connection was over.
async fn deliver_rest(channel: &dyn DataChannel, inbox: &mpsc::Sender<Message>) {
    while let Ok(room) = inbox.reserve().await {
        let Ok(Some(message)) = timeout(REST_TIMEOUT, next(channel)).await else { return };
        room.send(message);
    }
}

/// The next message, or `None` once the channel is closed. The crate's stream of events does not always end by itself.
async fn next(channel: &dyn DataChannel) -> Option<Message> {
    loop {
        match channel.poll().await? {
            DataChannelEvent::OnMessage(message) => return Some(message_of(message)),
            DataChannelEvent::OnClose => return None,
            _ => {}
        }
    }
}

/// Waits until the connection is closed; reports interruptions and recoveries until then.
async fn over(connection: &mut watch::Receiver<RTCPeerConnectionState>, sender: &StateSender) -> CloseReason {
    loop {
        let now = *connection.borrow_and_update();
        let changed = match now {
            RTCPeerConnectionState::Failed => return CloseReason::Lost,
            RTCPeerConnectionState::Closed => return CloseReason::OtherSide,
            RTCPeerConnectionState::Disconnected => {
                sender.send(ChannelState::Interrupted);
                let is_over = |state: &RTCPeerConnectionState| *state != RTCPeerConnectionState::Disconnected;
                match timeout(LOST_AFTER, connection.wait_for(is_over)).await {
                    Ok(changed) => changed.map(|_| ()),
                    Err(_) => return CloseReason::Lost,
                }
            }
            _ => {
                sender.send(ChannelState::Open);
                connection.changed().await
            }
        };
        if changed.is_err() {
            // The driver has ended without a request to.
            return CloseReason::Lost;
        }
    }
}

pub(super) fn message_of(message: RTCDataChannelMessage) -> Message {
    let bytes = message.data.freeze();
    if !message.is_string {
        return Message::Binary(bytes);
    }
    // Invalid UTF-8 is from a broken or hostile peer; it is passed on as bytes.
    String::from_utf8(bytes.to_vec()).map_or(Message::Binary(bytes), Message::Text)
}
