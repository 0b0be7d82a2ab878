//! The `webrtc` crate alone, over loopback: the measurements of `docs/upstream-webrtc.md`. It takes some fifty seconds.
//!
//! ```text
//! cargo run --release -p suite --example bare_webrtc
//! ```
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has nothing to print")]

use std::io::{self, Write as _};
use std::sync::Arc;

use async_trait::async_trait;
use rtc::ice::mdns::MulticastDnsMode;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::{Duration, Instant, sleep, timeout};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState, RTCPeerConnectionState,
    SettingEngineBuilder,
};
use webrtc::runtime::TokioRuntime;

const PAIRS: usize = 9;

/// More than SCTP can number, and few enough bytes for its window.
const SMALL_MESSAGES: usize = 100_000;

/// How long something may take that should happen at once.
const LONG: Duration = Duration::from_secs(2);

struct Handler {
    gathered: watch::Sender<bool>,
    state: watch::Sender<RTCPeerConnectionState>,
    channels: mpsc::Sender<Arc<dyn DataChannel>>,
}

#[async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        self.gathered.send_replace(state == RTCIceGatheringState::Complete);
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.state.send_replace(state);
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let _further = self.channels.try_send(channel);
    }
}

struct Peer {
    connection: Box<dyn PeerConnection>,
    gathered: watch::Receiver<bool>,
    state: watch::Receiver<RTCPeerConnectionState>,
    channels: mpsc::Receiver<Arc<dyn DataChannel>>,
}

impl Peer {
    async fn new() -> Self {
        let (tell_gathered, gathered) = watch::channel(false);
        let (tell_state, state) = watch::channel(RTCPeerConnectionState::New);
        let (tell_channel, channels) = mpsc::channel(1);
        let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
        let building = PeerConnectionBuilder::new()
            .with_setting_engine(settings)
            .with_handler(Arc::new(Handler { gathered: tell_gathered, state: tell_state, channels: tell_channel }))
            .with_runtime(Arc::new(TokioRuntime))
            .with_udp_addrs(vec!["127.0.0.1:0"])
            .build();
        Self { connection: Box::new(Box::pin(building).await.unwrap()), gathered, state, channels }
    }
}

/// Both sides, the open channel of the first, and how long it took from the complete offer. With a complete answer, if
/// `is_told`; otherwise the first never learns of it.
async fn pair(is_told: bool) -> (Peer, Peer, Arc<dyn DataChannel>, Duration) {
    let (mut first, mut second) = (Peer::new().await, Peer::new().await);
    let channel = first.connection.create_data_channel("channel", None).await.unwrap();
    let offer = first.connection.create_offer(None).await.unwrap();
    first.connection.set_local_description(offer).await.unwrap();
    first.gathered.wait_for(|gathered| *gathered).await.unwrap();
    let begun = Instant::now();
    second.connection.set_remote_description(first.connection.local_description().await.unwrap()).await.unwrap();
    let answer = second.connection.create_answer(None).await.unwrap();
    second.connection.set_local_description(answer).await.unwrap();
    second.gathered.wait_for(|gathered| *gathered).await.unwrap();
    if is_told {
        first.connection.set_remote_description(second.connection.local_description().await.unwrap()).await.unwrap();
        while !matches!(channel.poll().await.unwrap(), DataChannelEvent::OnOpen) {}
    }
    (first, second, channel, begun.elapsed())
}

/// How many of many messages of four bytes arrive in order when the other side begins to read a little later.
async fn small_messages_that_arrive() -> usize {
    let (first, mut second, sender, _) = pair(true).await;
    let receiver = second.channels.recv().await.unwrap();
    for number in 0..SMALL_MESSAGES {
        sender.send_text(&format!("{:04}", number % 10_000)).await.unwrap();
    }
    sleep(LONG).await;
    let mut arrived = 0;
    while arrived < SMALL_MESSAGES
        && let Ok(Some(event)) = timeout(LONG, receiver.poll()).await
    {
        if let DataChannelEvent::OnMessage(message) = event {
            if message.data[..] != *format!("{:04}", arrived % 10_000).as_bytes() {
                break;
            }
            arrived += 1;
        }
    }
    first.connection.close().await.unwrap();
    second.connection.close().await.unwrap();
    arrived
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let mut times = Vec::new();
    for _ in 0..PAIRS {
        let (first, second, _channel, took) = pair(true).await;
        times.push(took);
        first.connection.close().await.unwrap();
        second.connection.close().await.unwrap();
    }
    times.sort_unstable();
    writeln!(stdout, "offer to open channel, median of {PAIRS}: {:?}", times[PAIRS / 2])?;

    let (first, mut second, _channel, _) = pair(true).await;
    let channel = second.channels.recv().await.unwrap();
    first.connection.close().await.unwrap();
    while !matches!(channel.poll().await.unwrap(), DataChannelEvent::OnClose) {}
    let ended = timeout(LONG, channel.poll()).await.is_ok();
    let state = *second.state.borrow();
    writeln!(stdout, "after OnClose: poll() ended within {LONG:?}: {ended}; the connection is {state}")?;
    second.connection.close().await.unwrap();

    sleep(LONG).await;
    let before = Handle::current().metrics().num_alive_tasks();
    let (first, second, channel, _) = pair(true).await;
    drop((first, second, channel));
    sleep(LONG).await;
    let after = Handle::current().metrics().num_alive_tasks();
    writeln!(stdout, "tasks before a pair that is dropped without close(): {before}; {LONG:?} after: {after}")?;

    let arrived = small_messages_that_arrive().await;
    writeln!(stdout, "of {SMALL_MESSAGES} messages of 4 bytes, read {LONG:?} late, arrived in order: {arrived}")?;

    let begun = Instant::now();
    let (_first, mut second, _channel, _) = pair(false).await;
    second.state.wait_for(|state| *state == RTCPeerConnectionState::Failed).await.unwrap();
    writeln!(stdout, "an answerer whose answer is not looked at fails after {:?}", begun.elapsed())
}
