//! An open data channel of the `webrtc` crate.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::{Mutex, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelMessage};
use webrtc::peer_connection::RTCPeerConnectionState;

use super::channel::Message;
use super::contract::Channel;
use super::error::TransportError;
use super::link::{Link, lost};

/// The largest message, in bytes: what the `webrtc` crate and Firefox announce when they are told nothing.
pub const MAX_MESSAGE_BYTES: usize = 65_536;

/// How much may have been sent and not have arrived before [`send`](super::Channel::send) waits, in bytes.
pub const SEND_BUFFER_BYTES: usize = 1024 * 1024;

/// How long closing waits for what was sent to arrive.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// How often it looks.
const DRAIN_CHECK: Duration = Duration::from_millis(2);

/// How long closing waits for the other side to close too.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// An open data channel, and the connection it runs over.
pub struct WebRtcChannel {
    channel: Arc<dyn DataChannel>,
    inbox: Mutex<Inbox>,
    link: Link,
}

struct Inbox {
    /// A message that came before the channel was known to be open.
    early: Option<Message>,
    ended: bool,
    state: watch::Receiver<RTCPeerConnectionState>,
}

impl WebRtcChannel {
    pub(super) fn new(
        channel: Arc<dyn DataChannel>,
        early: Option<Message>,
        link: Link,
        state: watch::Receiver<RTCPeerConnectionState>,
    ) -> Self {
        Self { channel, inbox: Mutex::new(Inbox { early, ended: false, state }), link }
    }
}

#[cfg(test)]
impl WebRtcChannel {
    pub(super) fn hurries(&self) -> bool {
        self.link.pace.hurries()
    }
}

impl std::fmt::Debug for WebRtcChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebRtcChannel").finish_non_exhaustive()
    }
}

impl Inbox {
    async fn next(&mut self, channel: &dyn DataChannel) -> Option<Message> {
        if let Some(early) = self.early.take() {
            return Some(early);
        }
        while !self.ended {
            tokio::select! {
                biased;
                event = channel.poll() => match event {
                    Some(DataChannelEvent::OnMessage(message)) => return Some(message_of(message)),
                    // The crate's stream of events does not always end by itself.
                    Some(DataChannelEvent::OnClose) | None => self.ended = true,
                    Some(_) => {}
                },
                () = lost(&mut self.state) => self.ended = true,
            }
        }
        None
    }
}

impl Channel for WebRtcChannel {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        let bytes = message.as_bytes().len();
        if bytes > MAX_MESSAGE_BYTES {
            return Err(TransportError::MessageTooLarge { bytes, max: MAX_MESSAGE_BYTES });
        }
        let sent = match message {
            Message::Text(text) => self.channel.send_text(&text).await,
            Message::Binary(bytes) => self.channel.send(BytesMut::from(bytes)).await,
        };
        sent.map_err(|error| match error {
            webrtc::error::Error::ErrDataChannelClosed | webrtc::error::Error::ErrConnectionClosed => {
                TransportError::Closed
            }
            error => TransportError::local("send a message", error),
        })
    }

    async fn receive(&self) -> Option<Message> {
        self.inbox.lock().await.next(&*self.channel).await
    }

    async fn close(self) {
        let tasks = self.link.tasks.clone();
        // A task, so that it is done even if this future is dropped.
        let closing = tasks.spawn(async move {
            let Self { channel, inbox, link } = self;
            let mut inbox = inbox.into_inner();
            if !inbox.ended {
                link.pace.hurry();
                let _ = timeout(DRAIN_TIMEOUT, drained(&*channel, &mut inbox.state)).await;
                let _ = channel.close().await;
                let _ = timeout(CLOSE_TIMEOUT, async { while inbox.next(&*channel).await.is_some() {} }).await;
            }
            link.close().await;
        });
        let _ = closing.await;
    }
}

/// Waits until all that was sent has arrived, or cannot arrive any more.
async fn drained(channel: &dyn DataChannel, state: &mut watch::Receiver<RTCPeerConnectionState>) {
    // The crate tells when its buffer falls below a limit, but not when that was so already.
    let mut ticks = interval(DRAIN_CHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let drained = async {
        loop {
            ticks.tick().await;
            if !matches!(channel.outstanding_bytes().await, Ok(1..)) {
                return;
            }
        }
    };
    tokio::select! {
        () = drained => {}
        () = lost(state) => {}
    }
}

pub(super) fn message_of(message: RTCDataChannelMessage) -> Message {
    let bytes = message.data.freeze();
    if !message.is_string {
        return Message::Binary(bytes);
    }
    // Text that is no text comes from a broken or hostile peer; it is passed on as the bytes that it is.
    String::from_utf8(bytes.to_vec()).map_or(Message::Binary(bytes), Message::Text)
}
