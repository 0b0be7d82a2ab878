//! Virtual time: a thread with a paused clock, which jumps to the next timer whenever no task has anything to do.
//!
//! Everything that a run waits for must be inside: while an answer from outside is awaited, time runs away. So launchers are
//! called in process, and WebRTC runs over a network in memory.

use std::future::Future;
use std::io;
use std::panic::resume_unwind;
use std::thread;

use tokio::sync::oneshot;

/// Runs what `make` makes in virtual time, on a thread of its own, and returns its output.
///
/// # Errors
/// The thread or its runtime cannot be had.
pub(crate) async fn virtually<F, R>(make: impl FnOnce() -> F + Send + 'static) -> io::Result<R>
where
    F: Future<Output = R>,
    R: Send + 'static,
{
    on_a_thread(move || block_on_virtual_time(make())).await?
}

/// Does work that blocks on a thread of its own, and returns its result. A caller that is dropped does not wait for it.
///
/// # Errors
/// The thread cannot be had.
///
/// # Panics
/// Where the work panics.
pub(crate) async fn on_a_thread<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> io::Result<R> {
    let (sender, receiver) = oneshot::channel();
    let thread = thread::Builder::new().name("harness-work".to_owned()).spawn(move || {
        // The receiver may be gone; ignore.
        let _ignored = sender.send(work());
    })?;
    match receiver.await {
        Ok(result) => Ok(result),
        // The thread ends without a result only where the work panics.
        Err(closed) => match thread.join() {
            Err(panic) => resume_unwind(panic),
            Ok(()) => Err(io::Error::other(closed)),
        },
    }
}

/// Runs a future in virtual time, on this thread, and returns its output.
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

    #[tokio::test]
    #[should_panic(expected = "the work is wrong")]
    async fn work_that_panics_panics_where_it_is_awaited() {
        let _never: io::Result<()> = on_a_thread(|| panic!("the work is wrong")).await;
    }
}
