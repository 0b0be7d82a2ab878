//! The traits of a transport. [`WebRtc`](crate::WebRtc) is the real one; tests have an in-memory one.

use std::future::Future;

use tokio::sync::watch;

use super::error::TransportError;
use super::message::Message;
use super::path::Path;
use super::progress::Progress;
use super::state::ChannelState;
use crate::ice_config::IceConfig;
use crate::sdp::Sdp;

/// A transport makes sessions. Clones share their settings.
pub trait Transport: Clone + Send + Sync + 'static {
    /// A session of this transport.
    type Session: Session;

    /// Starts a session that opens a data channel. The description is complete: trickle is off.
    fn offer(&self, ice: &IceConfig) -> impl Future<Output = Result<(Self::Session, Sdp), TransportError>> + Send;

    /// Starts a session that answers the offer of another peer. The description is complete: trickle is off.
    fn answer(
        &self,
        offer: &Sdp,
        ice: &IceConfig,
    ) -> impl Future<Output = Result<(Self::Session, Sdp), TransportError>> + Send;

    /// Waits until nothing of dropped sessions and channels is left. The default returns at once.
    fn wait_idle(&self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// The channel that a transport makes.
pub type ChannelOf<T> = <<T as Transport>::Session as Session>::Channel;

/// One side of a connection that is being made. Dropping it closes the connection.
pub trait Session: Send + 'static {
    /// The channel of this session.
    type Channel: Channel;

    /// Accepts the answer to the offer of this session.
    fn accept(&mut self, answer: &Sdp) -> impl Future<Output = Result<(), TransportError>> + Send;

    /// How far this session has come, from now on, also while it is opened. The default never says.
    fn progress(&self) -> watch::Receiver<Progress> {
        watch::channel(Progress::default()).1
    }

    /// Waits until the data channel is open.
    fn open(self) -> impl Future<Output = Result<Self::Channel, TransportError>> + Send;
}

/// An open data channel and its connection. Dropping it closes both.
pub trait Channel: Send + Sync + 'static {
    /// Sends a message; waits while too many bytes or messages are under way.
    fn send(&self, message: Message) -> impl Future<Output = Result<(), TransportError>> + Send;

    /// The next message, or `None` once the channel is closed. Must be cancel safe. Bounded bytes and messages are
    /// buffered; then [`send`](Self::send) of the other side waits.
    fn receive(&self) -> impl Future<Output = Option<Message>> + Send;

    /// The states of the channel from now on, also after this side has closed it. The open state counts as seen.
    fn state(&self) -> watch::Receiver<ChannelState>;

    /// The current network path of the connection. The default is unknown.
    fn path(&self) -> impl Future<Output = Path> + Send {
        std::future::ready(Path::default())
    }

    /// Closes the channel after the delivery of sent messages, and then the connection.
    fn close(self) -> impl Future<Output = ()> + Send;
}
