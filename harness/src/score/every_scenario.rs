//! Plays every scenario that applies to a client, side by side, and sums up how the client did.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use signaling::LauncherUrl;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::applicability::fitted;
use super::card::{Mark, Scorecard, ScoredScenario};
use crate::format::quoted;
use crate::peer::{PeerChoice, try_to_start};
use crate::plan::{Plan, RunError, Settings, WallTime, seed};
use crate::run::{Hooks, run_with};
use crate::scenario::{Scenario, millis, named};

/// The most reasons that an error names.
const REASONS_MAX: usize = 5;

/// How many peers are there for each job. A scenario with many pairs of programs takes the place of several jobs.
const PEERS_OF_A_JOB: usize = 2;

/// How many scenarios are played at the same time by default.
pub const DEFAULT_JOBS: usize = 8;

/// The time between two polls by default: less than that of the scenarios, so that all ends in minutes.
pub const DEFAULT_POLL_INTERVAL: Duration = Duration::from_millis(500);

/// How late a poll may be by default: many scenarios share the machine.
pub const DEFAULT_LATE_TOLERANCE: Duration = Duration::from_secs(1);

/// What a client is scored by.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScoreSettings {
    /// The peers: one for all, or the first and the others.
    pub peers: Vec<PeerChoice>,
    /// The scenarios, by their names; all if there are none.
    pub scenarios: Vec<String>,
    /// The seed of all random choices; `None` draws one.
    pub seed: Option<u64>,
    /// The time between two polls, where a scenario does not have a shorter one.
    pub poll_interval: Duration,
    /// How late a poll, or the detection of an answer, may be.
    pub late_tolerance: Duration,
    /// How many scenarios are played at the same time.
    pub jobs: usize,
    /// Whether what is lenient counts as failed.
    pub strict: bool,
    /// Launchers that are running already, for the scenarios that need no launchers of their own.
    pub launchers: Vec<LauncherUrl>,
    /// Is called with each scenario that has ended, and its mark. It must not block.
    pub observer: Option<ScoreObserver>,
    /// Stops the scoring when it is cancelled.
    pub stop: CancellationToken,
}

/// Is called with the name of a scenario that has ended, and its mark.
#[derive(Clone)]
pub struct ScoreObserver(pub Arc<Observe>);

/// What observes.
type Observe = dyn Fn(&str, Mark) + Send + Sync;

impl std::fmt::Debug for ScoreObserver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScoreObserver")
    }
}

impl ScoreSettings {
    /// Every scenario with these peers: one for all, or the first and the others.
    pub fn new(peers: Vec<PeerChoice>) -> Self {
        Self {
            peers,
            scenarios: Vec::new(),
            seed: None,
            poll_interval: DEFAULT_POLL_INTERVAL,
            late_tolerance: DEFAULT_LATE_TOLERANCE,
            jobs: DEFAULT_JOBS,
            strict: false,
            launchers: Vec::new(),
            observer: None,
            stop: CancellationToken::new(),
        }
    }

    /// The settings of a run of one scenario.
    fn of_run(&self, scenario: &Scenario, seed: u64) -> Settings {
        Settings::default()
            .seed(seed)
            .poll_interval(self.poll_interval.min(scenario.poll_interval()))
            .late_tolerance(self.late_tolerance)
            .launchers(self.launchers.clone())
            .peers(self.peers.clone())
            .strict(self.strict)
    }

    /// The command that plays one scenario again.
    fn repeat(&self, scenario: &str, seed: u64) -> String {
        let peers = self.peers.iter().map(|peer| format!(" --peer {}", quoted(&peer.to_string())));
        let launchers = self.launchers.iter().map(|url| format!(" --launcher {url}"));
        let further = peers.chain(launchers).collect::<String>();
        let (interval, late) = (millis(self.poll_interval), millis(self.late_tolerance));
        format!(
            "cargo run --release -p harness -- score --scenario {scenario} --seed {seed} --poll-interval-ms {interval} \
             --late-tolerance-ms {late}{further}"
        )
    }
}

/// Scores a client. Scenarios that fail are in the scorecard and no error.
///
/// # Errors
/// A setting is invalid, a peer program cannot be started, a launcher cannot be reached, or the scoring was stopped.
pub async fn score(settings: &ScoreSettings) -> Result<Scorecard, RunError> {
    let wall = WallTime::start();
    let seed = settings.seed.map_or_else(seed::draw_seed, Ok)?;
    let chosen = chosen(&settings.scenarios)?;
    settings.peers.iter().try_for_each(startable)?;
    let (all, places) = (chosen.len().max(1), Semaphore::new(settings.jobs.max(1).saturating_mul(PEERS_OF_A_JOB)));
    let played = futures_util::stream::iter(&chosen).map(|scenario| play(scenario, settings, seed, &places));
    let scenarios: Vec<ScoredScenario> = played.buffered(all).try_collect().await?;
    if scenarios.iter().all(|scenario| scenario.mark == Mark::NotApplicable && scenario.repeat.is_none()) {
        let why = scenarios.iter().map(|scenario| format!("{}: {}", scenario.scenario, scenario.sentence));
        return Err(RunError::NothingApplies(why.take(REASONS_MAX).collect::<Vec<_>>().join("; ")));
    }
    let peers = settings.peers.iter().map(ToString::to_string).collect();
    let wall_ms = wall.elapsed().as_secs_f64() * 1e3;
    Ok(Scorecard::new(peers, seed, settings.strict, wall_ms, scenarios))
}

/// A program that cannot be started fails in every scenario, each time for the same reason.
fn startable(peer: &PeerChoice) -> Result<(), RunError> {
    let PeerChoice::Program(command) = peer else { return Ok(()) };
    try_to_start(command).map_err(|why| RunError::PeerNotStarted { command: command.to_string(), why })
}

fn chosen(names: &[String]) -> Result<Vec<Scenario>, RunError> {
    if names.is_empty() {
        return Ok(named().to_vec());
    }
    let unknown: Vec<_> = names.iter().filter(|name| Scenario::find(name).is_none()).cloned().collect();
    if !unknown.is_empty() {
        return Err(RunError::NoSuchScenarios(unknown));
    }
    Ok(names.iter().filter_map(|name| Scenario::find(name)).collect())
}

/// How many of the places for peers a scenario takes: one for each process that it starts, as far as there are places.
fn places_of(scenario: &Scenario, settings: &ScoreSettings) -> u32 {
    let has_program = settings.peers.iter().any(|peer| matches!(peer, PeerChoice::Program(_)));
    let processes = scenario.pairs.saturating_mul(scenario.peers.len());
    let wanted = if has_program { processes } else { PEERS_OF_A_JOB };
    u32::try_from(wanted.min(settings.jobs.max(1).saturating_mul(PEERS_OF_A_JOB))).unwrap_or(u32::MAX)
}

async fn play(
    scenario: &Scenario,
    settings: &ScoreSettings,
    seed: u64,
    places: &Semaphore,
) -> Result<ScoredScenario, RunError> {
    let is_foreign = settings.peers.iter().any(PeerChoice::is_foreign);
    let not_applicable = |why| ScoredScenario::not_played(&scenario.name, &scenario.proves, Mark::NotApplicable, why);
    let fitted = match fitted(scenario, is_foreign) {
        Ok(fitted) => fitted,
        Err(why) => return Ok(not_applicable(why)),
    };
    let of_run = settings.of_run(&fitted, seed);
    match Plan::new(&fitted, &of_run) {
        Err(error) if error.is_of_one_scenario() => return Ok(not_applicable(error.to_string())),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    // It is never closed.
    let _taken = places.acquire_many(places_of(&fitted, settings)).await;
    let hooks = Hooks { stop: settings.stop.clone(), ..Hooks::default() };
    let report = match run_with(&fitted, &of_run, &hooks).await {
        Ok(report) => report,
        Err(RunError::Stopped) => return Err(RunError::Stopped),
        // The others are worth knowing.
        Err(error) => {
            let why = format!("it could not be played: {error}");
            return Ok(ScoredScenario::not_played(&scenario.name, &scenario.proves, Mark::Failed, why));
        }
    };
    let scored = ScoredScenario::played(&scenario.proves, &report, settings.repeat(&scenario.name, seed));
    if let Some(ScoreObserver(observer)) = &settings.observer {
        observer(&scored.scenario, scored.mark);
    }
    Ok(scored)
}
