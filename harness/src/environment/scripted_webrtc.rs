//! A transport without WebRTC: plain channels in this process, which cost nothing and take no time. On the virtual clock it
//! is exact to the tick.
//!
//! It makes descriptions that look like SDP, tells of a bad one, and fails where a connection would and as late: when the
//! other side is gone. It knows nothing of launchers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use signaling::transport::{Channel, Session, StateSender, Transport};
use signaling::{ChannelState, CloseReason, IceConfig, Message, Sdp, TransportError};
use tokio::sync::{Mutex as AsyncMutex, mpsc, oneshot, watch};
use tokio::time::sleep;

/// How many messages may be under way in one direction; a sender waits for a place.
pub const MESSAGES_MAX: usize = 64;

/// How long a recipient looks for a way to an initiator that is not there, which is what a real one does.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What happens besides when an answer is accepted.
type OnAccept = Arc<dyn Fn() + Send + Sync>;

/// Makes plain channels. Clones know each other's offers, and nobody else's.
#[derive(Clone, Default)]
pub struct Scripted {
    offers: Arc<Mutex<Offers>>,
    /// Messages of this peer get lost: a bug to be planted.
    pub(crate) is_mute: bool,
    /// What happens when this peer's offer is answered: a bug to be planted.
    pub(crate) on_accept: Option<OnAccept>,
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted").field("offers", &self.offers.lock().open.len()).finish_non_exhaustive()
    }
}

/// The offers whose initiator is still there, by their text.
#[derive(Default)]
struct Offers {
    made: u64,
    answered: u64,
    open: BTreeMap<String, Vec<Answered>>,
}

impl Offers {
    fn was_made(&self, offer: &str) -> bool {
        let number = offer.lines().find_map(|line| line.strip_prefix("s=scripted offer ")?.parse().ok());
        number.is_some_and(|number: u64| number <= self.made && describe(number, "offer") == offer)
    }
}

/// An answer to an offer. There may be several, as in a room with many peers; the initiator takes one.
struct Answered {
    text: String,
    /// The initiator's end.
    wire: Wire,
    /// Tells the recipient that it was the one.
    accepted: oneshot::Sender<()>,
}

/// One end of a channel.
struct Wire {
    to: mpsc::Sender<Message>,
    from: mpsc::Receiver<Message>,
    state: watch::Receiver<ChannelState>,
    end: End,
}

/// Tells both sides who has closed the channel, when it is dropped.
struct End {
    here: StateSender,
    there: StateSender,
}

impl Drop for End {
    fn drop(&mut self) {
        self.here.send(ChannelState::Closed(CloseReason::ThisSide));
        self.there.send(ChannelState::Closed(CloseReason::OtherSide));
    }
}

impl Wire {
    /// Both ends of a channel.
    fn pair() -> (Self, Self) {
        let (to_second, from_first) = mpsc::channel(MESSAGES_MAX);
        let (to_first, from_second) = mpsc::channel(MESSAGES_MAX);
        let ((first, first_state), (second, second_state)) = (StateSender::new(), StateSender::new());
        let first_end = End { here: first.clone(), there: second.clone() };
        let second_end = End { here: second, there: first };
        (
            Self { to: to_second, from: from_second, state: first_state, end: first_end },
            Self { to: to_first, from: from_first, state: second_state, end: second_end },
        )
    }
}

/// One side of a connection that is being made.
pub struct ScriptedSession {
    transport: Scripted,
    step: Step,
}

enum Step {
    /// An initiator that waits for an answer.
    Offered(Forget),
    /// An initiator that has accepted one.
    Accepted(Wire),
    /// A recipient that waits for that.
    Answered { wire: Wire, accepted: oneshot::Receiver<()> },
    /// Nothing will come of it.
    Failed,
}

/// An open channel.
pub struct ScriptedChannel {
    to: mpsc::Sender<Message>,
    from: AsyncMutex<mpsc::Receiver<Message>>,
    state: watch::Receiver<ChannelState>,
    _end: End,
    is_mute: bool,
}

/// Takes an offer back when its session is gone, and with it all answers that were not accepted.
struct Forget {
    offers: Arc<Mutex<Offers>>,
    text: String,
}

impl Drop for Forget {
    fn drop(&mut self) {
        self.offers.lock().open.remove(&self.text);
    }
}

/// A description that looks like one: a session id, and who made it.
fn describe(number: u64, maker: &str) -> String {
    format!("v=0\r\no=- {number} 2 IN IP4 127.0.0.1\r\ns=scripted {maker} {number}\r\nt=0 0\r\n")
}

impl Transport for Scripted {
    type Session = ScriptedSession;

    async fn offer(&self, _: &IceConfig) -> Result<(ScriptedSession, Sdp), TransportError> {
        let text = {
            let mut offers = self.offers.lock();
            offers.made += 1;
            let text = describe(offers.made, "offer");
            offers.open.insert(text.clone(), Vec::new());
            text
        };
        let step = Step::Offered(Forget { offers: Arc::clone(&self.offers), text: text.clone() });
        Ok((ScriptedSession { transport: self.clone(), step }, Sdp::new(text)))
    }

    async fn answer(&self, offer: &Sdp, _: &IceConfig) -> Result<(ScriptedSession, Sdp), TransportError> {
        // Tolerant as real ones are: spaces around lines do not matter.
        let lines: Vec<_> = offer.as_str().lines().map(str::trim).collect();
        let offer = lines.join("\r\n") + "\r\n";
        let mut offers = self.offers.lock();
        if !offers.was_made(&offer) {
            return Err(TransportError::BadRemoteDescription("nobody made this offer".into()));
        }
        offers.answered += 1;
        let text = describe(offers.answered, "answer");
        let (wire, ours) = Wire::pair();
        let (accepted, condition) = oneshot::channel();
        // As with a real one, nobody knows yet whether the initiator is still there; what it cannot accept fails to open.
        if let Some(answers) = offers.open.get_mut(&offer) {
            answers.push(Answered { text: text.clone(), wire, accepted });
        }
        let step = Step::Answered { wire: ours, accepted: condition };
        Ok((ScriptedSession { transport: self.clone(), step }, Sdp::new(text)))
    }
}

impl Session for ScriptedSession {
    type Channel = ScriptedChannel;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        if let Some(on_accept) = &self.transport.on_accept {
            on_accept();
        }
        let Step::Offered(forget) = std::mem::replace(&mut self.step, Step::Failed) else {
            return Err(TransportError::Closed);
        };
        let answers = self.transport.offers.lock().open.remove(&forget.text).unwrap_or_default();
        let taken = answers.into_iter().find(|answered| answered.text == answer.as_str());
        let Answered { wire, accepted, .. } =
            taken.ok_or_else(|| TransportError::BadRemoteDescription("an answer to another offer".into()))?;
        accepted.send(()).map_err(|()| TransportError::ConnectionFailed)?;
        self.step = Step::Accepted(wire);
        Ok(())
    }

    async fn open(self) -> Result<ScriptedChannel, TransportError> {
        let Wire { to, from, state, end } = match self.step {
            Step::Accepted(wire) => wire,
            Step::Answered { wire, accepted } => {
                if accepted.await.is_err() {
                    // Nobody says that nobody is there.
                    sleep(PATIENCE).await;
                    return Err(TransportError::ConnectionFailed);
                }
                wire
            }
            Step::Offered(_) | Step::Failed => return Err(TransportError::ConnectionFailed),
        };
        let is_mute = self.transport.is_mute;
        Ok(ScriptedChannel { to, from: AsyncMutex::new(from), state, _end: end, is_mute })
    }
}

impl Channel for ScriptedChannel {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        if self.is_mute {
            return Ok(());
        }
        self.to.send(message).await.map_err(|_| TransportError::Closed)
    }

    async fn receive(&self) -> Option<Message> {
        self.from.lock().await.recv().await
    }

    fn state(&self) -> watch::Receiver<ChannelState> {
        self.state.clone()
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
        let transport = Scripted::default();
        let (mut initiator, offer) = transport.offer(&ice()).await.unwrap();
        let (recipient, answer) = transport.answer(&offer, &ice()).await.unwrap();
        initiator.accept(&answer).await.unwrap();
        let (first, second) = tokio::join!(initiator.open(), recipient.open());
        let (first, second) = (first.unwrap(), second.unwrap());
        first.send(Message::text("to the second")).await.unwrap();
        second.send(Message::text("to the first")).await.unwrap();
        assert_eq!(second.receive().await, Some(Message::text("to the second")));
        assert_eq!(first.receive().await, Some(Message::text("to the first")));
        let told = first.state();
        assert_eq!((*told.borrow(), *second.state().borrow()), (ChannelState::Open, ChannelState::Open));
        first.close().await;
        assert_eq!(second.receive().await, None);
        assert_eq!(*told.borrow(), ChannelState::Closed(CloseReason::ThisSide));
        assert_eq!(*second.state().borrow(), ChannelState::Closed(CloseReason::OtherSide));
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_answers_to_one_offer_the_initiator_takes_one_and_the_other_does_not_open() {
        let transport = Scripted::default();
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
        let transport = Scripted::default();
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
        let transport = Scripted::default();
        let (initiator, offer) = transport.offer(&ice()).await.unwrap();
        let (recipient, _) = transport.answer(&offer, &ice()).await.unwrap();
        drop(initiator);
        let begun = tokio::time::Instant::now();
        assert!(recipient.open().await.is_err());
        assert_eq!(begun.elapsed(), PATIENCE);
    }
}
