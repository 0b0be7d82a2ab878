//! Virtual time that stands still until it is told to pass, and that tells when nothing moves any more.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{Builder, EnterGuard, Runtime};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// A runtime with a paused clock, which is driven from outside.
///
/// A paused clock jumps to the next timer when the runtime has nothing else to do. Just before, it says so: who waits for
/// stillness is woken then, and that is something to do, so time does not pass.
#[derive(Debug)]
pub(super) struct PausedRuntime {
    runtime: Runtime,
    stillness: Arc<Stillness>,
}

#[derive(Debug, Default)]
struct Stillness {
    is_wanted: AtomicBool,
    came: Notify,
}

impl PausedRuntime {
    /// # Errors
    /// The machine cannot give what a runtime needs.
    pub(super) fn new() -> io::Result<Self> {
        let stillness = Arc::<Stillness>::default();
        let told = Arc::clone(&stillness);
        let tell = move || {
            if told.is_wanted.swap(false, Ordering::Relaxed) {
                told.came.notify_one();
            }
        };
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).on_thread_park(tell).build()?;
        Ok(Self { runtime, stillness })
    }

    /// Makes the time here the time of what is made while the guard lives.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.runtime.enter()
    }

    pub(super) fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.runtime.spawn(task)
    }

    /// Lets everything go on until all wait for time or for something from outside. No time passes.
    pub(super) fn settle(&self) {
        self.stillness.is_wanted.store(true, Ordering::Relaxed);
        self.runtime.block_on(self.stillness.came.notified());
    }

    /// Lets time pass until something happens, at most until `limit`, and then everything go on.
    pub(super) fn advance_time(&self, limit: Instant, something_happens: impl Future<Output = ()>) {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = something_happens => {}
                () = sleep_until(limit) => {}
            }
        });
        self.settle();
    }

    pub(super) fn now(&self) -> Instant {
        let _guard = self.enter();
        Instant::now()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_stage_is_still_once_every_task_waits_and_no_time_has_passed() {
        let stage = PausedRuntime::new().unwrap();
        let begun = stage.now();
        let steps = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&steps);
        let (go, gone) = oneshot::channel();
        stage.spawn(async move {
            // More yields than the runtime takes in one round, and tasks that wait for others.
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
                counted.fetch_add(1, Ordering::Relaxed);
            }
            tokio::spawn(gone).await.unwrap().unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(SECOND).await;
            counted.fetch_add(1, Ordering::Relaxed);
        });
        stage.settle();
        assert_eq!(steps.load(Ordering::Relaxed), 1_000);
        go.send(()).unwrap();
        stage.settle();
        assert_eq!((steps.load(Ordering::Relaxed), stage.now() - begun), (1_001, Duration::ZERO));
    }

    #[test]
    fn time_passes_to_the_next_thing_that_happens_and_no_further_than_the_limit() {
        let stage = PausedRuntime::new().unwrap();
        let begun = stage.now();
        let happened = Arc::new(Notify::new());
        let tell = Arc::clone(&happened);
        stage.spawn(async move {
            tokio::time::sleep(3 * SECOND).await;
            tell.notify_one();
        });
        stage.advance_time(begun + 2 * SECOND, happened.notified());
        assert_eq!(stage.now() - begun, 2 * SECOND);
        stage.advance_time(begun + 10 * SECOND, happened.notified());
        assert_eq!(stage.now() - begun, 3 * SECOND);
    }
}
