//! A runtime for the `webrtc` crate that wakes its driver more often while a connection is being made.
//!
//! The driver sends what its protocols queued at its next timer, so each leg of the handshake waits for an unrelated
//! timeout: over loopback an offer takes 600 ms to become an open channel. Capping those sleeps makes it some 20 ms. It
//! costs idle time of the processor, so the cap is in force only while both sides are known and the channel is not open.
//!
//! Its sockets hold datagrams back while the connection's receive window is full.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use webrtc::runtime::{AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime};

use super::peer_addresses::PeerAddresses;
use super::receive_window::ReceiveWindow;
use super::windowed_socket::WindowedSocket;

/// The longest sleep of the driver while a connection is being made.
pub const DEFAULT_SLEEP_CAP: Duration = Duration::from_millis(5);

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One connection's runtime: another runtime, with sleeps cut short while it hurries.
#[derive(Clone)]
pub(super) struct BoostedRuntime {
    inner: Arc<dyn Runtime>,
    cap: Option<Duration>,
    is_boosted: Arc<AtomicBool>,
    window: ReceiveWindow,
    peers: PeerAddresses,
}

impl BoostedRuntime {
    pub(super) fn new(inner: Arc<dyn Runtime>, cap: Option<Duration>) -> Self {
        Self {
            inner,
            cap,
            is_boosted: Arc::default(),
            window: ReceiveWindow::default(),
            peers: PeerAddresses::default(),
        }
    }

    /// The receive window of the connection.
    pub(super) fn window(&self) -> &ReceiveWindow {
        &self.window
    }

    /// Cuts sleeps short from now on.
    pub(super) fn start_boost(&self) {
        self.is_boosted.store(true, Ordering::Release);
    }

    #[cfg(test)]
    pub(super) fn is_boosted(&self) -> bool {
        self.is_boosted.load(Ordering::Acquire)
    }

    /// Sleeps as long as the driver asks from now on.
    pub(super) fn stop_boost(&self) {
        self.is_boosted.store(false, Ordering::Release);
    }
}

impl fmt::Debug for BoostedRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoostedRuntime")
            .field("inner", &self.inner.name())
            .field("cap", &self.cap)
            .finish_non_exhaustive()
    }
}

impl Runtime for BoostedRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn(future)
    }

    fn spawn_reactor(&self, pool_size: usize, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.inner.spawn_reactor(pool_size, future)
    }

    fn wrap_udp_socket(&self, socket: UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let inner = self.inner.wrap_udp_socket(socket)?;
        Ok(Arc::new(WindowedSocket::new(inner, self.window.clone(), self.peers.clone())))
    }

    fn wrap_tcp_listener(&self, listener: TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp(&self, address: SocketAddr) -> Boxed<'_, io::Result<Arc<dyn AsyncTcpStream>>> {
        self.inner.connect_tcp(address)
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        self.inner.resolve_host(host)
    }

    fn now(&self) -> Instant {
        self.inner.now()
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        // The driver sleeps once in each of its rounds, after it has passed on what it can; nothing else here sleeps.
        let needed_by_window = self.window.driver_is_done(self.inner.now());
        let boost = self.cap.filter(|_| self.is_boosted.load(Ordering::Acquire));
        let cap = needed_by_window.into_iter().chain(boost).min();
        self.inner.sleep(cap.map_or(duration, |cap| duration.min(cap)))
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }

    fn yield_now(&self) -> Boxed<'static, ()> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}

#[cfg(test)]
mod tests {
    use webrtc::runtime::TokioRuntime;

    use super::*;

    async fn slept(pace: &BoostedRuntime, duration: Duration) -> Duration {
        let before = tokio::time::Instant::now();
        pace.sleep(duration).await;
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn sleeps_are_cut_short_only_while_it_hurries() {
        let pace = BoostedRuntime::new(Arc::new(TokioRuntime), Some(DEFAULT_SLEEP_CAP));
        let long = Duration::from_mins(1);
        assert_eq!(slept(&pace, long).await, long);
        pace.start_boost();
        assert_eq!(slept(&pace, long).await, DEFAULT_SLEEP_CAP);
        assert_eq!(slept(&pace, Duration::from_millis(2)).await, Duration::from_millis(2));
        pace.stop_boost();
        assert_eq!(slept(&pace, long).await, long);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_cap_it_never_cuts_a_sleep_short() {
        let pace = BoostedRuntime::new(Arc::new(TokioRuntime), None);
        pace.start_boost();
        assert_eq!(slept(&pace, Duration::from_mins(1)).await, Duration::from_mins(1));
    }
}
