//! A transport without WebRTC: channels in this process, for tests. A connection takes no time, so a test on a paused clock
//! is exact.
//!
//! Its descriptions look like SDP, an invalid one is an error, and a connection fails as a real one does: after the patience
//! of the recipient, once the initiator is gone.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};
use tokio::time::sleep;

use super::error::TransportError;
use super::message::Message;
use super::state::{ChannelState, CloseReason, StateSender};
use super::traits::{Channel, Session, Transport};
use crate::ice_config::{DEFAULT_PATIENCE, IceConfig};
use crate::sdp::Sdp;

/// How many messages may be under way in one direction; further sends wait.
const MESSAGES_MAX: usize = 64;

/// A transport whose connections are channels in this process. Clones can connect to each other, and to no other transport;
/// each clone has its own settings.
#[derive(Clone)]
pub struct InMemory {
    hub: Arc<Hub>,
    gathering: Duration,
    patience: Duration,
    loses_messages: bool,
    on_accept: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// What clones share.
#[derive(Default)]
struct Hub {
    offers: Mutex<Offers>,
    /// The states of both sides of each connection, by its number.
    connections: Mutex<BTreeMap<u64, [StateSender; 2]>>,
    /// Each session and channel holds a clone.
    live: Arc<()>,
}

/// The offers whose initiator is still there, by their text.
#[derive(Default)]
struct Offers {
    made: u64,
    answered: u64,
    open: BTreeMap<String, Vec<Answered>>,
}

/// An answer to an offer. There may be several, as in a room with many peers; the initiator accepts one.
struct Answered {
    text: String,
    /// The initiator's end.
    end: End,
    /// Reports to the recipient that its answer was accepted.
    accepted: oneshot::Sender<()>,
}

impl InMemory {
    /// A transport that connects to its clones.
    pub fn new() -> Self {
        Self {
            hub: Arc::default(),
            gathering: Duration::ZERO,
            patience: DEFAULT_PATIENCE,
            loses_messages: false,
            on_accept: None,
        }
    }

    /// Sets how long it takes to make a description. The default is no time.
    #[must_use]
    pub fn gathering(mut self, takes: Duration) -> Self {
        self.gathering = takes;
        self
    }

    /// Sets how long a recipient waits for an initiator that is gone. The default is [`DEFAULT_PATIENCE`].
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Loses each message that is sent over a channel of this clone.
    #[must_use]
    pub fn lose_messages(mut self) -> Self {
        self.loses_messages = true;
        self
    }

    /// Calls `action` whenever a session of this clone accepts an answer.
    #[must_use]
    pub fn on_accept(mut self, action: impl Fn() + Send + Sync + 'static) -> Self {
        self.on_accept = Some(Arc::new(action));
        self
    }

    /// Loses all connections that there are, of all clones.
    pub fn lose_connections(&self) {
        for state in std::mem::take(&mut *self.hub.connections.lock()).into_values().flatten() {
            state.send(ChannelState::Closed(CloseReason::Lost));
        }
    }

    /// How many sessions and channels there are, of all clones.
    pub fn live(&self) -> usize {
        Arc::strong_count(&self.hub.live) - 1
    }

    fn session(&self, step: Step, live: Arc<()>) -> InMemorySession {
        InMemorySession { transport: self.clone(), step, live }
    }

    async fn gather(&self) {
        if !self.gathering.is_zero() {
            sleep(self.gathering).await;
        }
    }
}

impl Default for InMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for InMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemory").field("live", &self.live()).finish_non_exhaustive()
    }
}

impl Offers {
    fn was_made(&self, offer: &str) -> bool {
        let number = offer.lines().find_map(|line| line.strip_prefix("s=scripted offer ")?.parse().ok());
        number.is_some_and(|number: u64| number <= self.made && describe(number, "offer") == offer)
    }
}

/// A description that looks like a real one: a session id, and its kind.
fn describe(number: u64, kind: &str) -> String {
    format!("v=0\r\no=- {number} 2 IN IP4 127.0.0.1\r\ns=scripted {kind} {number}\r\nt=0 0\r\n")
}

/// One end of a connection. Dropping it closes the connection.
struct End {
    to: mpsc::Sender<Message>,
    from: mpsc::Receiver<Message>,
    closing: Closing,
}

/// Closes a connection when it is dropped.
struct Closing {
    hub: Arc<Hub>,
    connection: u64,
    state: watch::Receiver<ChannelState>,
    here: StateSender,
    there: StateSender,
}

impl Drop for Closing {
    fn drop(&mut self) {
        self.here.send(ChannelState::Closed(CloseReason::ThisSide));
        self.there.send(ChannelState::Closed(CloseReason::OtherSide));
        self.hub.connections.lock().remove(&self.connection);
    }
}

/// Both ends of a connection.
fn connection(hub: &Arc<Hub>, number: u64) -> [End; 2] {
    let (to_second, from_first) = mpsc::channel(MESSAGES_MAX);
    let (to_first, from_second) = mpsc::channel(MESSAGES_MAX);
    let ((first, first_state), (second, second_state)) = (StateSender::new(), StateSender::new());
    hub.connections.lock().insert(number, [first.clone(), second.clone()]);
    let closing = |state, here: &StateSender, there: &StateSender| Closing {
        hub: Arc::clone(hub),
        connection: number,
        state,
        here: here.clone(),
        there: there.clone(),
    };
    [
        End { to: to_second, from: from_second, closing: closing(first_state, &first, &second) },
        End { to: to_first, from: from_first, closing: closing(second_state, &second, &first) },
    ]
}

/// One side of a connection that is being made.
pub struct InMemorySession {
    transport: InMemory,
    step: Step,
    live: Arc<()>,
}

enum Step {
    /// An initiator that waits for an answer.
    Offered(OpenOffer),
    /// An initiator that has accepted an answer.
    Accepted(End),
    /// A recipient that waits for that.
    Answered { end: End, accepted: oneshot::Receiver<()> },
    /// The answer could not be accepted.
    Failed,
}

/// Removes an offer when its session is gone, and with it all answers that were not accepted.
struct OpenOffer {
    hub: Arc<Hub>,
    text: String,
}

impl Drop for OpenOffer {
    fn drop(&mut self) {
        self.hub.offers.lock().open.remove(&self.text);
    }
}

/// An open channel of [`InMemory`].
pub struct InMemoryChannel {
    to: mpsc::Sender<Message>,
    from: AsyncMutex<mpsc::Receiver<Message>>,
    closing: Closing,
    loses_messages: bool,
    _live: Arc<()>,
}

impl fmt::Debug for InMemoryChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryChannel").field("state", &*self.closing.state.borrow()).finish_non_exhaustive()
    }
}

impl Transport for InMemory {
    type Session = InMemorySession;

    async fn offer(&self, _: &IceConfig) -> Result<(InMemorySession, Sdp), TransportError> {
        let live = Arc::clone(&self.hub.live);
        self.gather().await;
        let text = {
            let mut offers = self.hub.offers.lock();
            offers.made += 1;
            let text = describe(offers.made, "offer");
            offers.open.insert(text.clone(), Vec::new());
            text
        };
        let offer = OpenOffer { hub: Arc::clone(&self.hub), text: text.clone() };
        Ok((self.session(Step::Offered(offer), live), Sdp::new(text)))
    }

    async fn answer(&self, offer: &Sdp, _: &IceConfig) -> Result<(InMemorySession, Sdp), TransportError> {
        let live = Arc::clone(&self.hub.live);
        self.gather().await;
        // Tolerant as real ones are: spaces around lines do not matter.
        let lines: Vec<_> = offer.as_str().lines().map(str::trim).collect();
        let offer = lines.join("\r\n") + "\r\n";
        let mut offers = self.hub.offers.lock();
        if !offers.was_made(&offer) {
            return Err(TransportError::BadRemoteDescription("no clone of this transport made the offer".into()));
        }
        offers.answered += 1;
        let text = describe(offers.answered, "answer");
        let [theirs, ours] = connection(&self.hub, offers.answered);
        let (accepted, condition) = oneshot::channel();
        // As with a real transport, whether the initiator is still there is unknown; an answer that it cannot accept fails
        // to open.
        if let Some(answers) = offers.open.get_mut(&offer) {
            answers.push(Answered { text: text.clone(), end: theirs, accepted });
        }
        Ok((self.session(Step::Answered { end: ours, accepted: condition }, live), Sdp::new(text)))
    }
}

impl Session for InMemorySession {
    type Channel = InMemoryChannel;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        if let Some(on_accept) = &self.transport.on_accept {
            on_accept();
        }
        let Step::Offered(offer) = std::mem::replace(&mut self.step, Step::Failed) else {
            return Err(TransportError::Closed);
        };
        let answers = self.transport.hub.offers.lock().open.remove(&offer.text).unwrap_or_default();
        let accepted = answers.into_iter().find(|answered| answered.text == answer.as_str());
        let Answered { end, accepted, .. } =
            accepted.ok_or_else(|| TransportError::BadRemoteDescription("an answer to another offer".into()))?;
        accepted.send(()).map_err(|()| TransportError::ConnectionFailed)?;
        self.step = Step::Accepted(end);
        Ok(())
    }

    async fn open(self) -> Result<InMemoryChannel, TransportError> {
        let End { to, from, closing } = match self.step {
            Step::Accepted(end) => end,
            Step::Answered { end, accepted } => {
                if accepted.await.is_err() {
                    // A peer that is gone sends no notification.
                    sleep(self.transport.patience).await;
                    return Err(TransportError::ConnectionFailed);
                }
                end
            }
            Step::Offered(_) | Step::Failed => return Err(TransportError::ConnectionFailed),
        };
        let loses_messages = self.transport.loses_messages;
        Ok(InMemoryChannel { to, from: AsyncMutex::new(from), closing, loses_messages, _live: self.live })
    }
}

impl Channel for InMemoryChannel {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        if self.loses_messages {
            return Ok(());
        }
        self.to.send(message).await.map_err(|_| TransportError::Closed)
    }

    async fn receive(&self) -> Option<Message> {
        let mut state = self.state();
        let mut from = self.from.lock().await;
        tokio::select! {
            biased;
            message = from.recv() => message,
            _ = state.wait_for(|state| state.close_reason() == Some(CloseReason::Lost)) => None,
        }
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        self.closing.state.clone()
    }

    async fn close(self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ice() -> IceConfig {
        IceConfig::default()
    }

    #[tokio::test(start_paused = true)]
    async fn two_sessions_open_and_a_message_goes_each_way() {
        let transport = InMemory::new();
        let (mut initiator, offer) = transport.offer(&ice()).await.unwrap();
        let (recipient, answer) = transport.answer(&offer, &ice()).await.unwrap();
        initiator.accept(&answer).await.unwrap();
        let (first, second) = tokio::join!(initiator.open(), recipient.open());
        let (first, second) = (first.unwrap(), second.unwrap());
        first.send(Message::text("to the second")).await.unwrap();
        second.send(Message::text("to the first")).await.unwrap();
        assert_eq!(second.receive().await, Some(Message::text("to the second")));
        assert_eq!(first.receive().await, Some(Message::text("to the first")));
        let state = first.state();
        assert_eq!((*state.borrow(), *second.state().borrow()), (ChannelState::Open, ChannelState::Open));
        first.close().await;
        assert_eq!(second.receive().await, None);
        assert_eq!(*state.borrow(), ChannelState::Closed(CloseReason::ThisSide));
        assert_eq!(*second.state().borrow(), ChannelState::Closed(CloseReason::OtherSide));
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_answers_to_one_offer_the_initiator_takes_one_and_the_other_does_not_open() {
        let transport = InMemory::new();
        let (mut initiator, offer) = transport.offer(&ice()).await.unwrap();
        let (first, answer) = transport.answer(&offer, &ice()).await.unwrap();
        let (second, other) = transport.answer(&offer, &ice()).await.unwrap();
        assert_ne!(answer, other);
        initiator.accept(&other).await.unwrap();
        assert!(first.open().await.is_err());
        assert!(second.open().await.is_ok() && initiator.open().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_fits_its_own_offer_alone_and_an_offer_ends_with_its_session() {
        let transport = InMemory::new();
        let (mut first, offer) = transport.offer(&ice()).await.unwrap();
        let (_second, other) = transport.offer(&ice()).await.unwrap();
        let (_session, answer) = transport.answer(&other, &ice()).await.unwrap();
        assert!(first.accept(&answer).await.is_err());
        assert!(transport.answer(&Sdp::new("v=0"), &ice()).await.is_err());
        drop(first);
        let (late, _) = transport.answer(&offer, &ice()).await.unwrap();
        assert!(late.open().await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_recipient_whose_initiator_is_gone_looks_for_it_for_a_while_and_does_not_open() {
        let transport = InMemory::new();
        let (initiator, offer) = transport.offer(&ice()).await.unwrap();
        let (recipient, _) = transport.answer(&offer, &ice()).await.unwrap();
        drop(initiator);
        let begun = tokio::time::Instant::now();
        assert!(recipient.open().await.is_err());
        assert_eq!(begun.elapsed(), DEFAULT_PATIENCE);
    }
}
