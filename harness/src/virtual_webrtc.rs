//! A runtime for the real WebRTC crate in virtual time: tokio's clock, and UDP that never leaves this process.

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use signaling::WebRtc;
use webrtc::runtime::mock::{MockUDPNetwork, MockUdpSocket};
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, Transmit,
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where peers in virtual time are reached. The port is given by the system, so that no two have the same.
const ADDRESS: &str = "127.0.0.1:0";

/// A transport whose connections reach those of its clones, and nothing else.
pub(crate) fn webrtc() -> WebRtc {
    // Without a pace: in virtual time a longer sleep of the driver costs nothing.
    WebRtc::builder().runtime(Arc::new(VirtualRuntime::default())).pace(None).addresses([ADDRESS]).build()
}

/// Runs connections on the tokio runtime that is entered, over a UDP network in memory.
#[derive(Debug, Default)]
pub(crate) struct VirtualRuntime {
    network: Arc<MockUDPNetwork>,
}

impl Runtime for VirtualRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        Box::new(Task(tokio::spawn(future)))
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let wire = self.network.bind(socket.local_addr()?)?;
        Ok(Arc::new(Socket { wire, _port: socket }))
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

/// A socket of the network in memory. The real one only keeps its port from being given to another.
#[derive(Debug)]
struct Socket {
    wire: Arc<MockUdpSocket>,
    _port: UdpSocket,
}

impl AsyncUdpSocket for Socket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.wire.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
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
