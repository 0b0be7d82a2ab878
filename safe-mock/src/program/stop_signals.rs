//! The signals that ask a program to stop.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// What shells report for a program that ctrl-c (SIGINT) ended.
const INTERRUPTED: u8 = 130;

/// What shells report for a program that SIGTERM ended.
#[cfg(unix)]
const TERMINATED: u8 = 143;

/// Receives ctrl-c (SIGINT) and SIGTERM. A signal that arrives while nobody waits is kept, so a program makes one value, before
/// it announces anything.
#[derive(Debug)]
pub struct StopSignals {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(windows)]
    interrupt: CtrlC,
}

impl StopSignals {
    /// From now on the signals no longer end the process.
    ///
    /// # Errors
    /// The system does not report signals.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(windows)]
            interrupt: ctrl_c()?,
        })
    }

    /// Waits for the next signal. Returns the exit code that shells report for a program which the signal ended.
    pub async fn next(&mut self) -> u8 {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
        }
        #[cfg(windows)]
        {
            self.interrupt.recv().await;
            INTERRUPTED
        }
    }
}
