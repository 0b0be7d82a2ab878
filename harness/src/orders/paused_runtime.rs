//! A runtime whose clock stands still until it is advanced, and that says when all tasks wait.

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
/// A paused clock jumps to the next timer when all tasks wait. Just before, the runtime parks its thread, and the park hook
/// wakes a task that waits for that: so a task is ready again, and time does not pass.
#[derive(Debug)]
pub(super) struct PausedRuntime {
    runtime: Runtime,
    idle: Arc<Idle>,
}

/// Whether a caller waits until all tasks wait, and the notification for it.
#[derive(Debug, Default)]
struct Idle {
    is_awaited: AtomicBool,
    reached: Notify,
}

impl PausedRuntime {
    /// # Errors
    /// The machine does not have what a runtime needs.
    pub(super) fn new() -> io::Result<Self> {
        let idle = Arc::<Idle>::default();
        let parked = Arc::clone(&idle);
        let on_park = move || {
            if parked.is_awaited.swap(false, Ordering::Relaxed) {
                parked.reached.notify_one();
            }
        };
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).on_thread_park(on_park).build()?;
        Ok(Self { runtime, idle })
    }

    /// Makes this runtime's clock the current one while the guard lives.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.runtime.enter()
    }

    pub(super) fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        self.runtime.spawn(task)
    }

    /// Runs all tasks until each waits for time or for something from outside. No time passes.
    pub(super) fn run_until_idle(&self) {
        self.idle.is_awaited.store(true, Ordering::Relaxed);
        self.runtime.block_on(self.idle.reached.notified());
    }

    /// Lets time pass until `event` happens, at most until `limit`, and then runs all tasks until they wait.
    pub(super) fn advance_time(&self, limit: Instant, event: impl Future<Output = ()>) {
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = event => {}
                () = sleep_until(limit) => {}
            }
        });
        self.run_until_idle();
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
    fn a_runtime_is_idle_once_every_task_waits_and_no_time_has_passed() {
        let runtime = PausedRuntime::new().unwrap();
        let begun = runtime.now();
        let steps = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&steps);
        let (go, gone) = oneshot::channel();
        runtime.spawn(async move {
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
        runtime.run_until_idle();
        assert_eq!(steps.load(Ordering::Relaxed), 1_000);
        go.send(()).unwrap();
        runtime.run_until_idle();
        assert_eq!((steps.load(Ordering::Relaxed), runtime.now() - begun), (1_001, Duration::ZERO));
    }

    #[test]
    fn time_passes_to_the_next_event_and_no_further_than_the_limit() {
        let runtime = PausedRuntime::new().unwrap();
        let begun = runtime.now();
        let happened = Arc::new(Notify::new());
        let notifier = Arc::clone(&happened);
        runtime.spawn(async move {
            tokio::time::sleep(3 * SECOND).await;
            notifier.notify_one();
        });
        runtime.advance_time(begun + 2 * SECOND, happened.notified());
        assert_eq!(runtime.now() - begun, 2 * SECOND);
        runtime.advance_time(begun + 10 * SECOND, happened.notified());
        assert_eq!(runtime.now() - begun, 3 * SECOND);
    }
}
