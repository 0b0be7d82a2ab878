//! A transport that notes which session descriptions passed through it and which channels opened: what is judged in the end.

use std::sync::Arc;

use parking_lot::Mutex;
use signaling::transport::{Channel, Session, Transport};
use signaling::{IceConfig, Message, Path, Sdp, TransportError};
use tokio::sync::watch;

use super::outcome::{Attempt, ChannelState, Part};
use super::schedule::Side;

/// What both peers attempted, in order. Clones are the same notes.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Vec<Attempt>>>);

impl Notes {
    /// One peer's transport, watched.
    pub(super) fn watch<T>(&self, side: Side, inner: T) -> Witness<T> {
        Witness { inner, side, notes: self.clone() }
    }

    /// What both peers attempted so far.
    pub(super) fn attempts(&self) -> Vec<Attempt> {
        self.0.lock().clone()
    }

    fn begin(&self, attempt: Attempt) -> Entry {
        let mut attempts = self.0.lock();
        attempts.push(attempt);
        Entry { notes: self.clone(), number: attempts.len() - 1 }
    }
}

/// The notes of one attempt.
#[derive(Debug)]
struct Entry {
    notes: Notes,
    number: usize,
}

impl Entry {
    fn change(&self, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.notes.0.lock().get_mut(self.number) {
            change(attempt);
        }
    }
}

/// One peer's transport.
#[derive(Debug, Clone)]
pub(super) struct Witness<T> {
    inner: T,
    side: Side,
    notes: Notes,
}

/// One side of a connection that is being made.
#[derive(Debug)]
pub(super) struct WitnessedSession<S> {
    inner: S,
    entry: Entry,
}

/// An open channel. It is closed when it is dropped.
#[derive(Debug)]
pub(super) struct WitnessedChannel<C> {
    inner: C,
    _open: Open,
}

#[derive(Debug)]
struct Open(Entry);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.change(|attempt| attempt.channel = ChannelState::Closed);
    }
}

impl<T: Transport> Transport for Witness<T> {
    type Session = WitnessedSession<T::Session>;

    async fn offer(&self, ice: &IceConfig) -> Result<(Self::Session, Sdp), TransportError> {
        let (inner, sdp) = self.inner.offer(ice).await?;
        let entry = self.notes.begin(Attempt::new(self.side, Part::Initiator, sdp.clone(), None));
        Ok((WitnessedSession { inner, entry }, sdp))
    }

    async fn answer(&self, offer: &Sdp, ice: &IceConfig) -> Result<(Self::Session, Sdp), TransportError> {
        let (inner, sdp) = self.inner.answer(offer, ice).await?;
        let entry = self.notes.begin(Attempt::new(self.side, Part::Recipient, offer.clone(), Some(sdp.clone())));
        Ok((WitnessedSession { inner, entry }, sdp))
    }

    async fn settled(&self) {
        self.inner.settled().await;
    }
}

impl<S: Session> Session for WitnessedSession<S> {
    type Channel = WitnessedChannel<S::Channel>;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        self.inner.accept(answer).await?;
        self.entry.change(|attempt| attempt.answer = Some(answer.clone()));
        Ok(())
    }

    async fn open(self) -> Result<Self::Channel, TransportError> {
        let inner = self.inner.open().await?;
        self.entry.change(|attempt| attempt.channel = ChannelState::Open);
        Ok(WitnessedChannel { inner, _open: Open(self.entry) })
    }
}

impl<C: Channel> Channel for WitnessedChannel<C> {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        self.inner.send(message).await
    }

    async fn receive(&self) -> Option<Message> {
        self.inner.receive().await
    }

    fn state(&self) -> watch::Receiver<signaling::ChannelState> {
        self.inner.state()
    }

    async fn path(&self) -> Path {
        self.inner.path().await
    }

    async fn close(self) {
        self.inner.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Scripted;

    #[tokio::test]
    async fn what_passes_is_noted_and_a_channel_that_is_dropped_is_closed() {
        let (notes, wires, ice) = (Notes::default(), Scripted::default(), IceConfig::default());
        let [first, second] = Side::BOTH.map(|side| notes.watch(side, wires.clone()));
        let (mut initiator, offer) = first.offer(&ice).await.unwrap();
        let (recipient, answer) = second.answer(&offer, &ice).await.unwrap();
        initiator.accept(&answer).await.unwrap();
        let states = || notes.attempts().iter().map(|attempt| attempt.channel).collect::<Vec<_>>();
        assert_eq!(states(), [ChannelState::Unopened; 2]);
        let _open = initiator.open().await.unwrap();
        drop(recipient.open().await.unwrap());
        assert_eq!(states(), [ChannelState::Open, ChannelState::Closed]);
        let told =
            notes.attempts().into_iter().map(|attempt| (attempt.side, attempt.part, attempt.offer, attempt.answer));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (Side::First, Part::Initiator, offer.clone(), Some(answer.clone())),
                (Side::Second, Part::Recipient, offer, Some(answer))
            ]
        );
    }
}
