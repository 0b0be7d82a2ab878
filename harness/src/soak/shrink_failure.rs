//! Plays the world of one seed; if it fails, finds the smallest that fails in the same way and saves it.

use std::path::Path;

use super::shrink::shrink;
use super::strategy::tree;
use crate::environment::block_on_virtual_time;
use crate::plan::{Clock, Plan, RunError, Settings};
use crate::report::Report;
use crate::run::{Hooks, play_with_transport};
use crate::scenario::{Mutation, Scenario};

/// What came of a world.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Found {
    /// The report of the world, or of the smallest that fails in the same way.
    pub report: Report,
    /// That world.
    pub world: Scenario,
    /// How many worlds were tried to make it smaller.
    pub steps: usize,
}

/// Plays the world that a seed picks, with a bug planted in it if one is given. If it fails, the smallest world that was
/// found to fail in the same way is saved in `folder`, and the report is of that.
///
/// It keeps this thread busy until it is done.
///
/// # Errors
/// The world cannot be played or saved.
pub fn hunt(seed: u64, planted: Option<Mutation>, folder: &Path) -> Result<Found, RunError> {
    let grown = |world: Scenario| Scenario { planted, ..world };
    let drawn = tree(seed).map_err(RunError::NoWorld)?;
    let world = grown(proptest::strategy::ValueTree::current(&drawn));
    let report = play(&world, &Settings::default())?;
    if report.passed {
        return Ok(Found { report, world, steps: 0 });
    }
    let failed: Vec<_> = report.failed().map(|check| check.name.clone()).collect();
    let fails = |candidate: &Scenario| {
        let report = play(&grown(candidate.clone()), &Settings::default());
        // The first check is the most telling; a smaller world may keep the promises of the others.
        report.is_ok_and(|report| report.failed().any(|check| Some(&check.name) == failed.first()))
    };
    let (smallest, steps) = shrink(drawn, fails);
    let world = grown(smallest);
    let path = folder.join(format!("{}.toml", world.name));
    world.write(&path)?;
    let settings = Settings::default().file(path);
    Ok(Found { report: play(&world, &settings)?, world, steps })
}

/// Plays a world in virtual time, on this thread.
///
/// # Errors
/// The world cannot be played.
pub(super) fn play(world: &Scenario, settings: &Settings) -> Result<Report, RunError> {
    let settings = settings.clone().clock(Clock::Virtual);
    let plan = Plan::new(world, &settings)?;
    block_on_virtual_time(async { play_with_transport(&plan, &Hooks::default()).await })?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("harness-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_world_that_passes_is_not_saved() {
        let folder = folder("passing-world");
        let found = hunt(1, None, &folder).unwrap();
        assert!(found.report.passed, "{}", crate::report::text(&found.report));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_planted_bug_is_found_shrunk_and_saved_and_the_saved_world_fails_in_the_same_way() {
        let folder = folder("failing-world");
        let found = hunt(1, Some(Mutation::KeepsHandles), &folder).unwrap();
        let failed = |report: &Report| report.failed().map(|check| check.detail.clone()).collect::<Vec<_>>();
        assert!(!found.report.passed);
        let path = folder.join("world-1.toml");
        assert!(found.report.repeat.contains(&format!("run --file {}", path.display())), "{}", found.report.repeat);
        let saved = Scenario::read(&path).unwrap();
        assert_eq!(saved, found.world);
        assert_eq!((saved.pairs, saved.faults.len()), (1, 0), "as small as it can be: {saved:?}");
        let again = play(&saved, &Settings::default()).unwrap();
        assert_eq!(failed(&again), failed(&found.report));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
