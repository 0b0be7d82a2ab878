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

/// How long the crate may take to deliver what has arrived once the channel or the connection is closed.
const REST_TIMEOUT: Duration = Duration::from_millis(100);

/// How long a user who does not read may hold up the report that the connection is closed.
const REPORT_TIMEOUT: Duration = Duration::from_secs(1);

/// The task that receives from a channel, until it is closed.
pub(super) struct Receiver {
    pub(super) delivery: Delivery<OfCrate>,
    pub(super) connection: Arc<dyn PeerConnection>,
    pub(super) states: watch::Receiver<RTCPeerConnectionState>,
    pub(super) sender: StateSender,
}

/// The way of messages from the crate into the inbox.
pub(super) struct Delivery<E> {
    pub(super) events: E,
    pub(super) inbox: mpsc::Sender<Message>,
    pub(super) receive_window: ReceiveWindow,
    pub(super) send_window: Arc<Mutex<SendWindow>>,
}

/// What the crate reports of a channel. The stream does not always end by itself.
pub(super) trait Events {
    fn next_event(&self) -> impl Future<Output = Option<DataChannelEvent>> + Send;
}

/// The events of a channel of the crate.
pub(super) struct OfCrate(pub(super) Arc<dyn DataChannel>);

impl Events for OfCrate {
    async fn next_event(&self) -> Option<DataChannelEvent> {
        self.0.poll().await
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

impl Receiver {
    /// Ends once the channel is closed or its inbox is dropped.
    pub(super) async fn run(mut self) {
        let end = tokio::select! {
            biased;
            () = self.delivery.inbox.closed() => return,
            end = self.delivery.run() => end,
            reason = over(&mut self.states, &self.sender, &self.delivery.receive_window) => End::Connection(reason),
        };
        match end {
            End::User => {}
            End::Channel => {
                let state = self.sender.current();
                // The crate closes the channel too when it gives up sending.
                let is_lost = state == ChannelState::Interrupted;
                // After a burst of packets, the crate reports the end before the messages that arrived before it. Nobody waits
                // for them where this side closes.
                if state.close_reason().is_none() {
                    self.finish(if is_lost { CloseReason::Lost } else { CloseReason::OtherSide }).await;
                }
            }
            End::Connection(reason) => self.finish(reason).await,
            End::TooLarge => {
                self.report(CloseReason::MessageTooLarge);
                // It fails only when it is closed already.
                let _ = self.connection.close().await;
            }
        }
    }

    /// Delivers what had arrived, and reports the end. What may still be on the way does not hold up that a connection is lost.
    async fn finish(&self, reason: CloseReason) {
        let is_delivered = reason != CloseReason::Lost && timeout(REPORT_TIMEOUT, self.delivery.rest()).await.is_ok();
        self.report(reason);
        if !is_delivered {
            self.delivery.rest().await;
        }
    }

    fn report(&self, reason: CloseReason) {
        self.sender.send(ChannelState::Closed(reason));
    }
}

impl<E: Events> Delivery<E> {
    /// Puts each message into the inbox, until the channel ends. Cancel safe: a message is taken only when there is space for it.
    async fn run(&self) -> End {
        loop {
            self.receive_window.space().await;
            let Ok(permit) = self.inbox.reserve().await else { return End::User };
            let event = tokio::select! {
                biased;
                event = self.events.next_event() => event,
                () = self.receive_window.attention() => match self.receive_window.found_nothing() {
                    Ok(()) => continue,
                    Err(TooLarge) => return End::TooLarge,
                },
            };
            match event {
                Some(DataChannelEvent::OnMessage(message)) => self.put(permit, message),
                // The threshold of this event is zero bytes.
                Some(DataChannelEvent::OnBufferedAmountLow) => self.send_window.lock().drained(),
                Some(DataChannelEvent::OnClose) | None => return End::Channel,
                Some(_) => {}
            }
        }
    }

    /// Puts into the inbox what had arrived when the channel or the connection was over.
    async fn rest(&self) {
        while let Ok(permit) = self.inbox.reserve().await {
            match timeout(REST_TIMEOUT, self.events.next_event()).await {
                Ok(Some(DataChannelEvent::OnMessage(message))) => self.put(permit, message),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    }

    fn put(&self, permit: mpsc::Permit<'_, Message>, message: RTCDataChannelMessage) {
        self.receive_window.taken(message.data.len());
        permit.send(message_of(message));
    }
}

/// Waits until the connection is closed; reports interruptions and recoveries until then.
async fn over(
    connection: &mut watch::Receiver<RTCPeerConnectionState>,
    sender: &StateSender,
    window: &ReceiveWindow,
) -> CloseReason {
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
                window.path_recovered();
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

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use bytes::BytesMut;
    use parking_lot::Mutex;

    use super::*;

    /// Reports these events, and then nothing more.
    struct Scripted(Mutex<VecDeque<DataChannelEvent>>);

    impl Events for Scripted {
        async fn next_event(&self) -> Option<DataChannelEvent> {
            let event = self.0.lock().pop_front();
            match event {
                None => std::future::pending().await,
                event => event,
            }
        }
    }

    fn message(text: &str) -> DataChannelEvent {
        DataChannelEvent::OnMessage(RTCDataChannelMessage { is_string: true, data: BytesMut::from(text) })
    }

    /// What is in the inbox once the events are delivered, if the state was this one then.
    async fn delivered(state: ChannelState, events: impl IntoIterator<Item = DataChannelEvent>) -> Vec<Message> {
        let (deliver_to, mut inbox) = mpsc::channel(16);
        let (sender, _) = StateSender::new();
        sender.send(state);
        let delivery = Delivery {
            events: Scripted(Mutex::new(events.into_iter().collect())),
            inbox: deliver_to,
            receive_window: ReceiveWindow::default(),
            send_window: Arc::default(),
        };
        assert!(matches!(delivery.run().await, End::Channel));
        if sender.current().close_reason().is_none() {
            delivery.rest().await;
        }
        drop(delivery);
        let mut messages = Vec::new();
        while let Some(message) = inbox.recv().await {
            messages.push(message);
        }
        messages
    }

    #[tokio::test(start_paused = true)]
    async fn messages_that_the_crate_reports_after_the_end_are_delivered() {
        let events = [message("before"), DataChannelEvent::OnClose, message("after"), message("last")];
        let all = ["before", "after", "last"].map(Message::text);
        assert_eq!(delivered(ChannelState::Open, events).await, all);
    }

    #[tokio::test(start_paused = true)]
    async fn the_rest_is_delivered_though_the_crate_reports_the_end_of_the_channel_again_in_between() {
        let events = [DataChannelEvent::OnClose, message("first"), DataChannelEvent::OnClose, message("last")];
        assert_eq!(delivered(ChannelState::Open, events).await, ["first", "last"].map(Message::text));
    }
}
