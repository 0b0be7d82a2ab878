//! The real transport, over the `webrtc` crate: one data channel, no media, no trickle.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tokio_util::task::TaskTracker;
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{PeerConnectionBuilder, RTCSessionDescription};
use webrtc::runtime::{Runtime, TokioRuntime};

use super::boosted_runtime::{BoostedRuntime, DEFAULT_SLEEP_CAP};
use super::channel::WebRtcChannel;
use super::connection_guard::{ConnectionGuard, Reports, lost};
use super::ice::{Side, configuration, demand_relay, settings};
use super::receiver::message_of;
use super::remote_description::{DescriptionError, DtlsRole, RemoteDescription, RemoteOffer};
use crate::ice_config::IceConfig;
use crate::sdp::Sdp;
use crate::transport::error::TransportError;
use crate::transport::progress::Progress;
use crate::transport::traits::{Session, Transport};

/// The label of the channel that an initiator opens. A recipient takes any.
const CHANNEL_LABEL: &str = "signaling";

/// Where sockets are bound by default: on loopback, for peers on one machine, and on each other interface.
const DEFAULT_ADDRESSES: [&str; 2] = ["127.0.0.1:0", "0.0.0.0:0"];

/// How long STUN and TURN servers may take to provide candidates by default. For a server that does not answer, the `webrtc`
/// crate waits more than a minute and a half.
pub const DEFAULT_GATHER_WAIT: Duration = Duration::from_secs(5);

/// The real transport. Clones share their settings.
#[derive(Clone)]
pub struct WebRtc {
    runtime: Arc<dyn Runtime>,
    sleep_cap: Option<Duration>,
    gather_wait: Duration,
    addresses: Vec<String>,
    tasks: TaskTracker,
}

/// Settings of a [`WebRtc`].
#[derive(Debug)]
#[must_use]
pub struct WebRtcBuilder(WebRtc);

impl WebRtc {
    /// The transport with default settings.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A builder with other settings.
    pub fn builder() -> WebRtcBuilder {
        let tasks = TaskTracker::new();
        // A closed tracker still takes tasks; it means that waiting ends when there are none.
        tasks.close();
        WebRtcBuilder(Self {
            runtime: Arc::new(TokioRuntime),
            sleep_cap: Some(DEFAULT_SLEEP_CAP),
            gather_wait: DEFAULT_GATHER_WAIT,
            addresses: DEFAULT_ADDRESSES.map(Into::into).to_vec(),
            tasks,
        })
    }
}

impl Default for WebRtc {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for WebRtc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebRtc")
            .field("sleep_cap", &self.sleep_cap)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl WebRtcBuilder {
    /// Runs the `webrtc` crate on another runtime of its trait, such as one on a paused clock. It follows the version of
    /// that crate.
    #[cfg(feature = "test-util")]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.0.runtime = runtime;
        self
    }

    /// Sets the longest sleep of the driver while a connection is being made; `None` lets it sleep as long as it asks.
    pub fn sleep_cap(mut self, cap: Option<Duration>) -> Self {
        self.0.sleep_cap = cap;
        self
    }

    /// Sets how long STUN and TURN servers may take to provide candidates; the peer then continues with those it has.
    pub fn gather_wait(mut self, wait: Duration) -> Self {
        self.0.gather_wait = wait;
        self
    }

    /// Sets where sockets are bound. `0.0.0.0:0` means each interface but loopback.
    pub fn addresses(mut self, addresses: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.0.addresses = addresses.into_iter().map(Into::into).collect();
        self
    }

    /// The transport.
    pub fn build(self) -> WebRtc {
        self.0
    }
}

impl WebRtc {
    /// Binds sockets and starts a driver, in a separate task: the connection is closed even if the caller is gone by then.
    async fn connect(&self, ice: &IceConfig, side: Side) -> Result<(ConnectionGuard, Reports), TransportError> {
        let (transport, configuration, settings) = (self.clone(), configuration(ice)?, settings(ice, side));
        let building = self.tasks.spawn(async move {
            let runtime = BoostedRuntime::new(transport.runtime, transport.sleep_cap);
            if side == Side::Recipient(DtlsRole::Server) {
                runtime.window().close_gate();
            }
            let (reporter, reports) = Reports::new(side, transport.tasks.clone(), runtime.window().clone());
            let building = PeerConnectionBuilder::new()
                .with_configuration(configuration)
                .with_setting_engine(settings)
                .with_handler(Arc::new(reporter))
                .with_runtime(Arc::new(runtime.clone()))
                .with_udp_addrs(transport.addresses)
                .build();
            // The future holds the whole connection.
            let connection = Box::pin(building).await?;
            Ok::<_, webrtc::error::Error>((
                ConnectionGuard::new(Arc::new(connection), runtime, transport.tasks),
                reports,
            ))
        });
        let failed = |error| TransportError::local("start a peer connection", error);
        building
            .await
            .map_err(|_| failed("its task ended".into()))?
            .map_err(|error| failed(Box::<dyn std::error::Error + Send + Sync>::from(error)))
    }
}

impl Transport for WebRtc {
    type Session = WebRtcSession;

    async fn offer(&self, ice: &IceConfig) -> Result<(WebRtcSession, Sdp), TransportError> {
        let (guard, reports) = self.connect(ice, Side::Initiator).await?;
        let failed = |error| TransportError::local("make an offer", error);
        let channel = guard.connection.create_data_channel(CHANNEL_LABEL, None).await.map_err(failed)?;
        let offer = guard.connection.create_offer(None).await.map_err(failed)?;
        let mut session = WebRtcSession::new(guard, reports, ice);
        session.channel = Some(channel);
        let sdp = session.describe(offer, self.gather_wait).await?;
        demand_relay(&sdp, ice)?;
        session.local = sdp.clone();
        Ok((session, sdp))
    }

    async fn answer(&self, offer: &Sdp, ice: &IceConfig) -> Result<(WebRtcSession, Sdp), TransportError> {
        let RemoteOffer { description, layout } = RemoteOffer::read(offer).map_err(unusable)?;
        let side = Side::Recipient(description.dtls_role().opposite());
        let (guard, reports) = self.connect(ice, side).await?;
        let mut session = WebRtcSession::new(guard, reports, ice);
        session.patience.begin();
        session.apply(description, RTCSessionDescription::offer).await?;
        let answer = session.guard.connection.create_answer(None).await;
        let answer = answer.map_err(|error| TransportError::BadRemoteDescription(error.into()))?;
        let sdp = session.describe(answer, self.gather_wait).await?;
        demand_relay(&sdp, ice)?;
        let sdp = layout.complete(&sdp).map_err(|error| TransportError::local(DESCRIBING, error))?;
        session.local = sdp.clone();
        session.report_pairs();
        session.guard.runtime.start_boost();
        Ok((session, sdp))
    }

    async fn wait_idle(&self) {
        self.tasks.wait().await;
    }
}

/// One side of a connection that is being made.
pub struct WebRtcSession {
    guard: ConnectionGuard,
    reports: Reports,
    /// An initiator's own; a recipient waits for the other's.
    channel: Option<Arc<dyn DataChannel>>,
    patience: Patience,
    /// This side's description.
    local: Sdp,
    /// The other peer's description, once it is there.
    remote: Option<RemoteDescription>,
}

/// What a side does while it makes its description.
const DESCRIBING: &str = "describe this side of the connection";

fn unusable(error: DescriptionError) -> TransportError {
    TransportError::BadRemoteDescription(error.into())
}

impl std::fmt::Debug for WebRtcSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let max_message_bytes = self.remote.as_ref().map(RemoteDescription::max_message_bytes);
        f.debug_struct("WebRtcSession")
            .field("patience", &self.patience)
            .field("max_message_bytes", &max_message_bytes)
            .finish_non_exhaustive()
    }
}

/// How long a session looks for a path to the other peer.
#[derive(Debug)]
struct Patience {
    lasts: Duration,
    /// When it had both descriptions.
    since: Option<Instant>,
}

impl Patience {
    fn new(ice: &IceConfig) -> Self {
        Self { lasts: ice.patience, since: None }
    }

    fn begin(&mut self) {
        self.since = Some(Instant::now());
    }

    fn left(&self) -> Duration {
        self.lasts.saturating_sub(self.since.map_or(Duration::ZERO, |since| since.elapsed()))
    }
}

impl WebRtcSession {
    fn new(guard: ConnectionGuard, reports: Reports, ice: &IceConfig) -> Self {
        Self { guard, reports, channel: None, patience: Patience::new(ice), local: Sdp::default(), remote: None }
    }

    /// Sets the local description, waits at most `wait` for all candidates, and returns the description with its candidates.
    async fn describe(&mut self, description: RTCSessionDescription, wait: Duration) -> Result<Sdp, TransportError> {
        let connection = &self.guard.connection;
        connection
            .set_local_description(description)
            .await
            .map_err(|error| TransportError::local(DESCRIBING, error))?;
        let gathered = timeout(wait, self.reports.gathered()).await;
        match self.guard.connection.local_description().await {
            Some(complete) if gathered != Ok(false) => Ok(Sdp::new(complete.sdp)),
            _ => Err(TransportError::local(DESCRIBING, "the connection ended")),
        }
    }

    /// Reports whether there is a pair of candidates to try, once both descriptions are there.
    fn report_pairs(&self) {
        let has_pair = self.remote.as_ref().is_some_and(|remote| remote.has_pair_with(&self.local));
        self.reports.progress.send_if_modified(|progress| {
            let is_first = *progress == Progress::Unknown;
            if is_first {
                *progress = if has_pair { Progress::Trying } else { Progress::NoPair };
            }
            is_first
        });
    }

    /// Passes the other peer's description to the connection, in a separate task: a panic of the crate is an error here.
    async fn apply(
        &mut self,
        remote: RemoteDescription,
        parse: fn(String) -> Result<RTCSessionDescription, webrtc::error::Error>,
    ) -> Result<(), TransportError> {
        let connection = Arc::clone(&self.guard.connection);
        let text = remote.to_text();
        let applying = self.guard.tasks.spawn(async move { connection.set_remote_description(parse(text)?).await });
        let refused = match applying.await {
            Ok(Ok(())) => {
                self.remote = Some(remote);
                return Ok(());
            }
            Ok(Err(error)) => error.into(),
            Err(_) => "the webrtc crate panicked".into(),
        };
        Err(TransportError::BadRemoteDescription(refused))
    }
}

impl Session for WebRtcSession {
    type Channel = WebRtcChannel;

    async fn accept(&mut self, answer: &Sdp) -> Result<(), TransportError> {
        let remote = RemoteDescription::of_answer(answer, &self.local).map_err(unusable)?;
        // From here on each leg of the handshake would wait for a timer.
        self.guard.runtime.start_boost();
        self.patience.begin();
        self.apply(remote, RTCSessionDescription::answer).await?;
        self.report_pairs();
        Ok(())
    }

    fn progress(&self) -> watch::Receiver<Progress> {
        self.reports.progress.subscribe()
    }

    async fn open(self) -> Result<WebRtcChannel, TransportError> {
        let Self { guard, mut reports, channel, patience, remote, .. } = self;
        let max_message_bytes = remote.and_then(|remote| remote.max_message_bytes());
        let (mut state, progress) = (reports.state.clone(), reports.progress.subscribe());
        let failed = || progress.borrow().failure();
        let opening = async {
            let channel = match (channel, reports.channel.as_mut()) {
                (Some(ours), _) => ours,
                (None, Some(theirs)) => theirs.await.map_err(|_| failed())?,
                (None, None) => return Err(failed()),
            };
            loop {
                match channel.poll().await {
                    Some(DataChannelEvent::OnOpen) => return Ok((channel, None)),
                    // A message may arrive before the event of opening.
                    Some(DataChannelEvent::OnMessage(message)) => {
                        return Ok((channel, Some(message_of(message))));
                    }
                    Some(DataChannelEvent::OnClose) | None => return Err(TransportError::Closed),
                    Some(_) => {}
                }
            }
        };
        let (channel, early) = tokio::select! {
            opened = timeout(patience.left(), opening) => opened.map_err(|_| failed())??,
            () = lost(&mut state) => return Err(failed()),
        };
        guard.runtime.stop_boost();
        Ok(WebRtcChannel::new(channel, early, max_message_bytes, guard, state))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio::net::UdpSocket;
    use tokio::runtime::Handle;

    use super::*;
    use crate::ice_config::IceServer;
    use crate::transport::message::Message;
    use crate::transport::path::CandidateKind;
    use crate::transport::state::{ChannelState, CloseReason};
    use crate::transport::{Channel, MAX_MESSAGE_BYTES};

    /// Longer than anything here takes, so that a test that hangs fails.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// As [`PATIENCE`], for a test with many messages or a pause, on a busy machine.
    const LONG_PATIENCE: Duration = Duration::from_mins(3);

    /// A pair of channels on `transport`, and how long it took from the complete offer.
    async fn joined(transport: &WebRtc) -> (WebRtcChannel, WebRtcChannel, Duration) {
        joined_by(transport, &IceConfig::default()).await
    }

    /// As [`joined`], with servers.
    async fn joined_by(transport: &WebRtc, ice: &IceConfig) -> (WebRtcChannel, WebRtcChannel, Duration) {
        let (mut initiator, offer) = transport.offer(ice).await.unwrap();
        let begun = Instant::now();
        let (recipient, answer) = transport.answer(&offer, ice).await.unwrap();
        initiator.accept(&answer).await.unwrap();
        let (ours, theirs) = tokio::join!(initiator.open(), recipient.open());
        (ours.unwrap(), theirs.unwrap(), begun.elapsed())
    }

    #[tokio::test]
    async fn two_peers_talk_both_ways_and_nothing_is_left_when_they_close() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        ours.send(Message::text("hello")).await.unwrap();
        theirs.send(Message::binary(vec![0, 255])).await.unwrap();
        assert_eq!(theirs.receive().await, Some(Message::text("hello")));
        assert_eq!(ours.receive().await, Some(Message::binary(vec![0, 255])));
        let ((), ()) = tokio::join!(ours.close(), theirs.close());
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }

    #[tokio::test]
    async fn what_was_sent_before_closing_arrives_and_then_the_other_side_ends() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let sent: Vec<_> = (0..50u8).map(|n| Message::binary(vec![n; 20_000])).collect();
        let sending = async {
            for message in &sent {
                ours.send(message.clone()).await.unwrap();
            }
            ours.close().await;
        };
        let receiving = async {
            let mut received = Vec::new();
            while let Some(message) = theirs.receive().await {
                received.push(message);
            }
            assert_eq!(theirs.receive().await, None, "an end stays the end");
            received
        };
        let ((), received) = timeout(PATIENCE, async { tokio::join!(sending, receiving) }).await.unwrap();
        assert_eq!(received.len(), sent.len());
        assert_eq!(received, sent);
        theirs.close().await;
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
    }

    /// Sends `count` messages of 1 to 64 bytes, each with its number.
    async fn send_small(channel: &WebRtcChannel, count: usize) {
        for number in 0..count {
            let text = format!("{number:0width$}", width = 1 + number % 64);
            channel.send(Message::text(text)).await.unwrap();
        }
    }

    /// Receives `count` such messages, and pauses now and then.
    async fn receive_small(channel: &WebRtcChannel, count: usize, pause: Duration) {
        for number in 0..count {
            if number % (count / 4) == 0 {
                tokio::time::sleep(pause).await;
            }
            let text = format!("{number:0width$}", width = 1 + number % 64);
            assert_eq!(channel.receive().await, Some(Message::text(text)), "message {number}");
        }
    }

    #[tokio::test]
    async fn two_hundred_thousand_small_messages_each_way_arrive_in_order_while_readers_pause() {
        const COUNT: usize = 200_000;
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let all = async {
            tokio::join!(
                send_small(&ours, COUNT),
                send_small(&theirs, COUNT),
                receive_small(&ours, COUNT, Duration::from_millis(300)),
                receive_small(&theirs, COUNT, Duration::from_secs(3)),
            )
        };
        timeout(LONG_PATIENCE, all).await.expect("all messages arrive");
    }

    /// A reader that pauses so long that the other side's SCTP would give up, if nothing at all were let in.
    #[tokio::test]
    async fn a_pause_of_the_reader_loses_nothing_though_the_other_side_goes_on_sending() {
        const COUNT: usize = 60;
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let sending = async {
            for number in 0..COUNT {
                ours.send(Message::binary(vec![u8::try_from(number).unwrap(); 60_000])).await.unwrap();
            }
        };
        let reading = async {
            tokio::time::sleep(Duration::from_secs(15)).await;
            for number in 0..COUNT {
                let message = theirs.receive().await.unwrap();
                assert_eq!(message.as_bytes(), vec![u8::try_from(number).unwrap(); 60_000], "message {number}");
            }
        };
        timeout(LONG_PATIENCE, async { tokio::join!(sending, reading) }).await.expect("all messages arrive");
        assert_eq!(*ours.state().borrow(), ChannelState::Open);
    }

    #[tokio::test]
    async fn what_arrived_before_the_other_side_closed_is_read_though_the_reader_begins_after_that() {
        const COUNT: usize = 3_000;
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        for number in 0..COUNT {
            let message = [Message::binary(number.to_be_bytes().repeat(12)), Message::text("")];
            ours.send(message[number % 2].clone()).await.unwrap();
        }
        ours.close().await;
        let mut state = theirs.state();
        let is_closed = |state: &ChannelState| *state == ChannelState::Closed(CloseReason::OtherSide);
        timeout(PATIENCE, state.wait_for(is_closed)).await.unwrap().unwrap();
        let mut received = 0;
        while theirs.receive().await.is_some() {
            received += 1;
        }
        assert_eq!(received, COUNT);
    }

    #[tokio::test]
    async fn a_further_channel_is_closed_and_the_first_one_stays() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        for side in [&ours, &theirs] {
            let further = side.connection().create_data_channel("further", None).await.unwrap();
            let closed = async { while !matches!(further.poll().await, Some(DataChannelEvent::OnClose) | None) {} };
            timeout(PATIENCE, closed).await.unwrap();
        }
        ours.send(Message::text("still here")).await.unwrap();
        assert_eq!(timeout(PATIENCE, theirs.receive()).await.unwrap(), Some(Message::text("still here")));
    }

    /// `sdp` of a peer that takes messages of at most `max` bytes, or says nothing of it.
    fn announcing(sdp: &Sdp, max: Option<usize>) -> Sdp {
        let lines = sdp.as_str().lines().filter(|line| !line.starts_with("a=max-message-size"));
        let lines = lines.map(str::to_owned).chain(max.map(|max| format!("a=max-message-size:{max}")));
        Sdp::new(lines.map(|line| line + "\r\n").collect::<String>())
    }

    #[tokio::test]
    async fn the_limit_of_the_other_side_bounds_what_is_sent_and_not_what_is_received() {
        let default = IceConfig::default();
        for (announced, max) in [
            (Some(16_384), 16_384),
            (Some(1), 1),
            (None, 65_536),
            (Some(0), MAX_MESSAGE_BYTES),
            (Some(usize::MAX), MAX_MESSAGE_BYTES),
        ] {
            let transport = WebRtc::new();
            let (mut initiator, offer) = transport.offer(&default).await.unwrap();
            let (recipient, answer) = transport.answer(&announcing(&offer, announced), &default).await.unwrap();
            initiator.accept(&announcing(&answer, announced)).await.unwrap();
            let (ours, theirs) = tokio::join!(initiator.open(), recipient.open());
            for (from, to) in [(ours.as_ref(), theirs.as_ref()), (theirs.as_ref(), ours.as_ref())] {
                let (from, to) = (from.unwrap(), to.unwrap());
                let refused = from.send(Message::binary(vec![1; max + 1])).await;
                assert!(matches!(refused, Err(TransportError::MessageTooLarge { max: told, .. }) if told == max));
                let largest = Message::binary(vec![1; max]);
                from.send(largest.clone()).await.unwrap();
                assert_eq!(timeout(PATIENCE, to.receive()).await.unwrap(), Some(largest));
            }
        }
    }

    #[tokio::test]
    async fn a_side_that_announced_a_lower_limit_still_sends_up_to_the_limit_of_the_other() {
        let default = IceConfig::default();
        let message = Message::text("x".repeat(60_000));
        for initiator_announces in [true, false] {
            let transport = WebRtc::new();
            let (mut initiator, offer) = transport.offer(&default).await.unwrap();
            let offered = if initiator_announces { announcing(&offer, Some(16_384)) } else { offer };
            let (recipient, answer) = transport.answer(&offered, &default).await.unwrap();
            let answered = if initiator_announces { answer } else { announcing(&answer, Some(16_384)) };
            initiator.accept(&answered).await.unwrap();
            let (ours, theirs) = tokio::join!(initiator.open(), recipient.open());
            let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
            let (from, to) = if initiator_announces { (&ours, &theirs) } else { (&theirs, &ours) };
            from.send(message.clone()).await.unwrap();
            assert_eq!(timeout(PATIENCE, to.receive()).await.unwrap().as_ref(), Some(&message));
        }
    }

    #[tokio::test]
    async fn a_message_of_the_limit_arrives_and_a_larger_one_is_refused() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let largest = Message::binary(vec![1; MAX_MESSAGE_BYTES]);
        ours.send(largest.clone()).await.unwrap();
        assert_eq!(timeout(PATIENCE, theirs.receive()).await.unwrap(), Some(largest));
        let refused = ours.send(Message::binary(vec![1; MAX_MESSAGE_BYTES + 1])).await;
        assert!(matches!(refused, Err(TransportError::MessageTooLarge { .. })));
    }

    #[tokio::test]
    async fn a_session_or_channel_that_is_merely_dropped_leaves_no_task() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let (session, _) = transport.offer(&IceConfig::default()).await.unwrap();
        drop((ours, theirs, session));
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }

    #[tokio::test]
    async fn an_offer_that_is_abandoned_while_it_is_made_leaves_no_task() {
        let transport = WebRtc::new();
        for micros in [0, 1, 50, 200, 1_000] {
            let _ = timeout(Duration::from_micros(micros), transport.offer(&IceConfig::default())).await;
        }
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }

    #[tokio::test]
    async fn a_session_description_that_is_none_is_a_typed_error() {
        let transport = WebRtc::new();
        let (mut initiator, offer) = transport.offer(&IceConfig::default()).await.unwrap();
        for garbage in ["", "x", "v=0\r\n", "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n", "\u{0}\u{ff}"] {
            let answered = transport.answer(&Sdp::new(garbage), &IceConfig::default()).await;
            assert!(matches!(answered, Err(TransportError::BadRemoteDescription(_))), "{garbage:?}");
            let accepted = initiator.accept(&Sdp::new(garbage)).await;
            assert!(matches!(accepted, Err(TransportError::BadRemoteDescription(_))), "{garbage:?}");
        }
        let half = &offer.as_str()[..offer.as_str().len() / 2];
        let _ = transport.answer(&Sdp::new(half), &IceConfig::default()).await;
    }

    #[tokio::test]
    async fn relay_only_without_a_turn_server_is_an_error_and_leaves_no_task() {
        let transport = WebRtc::new();
        let (initiator, offer) = transport.offer(&IceConfig::default()).await.unwrap();
        let relays = IceConfig { relay_only: true, ..IceConfig::default() };
        for refused in [transport.offer(&relays).await, transport.answer(&offer, &relays).await] {
            let error = refused.err().unwrap();
            assert!(matches!(error, TransportError::Local { .. }), "{error:?}");
            assert!(error.to_string().contains("no TURN/TURNS servers are available"), "{error}");
        }
        drop(initiator);
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }

    #[tokio::test]
    async fn a_wrong_ice_server_is_an_error_that_names_it_before_a_socket_is_bound() {
        let ice = IceConfig::default().servers([IceServer::new("stun:h:0")]);
        let refused = WebRtc::builder().addresses(["192.0.2.1:0"]).build().offer(&ice).await.unwrap_err();
        let said = "could not use the ICE servers: ICE server number 1 has the URL \"stun:h:0\": \
                    the port should be a number from 1 to 65535";
        assert_eq!(refused.to_string(), said);
    }

    /// A server that takes every question and answers none. It is asked as `scheme` says.
    async fn silent_server(scheme: &str) -> (UdpSocket, IceServer) {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let urls = vec![format!("{scheme}:{}", socket.local_addr().unwrap())];
        (socket, IceServer { urls, username: "user".into(), credential: "password".into() })
    }

    #[tokio::test]
    async fn a_turn_server_that_does_not_answer_is_a_typed_error_that_names_it() {
        let (_socket, server) = silent_server("turn").await;
        let url = server.urls[0].clone();
        let relays = IceConfig { servers: vec![server], relay_only: true, ..IceConfig::default() };
        let transport = WebRtc::builder().gather_wait(Duration::from_millis(100)).build();
        let refused = timeout(PATIENCE, transport.offer(&relays)).await.unwrap().err().unwrap();
        assert!(matches!(&refused, TransportError::NoRelay { servers } if servers == &[url]), "{refused}");
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }

    #[tokio::test]
    async fn two_peers_meet_though_their_servers_do_not_answer() {
        let ((_stun_socket, stun), (_turn_socket, turn)) = (silent_server("stun").await, silent_server("turn").await);
        let ice = IceConfig { servers: vec![stun, turn], ..IceConfig::default() };
        let transport = WebRtc::builder().gather_wait(Duration::from_millis(100)).build();
        let (ours, theirs, _) = timeout(PATIENCE, joined_by(&transport, &ice)).await.unwrap();
        ours.send(Message::text("hello")).await.unwrap();
        assert_eq!(theirs.receive().await, Some(Message::text("hello")));
    }

    #[tokio::test]
    async fn sending_to_a_peer_that_does_not_receive_waits_and_loses_nothing() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let message = Message::binary(vec![9; 60_000]);
        let mut sent = 0;
        while timeout(Duration::from_millis(300), ours.send(message.clone())).await.is_ok() {
            sent += 1;
            assert!(sent < 1_000, "60 MB were taken in and nobody read them");
        }
        let reading = async {
            for _ in 0..sent {
                assert_eq!(theirs.receive().await, Some(message.clone()));
            }
        };
        timeout(PATIENCE, reading).await.unwrap();
        timeout(PATIENCE, ours.send(message)).await.unwrap().unwrap();
    }

    /// Left to its own timers the driver takes 600 ms.
    #[tokio::test]
    async fn a_channel_opens_soon_and_the_driver_then_rests() {
        let transport = WebRtc::new();
        let mut quickest = PATIENCE;
        for _ in 0..3 {
            let (ours, theirs, took) = timeout(PATIENCE, joined(&transport)).await.unwrap();
            assert!(!ours.is_boosted() && !theirs.is_boosted());
            quickest = quickest.min(took);
        }
        assert!(quickest < Duration::from_millis(300), "{quickest:?}");
    }

    #[tokio::test]
    async fn a_recipient_whose_answer_is_not_accepted_gives_up_when_its_patience_ends_and_leaves_no_task() {
        let transport = WebRtc::new();
        let ice = IceConfig { patience: Duration::from_millis(300), ..IceConfig::default() };
        let (initiator, offer) = transport.offer(&ice).await.unwrap();
        let begun = Instant::now();
        let (recipient, _) = transport.answer(&offer, &ice).await.unwrap();
        let failed = timeout(PATIENCE, recipient.open()).await.unwrap().err().unwrap();
        assert!(matches!(failed, TransportError::ConnectionFailed), "{failed}");
        assert!(begun.elapsed() >= ice.patience, "{:?}", begun.elapsed());
        drop(initiator);
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
        assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
    }

    /// Waits until a channel is closed, and answers with the reason.
    async fn end_of(mut state: watch::Receiver<ChannelState>) -> CloseReason {
        let closed = timeout(PATIENCE, state.wait_for(|state| state.close_reason().is_some())).await.unwrap();
        closed.unwrap().close_reason().unwrap()
    }

    #[tokio::test]
    async fn both_sides_know_which_side_closed_the_channel_though_neither_receives() {
        let transport = WebRtc::new();
        for is_dropped in [false, true] {
            let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
            let (here, there) = (ours.state(), theirs.state());
            assert_eq!((*here.borrow(), *there.borrow()), (ChannelState::Open, ChannelState::Open));
            if is_dropped {
                drop(ours);
            } else {
                ours.close().await;
            }
            assert_eq!((end_of(here).await, end_of(there).await), (CloseReason::ThisSide, CloseReason::OtherSide));
            assert_eq!(theirs.receive().await, None);
            assert!(matches!(theirs.send(Message::text("late")).await, Err(TransportError::Closed)));
        }
        timeout(PATIENCE, transport.wait_idle()).await.unwrap();
    }

    #[tokio::test]
    async fn what_arrived_before_the_other_side_was_dropped_can_still_be_read() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        let sent: Vec<_> = (0..300u16).map(|n| Message::text(n.to_string())).collect();
        for message in &sent {
            ours.send(message.clone()).await.unwrap();
        }
        assert_eq!(timeout(PATIENCE, theirs.receive()).await.unwrap().as_ref(), sent.first());
        ours.close().await;
        let mut received = 1;
        while let Some(message) = timeout(PATIENCE, theirs.receive()).await.unwrap() {
            assert_eq!(message, sent[received]);
            received += 1;
        }
        assert_eq!(received, sent.len());
    }

    #[tokio::test]
    async fn two_peers_on_one_machine_use_a_path_between_their_own_addresses() {
        let transport = WebRtc::new();
        let (ours, theirs, _) = timeout(PATIENCE, joined(&transport)).await.unwrap();
        for path in [ours.path().await, theirs.path().await] {
            assert_eq!(path.remote, Some(CandidateKind::Host), "{path:?}");
            assert_eq!(path.local, Some(CandidateKind::Host), "{path:?}");
            assert!(path.round_trip.is_some_and(|took| took < PATIENCE), "{path:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_damaged_session_description_never_brings_us_down(cut in 0usize..2_000, with in ".{0,20}") {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let transport = WebRtc::builder().addresses(["127.0.0.1:0"]).build();
                let (_session, offer) = transport.offer(&IceConfig::default()).await.unwrap();
                let mut text = offer.as_str().to_owned();
                let at = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
                text.replace_range(at..text.len().min(at + 5), &with);
                let _ = timeout(PATIENCE, transport.answer(&Sdp::new(text), &IceConfig::default())).await.unwrap();
            });
        }
    }
}
