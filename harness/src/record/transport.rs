//! Seam 2: the WebRTC of one peer.

use signaling::transport::{Channel, Progress, Session, Transport};
use signaling::{ChannelState, IceConfig, Message, Path, Sdp, TransportError};
use tokio::sync::watch;

use super::event::{Description, EventKind};
use super::log::Recorder;

/// A transport, or a session of it, that records what passes through it.
#[derive(Debug, Clone)]
pub struct Watched<T> {
    inner: T,
    recorder: Recorder,
}

/// An open channel that records its messages, and once that it is closed or dropped.
#[derive(Debug)]
pub struct WatchedChannel<C> {
    inner: C,
    open: OpenChannel,
}

/// Records that a channel is closed, when it is dropped.
#[derive(Debug)]
struct OpenChannel(Recorder);

impl Drop for OpenChannel {
    fn drop(&mut self) {
        self.0.write(EventKind::Closed);
    }
}

impl<T> Watched<T> {
    /// Records what passes through `inner`.
    pub fn new(inner: T, recorder: Recorder) -> Self {
        Self { inner, recorder }
    }
}

impl<T: Transport> Transport for Watched<T> {
    type Session = Watched<T::Session>;

    async fn offer(&self, ice: &IceConfig) -> Result<(Self::Session, Sdp), TransportError> {
        let (session, sdp) = self.inner.offer(ice).await?;
        self.recorder.write(EventKind::Made(Description::Offer, sdp.clone()));
        Ok((Watched::new(session, self.recorder.clone()), sdp))
    }

    async fn answer(&self, offer: &Sdp, ice: &IceConfig) -> Result<(Self::Session, Sdp), TransportError> {
        self.recorder.write(EventKind::Applied(Description::Offer, offer.clone()));
        let (session, sdp) = self.inner.answer(offer, ice).await?;
        self.recorder.write(EventKind::Made(Description::Answer, sdp.clone()));
        Ok((Watched::new(session, self.recorder.clone()), sdp))
    }

    async fn wait_idle(&self) {
        self.inner.wait_idle().await;
    }
}

impl<S: Session> Session for Watched<S> {
    type Channel = WatchedChannel<S::Channel>;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        self.recorder.write(EventKind::Applied(Description::Answer, answer.clone()));
        self.inner.accept(answer).await
    }

    fn progress(&self) -> watch::Receiver<Progress> {
        self.inner.progress()
    }

    async fn open(self) -> Result<Self::Channel, TransportError> {
        let inner = self.inner.open().await?;
        self.recorder.write(EventKind::Opened);
        Ok(WatchedChannel { inner, open: OpenChannel(self.recorder) })
    }
}

impl<C: Channel> Channel for WatchedChannel<C> {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        self.inner.send(message.clone()).await?;
        self.open.0.write(EventKind::Sent(message));
        Ok(())
    }

    async fn receive(&self) -> Option<Message> {
        let message = self.inner.receive().await?;
        self.open.0.write(EventKind::Received(message.clone()));
        Some(message)
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        self.inner.state()
    }

    async fn path(&self) -> Path {
        self.inner.path().await
    }

    async fn close(self) {
        let Self { inner, open } = self;
        // Recorded first: what was sent before may take a while to arrive, and the peer uses the channel no more.
        drop(open);
        inner.close().await;
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::record::Log;
    use crate::scenario::PeerIndex;
    use signaling::transport::InMemory;

    #[tokio::test]
    async fn a_channel_that_is_dropped_is_recorded_as_closed() {
        let (log, ice) = (Log::new(1, Instant::now(), None), IceConfig::default());
        let transport = InMemory::new();
        let watched = |peer_index| Watched::new(transport.clone(), log.recorder(peer_index, 1));
        let [first, second] = [PeerIndex::First, PeerIndex::Second].map(watched);
        let closed = |peer_index| {
            let events = log.events();
            let is_closed = |event: &&crate::record::Event| event.kind == EventKind::Closed;
            events
                .iter()
                .filter(is_closed)
                .filter(|event| event.who.is_some_and(|who| who.peer_index == peer_index))
                .count()
        };
        let (mut initiator, offer) = first.offer(&ice).await.unwrap();
        let (recipient, answer) = second.answer(&offer, &ice).await.unwrap();
        initiator.accept(&answer).await.unwrap();
        let (first, second) = (initiator.open().await.unwrap(), recipient.open().await.unwrap());
        assert_eq!(PeerIndex::ALL.map(closed), [0, 0, 0]);
        drop(first);
        assert_eq!(PeerIndex::ALL.map(closed), [1, 0, 0]);
        second.close().await;
        assert_eq!(PeerIndex::ALL.map(closed), [1, 1, 0], "a channel that is closed and then dropped is recorded once");
    }
}
