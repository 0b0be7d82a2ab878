//! Receives from an open channel of the `webrtc` crate: messages, and changes of its state. A separate task does so, so that
//! the end of a channel is known without a call of `receive`.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelMessage};
use webrtc::peer_connection::{PeerConnection, RTCPeerConnectionState};

use super::receive_window::{ReceiveWindow, TooLarge};
use super::send_window::SendWindow;
use crate::transport::message::Message;
use crate::transport::state::{ChannelState, CloseReason, StateSender};

/// How long a channel may be interrupted before it counts as lost.
pub const LOST_AFTER: Duration = Duration::from_secs(10);

/// How long the crate may take to deliver what has arrived once the connection is closed.
const REST_TIMEOUT: Duration = Duration::from_millis(100);

/// How long a user who does not read may hold up the report that the connection is closed.
const REPORT_TIMEOUT: Duration = Duration::from_secs(1);

/// The task that receives from a channel, until it is closed.
pub(super) struct Receiver {
    pub(super) channel: Arc<dyn DataChannel>,
    pub(super) connection: Arc<dyn PeerConnection>,
    pub(super) states: watch::Receiver<RTCPeerConnectionState>,
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) sender: StateSender,
    pub(super) receive_window: ReceiveWindow,
    pub(super) send_window: Arc<Mutex<SendWindow>>,
}

impl Receiver {
    /// Ends once the channel is closed or its inbox is dropped.
    pub(super) async fn run(self) {
        let mut states = self.states.clone();
        let end = tokio::select! {
            biased;
            () = self.inbox.closed() => return,
            end = self.deliver() => end,
            reason = over(&mut states, &self.sender) => End::Connection(reason),
        };
        match end {
            End::User => {}
            // The crate closes the channel too when it gives up sending.
            End::Channel if self.sender.current() == ChannelState::Interrupted => self.report(CloseReason::Lost),
            End::Channel => self.report(CloseReason::OtherSide),
            End::TooLarge => {
                self.report(CloseReason::MessageTooLarge);
                // It fails only when it is closed already.
                let _ = self.connection.close().await;
            }
            // What may still be on the way does not hold up that the connection is lost.
            End::Connection(CloseReason::Lost) => {
                self.report(CloseReason::Lost);
                self.deliver_rest().await;
            }
            End::Connection(reason) => {
                let is_delivered = timeout(REPORT_TIMEOUT, self.deliver_rest()).await.is_ok();
                self.report(reason);
                if !is_delivered {
                    self.deliver_rest().await;
                }
            }
        }
    }

    fn report(&self, reason: CloseReason) {
        self.sender.send(ChannelState::Closed(reason));
    }

    /// Puts each message into the inbox, until the channel ends. Cancel safe: a message is taken only when there is room for it.
    async fn deliver(&self) -> End {
        loop {
            self.receive_window.room().await;
            let Ok(room) = self.inbox.reserve().await else { return End::User };
            match self.next().await {
                Ok(message) => room.send(message),
                Err(end) => return end,
            }
        }
    }

    /// Puts into the inbox what had arrived when the connection was over.
    async fn deliver_rest(&self) {
        while let Ok(room) = self.inbox.reserve().await {
            let Ok(Ok(message)) = timeout(REST_TIMEOUT, self.next()).await else { return };
            room.send(message);
        }
    }

    /// The next message. The crate's stream of events does not always end by itself.
    async fn next(&self) -> Result<Message, End> {
        loop {
            let event = tokio::select! {
                biased;
                event = self.channel.poll() => event,
                () = self.receive_window.attention() => {
                    self.receive_window.found_nothing().map_err(|TooLarge| End::TooLarge)?;
                    continue;
                }
            };
            match event {
                Some(DataChannelEvent::OnMessage(message)) => {
                    self.receive_window.taken(message.data.len());
                    return Ok(message_of(message));
                }
                // Its limit is zero bytes.
                Some(DataChannelEvent::OnBufferedAmountLow) => self.send_window.lock().drained(),
                Some(DataChannelEvent::OnClose) | None => return Err(End::Channel),
                Some(_) => {}
            }
        }
    }
}

/// What ended first.
enum End {
    /// The user dropped the channel.
    User,
    Channel,
    Connection(CloseReason),
    /// The other side sent a message that is too large.
    TooLarge,
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
