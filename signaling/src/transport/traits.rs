//! What a transport has to do. Tests script it; [`WebRtc`](super::WebRtc) does it.

use std::future::Future;

use tokio::sync::watch;

use super::error::TransportError;
use super::message::Message;
use super::path::Path;
use super::state::ChannelState;
use crate::ice_config::IceConfig;
use crate::sdp::Sdp;

/// Makes sessions. Clones make the same kind.
pub trait Transport: Clone + Send + Sync + 'static {
    /// What it makes.
    type Session: Session;

    /// Begins a session that opens a data channel. The description is complete: trickle is off.
    fn offer(&self, ice: &IceConfig) -> impl Future<Output = Result<(Self::Session, Sdp), TransportError>> + Send;

    /// Begins a session that answers another's offer. The description is complete: trickle is off.
    fn answer(
        &self,
        offer: &Sdp,
        ice: &IceConfig,
    ) -> impl Future<Output = Result<(Self::Session, Sdp), TransportError>> + Send;

    /// Waits until nothing of dropped sessions and channels is left. Most transports have nothing to wait for.
    fn wait_idle(&self) -> impl Future<Output = ()> + Send {
        std::future::ready(())
    }
}

/// The channel that a transport makes.
pub type ChannelOf<T> = <<T as Transport>::Session as Session>::Channel;

/// One side of a connection that is being made. Dropping it closes what it holds.
pub trait Session: Send + 'static {
    /// What it becomes.
    type Channel: Channel;

    /// Takes the answer to this session's offer.
    fn accept(&mut self, answer: &Sdp) -> impl Future<Output = Result<(), TransportError>> + Send;

    /// Waits until the data channel is open.
    fn open(self) -> impl Future<Output = Result<Self::Channel, TransportError>> + Send;
}

/// An open data channel, and the connection it runs over. Dropping it closes both.
pub trait Channel: Send + Sync + 'static {
    /// Sends a message; waits while too much that was sent before has not arrived.
    fn send(&self, message: Message) -> impl Future<Output = Result<(), TransportError>> + Send;

    /// The next message, or `None` once the channel is closed. It may be abandoned without losing a message. Where nobody
    /// receives, a bounded number of messages waits, and then the other side's [`send`](Self::send).
    fn receive(&self) -> impl Future<Output = Option<Message>> + Send;

    /// How the channel is doing, from now on and after this side has closed it. The receiver has seen that it was open.
    fn state(&self) -> watch::Receiver<ChannelState>;

    /// The way that the connection takes just now. Most transports do not know.
    fn path(&self) -> impl Future<Output = Path> + Send {
        std::future::ready(Path::default())
    }

    /// Closes the channel after what was sent has arrived, and the connection with it.
    fn close(self) -> impl Future<Output = ()> + Send;
}
