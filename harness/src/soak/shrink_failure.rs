//! Runs the world of one seed; if it fails, finds the smallest world that fails in the same way and saves it.

use std::path::Path;

use super::shrink::shrink;
use super::strategy::tree;
use crate::environment::block_on_virtual_time;
use crate::peer::PeerChoice;
use crate::plan::{Clock, Plan, RunError, Settings};
use crate::report::Report;
use crate::run::{Hooks, play_with_transport};
use crate::scenario::{FileError, Mutation, Scenario};

/// The run of a world.
#[derive(Debug)]
#[non_exhaustive]
pub struct WorldRun {
    /// The report of the world, or of the smallest that fails in the same way.
    pub report: Report,
    /// That world.
    pub world: Scenario,
    /// How many worlds were run to shrink it.
    pub steps: usize,
    /// Why the world is not saved, if it failed and could not be. The report then ends with the command that finds it again.
    pub not_saved: Option<FileError>,
}

/// Runs the world of a seed with these [peers](Settings::peers), and with a mutation if one is given. If it fails, the smallest world that fails in the same
/// way is saved in `folder`, and the report is the report of that world.
///
/// It blocks this thread until it is done.
///
/// # Errors
/// The world cannot be run.
pub fn shrink_failure(
    seed: u64,
    planted: Option<Mutation>,
    folder: &Path,
    peers: &[PeerChoice],
) -> Result<WorldRun, RunError> {
    let settings = Settings::default().peers(peers.to_vec());
    let mutated = |world: Scenario| Scenario { planted, ..world };
    let drawn = tree(seed).map_err(RunError::NoWorld)?;
    let world = mutated(proptest::strategy::ValueTree::current(&drawn));
    let report = play(&world, &settings)?;
    if report.passed {
        return Ok(WorldRun { report, world, steps: 0, not_saved: None });
    }
    let failed: Vec<_> = report.failed().map(|check| check.name.clone()).collect();
    let fails = |candidate: &Scenario| {
        let report = play(&mutated(candidate.clone()), &settings);
        // The first check says the most; a smaller world may pass the others.
        report.is_ok_and(|report| report.failed().any(|check| Some(&check.name) == failed.first()))
    };
    let (smallest, steps) = shrink(drawn, fails);
    let world = mutated(smallest);
    let path = folder.join(format!("{}.toml", world.name));
    let not_saved = world.write(&path).err();
    let mut report = play(&world, &settings.clone().file(path))?;
    if not_saved.is_some() {
        report.repeat = repeat(seed, planted, peers);
    }
    Ok(WorldRun { report, world, steps, not_saved })
}

/// The command that runs the world of a seed. Clients in Rust have none.
pub(super) fn repeat(seed: u64, planted: Option<Mutation>, peers: &[PeerChoice]) -> String {
    if !peers.is_empty() {
        let planted = planted.map_or_else(|| "None".to_owned(), |mutation| format!("the mutation {mutation}"));
        return format!("harness::soak::shrink_failure with seed {seed}, {planted}, a folder, and the same peers");
    }
    let plant = planted.map(|mutation| format!(" --plant {mutation}")).unwrap_or_default();
    format!("cargo run --release -p harness -- world --seed {seed}{plant}")
}

/// Runs a world in virtual time, on this thread.
///
/// # Errors
/// The world cannot be run.
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
        let run = shrink_failure(1, None, &folder, &[]).unwrap();
        assert!(run.report.passed, "{}", crate::report::text(&run.report));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_mutation_is_found_shrunk_and_saved_and_the_saved_world_fails_in_the_same_way() {
        let folder = folder("failing-world");
        let run = shrink_failure(1, Some(Mutation::KeepsHandles), &folder, &[]).unwrap();
        let failed = |report: &Report| report.failed().map(|check| check.detail.clone()).collect::<Vec<_>>();
        assert!(!run.report.passed);
        let path = folder.join("world-1.toml");
        assert!(run.report.repeat.contains(&format!("run --file {}", path.display())), "{}", run.report.repeat);
        let saved = Scenario::read(&path).unwrap();
        assert_eq!(saved, run.world);
        assert_eq!((saved.pairs, saved.faults.len()), (1, 0), "as small as it can be: {saved:?}");
        let again = play(&saved, &Settings::default()).unwrap();
        assert_eq!(failed(&again), failed(&run.report));
        std::fs::remove_dir_all(folder).unwrap();
    }
}
