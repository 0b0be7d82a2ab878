//! A transport in memory: sessions find each other by their descriptions, and a test says what they do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use signaling::transport::{Channel, Session, StateSender, Transport};
use signaling::{ChannelState, CloseReason, IceConfig, Message, Sdp, TransportError};
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};
use tokio::time::sleep;

#[derive(Clone, Default)]
pub(crate) struct MemoryTransport(Arc<Hub>);

#[derive(Default)]
struct Hub {
    /// Every offer that was ever made, and what a recipient needs of it, until one takes that.
    offers: Mutex<HashMap<String, Option<Ends>>>,
    gathering: Mutex<Duration>,
    /// Both sides of every connection.
    sides: Mutex<Vec<StateSender>>,
    /// Each session and channel holds a clone.
    live: Arc<()>,
}

/// What a recipient needs of the initiator whose offer it answers.
struct Ends {
    to_initiator: mpsc::Sender<Message>,
    from_initiator: mpsc::Receiver<Message>,
    accepted: watch::Receiver<bool>,
    state: State,
}

/// One side's state, and whom to tell when the side is gone.
#[derive(Debug)]
struct State {
    here: StateSender,
    there: StateSender,
    told: watch::Receiver<ChannelState>,
}

impl State {
    fn pair() -> (Self, Self) {
        let ((first, first_told), (second, second_told)) = (StateSender::new(), StateSender::new());
        let other = Self { here: second.clone(), there: first.clone(), told: second_told };
        (Self { here: first, there: second, told: first_told }, other)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.here.send(ChannelState::Closed(CloseReason::ThisSide));
        self.there.send(ChannelState::Closed(CloseReason::OtherSide));
    }
}

impl Ends {
    /// Those of an initiator that will never accept.
    fn of_nobody() -> Self {
        let (to_initiator, from_initiator) = mpsc::channel(1);
        Self { to_initiator, from_initiator, accepted: watch::channel(false).1, state: State::pair().0 }
    }
}

impl MemoryTransport {
    /// Making a description takes this long.
    pub(crate) fn gathering(&self, takes: Duration) {
        *self.0.gathering.lock().unwrap() = takes;
    }

    /// Nobody reaches anybody any more, by the channels that there are.
    pub(crate) fn lose_all_ways(&self) {
        for side in self.0.sides.lock().unwrap().drain(..) {
            side.send(ChannelState::Closed(CloseReason::Lost));
        }
    }

    /// How many sessions and channels there are.
    pub(crate) fn live(&self) -> usize {
        Arc::strong_count(&self.0.live) - 1
    }
}

pub(crate) struct MemorySession {
    to_other: mpsc::Sender<Message>,
    from_other: mpsc::Receiver<Message>,
    accept: Option<watch::Sender<bool>>,
    accepted: watch::Receiver<bool>,
    state: State,
    live: Arc<()>,
}

#[derive(Debug)]
pub(crate) struct MemoryChannel {
    to_other: mpsc::Sender<Message>,
    from_other: AsyncMutex<mpsc::Receiver<Message>>,
    state: State,
    _live: Arc<()>,
}

impl Transport for MemoryTransport {
    type Session = MemorySession;

    async fn offer(&self, _ice: &IceConfig) -> Result<(MemorySession, Sdp), TransportError> {
        let live = Arc::clone(&self.0.live);
        let takes = *self.0.gathering.lock().unwrap();
        sleep(takes).await;
        let (to_recipient, from_initiator) = mpsc::channel(8);
        let (to_initiator, from_recipient) = mpsc::channel(8);
        let (accept, accepted) = watch::channel(false);
        let (state, theirs) = State::pair();
        self.0.sides.lock().unwrap().extend([state.here.clone(), state.there.clone()]);
        let mut offers = self.0.offers.lock().unwrap();
        let sdp = format!("offer {}", offers.len());
        let ends = Ends { to_initiator, from_initiator, accepted: accepted.clone(), state: theirs };
        offers.insert(sdp.clone(), Some(ends));
        let accept = Some(accept);
        let session =
            MemorySession { to_other: to_recipient, from_other: from_recipient, accept, accepted, state, live };
        Ok((session, Sdp::new(sdp)))
    }

    async fn answer(&self, offer: &Sdp, _ice: &IceConfig) -> Result<(MemorySession, Sdp), TransportError> {
        let live = Arc::clone(&self.0.live);
        let takes = *self.0.gathering.lock().unwrap();
        sleep(takes).await;
        let Some(ends) = self.0.offers.lock().unwrap().get_mut(offer.as_str()).map(Option::take) else {
            return Err(TransportError::BadRemoteDescription("nobody made it".into()));
        };
        // Nobody knows yet that another has answered it.
        let Ends { to_initiator, from_initiator, accepted, state } = ends.unwrap_or_else(Ends::of_nobody);
        let session =
            MemorySession { to_other: to_initiator, from_other: from_initiator, accept: None, accepted, state, live };
        Ok((session, Sdp::new(format!("answer to {}", offer.as_str()))))
    }
}

impl Session for MemorySession {
    type Channel = MemoryChannel;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        if !answer.as_str().starts_with("answer to ") {
            return Err(TransportError::BadRemoteDescription("it is no answer".into()));
        }
        self.accept.as_ref().unwrap().send_replace(true);
        Ok(())
    }

    async fn open(mut self) -> Result<MemoryChannel, TransportError> {
        let accepted = self.accepted.wait_for(|accepted| *accepted).await.is_ok();
        if !accepted {
            return Err(TransportError::ConnectionFailed);
        }
        let Self { to_other, from_other, state, live, .. } = self;
        Ok(MemoryChannel { to_other, from_other: AsyncMutex::new(from_other), state, _live: live })
    }
}

impl Channel for MemoryChannel {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        self.to_other.send(message).await.map_err(|_| TransportError::Closed)
    }

    async fn receive(&self) -> Option<Message> {
        let mut state = self.state();
        let mut from_other = self.from_other.lock().await;
        tokio::select! {
            biased;
            message = from_other.recv() => message,
            _ = state.wait_for(|state| state.close_reason() == Some(CloseReason::Lost)) => None,
        }
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        self.state.told.clone()
    }

    async fn close(self) {}
}
