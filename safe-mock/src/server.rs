//! A launcher on a port: listens, serves, and stops without a task or socket left.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::{self, HeaderValue};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

use crate::http::broken::BrokenConnection;
use crate::idle::Activity;
use crate::launcher::Launcher;
use crate::listening::Listening;
use crate::resettable_stream::{Ending, ResettableStream};
use crate::service::LauncherService;
use crate::shortage::Shortage;

/// How many connections may wait to be accepted. The kernel may grant fewer.
const BACKLOG: i32 = 4_096;

/// How many bytes of an answer the system may hold for a client that reads slowly. With a large buffer, long times pass
/// between two moments at which bytes leave, and the connection would count as idle.
const SEND_BUFFER_BYTES: usize = 128 << 10;

/// The buffer for the headers of a request, in bytes. Longer headers are refused.
const HEADER_BYTES_MAX: usize = 64 << 10;

/// How long running requests get to finish when the launcher stops.
const GRACE: Duration = Duration::from_millis(500);

/// The error of a system without IPv6, for which `io::ErrorKind` has no name.
#[cfg(unix)]
const FAMILY_NOT_SUPPORTED: i32 = libc::EAFNOSUPPORT;
#[cfg(not(unix))]
const FAMILY_NOT_SUPPORTED: i32 = 10_047; // WSAEAFNOSUPPORT

/// How many times to try to find a port that is free on both loopback addresses.
const FREE_PORT_TRIES: usize = 20;

/// The launcher could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another program, or another launcher, listens there.
    #[error("port {} of {} is in use; is another launcher running?", .0.port(), .0.ip())]
    PortInUse(SocketAddr),
    /// Listening on the address failed for another reason.
    #[error("cannot listen on {address}: {cause}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        cause: io::Error,
    },
}

/// A launcher that listens on a port of this machine. It derefs to its [`Launcher`].
///
/// A drop and [`shutdown`](Self::shutdown) both close the listening sockets at once, so that the port is free, and no
/// further request is answered, on any connection. They differ in the requests that are running:
///
/// - `shutdown` waits until they are answered, 500 ms at most. When it returns, no connection is open. Use
///   [`shutdown_all`](Self::shutdown_all) for several launchers.
/// - A drop, which may happen on any thread, breaks them off without an answer. The runtime closes their connections
///   soon after.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let launcher = safe_mock::MockLauncher::start().await?;
/// let answer = reqwest::get(format!("{}/health", launcher.url())).await?;
/// assert_eq!(answer.text().await?, "OK");
/// launcher.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct MockLauncher {
    launcher: Launcher,
    addresses: Vec<SocketAddr>,
    listening: Vec<Arc<Listening>>,
    serving: Vec<JoinHandle<()>>,
}

impl MockLauncher {
    /// Serves a launcher on the host and port of its [`Config`](crate::Config).
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub async fn serve(launcher: Launcher) -> Result<Self, StartError> {
        let (addresses, sockets): (Vec<_>, Vec<_>) =
            listen(launcher.config().host, launcher.config().port)?.into_iter().unzip();
        let listening: Vec<_> = sockets.into_iter().map(|socket| Arc::new(Listening::new(socket))).collect();
        let serve = |listening: &Arc<_>| tokio::spawn(accept(Arc::clone(listening), launcher.clone()));
        let serving = listening.iter().map(serve).collect();
        let started = Self { launcher, addresses, listening, serving };
        started.network().urls().insert(started.number(), started.url());
        // The tasks of launchers that were dropped get their turn to end, also if the caller never waits for anything.
        tokio::task::yield_now().await;
        Ok(started)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.addresses.first().map_or(0, SocketAddr::port)
    }

    /// Every address it listens on.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The URL for apps, without a slash at the end.
    pub fn url(&self) -> String {
        self.addresses.first().map_or_else(String::new, |address| format!("http://{address}"))
    }

    /// Stops. Running requests have a short time to finish.
    pub async fn shutdown(self) {
        Self::shutdown_all([self]).await;
    }

    /// Stops several launchers. All stop listening at once, and their running requests have the same short time to
    /// finish.
    pub async fn shutdown_all(launchers: impl IntoIterator<Item = Self>) {
        let mut launchers: Vec<_> = launchers.into_iter().collect();
        launchers.iter().for_each(Self::stop_listening);
        for task in launchers.iter_mut().flat_map(|launcher| &mut launcher.serving) {
            // A task that panicked has dropped its connections too.
            let _ended = task.await;
        }
    }

    fn stop_listening(&self) {
        self.network().urls().remove(&self.number());
        for listening in &self.listening {
            listening.close();
        }
    }
}

impl Drop for MockLauncher {
    fn drop(&mut self) {
        self.stop_listening();
        for task in &self.serving {
            task.abort();
        }
    }
}

impl Deref for MockLauncher {
    type Target = Launcher;

    fn deref(&self) -> &Launcher {
        &self.launcher
    }
}

/// The sockets for a host. A loopback address means both of them, because old clients connect to `localhost`.
fn listen(host: IpAddr, port: u16) -> Result<Vec<(SocketAddr, TcpListener)>, StartError> {
    if !host.is_loopback() || host != IpAddr::V4(Ipv4Addr::LOCALHOST) && host != IpAddr::V6(Ipv6Addr::LOCALHOST) {
        return Ok(vec![bind(SocketAddr::new(host, port))?]);
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let first = bind(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port))?;
        match bind(SocketAddr::new(Ipv6Addr::LOCALHOST.into(), first.0.port())) {
            Ok(second) => return Ok(vec![first, second]),
            Err(StartError::PortInUse(_)) if port == 0 && tries < FREE_PORT_TRIES => {}
            Err(StartError::Listen { cause, .. }) if is_without_ipv6(&cause) => {
                tracing::debug!(%cause, "this machine has no IPv6 loopback; serving 127.0.0.1 alone");
                return Ok(vec![first]);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Whether listening on `::1` failed because this machine has no IPv6. Any other failure may be over at the next start, and
/// `localhost` would then mean another address than before.
fn is_without_ipv6(cause: &io::Error) -> bool {
    cause.kind() == io::ErrorKind::AddrNotAvailable || cause.raw_os_error() == Some(FAMILY_NOT_SUPPORTED)
}

fn bind(address: SocketAddr) -> Result<(SocketAddr, TcpListener), StartError> {
    let open = || -> io::Result<(SocketAddr, TcpListener)> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if cfg!(unix) {
            // Otherwise a port stays in use for a minute after its connections closed.
            socket.set_reuse_address(true)?;
        }
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        // Accepted connections inherit it.
        socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        let listener = TcpListener::from_std(socket.into())?;
        Ok((listener.local_addr()?, listener))
    };
    open().map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => StartError::PortInUse(address),
        _ => StartError::Listen { address, cause },
    })
}

/// Accepts connections until the socket is closed, then lets running requests finish. Dropping the future drops every
/// connection.
async fn accept(listening: Arc<Listening>, launcher: Launcher) {
    let permits = Arc::new(Semaphore::new(launcher.config().connections_max));
    let service = LauncherService::on_port(&launcher, listening.stopping());
    let idle_timeout = launcher.config().idle_timeout;
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut shortage = None;
    Shortage::prepare();
    loop {
        let next = async {
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listening.next_client(&mut shortage).await)
        };
        tokio::select! {
            () = listening.closed() => break,
            Some(_ended) = connections.join_next() => {}
            (permit, stream) = next => {
                let (activity, ending) = (Activity::begin(), Ending::default());
                let stream = ResettableStream::new(set_nodelay(stream), activity.clone(), ending.clone());
                let connection = graceful.watch(connection(stream, service.clone(), activity.clone(), &listening));
                connections.spawn(async move {
                    let _permit = permit;
                    // The socket is dropped after this: only then does it end as decided.
                    let mut connection = pin!(connection);
                    tokio::select! {
                        ended = connection.as_mut() => end(ended, &ending),
                        () = activity.idle_for(idle_timeout) => tracing::debug!("an idle connection is closed"),
                    }
                });
            }
        }
    }
    drop(shortage);
    // Connections that are still open after that are closed by the drop of `connections`.
    let _overtime = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

/// HTTP has ended on a connection: decides how the connection ends.
fn end(ended: Result<(), hyper::Error>, ending: &Ending) {
    ending.close();
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
        if is_reset(&error) {
            ending.reset();
        }
    }
}

/// Serves one connection. The size of headers is bounded, and `activity` follows its requests.
fn connection(
    stream: ResettableStream,
    service: LauncherService,
    activity: Activity,
    listening: &Arc<Listening>,
) -> impl GracefulConnection<Error = hyper::Error> + use<> {
    let listening = Arc::clone(listening);
    let answer = service_fn(move |request: http::Request<Incoming>| {
        let (service, activity, has_stopped) = (service.clone(), activity.clone(), listening.is_closed());
        async move {
            if has_stopped {
                return Err(BrokenConnection::Refused);
            }
            let mut answer = service.oneshot(activity.receiving(request)).await;
            activity.answered();
            if let Ok(answer) = &mut answer
                && activity.leaves_unread()
            {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            answer
        }
    });
    hyper::server::conn::http1::Builder::new()
        .max_buf_size(HEADER_BYTES_MAX)
        // `activity` ends idle connections; hyper's own timer would be reset for each request.
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), answer)
}

/// Turns Nagle's algorithm off, so that small answers are sent at once.
fn set_nodelay(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small answers may be delayed");
    }
    stream
}

/// Whether a fault resets the connection.
fn is_reset(error: &hyper::Error) -> bool {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref());
    cause == Some(&BrokenConnection::Reset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn only_a_machine_without_ipv6_is_served_on_ipv4_alone() {
        for (error, expected) in [
            (libc::EADDRNOTAVAIL, true),
            (libc::EAFNOSUPPORT, true),
            (libc::EMFILE, false),
            (libc::ENFILE, false),
            (libc::ENOBUFS, false),
            (libc::EACCES, false),
            (libc::EADDRINUSE, false),
        ] {
            let cause = io::Error::from_raw_os_error(error);
            assert_eq!(is_without_ipv6(&cause), expected, "{cause}");
        }
    }
}
