//! An open data channel of the `webrtc` crate.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::RTCPeerConnectionState;

use super::connection_guard::ConnectionGuard;
use super::receiver::Receiver;
use super::selected_path::path_of;
use crate::transport::error::TransportError;
use crate::transport::message::Message;
use crate::transport::path::Path;
use crate::transport::state::{ChannelState, CloseReason, StateSender};
use crate::transport::traits::Channel;

/// The largest message, in bytes: the default of the `webrtc` crate and of Firefox.
pub const MAX_MESSAGE_BYTES: usize = 65_536;

/// How many bytes may be under way before [`send`](crate::transport::Channel::send) waits, in bytes.
pub const SEND_BUFFER_BYTES: usize = 1024 * 1024;

/// How long closing waits for what was sent to arrive.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// How often closing checks for that.
const DRAIN_CHECK: Duration = Duration::from_millis(2);

/// How long closing waits for the other side to close too.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// How many messages are buffered. The `webrtc` crate buffers at most 256 more, and the window of SCTP; then the other
/// side's [`send`](crate::transport::Channel::send) waits.
pub const INBOX_MESSAGES: usize = 16;

/// An open data channel, and the connection it runs over.
pub struct WebRtcChannel {
    channel: Arc<dyn DataChannel>,
    inbox: Mutex<mpsc::Receiver<Message>>,
    state: watch::Receiver<ChannelState>,
    end: End,
    guard: ConnectionGuard,
}

/// Reports that this side has closed the channel, when it is dropped.
struct End(StateSender);

impl Drop for End {
    fn drop(&mut self) {
        self.0.send(ChannelState::Closed(CloseReason::ThisSide));
    }
}

impl WebRtcChannel {
    /// An open channel. `early` is a message that arrived before the event of opening. Must be called on a runtime.
    pub(super) fn new(
        channel: Arc<dyn DataChannel>,
        early: Option<Message>,
        mut guard: ConnectionGuard,
        connection: watch::Receiver<RTCPeerConnectionState>,
    ) -> Self {
        let (deliver, inbox) = mpsc::channel(INBOX_MESSAGES);
        if let Some(early) = early {
            // There is room in an empty inbox.
            let _ = deliver.try_send(early);
        }
        let (sender, state) = StateSender::new();
        let (inner, current) = (Arc::clone(&channel), sender.clone());
        guard.spawn_receiver(Receiver { channel: inner, connection, inbox: deliver, sender: current });
        Self { channel, inbox: Mutex::new(inbox), state, end: End(sender), guard }
    }
}

#[cfg(test)]
impl WebRtcChannel {
    pub(super) fn is_boosted(&self) -> bool {
        self.guard.runtime.is_boosted()
    }
}

impl std::fmt::Debug for WebRtcChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebRtcChannel").finish_non_exhaustive()
    }
}

impl Channel for WebRtcChannel {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        let bytes = message.as_bytes().len();
        if bytes > MAX_MESSAGE_BYTES {
            return Err(TransportError::MessageTooLarge { bytes, max: MAX_MESSAGE_BYTES });
        }
        let sending = async {
            match message {
                Message::Text(text) => self.channel.send_text(&text).await,
                Message::Binary(bytes) => self.channel.send(BytesMut::from(bytes)).await,
            }
        };
        let sent = tokio::select! {
            biased;
            // On a lost connection the crate would wait for its recovery.
            () = closed(self.state.clone()) => return Err(TransportError::Closed),
            sent = sending => sent,
        };
        sent.map_err(|error| match error {
            webrtc::error::Error::ErrDataChannelClosed | webrtc::error::Error::ErrConnectionClosed => {
                TransportError::Closed
            }
            error => TransportError::local("send a message", error),
        })
    }

    async fn receive(&self) -> Option<Message> {
        self.inbox.lock().await.recv().await
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        self.state.clone()
    }

    async fn path(&self) -> Path {
        path_of(&*self.guard.connection, &self.guard.runtime).await
    }

    async fn close(self) {
        let tasks = self.guard.tasks.clone();
        // A task, so that it is done even if this future is dropped.
        let closing = tasks.spawn(async move {
            let Self { channel, inbox, state, end, guard } = self;
            let mut inbox = inbox.into_inner();
            let was_open = state.borrow().close_reason().is_none();
            drop(end);
            if was_open {
                guard.runtime.start_boost();
                let _ = timeout(DRAIN_TIMEOUT, drained(&*channel)).await;
                let _ = channel.close().await;
                let _ = timeout(CLOSE_TIMEOUT, async { while inbox.recv().await.is_some() {} }).await;
            }
            // The receiver task would wait for room in the inbox, and the guard for the task.
            drop(inbox);
            guard.close().await;
        });
        let _ = closing.await;
    }
}

/// Waits until a channel is closed by either side.
async fn closed(mut state: watch::Receiver<ChannelState>) {
    let _ = state.wait_for(|state| state.close_reason().is_some()).await;
}

/// Waits until all that was sent has arrived, or the channel is closed.
async fn drained(channel: &dyn DataChannel) {
    // The crate reports when its buffer falls below a limit, but not when it was below already.
    let mut ticks = interval(DRAIN_CHECK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if !matches!(channel.outstanding_bytes().await, Ok(1..)) {
            return;
        }
    }
}
