//! An open data channel of the `webrtc` crate.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use parking_lot::Mutex as SyncMutex;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::RTCPeerConnectionState;

use super::connection_guard::ConnectionGuard;
use super::receive_window::{MAX_MESSAGE_BYTES, ReceiveWindow, WAITING_MESSAGES_MAX};
use super::receiver::{Delivery, OfCrate, Receiver};
use super::selected_path::path_of;
use super::send_window::SendWindow;
use crate::transport::error::TransportError;
use crate::transport::message::Message;
use crate::transport::path::Path;
use crate::transport::state::{ChannelState, CloseReason, StateSender};
use crate::transport::traits::Channel;

/// How long closing waits for what was sent to arrive while nothing of it does.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// How long closing waits in all for what was sent to arrive: a peer that pauses takes a little each second.
const DRAIN_TIMEOUT_OF_ALL: Duration = Duration::from_secs(30);

/// How often closing and sending check what has arrived.
const ARRIVAL_CHECK: Duration = Duration::from_millis(2);

/// How long closing waits for the other side to close too.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// An open data channel, and the connection it runs over.
pub struct WebRtcChannel {
    outbox: Outbox,
    inbox: Mutex<Inbox>,
    state: watch::Receiver<ChannelState>,
    end: End,
    /// The largest message that may be sent.
    max_message_bytes: usize,
    guard: ConnectionGuard,
}

/// Where messages are sent, one at a time.
struct Outbox {
    channel: Arc<dyn DataChannel>,
    turn: Mutex<()>,
    window: Arc<SyncMutex<SendWindow>>,
}

/// The messages that have arrived.
struct Inbox {
    messages: mpsc::Receiver<Message>,
    window: ReceiveWindow,
}

/// Reports that this side has closed the channel, when it is dropped.
struct End(StateSender);

impl Drop for End {
    fn drop(&mut self) {
        self.0.send(ChannelState::Closed(CloseReason::ThisSide));
    }
}

impl Inbox {
    async fn next(&mut self) -> Option<Message> {
        let message = self.messages.recv().await?;
        self.window.read(message.as_bytes().len());
        Some(message)
    }
}

impl WebRtcChannel {
    /// An open channel. `early` is a message that arrived before the event of opening, `max_message_bytes` the limit of the other
    /// side, if it has one. Must be called on a runtime.
    pub(super) fn new(
        channel: Arc<dyn DataChannel>,
        early: Option<Message>,
        max_message_bytes: Option<u64>,
        mut guard: ConnectionGuard,
        connection: watch::Receiver<RTCPeerConnectionState>,
    ) -> Self {
        let (deliver, messages) = mpsc::channel(WAITING_MESSAGES_MAX);
        let window = guard.runtime.window().clone();
        if let Some(early) = early {
            window.taken(early.as_bytes().len());
            // There is space in an empty inbox.
            let _ = deliver.try_send(early);
        }
        let (sender, state) = StateSender::new();
        let sent = Arc::<SyncMutex<SendWindow>>::default();
        guard.spawn_receiver(Receiver {
            delivery: Delivery {
                events: OfCrate(Arc::clone(&channel)),
                inbox: deliver,
                receive_window: window.clone(),
                send_window: Arc::clone(&sent),
            },
            connection: Arc::clone(&guard.connection),
            states: connection,
            sender: sender.clone(),
        });
        Self {
            outbox: Outbox { channel, turn: Mutex::default(), window: sent },
            inbox: Mutex::new(Inbox { messages, window }),
            state,
            end: End(sender),
            max_message_bytes: max_message_bytes
                .and_then(|bytes| usize::try_from(bytes).ok())
                .map_or(MAX_MESSAGE_BYTES, |bytes| bytes.min(MAX_MESSAGE_BYTES)),
            guard,
        }
    }
}

impl Outbox {
    /// Waits for space, and passes the message to the crate.
    async fn send(&self, message: Message) -> Result<(), webrtc::error::Error> {
        let bytes = message.as_bytes().len();
        let _turn = self.turn.lock().await;
        while !self.window.lock().has_space_for_certain() {
            let outstanding = self.channel.outstanding_bytes().await?;
            if self.window.lock().has_space(outstanding) {
                break;
            }
            sleep(ARRIVAL_CHECK).await;
        }
        match message {
            Message::Text(text) => self.channel.send_text(&text).await?,
            Message::Binary(bytes) => self.channel.send(BytesMut::from(bytes)).await?,
        }
        self.window.lock().sent(bytes);
        Ok(())
    }

    /// Waits until all that was sent has arrived, nothing of it arrives for some time, it takes too long, or the channel is closed.
    async fn drained(&self) {
        let begun = Instant::now();
        let (mut before, mut since) = (None, begun);
        while let Ok(outstanding) = self.channel.outstanding_bytes().await {
            if self.window.lock().is_empty(outstanding) {
                return;
            }
            if before != Some(outstanding) {
                (before, since) = (Some(outstanding), Instant::now());
            }
            if since.elapsed() >= DRAIN_TIMEOUT || begun.elapsed() >= DRAIN_TIMEOUT_OF_ALL {
                warn!(outstanding, "the channel is closed before all that was sent has arrived");
                return;
            }
            sleep(ARRIVAL_CHECK).await;
        }
    }
}

#[cfg(test)]
impl WebRtcChannel {
    pub(super) fn connection(&self) -> &dyn webrtc::peer_connection::PeerConnection {
        &*self.guard.connection
    }

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
        let max = self.max_message_bytes;
        if bytes > max {
            return Err(TransportError::MessageTooLarge { bytes, max });
        }
        let sent = tokio::select! {
            biased;
            // On a lost connection the crate would wait for its recovery.
            () = closed(self.state.clone()) => return Err(TransportError::Closed),
            sent = self.outbox.send(message) => sent,
        };
        sent.map_err(|error| match error {
            webrtc::error::Error::ErrDataChannelClosed | webrtc::error::Error::ErrConnectionClosed => {
                TransportError::Closed
            }
            error => TransportError::local("send a message", error),
        })
    }

    async fn receive(&self) -> Option<Message> {
        self.inbox.lock().await.next().await
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
            let Self { outbox, inbox, state, end, guard, .. } = self;
            let mut inbox = inbox.into_inner();
            let was_open = state.borrow().close_reason().is_none();
            drop(end);
            if was_open {
                guard.runtime.start_boost();
                outbox.drained().await;
                let _ = outbox.channel.close().await;
                let _ = timeout(CLOSE_TIMEOUT, async { while inbox.next().await.is_some() {} }).await;
            }
            // The receiver task would wait for space in the inbox, and the guard for the task.
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
