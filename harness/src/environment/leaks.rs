//! Counts what a run must not leak in this process: tasks and sockets.

use std::time::Duration;

use tokio::runtime;
use tokio::time::{Instant, sleep};

use crate::plan::{Clock, Plan};

/// How long tasks and sockets may take to end after a run.
const QUIET_WAIT: Duration = Duration::from_secs(5);

/// The time between two counts.
const COUNT_INTERVAL: Duration = Duration::from_millis(10);

/// Numbers, each or the reason why it is not known.
pub(crate) type Counts = Vec<Result<usize, String>>;

/// The tasks of this runtime, and the open sockets of this process. A run in virtual time has its own runtime.
pub(crate) fn tasks_and_sockets(plan: &Plan) -> Counts {
    let why =
        || Err("something else may run in this process; its settings do not say that the run is alone".to_owned());
    let is_alone = plan.settings.alone_in_process;
    let tasks = || Ok(runtime::Handle::current().metrics().num_alive_tasks());
    vec![
        if is_alone || plan.settings.clock == Clock::Virtual { tasks() } else { why() },
        if is_alone { sockets() } else { why() },
    ]
}

#[cfg(target_os = "linux")]
fn sockets() -> Result<usize, String> {
    let open = std::fs::read_dir("/proc/self/fd").map_err(|error| format!("/proc/self/fd cannot be read: {error}"))?;
    let targets = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    Ok(targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count())
}

#[cfg(not(target_os = "linux"))]
fn sockets() -> Result<usize, String> {
    Err("sockets can be counted on Linux only".to_owned())
}

/// Counts until no number is larger than `before`, or [`QUIET_WAIT`] has passed, and returns the last counts.
pub(crate) async fn count_when_quiet(before: &Counts, mut count: impl AsyncFnMut() -> Counts) -> Counts {
    let give_up = Instant::now() + QUIET_WAIT;
    loop {
        let now = count().await;
        let is_quiet = now.iter().zip(before).all(|(now, before)| match (now, before) {
            (Ok(now), Ok(before)) => now <= before,
            _ => true,
        });
        if is_quiet || Instant::now() >= give_up {
            return now;
        }
        sleep(COUNT_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Settings;
    use crate::scenario::Scenario;

    #[tokio::test(start_paused = true)]
    async fn counting_ends_as_soon_as_no_number_is_larger_than_before() {
        let mut counts = [9, 5, 2, 1].into_iter();
        let start = Instant::now();
        let last = count_when_quiet(&vec![Ok(2)], async || vec![Ok(counts.next().unwrap())]).await;
        assert_eq!(last, [Ok(2)]);
        assert!(start.elapsed() < QUIET_WAIT);
    }

    #[tokio::test(start_paused = true)]
    async fn counting_ends_after_the_wait_if_a_number_stays_larger() {
        let start = Instant::now();
        assert_eq!(count_when_quiet(&vec![Ok(2)], async || vec![Ok(3)]).await, [Ok(3)]);
        assert!(start.elapsed() >= QUIET_WAIT);
    }

    #[tokio::test]
    async fn a_run_that_is_not_alone_in_its_process_counts_nothing_and_says_why() {
        let plan = Plan::new(&Scenario::classic(), &Settings::default().seed(1)).unwrap();
        assert!(tasks_and_sockets(&plan).iter().all(Result::is_err));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn an_open_socket_is_counted() {
        let _socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(sockets().unwrap() >= 1);
    }
}
