//! A peer connection that is closed when it is dropped, and what its driver reports.
//!
//! The `webrtc` crate leaks the tasks and sockets of a connection that is dropped without being closed.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::runtime;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};
use webrtc::data_channel::DataChannel;
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionEventHandler, RTCIceConnectionState, RTCIceGatheringState, RTCPeerConnectionState,
};

use super::boosted_runtime::BoostedRuntime;
use super::ice::Side;
use super::receive_window::ReceiveWindow;
use super::receiver::Receiver;
use crate::printable::Printable;
use crate::transport::progress::Progress;

/// An open peer connection. Dropping it closes it, in a task.
pub(super) struct ConnectionGuard {
    pub(super) connection: Arc<dyn PeerConnection>,
    pub(super) runtime: BoostedRuntime,
    pub(super) tasks: TaskTracker,
    /// The receiver task. It ends with the connection.
    receiver: Option<JoinHandle<()>>,
    /// The guard may be dropped outside a runtime.
    handle: runtime::Handle,
    closed: bool,
}

impl ConnectionGuard {
    /// Must be called on a runtime.
    pub(super) fn new(connection: Arc<dyn PeerConnection>, runtime: BoostedRuntime, tasks: TaskTracker) -> Self {
        Self { connection, runtime, tasks, receiver: None, handle: runtime::Handle::current(), closed: false }
    }

    /// Starts the receiver task, which ends before the guard is closed.
    pub(super) fn spawn_receiver(&mut self, receiver: Receiver) {
        self.receiver = Some(self.handle.spawn(receiver.run()));
    }

    /// Closes the connection, and waits for that. Once begun, it is done even if this future is dropped.
    pub(super) async fn close(mut self) {
        if let Some(closing) = self.begin_close() {
            // It fails only when the runtime shuts down; ignore.
            let _ = closing.await;
        }
    }

    fn begin_close(&mut self) -> Option<JoinHandle<()>> {
        if std::mem::replace(&mut self.closed, true) {
            return None;
        }
        let (connection, receiver) = (Arc::clone(&self.connection), self.receiver.take());
        let closing = async move {
            if let Err(error) = connection.close().await {
                debug!(%error, "a peer connection did not close cleanly");
            }
            if let Some(receiver) = receiver {
                let _ = receiver.await;
            }
        };
        Some(self.tasks.spawn_on(closing, &self.handle))
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        drop(self.begin_close());
    }
}

/// What a connection's driver reports. Its callbacks run on the driver, so none of them waits.
pub(super) struct Reporter {
    gathered: watch::Sender<bool>,
    state: watch::Sender<RTCPeerConnectionState>,
    progress: watch::Sender<Progress>,
    window: ReceiveWindow,
    /// Where the other peer's channel is wanted. Nowhere for an initiator, and for further ones.
    channel: Mutex<Option<oneshot::Sender<Arc<dyn DataChannel>>>>,
    tasks: TaskTracker,
}

/// Where the reports arrive.
pub(super) struct Reports {
    gathered: watch::Receiver<bool>,
    pub(super) state: watch::Receiver<RTCPeerConnectionState>,
    /// The driver reports that the other peer was reached, and the session what it knows before.
    pub(super) progress: watch::Sender<Progress>,
    /// The first channel that the other peer opens, if one is wanted. Further ones are closed.
    pub(super) channel: Option<oneshot::Receiver<Arc<dyn DataChannel>>>,
}

impl Reports {
    pub(super) fn new(side: Side, tasks: TaskTracker, window: ReceiveWindow) -> (Reporter, Self) {
        let (gathered_by, gathered) = watch::channel(false);
        let (state_by, state) = watch::channel(RTCPeerConnectionState::New);
        let (progress, _) = watch::channel(Progress::Unknown);
        let (channel_by, channel) = match side {
            Side::Initiator => (None, None),
            Side::Recipient(_) => {
                let (channel_by, channel) = oneshot::channel();
                (Some(channel_by), Some(channel))
            }
        };
        let (channel_by, told) = (Mutex::new(channel_by), progress.clone());
        let reporter =
            Reporter { gathered: gathered_by, state: state_by, progress: told, window, channel: channel_by, tasks };
        (reporter, Self { gathered, state, progress, channel })
    }

    /// Waits until all candidates are known. `false` when the connection ended before.
    pub(super) async fn gathered(&mut self) -> bool {
        self.gathered.wait_for(|gathered| *gathered).await.is_ok()
    }
}

/// Waits until a connection that is being made has failed.
pub(super) async fn lost(state: &mut watch::Receiver<RTCPeerConnectionState>) {
    let is_lost = |state: &RTCPeerConnectionState| {
        matches!(state, RTCPeerConnectionState::Failed | RTCPeerConnectionState::Closed)
    };
    // An error means that the driver has ended.
    let _ = state.wait_for(is_lost).await;
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Reporter {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.send_replace(true);
        }
    }

    async fn on_ice_connection_state_change(&self, state: RTCIceConnectionState) {
        if matches!(state, RTCIceConnectionState::Connected | RTCIceConnectionState::Completed) {
            self.progress.send_replace(Progress::Reached);
            self.window.path_is_selected();
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        debug!(%state, "peer connection");
        self.state.send_replace(state);
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let wanted = self.channel.lock().take();
        let further = match wanted {
            Some(wanted) => wanted.send(channel).err(),
            None => Some(channel),
        };
        if let Some(further) = further {
            self.window.found_further_channel();
            self.tasks.spawn(close_further(further));
        }
    }
}

/// Closes a channel that is not used, so that the other peer is informed.
async fn close_further(channel: Arc<dyn DataChannel>) {
    let label = channel.label().await.unwrap_or_default();
    warn!(label = %Printable(&label), "the other peer opened a further data channel; one is used, so this one is closed");
    if let Err(error) = channel.close().await {
        debug!(%error, "a further data channel did not close");
    }
}
