//! Seam 2: one peer's WebRTC.

use signaling::config::IceConfig;
use signaling::transport::{Channel, Session, Transport};
use signaling::{ChannelState, Message, Path, Sdp, TransportError};
use tokio::sync::watch;

use crate::event::{Description, What};
use crate::log::Recorder;

/// A transport, or what it makes, that writes down what passes through it.
#[derive(Debug, Clone)]
pub struct Watched<T> {
    beneath: T,
    recorder: Recorder,
}

impl<T> Watched<T> {
    /// Watches `beneath`.
    pub fn new(beneath: T, recorder: Recorder) -> Self {
        Self { beneath, recorder }
    }
}

impl<T: Transport> Transport for Watched<T> {
    type Session = Watched<T::Session>;

    async fn offer(&self, ice: &IceConfig) -> Result<(Self::Session, Sdp), TransportError> {
        let (session, sdp) = self.beneath.offer(ice).await?;
        self.recorder.write(What::Made(Description::Offer, sdp.clone()));
        Ok((Watched::new(session, self.recorder.clone()), sdp))
    }

    async fn answer(&self, offer: &Sdp, ice: &IceConfig) -> Result<(Self::Session, Sdp), TransportError> {
        self.recorder.write(What::Applied(Description::Offer, offer.clone()));
        let (session, sdp) = self.beneath.answer(offer, ice).await?;
        self.recorder.write(What::Made(Description::Answer, sdp.clone()));
        Ok((Watched::new(session, self.recorder.clone()), sdp))
    }

    async fn settled(&self) {
        self.beneath.settled().await;
    }
}

impl<S: Session> Session for Watched<S> {
    type Channel = Watched<S::Channel>;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        self.recorder.write(What::Applied(Description::Answer, answer.clone()));
        self.beneath.accept(answer).await
    }

    async fn open(self) -> Result<Self::Channel, TransportError> {
        let channel = self.beneath.open().await?;
        self.recorder.write(What::Opened);
        Ok(Watched::new(channel, self.recorder))
    }
}

impl<C: Channel> Channel for Watched<C> {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        self.beneath.send(message.clone()).await?;
        self.recorder.write(What::Sent(message));
        Ok(())
    }

    async fn receive(&self) -> Option<Message> {
        let message = self.beneath.receive().await?;
        self.recorder.write(What::Received(message.clone()));
        Some(message)
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        self.beneath.state()
    }

    async fn path(&self) -> Path {
        self.beneath.path().await
    }

    async fn close(self) {
        self.beneath.close().await;
    }
}
