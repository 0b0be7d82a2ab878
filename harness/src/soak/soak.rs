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
use crate::peer::PeerChoice;
use crate::plan::{RunError, Settings, WallTime};
use crate::report::Report;
use crate::scenario::{Mutation, Scenario};

/// The most failed worlds that a soak keeps; the others are counted.
pub const FAILURES_MAX: usize = 1_000;

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
    /// How many worlds failed.
    pub failed: u64,
    /// The worlds that failed, by their seeds: those of the lowest seeds, at most [`FAILURES_MAX`].
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
    pub observer: Option<Arc<dyn Fn(u64, u64) + Send + Sync>>,
    /// The peers: as in [`Settings::peers`]. By default the built-in one.
    pub peers: Vec<PeerChoice>,
    /// Stops the soak when it is cancelled: worlds in progress are completed, and the result until then is returned.
    pub stop: CancellationToken,
}

impl fmt::Debug for SoakHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hooks = f.debug_struct("SoakHooks");
        hooks.field("observed", &self.observer.is_some()).field("peers", &self.peers).finish_non_exhaustive()
    }
}

impl Soak {
    fn new(seeds: &Range<u64>) -> Self {
        Self {
            from: seeds.start,
            to: seeds.end,
            worlds: 0,
            pairs: 0,
            virtual_s: 0.0,
            wall_s: 0.0,
            failed: 0,
            failures: Vec::new(),
            coverage: Coverage::default(),
        }
    }

    /// Whether no world failed.
    pub fn passed(&self) -> bool {
        self.failed == 0
    }

    fn add(&mut self, seed: u64, report: &Report, repeat: impl FnOnce() -> String) {
        self.worlds += 1;
        self.pairs += u64::try_from(report.pairs.len()).unwrap_or(u64::MAX);
        self.virtual_s += report.elapsed_ms / 1e3;
        self.coverage.add(report);
        if !report.passed {
            let checks = report.failed().map(|check| format!("{}: {}", check.name, check.detail)).collect();
            self.add_failure(Failure { seed, checks, repeat: repeat() });
        }
    }

    fn add_failure(&mut self, failure: Failure) {
        self.failed += 1;
        let place = self.failures.partition_point(|other| other.seed < failure.seed);
        self.failures.insert(place, failure);
        self.failures.truncate(FAILURES_MAX);
    }
}

/// Hands out seeds to the workers, each once.
struct Seeds {
    next: AtomicU64,
    end: u64,
}

impl Seeds {
    fn new(seeds: &Range<u64>) -> Self {
        Self { next: AtomicU64::new(seeds.start), end: seeds.end }
    }

    /// The next seed, until there are no more.
    fn take(&self) -> Option<u64> {
        let after = |seed| (seed < self.end).then(|| seed + 1);
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, after).ok()
    }
}

/// Runs the worlds of these seeds, with a mutation in each if one is given. It uses all cores and blocks until it is
/// done.
///
/// # Errors
/// The peers have no virtual clock. Another world that cannot be run is a bug of the harness.
pub fn soak(seeds: Range<u64>, planted: Option<Mutation>, hooks: &SoakHooks) -> Result<Soak, RunError> {
    let wall = WallTime::start();
    let (seeds, sum) = (Seeds::new(&seeds), Mutex::new(Soak::new(&seeds)));
    let settings = Settings::default().peers(hooks.peers.clone());
    let work = || -> Result<(), RunError> {
        while !hooks.stop.is_cancelled() {
            let Some(seed) = seeds.take() else { break };
            let world = Scenario { planted, ..draw(seed).map_err(RunError::NoWorld)? };
            let report = play(&world, &settings)?;
            let (worlds, failed) = {
                let mut sum = sum.lock();
                sum.add(seed, &report, || repeat(seed, planted, &hooks.peers));
                (sum.worlds, sum.failed)
            };
            if let Some(observer) = &hooks.observer {
                observer(worlds, failed);
            }
        }
        Ok(())
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
    fn a_soak_ends_after_the_last_seed_that_there_is() {
        let soak = soak(u64::MAX - 3..u64::MAX, None, &SoakHooks::default()).unwrap();
        assert_eq!((soak.worlds, soak.failures), (3, vec![]));
    }

    #[test]
    fn no_seed_is_handed_out_twice_or_after_the_end() {
        let seeds = Seeds::new(&(u64::MAX - 2..u64::MAX));
        let taken: Vec<_> = std::iter::repeat_with(|| seeds.take()).take(5).collect();
        assert_eq!(taken, [Some(u64::MAX - 2), Some(u64::MAX - 1), None, None, None]);
    }

    #[test]
    fn of_many_failures_those_of_the_lowest_seeds_are_kept_and_all_are_counted() {
        let mut soak = Soak::new(&(0..2_000));
        for seed in (0..2_000).rev() {
            soak.add_failure(Failure { seed, checks: Vec::new(), repeat: String::new() });
        }
        assert_eq!(soak.failed, 2_000);
        let kept: Vec<_> = soak.failures.iter().map(|failure| failure.seed).collect();
        assert_eq!(kept, (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn a_soak_that_is_stopped_returns_its_result_until_then() {
        let hooks = SoakHooks::default();
        hooks.stop.cancel();
        assert_eq!(soak(0..1_000, None, &hooks).unwrap().worlds, 0);
    }
}
