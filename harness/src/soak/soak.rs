//! Plays the worlds of many seeds, on all cores.

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::coverage::Coverage;
use super::shrink_failure::play;
use super::strategy::draw;
use crate::plan::{RunError, Settings, WallTime};
use crate::report::Report;
use crate::scenario::{Mutation, Scenario};

/// What came of many worlds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Soak {
    /// The first seed.
    pub from: u64,
    /// The seed after the last.
    pub to: u64,
    /// How many worlds were played.
    pub worlds: u64,
    /// How many pairs were in them.
    pub pairs: u64,
    /// How long all worlds took on their own clocks.
    pub virtual_s: f64,
    /// How long it took on the wall.
    pub wall_s: f64,
    /// The worlds that failed, by their seeds.
    pub failures: Vec<Failure>,
    /// What was reached.
    pub coverage: Coverage,
}

/// A world that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// What failed, each check with its complaints.
    pub checks: Vec<String>,
    /// The command that plays it again, and makes it smaller.
    pub repeat: String,
}

/// Who watches a soak, and who may stop it.
#[derive(Clone, Default)]
pub struct SoakHooks {
    /// Is told after each world how many were played and how many of them failed. It must not block.
    pub observer: Option<Arc<dyn Fn(u64, usize) + Send + Sync>>,
    /// Stops it when it is cancelled: worlds under way are played to their end, and what was found is told.
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

/// How the program is told to play the world of a seed.
fn repeat(seed: u64, planted: Option<Mutation>) -> String {
    let plant = planted.map(|bug| format!(" --plant {bug}")).unwrap_or_default();
    format!("cargo run --release -p harness -- world --seed {seed}{plant}")
}

/// Plays the worlds of all these seeds, with a bug planted in each if one is given. It keeps all cores busy until it is done.
///
/// # Errors
/// A world cannot be played: that is a bug of the harness.
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
        // A worker that panicked met a bug of ours, and so do we.
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|bug| std::panic::resume_unwind(bug)))
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
    fn a_soak_of_a_few_worlds_finds_nothing_and_says_what_it_reached() {
        let soak = soak(0..40, None, &SoakHooks::default()).unwrap();
        assert_eq!(soak.failures, []);
        assert_eq!(soak.worlds, 40);
        assert!(soak.coverage.marks["two met"] > 5 && soak.coverage.checks["ends"].passed == 40, "{:?}", soak.coverage);
    }

    #[test]
    fn a_soak_with_a_planted_bug_finds_it_and_says_how_to_repeat_it() {
        let soak = soak(0..10, Some(Mutation::ForgetsWrites), &SoakHooks::default()).unwrap();
        let failure = soak.failures.first().unwrap();
        let seed = failure.seed;
        let repeat = format!("cargo run --release -p harness -- world --seed {seed} --plant forgets_writes");
        assert_eq!(failure.repeat, repeat);
        assert!(failure.checks.iter().any(|check| check.starts_with("history: ")), "{failure:?}");
    }

    #[test]
    fn a_soak_that_is_stopped_tells_what_it_has() {
        let hooks = SoakHooks::default();
        hooks.stop.cancel();
        assert_eq!(soak(0..1_000, None, &hooks).unwrap().worlds, 0);
    }
}
