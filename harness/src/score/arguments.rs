//! The flags of `harness score`.

use std::time::Duration;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};
use signaling::LauncherUrl;
use tokio_util::sync::CancellationToken;

use super::every_scenario::{DEFAULT_JOBS, DEFAULT_LATE_TOLERANCE, DEFAULT_POLL_INTERVAL, ScoreSettings};
use crate::peer::PeerChoice;
use crate::plan::jobs_parser;
use crate::report::HtmlFile;
use crate::scenario::{DEADLINE_MAX, millis};

/// Flags of `score`.
#[derive(Debug, Clone, Args)]
pub struct ScoreArguments {
    /// The peers: once for all, or twice, the first peer and the others. A command that keeps the contract of docs/peers.md, or
    /// `ours`
    #[arg(long = "peer", env = "HARNESS_PEER", value_name = "CMD", required = true)]
    pub peers: Vec<PeerChoice>,

    /// A scenario to play; by default, all that apply. It may be given several times
    #[arg(long = "scenario", env = "HARNESS_SCENARIO", value_name = "NAME", value_delimiter = ',')]
    pub scenarios: Vec<String>,

    /// The seed of all random choices; by default, a new one, which the scorecard names
    #[arg(long, env = "HARNESS_SEED", value_name = "N")]
    pub seed: Option<u64>,

    /// Milliseconds between two polls, where a scenario does not have less
    #[arg(long = "poll-interval-ms", env = "HARNESS_POLL_INTERVAL_MS", value_name = "MS",
        default_value_t = millis(DEFAULT_POLL_INTERVAL),
        value_parser = RangedU64ValueParser::<u64>::new().range(millis(signaling::MIN_POLL_INTERVAL)..=millis(DEADLINE_MAX)))]
    pub poll_interval_ms: u64,

    /// Milliseconds that a poll, or the detection of an answer, may be late. A very busy machine needs more
    #[arg(long = "late-tolerance-ms", env = "HARNESS_LATE_TOLERANCE_MS", value_name = "MS",
        default_value_t = millis(DEFAULT_LATE_TOLERANCE),
        value_parser = RangedU64ValueParser::<u64>::new().range(..=millis(DEADLINE_MAX)))]
    pub late_tolerance_ms: u64,

    /// How many scenarios are played at the same time, each over launchers of its own. One with many pairs of programs counts as
    /// several
    #[arg(long, env = "HARNESS_JOBS", value_name = "N", default_value_t = DEFAULT_JOBS, value_parser = jobs_parser())]
    pub jobs: usize,

    /// A launcher that is running already: once for all peers, or twice, the first peer's and the second's. Scenarios that need
    /// launchers of their own do not apply then
    #[arg(long = "launcher", env = "HARNESS_LAUNCHER", value_name = "URL", value_delimiter = ',')]
    pub launchers: Vec<LauncherUrl>,

    /// Count what is lenient as a failure
    #[arg(long, env = "HARNESS_STRICT")]
    pub strict: bool,

    /// List what passed, too
    #[arg(long, short, env = "HARNESS_VERBOSE")]
    pub(crate) verbose: bool,

    /// The format of the scorecard
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub format: ScoreFormat,

    #[command(flatten)]
    pub(crate) html: HtmlFile,
}

/// The formats of a scorecard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ScoreFormat {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
    /// For CI viewers: XML, one test suite for each scenario
    Junit,
    /// A page for browsers: one file
    Html,
    /// For GitHub Actions: annotations, and a summary of the step
    Github,
}

impl ScoreArguments {
    /// The settings of the scoring, which ends when `stop` is cancelled.
    pub(crate) fn settings(&self, stop: &CancellationToken) -> ScoreSettings {
        ScoreSettings {
            scenarios: self.scenarios.clone(),
            seed: self.seed,
            poll_interval: Duration::from_millis(self.poll_interval_ms),
            late_tolerance: Duration::from_millis(self.late_tolerance_ms),
            jobs: self.jobs,
            strict: self.strict,
            launchers: self.launchers.clone(),
            stop: stop.clone(),
            ..ScoreSettings::new(self.peers.clone())
        }
    }
}
