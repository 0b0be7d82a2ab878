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

/// How long the crate may take to deliver what has arrived once the channel or the connection is closed.
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
        let events = OfCrate(channel);
        let over = tokio::select! {
            biased;
            () = inbox.closed() => return,
            () = deliver(&events, &inbox, &sender) => Over::Channel,
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
            deliver_rest(&events, &inbox).await;
        }
    }
}

/// What was over first.
enum Over {
    Channel,
    Connection(CloseReason),
}

/// What the crate reports of a channel. The stream does not always end by itself.
trait Events {
    fn next_event(&self) -> impl Future<Output = Option<DataChannelEvent>> + Send;
}

/// The events of a channel of the crate.
struct OfCrate(Arc<dyn DataChannel>);

impl Events for OfCrate {
    async fn next_event(&self) -> Option<DataChannelEvent> {
        self.0.poll().await
    }
}

/// Puts each message into the inbox, until the channel is closed or the inbox is dropped. Cancel safe: a message is taken only
/// when there is room for it.
async fn deliver(events: &impl Events, inbox: &mpsc::Sender<Message>, sender: &StateSender) {
    while let Ok(room) = inbox.reserve().await {
        match events.next_event().await {
            Some(DataChannelEvent::OnMessage(message)) => room.send(message_of(message)),
            Some(DataChannelEvent::OnClose) => break,
            Some(_) => {}
            None => return,
        }
    }
    // After a burst of packets, the crate reports the end before the messages that arrived before it. Nobody waits for them
    // where this side closes.
    if sender.current().close_reason().is_none() {
        deliver_rest(events, inbox).await;
    }
}

/// Puts into the inbox what had arrived when the channel or the connection was over.
async fn deliver_rest(events: &impl Events, inbox: &mpsc::Sender<Message>) {
    while let Ok(room) = inbox.reserve().await {
        match timeout(REST_TIMEOUT, events.next_event()).await {
            Ok(Some(DataChannelEvent::OnMessage(message))) => room.send(message_of(message)),
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return,
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
    async fn delivered(state: ChannelState) -> Vec<Message> {
        let events = [message("before"), DataChannelEvent::OnClose, message("after"), message("last")];
        let (deliver_to, mut inbox) = mpsc::channel(16);
        let (sender, _) = StateSender::new();
        sender.send(state);
        deliver(&Scripted(Mutex::new(events.into())), &deliver_to, &sender).await;
        drop(deliver_to);
        let mut messages = Vec::new();
        while let Some(message) = inbox.recv().await {
            messages.push(message);
        }
        messages
    }

    #[tokio::test(start_paused = true)]
    async fn messages_that_the_crate_reports_after_the_end_are_delivered_unless_this_side_has_closed() {
        let all = ["before", "after", "last"].map(Message::text);
        assert_eq!(delivered(ChannelState::Open).await, all);
        assert_eq!(delivered(ChannelState::Closed(CloseReason::ThisSide)).await, all[..1]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_rest_is_delivered_though_the_crate_reports_the_end_of_the_channel_in_between() {
        let events = [DataChannelEvent::OnClose, message("last")];
        let (deliver_to, mut inbox) = mpsc::channel(16);
        deliver_rest(&Scripted(Mutex::new(events.into())), &deliver_to).await;
        assert_eq!(inbox.try_recv().ok(), Some(Message::text("last")));
    }
}
