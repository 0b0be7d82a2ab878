//! Virtual time: a thread of its own with a paused clock, which jumps to the next timer whenever nobody has anything to do.
//!
//! Everything that a run waits for must be inside: one answer from outside, and time runs away while it is waited for. So
//! launchers are called in process, and WebRTC runs on [`VirtualRuntime`](crate::environment::VirtualRuntime).

use std::future::Future;
use std::io;

use tokio::sync::oneshot;

/// Runs what `make` makes in virtual time, and answers with what came of it.
///
/// # Errors
/// The thread or its runtime cannot be had, or ended before its work did.
pub(crate) async fn virtually<F, R>(make: impl FnOnce() -> F + Send + 'static) -> io::Result<R>
where
    F: Future<Output = R>,
    R: Send + 'static,
{
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new().name("virtual-time".to_owned()).spawn(move || {
        // Who no longer listens does not want to know.
        let _gone = tell.send(block_on_virtual_time(make()));
    })?;
    told.await.unwrap_or_else(|_| Err(io::Error::other("the run in virtual time broke off")))
}

/// Runs a future in virtual time, on this thread, and answers with what came of it.
///
/// # Errors
/// The runtime cannot be had.
pub(crate) fn block_on_virtual_time<F: Future>(future: F) -> io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    Ok(runtime.block_on(future))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test]
    async fn a_day_passes_at_once() {
        let day = Duration::from_hours(24);
        let slept = virtually(move || async move {
            let start = Instant::now();
            sleep(day).await;
            start.elapsed()
        });
        assert_eq!(slept.await.unwrap(), day);
    }
}
