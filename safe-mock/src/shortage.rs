//! A shortage of file descriptors: told once when it begins and once when it ends, however many launchers meet it.
//!
//! One descriptor of the process is kept in reserve, so that clients are refused instead of left without an answer.

use std::fs::File;
use std::io;
use std::task::Poll;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// What can be opened on every machine. It is no socket: programs that look for leaks count their sockets.
const NULL_DEVICE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// How long no connection fails until a shortage may be over.
const QUIET: Duration = Duration::from_secs(1);

/// What all launchers of this process know.
static PROCESS: Mutex<Process> = Mutex::new(Process { short: 0, refused: 0, reserve: None });

struct Process {
    /// How many listeners meet the shortage.
    short: usize,
    /// How many connections were refused since it began.
    refused: u64,
    /// Holds a descriptor, and is used for nothing else.
    reserve: Option<File>,
}

/// A shortage, as one listener meets it. It ends when this is dropped.
#[derive(Debug)]
pub struct Shortage {
    last: Instant,
}

impl Shortage {
    /// Puts a descriptor in reserve, if there is none yet.
    pub fn prepare() {
        let mut process = PROCESS.lock();
        if process.reserve.is_none() {
            process.reserve = descriptor().ok();
        }
    }

    /// Whether an error of the system means that there is no descriptor left, for this process or for all.
    pub fn is_cause_of(error: &io::Error) -> bool {
        #[cfg(unix)]
        return matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
        // WSAEMFILE.
        #[cfg(not(unix))]
        return error.raw_os_error() == Some(10_024);
    }

    /// A connection could not be accepted because no descriptor is free. Calls `refuse` while the reserve is free: it
    /// accepts and closes a connection, or finds that none waits.
    pub fn refuse_one(met: &mut Option<Self>, refuse: impl FnOnce() -> Poll<io::Result<()>>) -> Poll<io::Result<()>> {
        let mut process = PROCESS.lock();
        drop(process.reserve.take());
        let refused = refuse();
        process.reserve = descriptor().ok();
        if refused.is_pending() {
            return refused;
        }
        let last = Instant::now();
        if let Some(met) = met {
            met.last = last;
        } else {
            *met = Some(Self { last });
            process.short += 1;
            if process.short == 1 {
                process.refused = 0;
                tracing::warn!("no file descriptor is free: new connections are refused. Raise the limit (ulimit -n)");
            }
        }
        process.refused += u64::from(matches!(refused, Poll::Ready(Ok(()))));
        refused
    }

    /// When to ask whether it is over.
    pub fn quiet_at(&self) -> Instant {
        self.last + QUIET
    }

    /// Whether a descriptor is free again.
    pub fn is_over(&mut self) -> bool {
        self.last = Instant::now();
        !descriptor().is_err_and(|error| Self::is_cause_of(&error))
    }
}

impl Drop for Shortage {
    fn drop(&mut self) {
        let mut process = PROCESS.lock();
        process.short -= 1;
        if process.short == 0 {
            tracing::warn!(
                "connections are accepted again; without a file descriptor, {} were refused",
                process.refused
            );
        }
    }
}

/// A descriptor.
///
/// # Errors
/// None is free, or the device cannot be opened.
fn descriptor() -> io::Result<File> {
    File::open(NULL_DEVICE)
}
