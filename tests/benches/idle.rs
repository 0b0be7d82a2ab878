//! The processor time of idle open connections: those of `signaling`, and those of the bare `webrtc` crate at the same time.

use std::sync::Arc;

use async_trait::async_trait;
use rtc::ice::mdns::MulticastDnsMode;
use signaling::transport::{Channel, SEND_BUFFER_BYTES, Session, Transport};
use signaling::{IceConfig, WebRtc, WebRtcChannel};
use tokio::runtime::{Builder, Handle};
use tokio::sync::{Barrier, mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Duration, sleep};
use webrtc::data_channel::{DataChannel, DataChannelEvent};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceGatheringState, SettingEngineBuilder,
};
use webrtc::runtime::TokioRuntime;

use crate::statistics::{Figure, median};

const PAIRS: u32 = 60;

/// The number of rounds. Both kinds run at the same time in each.
const ROUNDS: usize = 3;

/// The length of a round: a multiple of the crate's keepalive interval, which is two seconds.
const ROUND: Duration = Duration::from_secs(2);

/// Over how long the beginnings of the pairs are spread: how often each connection wakes up. Where many wake up at once they
/// take less, and of the two kinds one opens at whole multiples of this.
const SPREAD: Duration = Duration::from_millis(200);

/// How long the handshakes may still take after the last pair was started.
const SETTLING: Duration = Duration::from_millis(300);

/// Where both kinds bind their sockets.
const ADDRESSES: [&str; 2] = ["127.0.0.1:0", "0.0.0.0:0"];

/// The processor time of both kinds over the same time, each on its own thread.
pub fn beside_the_bare_crate() -> Vec<Figure> {
    let both_are_open = Arc::new(Barrier::new(2));
    let others = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let measure = |kind: Kind| {
        let (both_are_open, others) = (Arc::clone(&both_are_open), others.handle().clone());
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(idle(kind, others, &both_are_open))
        })
    };
    let (ours, bare) = (measure(Kind::Ours), measure(Kind::Bare));
    let (Some(ours), Some(bare)) = (ours.join().unwrap(), bare.join().unwrap()) else {
        return vec![Figure::new("idle connections", "not told by this system", "")];
    };
    let ratios = ours.iter().zip(&bare).map(|(ours, bare)| ours / bare);
    let each = ours.iter().map(|seconds| seconds * 1e6 / f64::from(PAIRS) / ROUND.as_secs_f64());
    vec![
        Figure::new(
            format!("processor time of one of {PAIRS} idle connections, median"),
            format!("{:.0} us/s", median(each.collect())),
            "",
        ),
        Figure::new("  against the bare webrtc crate, median", format!("{:.2}", median(ratios.collect())), "<= 1.1"),
    ]
}

/// The kind of connections.
#[derive(Clone, Copy)]
enum Kind {
    Ours,
    Bare,
}

/// A connection that can be closed.
enum Open {
    Ours(Box<WebRtcChannel>),
    Bare(Box<dyn PeerConnection>, Arc<dyn DataChannel>),
}

impl Open {
    async fn close(self) {
        match self {
            Self::Ours(channel) => channel.close().await,
            Self::Bare(connection, _channel) => connection.close().await.unwrap(),
        }
    }
}

/// The seconds of processor time of this kind of connections, for each round.
async fn idle(kind: Kind, others: Handle, both_are_open: &Barrier) -> Option<Vec<f64>> {
    let open = match kind {
        Kind::Ours => all(|| ours(others.clone())).await,
        Kind::Bare => all(|| bare(others.clone())).await,
    };
    both_are_open.wait().await;
    sleep(SETTLING).await;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let before = processor_time();
        sleep(ROUND).await;
        times.push(processor_time()? - before?);
    }
    let closing: JoinSet<_> = open.into_iter().map(Open::close).collect();
    closing.join_all().await;
    Some(times)
}

/// The processor time of this thread in seconds; `None` if the system does not report it.
fn processor_time() -> Option<f64> {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = schedule.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds).as_secs_f64())
}

/// Opens all pairs of one kind, one shortly after the other.
async fn all<F: Future<Output = [Open; 2]> + Send + 'static>(pair: impl Fn() -> F) -> Vec<Open> {
    let one_by_one = |index| {
        let pair = pair();
        async move {
            sleep(SPREAD / PAIRS * index).await;
            pair.await
        }
    };
    let pairs: JoinSet<_> = (0..PAIRS).map(one_by_one).collect();
    pairs.join_all().await.into_iter().flatten().collect()
}

async fn ours(others: Handle) -> [Open; 2] {
    let (transport, ice) = (WebRtc::builder().addresses(ADDRESSES).build(), IceConfig::default());
    let (mut initiator, offer) = transport.offer(&ice).await.unwrap();
    let (tell_answer, told_answer) = oneshot::channel();
    let other = others.spawn(async move {
        let (recipient, answer) = transport.answer(&offer, &ice).await.unwrap();
        tell_answer.send(answer).unwrap();
        recipient.open().await.unwrap()
    });
    initiator.accept(&told_answer.await.unwrap()).await.unwrap();
    let here = initiator.open().await.unwrap();
    [Open::Ours(Box::new(here)), Open::Ours(Box::new(other.await.unwrap()))]
}

async fn bare(others: Handle) -> [Open; 2] {
    let (here, mut told) = Bare::start().await;
    let channel = here.create_data_channel("bare", None).await.unwrap();
    here.set_local_description(here.create_offer(None).await.unwrap()).await.unwrap();
    told.gathered.wait_for(|gathered| *gathered).await.unwrap();
    let offer = here.local_description().await.unwrap();
    let (tell_answer, told_answer) = oneshot::channel();
    let other = others.spawn(async move {
        let (there, mut told) = Bare::start().await;
        there.set_remote_description(offer).await.unwrap();
        there.set_local_description(there.create_answer(None).await.unwrap()).await.unwrap();
        told.gathered.wait_for(|gathered| *gathered).await.unwrap();
        tell_answer.send(there.local_description().await.unwrap()).ok().unwrap();
        let channel = told.channels.recv().await.unwrap();
        Open::Bare(there, channel)
    });
    here.set_remote_description(told_answer.await.unwrap()).await.unwrap();
    while !matches!(channel.poll().await.unwrap(), DataChannelEvent::OnOpen) {}
    [Open::Bare(here, channel), other.await.unwrap()]
}

/// The minimum that a user of the bare crate has to do.
struct Bare {
    gathered: watch::Sender<bool>,
    channels: mpsc::Sender<Arc<dyn DataChannel>>,
}

struct Told {
    gathered: watch::Receiver<bool>,
    channels: mpsc::Receiver<Arc<dyn DataChannel>>,
}

impl Bare {
    async fn start() -> (Box<dyn PeerConnection>, Told) {
        let (tell_gathered, gathered) = watch::channel(false);
        let (tell_channel, channels) = mpsc::channel(1);
        let settings = SettingEngineBuilder::new().with_multicast_dns_mode(MulticastDnsMode::Disabled).build();
        let building = PeerConnectionBuilder::new()
            .with_setting_engine(settings)
            .with_handler(Arc::new(Self { gathered: tell_gathered, channels: tell_channel }))
            .with_runtime(Arc::new(TokioRuntime))
            .with_udp_addrs(ADDRESSES.to_vec())
            // Without a limit the crate buffers everything that is sent.
            .with_data_channel_send_buffer_limit(SEND_BUFFER_BYTES)
            .build();
        (Box::new(Box::pin(building).await.unwrap()), Told { gathered, channels })
    }
}

#[async_trait]
impl PeerConnectionEventHandler for Bare {
    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.gathered.send_replace(true);
        }
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let _further = self.channels.try_send(channel);
    }
}
