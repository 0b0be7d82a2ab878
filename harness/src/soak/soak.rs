//! Runs the worlds of many seeds, on all cores.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::coverage::Coverage;
use super::shrink_failure::{play, repeat};
use super::strategy::draw;
use crate::plan::{RunError, Settings, WallTime};
use crate::report::Report;
use crate::scenario::{Mutation, Scenario};

/// The result of a soak.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Soak {
    /// The first seed.
    pub from: u64,
    /// The seed after the last.
    pub to: u64,
    /// How many worlds were run.
    pub worlds: u64,
    /// How many pairs were in them.
    pub pairs: u64,
    /// The virtual time of all worlds, in seconds.
    pub virtual_s: f64,
    /// The wall time of the soak, in seconds.
    pub wall_s: f64,
    /// The worlds that failed, by their seeds.
    pub failures: Vec<Failure>,
    /// Its coverage.
    pub coverage: Coverage,
}

/// A world that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// The checks that failed, each with its failures.
    pub checks: Vec<String>,
    /// The command that runs it again and shrinks it.
    pub repeat: String,
}

/// An observer of a soak, and a way to stop it.
#[derive(Clone, Default)]
pub struct SoakHooks {
    /// Is called after each world with the number of worlds and of those that failed. It must not block.
    pub observer: Option<Arc<dyn Fn(u64, usize) + Send + Sync>>,
    /// Stops the soak when it is cancelled: worlds in progress are completed, and the result until then is returned.
    pub stop: CancellationToken,
}

impl fmt::Debug for SoakHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoakHooks").field("observed", &self.observer.is_some()).finish_non_exhaustive()
    }
}

impl Soak {
    /// Whether no world failed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    fn add(&mut self, seed: u64, report: &Report, planted: Option<Mutation>) {
        self.worlds += 1;
        self.pairs += u64::try_from(report.pairs.len()).unwrap_or(u64::MAX);
        self.virtual_s += report.elapsed_ms / 1e3;
        self.coverage.add(report);
        if !report.passed {
            let checks = report.failed().map(|check| format!("{}: {}", check.name, check.detail)).collect();
            self.failures.push(Failure { seed, checks, repeat: repeat(seed, planted) });
        }
    }
}

/// Runs the worlds of these seeds, with a mutation in each if one is given. It uses all cores and blocks until it is
/// done.
///
/// # Errors
/// A world cannot be run: that is a bug of the harness.
pub fn soak(seeds: Range<u64>, planted: Option<Mutation>, hooks: &SoakHooks) -> Result<Soak, RunError> {
    let wall = WallTime::start();
    let (from, to) = (seeds.start, seeds.end);
    let empty = Soak {
        from,
        to,
        worlds: 0,
        pairs: 0,
        virtual_s: 0.0,
        wall_s: 0.0,
        failures: Vec::new(),
        coverage: Coverage::default(),
    };
    let (next, sum) = (AtomicU64::new(from), Mutex::new(empty));
    let work = || -> Result<(), RunError> {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= to || hooks.stop.is_cancelled() {
                return Ok(());
            }
            let world = Scenario { planted, ..draw(seed).map_err(RunError::NoWorld)? };
            let report = play(&world, &Settings::default())?;
            let (worlds, failures) = {
                let mut sum = sum.lock();
                sum.add(seed, &report, planted);
                (sum.worlds, sum.failures.len())
            };
            if let Some(observer) = &hooks.observer {
                observer(worlds, failures);
            }
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        // A panic of a worker is a bug of the harness: it goes on here.
        let result =
            |worker: thread::ScopedJoinHandle<'_, _>| worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        workers.into_iter().try_for_each(result)
    })?;
    let mut soak = sum.into_inner();
    soak.failures.sort_by_key(|failure| failure.seed);
    soak.wall_s = wall.elapsed().max(Duration::from_micros(1)).as_secs_f64();
    Ok(soak)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soak_of_a_few_worlds_passes_and_counts_its_coverage() {
        let soak = soak(0..40, None, &SoakHooks::default()).unwrap();
        assert_eq!(soak.failures, []);
        assert_eq!(soak.worlds, 40);
        assert!(
            soak.coverage.points["two met"] > 5 && soak.coverage.checks["ends"].passed == 40,
            "{:?}",
            soak.coverage
        );
    }

    #[test]
    fn a_soak_with_a_mutation_fails_and_reports_the_command_that_repeats_it() {
        let soak = soak(0..10, Some(Mutation::ForgetsWrites), &SoakHooks::default()).unwrap();
        let failure = soak.failures.first().unwrap();
        let seed = failure.seed;
        let repeat = format!("cargo run --release -p harness -- world --seed {seed} --plant forgets_writes");
        assert_eq!(failure.repeat, repeat);
        assert!(failure.checks.iter().any(|check| check.starts_with("history: ")), "{failure:?}");
    }

    #[test]
    fn a_soak_that_is_stopped_returns_its_result_until_then() {
        let hooks = SoakHooks::default();
        hooks.stop.cancel();
        assert_eq!(soak(0..1_000, None, &hooks).unwrap().worlds, 0);
    }
}
