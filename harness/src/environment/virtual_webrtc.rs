//! A runtime for the real WebRTC crate in virtual time: tokio's clock, and UDP that never leaves this process.

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use signaling::WebRtc;
use webrtc::runtime::mock::{MockUDPNetwork, MockUdpSocket};
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, Transmit,
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The address of peers in virtual time. The system picks the port, so that no two have the same.
const ADDRESS: &str = "127.0.0.1:0";

/// A transport whose connections reach those of its clones, and no others.
pub(crate) fn webrtc() -> WebRtc {
    on(VirtualRuntime::default())
}

fn on(runtime: VirtualRuntime) -> WebRtc {
    // No pace: in virtual time, a longer sleep of the driver costs nothing.
    WebRtc::builder().runtime(Arc::new(runtime)).sleep_cap(None).addresses([ADDRESS]).build()
}

/// Runs connections on the tokio runtime that is entered, over a UDP network in memory.
#[derive(Debug, Default)]
pub(crate) struct VirtualRuntime {
    network: Arc<MockUDPNetwork>,
    is_cut: Arc<AtomicBool>,
}

impl Runtime for VirtualRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        Box::new(Task(tokio::spawn(future)))
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let wire = self.network.bind(socket.local_addr()?)?;
        Ok(Arc::new(Socket { wire, is_cut: Arc::clone(&self.is_cut), _port: socket }))
    }

    fn wrap_tcp_listener(&self, _: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        Err(no_tcp())
    }

    fn connect_tcp(&self, _: SocketAddr) -> Boxed<'_, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async { Err(no_tcp()) })
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { host.parse().map(|address| vec![address]).map_err(io::Error::other) })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        Box::new(Interval(tokio::time::interval(period)))
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        // Blocking would stop the one thread on which time passes.
        drop(future);
    }

    fn name(&self) -> &'static str {
        "virtual"
    }
}

fn no_tcp() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "no TCP in virtual time")
}

struct Task(tokio::task::JoinHandle<()>);

impl JoinHandle for Task {
    fn detach(&self) {}

    fn abort(&self) {
        self.0.abort();
    }

    fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

struct Interval(tokio::time::Interval);

impl AsyncInterval for Interval {
    fn tick(&mut self) -> Boxed<'_, ()> {
        Box::pin(async {
            self.0.tick().await;
        })
    }
}

/// A socket of the network in memory. The real socket only reserves the port.
#[derive(Debug)]
struct Socket {
    wire: Arc<MockUdpSocket>,
    /// While it is true, nothing that is sent arrives, and the sender gets no error.
    is_cut: Arc<AtomicBool>,
    _port: UdpSocket,
}

impl AsyncUdpSocket for Socket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.wire.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if self.is_cut.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        self.wire.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        self.wire.poll_recv(cx, bufs, meta)
    }
}

#[cfg(test)]
mod tests {
    use signaling::transport::{Channel, INTERRUPTED_AFTER, LOST_AFTER, Session, Transport, WebRtcSession};
    use signaling::{ChannelState, CloseReason, IceConfig, Message, Sdp, TransportError, WebRtcChannel};
    use tokio::sync::watch;
    use tokio::time::{Instant, sleep, timeout};

    use super::*;
    use crate::environment::block_on_virtual_time;

    /// How late ICE may notice something: it checks a few times a second.
    const TICKS: Duration = Duration::from_secs(3);

    /// The poll interval of a slow initiator.
    const INTERVAL: Duration = Duration::from_mins(1);

    fn patient(patience: Duration) -> IceConfig {
        IceConfig::default().patience(patience)
    }

    /// Both sides, and the answer that the initiator was not given yet.
    async fn described(transport: &WebRtc, ice: &IceConfig) -> (WebRtcSession, WebRtcSession, Sdp) {
        let (initiator, offer) = transport.offer(ice).await.unwrap();
        let (recipient, answer) = transport.answer(&offer, ice).await.unwrap();
        (initiator, recipient, answer)
    }

    async fn joined(transport: &WebRtc, ice: &IceConfig) -> (WebRtcChannel, WebRtcChannel) {
        let (mut initiator, recipient, answer) = described(transport, ice).await;
        initiator.accept(&answer).await.unwrap();
        let (ours, theirs) = tokio::join!(initiator.open(), recipient.open());
        (ours.unwrap(), theirs.unwrap())
    }

    #[test]
    fn an_initiator_that_polls_once_a_minute_still_meets_a_recipient_that_is_patient() {
        let opened = block_on_virtual_time(async {
            let (mut initiator, recipient, answer) = described(&webrtc(), &patient(2 * INTERVAL)).await;
            let later = async {
                sleep(INTERVAL).await;
                initiator.accept(&answer).await?;
                initiator.open().await
            };
            let (ours, theirs) = tokio::join!(later, recipient.open());
            let (ours, theirs) = (ours.unwrap(), theirs.unwrap());
            ours.send(Message::text("at last")).await.unwrap();
            theirs.receive().await
        });
        assert_eq!(opened.unwrap(), Some(Message::text("at last")));
    }

    #[test]
    fn a_recipient_gives_up_when_its_patience_ends_and_neither_before_nor_after() {
        for patience in [Duration::from_secs(2), Duration::from_secs(30), Duration::from_mins(10)] {
            let (failed, took) = block_on_virtual_time(async {
                let (_initiator, recipient, _) = described(&webrtc(), &patient(patience)).await;
                let begun = Instant::now();
                (recipient.open().await.err().unwrap(), begun.elapsed())
            })
            .unwrap();
            assert!(matches!(failed, TransportError::ConnectionFailed), "{failed}");
            assert!(took <= patience && took + TICKS > patience, "{took:?} of {patience:?}");
        }
    }

    /// Waits for the next change, and returns it with the time that it took.
    async fn next(state: &mut watch::Receiver<ChannelState>) -> (ChannelState, Duration) {
        let begun = Instant::now();
        state.changed().await.unwrap();
        (*state.borrow_and_update(), begun.elapsed())
    }

    #[test]
    fn a_network_that_is_cut_interrupts_a_channel_and_then_loses_it_however_patient_its_sides_are() {
        for patience in [Duration::from_secs(2), Duration::from_mins(10)] {
            block_on_virtual_time(async {
                let runtime = VirtualRuntime::default();
                let is_cut = Arc::clone(&runtime.is_cut);
                let (ours, theirs) = joined(&on(runtime), &patient(patience)).await;
                sleep(INTERVAL).await;
                is_cut.store(true, Ordering::Relaxed);
                for channel in [&ours, &theirs] {
                    assert_eq!(*channel.state().borrow(), ChannelState::Open);
                }
                let mut state = ours.state();
                let (first, took) = next(&mut state).await;
                assert_eq!(first, ChannelState::Interrupted);
                assert!(took <= INTERRUPTED_AFTER + TICKS, "{took:?}");
                ours.send(Message::text("into the void")).await.unwrap();
                let (second, took) = next(&mut state).await;
                assert_eq!(second, ChannelState::Closed(CloseReason::Lost));
                assert!(took <= LOST_AFTER && took + TICKS > LOST_AFTER, "{took:?}");
                assert_eq!(ours.receive().await, None);
                assert!(matches!(ours.send(Message::text("late")).await, Err(TransportError::Closed)));
                let mut there = theirs.state();
                let there = timeout(TICKS, there.wait_for(|state| state.close_reason().is_some())).await;
                assert_eq!(*there.unwrap().unwrap(), ChannelState::Closed(CloseReason::Lost));
            })
            .unwrap();
        }
    }

    #[test]
    fn a_network_that_recovers_in_time_reopens_the_channel_and_delivers_what_was_sent_meanwhile() {
        block_on_virtual_time(async {
            let runtime = VirtualRuntime::default();
            let is_cut = Arc::clone(&runtime.is_cut);
            let (ours, theirs) = joined(&on(runtime), &IceConfig::default()).await;
            let mut state = ours.state();
            is_cut.store(true, Ordering::Relaxed);
            assert_eq!(next(&mut state).await.0, ChannelState::Interrupted);
            ours.send(Message::text("meanwhile")).await.unwrap();
            sleep(LOST_AFTER / 2).await;
            is_cut.store(false, Ordering::Relaxed);
            assert_eq!(next(&mut state).await.0, ChannelState::Open);
            assert_eq!(theirs.receive().await, Some(Message::text("meanwhile")));
            assert_eq!(*theirs.state().borrow(), ChannelState::Open);
        })
        .unwrap();
    }

    #[test]
    fn a_sender_that_waits_for_room_gets_an_error_when_the_connection_is_lost() {
        let sent = block_on_virtual_time(async {
            let runtime = VirtualRuntime::default();
            let is_cut = Arc::clone(&runtime.is_cut);
            let (ours, _theirs) = joined(&on(runtime), &IceConfig::default()).await;
            is_cut.store(true, Ordering::Relaxed);
            loop {
                if let Err(error) = ours.send(Message::binary(vec![0; 60_000])).await {
                    return error;
                }
            }
        });
        assert!(matches!(sent.unwrap(), TransportError::Closed));
    }

    #[test]
    fn a_channel_with_unread_messages_can_be_closed_once_the_connection_is_lost() {
        block_on_virtual_time(async {
            let runtime = VirtualRuntime::default();
            let is_cut = Arc::clone(&runtime.is_cut);
            let (ours, theirs) = joined(&on(runtime), &IceConfig::default()).await;
            for number in 0..300 {
                theirs.send(Message::text(number.to_string())).await.unwrap();
            }
            sleep(INTERVAL).await;
            is_cut.store(true, Ordering::Relaxed);
            let mut state = ours.state();
            state.wait_for(|state| state.close_reason().is_some()).await.unwrap();
            timeout(INTERVAL, ours.close()).await.unwrap();
        })
        .unwrap();
    }
}
