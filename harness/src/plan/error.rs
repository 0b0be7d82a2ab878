//! Why a run could not be played. Failures while it is played are in its report.

use safe_mock::StartError;
use safe_mock::fault::InvalidRule;
use signaling::{NameError, ScheduleError, SetupError};

use super::clock::{Clock, TransportKind};
use super::ice_mode::IceMode;
use crate::scenario::{FileError, InvalidScenario, LAUNCHERS_MAX, PAIRS_MAX, no_such_scenarios};

/// A STUN and TURN server could not be started.
#[derive(Debug, thiserror::Error)]
#[error("a STUN and TURN server could not be started: {0}")]
pub struct TurnServerError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl RunError {
    /// Whether these settings rule out this scenario alone: others can be played with them.
    pub(crate) fn is_of_one_scenario(&self) -> bool {
        matches!(
            self,
            Self::NeedsVirtualTime { .. }
                | Self::TooLongForLaunchers { .. }
                | Self::NeedsOwnLaunchers { .. }
                | Self::OneLauncherOnly { .. }
        )
    }
}

impl TurnServerError {
    pub(crate) fn new(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }
}

/// A run could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There are too few or too many pairs.
    #[error("{0} pairs cannot be played; give 1 to {PAIRS_MAX}")]
    PairsOutOfRange(usize),
    /// A diagram needs a pair of the run.
    #[error("there is no pair {asked}, since the run has {pairs}; give a pair from 1 to {pairs}")]
    NoSuchPair {
        /// The pair whose diagram was asked for.
        asked: usize,
        /// How many pairs the run has.
        pairs: usize,
    },
    /// A diagram shows one run.
    #[error("a diagram shows one scenario, and all were asked for; choose one with --scenario")]
    OneDiagram,
    /// A run has at most two launchers for all pairs.
    #[error("{0} launchers were given; give one for both peers, or two: the first peer's and the second's")]
    TooManyLaunchers(usize),
    /// The scenario has one launcher for each pair.
    #[error("scenario {scenario} plays on one launcher, and {LAUNCHERS_MAX} were given; leave one --launcher out")]
    OneLauncherOnly {
        /// The scenario.
        scenario: String,
    },
    /// No scenario applies to the clients.
    #[error("no scenario applies to these peers: {0}")]
    NothingApplies(String),
    /// There are no scenarios of these names.
    #[error("{}", no_such_scenarios(.0.iter().map(String::as_str)))]
    NoSuchScenarios(Vec<String>),
    /// The system cannot start a peer program.
    #[error("`{command}` cannot be started: {why}")]
    PeerNotStarted {
        /// The command.
        command: String,
        /// The error.
        why: std::io::Error,
    },
    /// A program runs on the real clock.
    #[error("a peer program has no virtual clock; leave --clock virtual out, or the program")]
    ProgramsNeedRealClock,
    /// A run has the first peer, and the others.
    #[error("{0} peers were given; give one for all, or two: the first peer and the others")]
    TooManyPeers(usize),
    /// The scenario is invalid.
    #[error("the scenario is invalid: {0}")]
    Scenario(#[from] InvalidScenario),
    /// The poll schedule is invalid.
    #[error("the poll schedule is invalid: {0}")]
    Schedule(#[from] ScheduleError),
    /// A scenario file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The scenario would take hours.
    #[error("scenario {scenario} takes too long for the real clock; play it with --clock virtual")]
    NeedsVirtualTime {
        /// The scenario.
        scenario: String,
    },
    /// The scenario would take hours, and launchers that run elsewhere cannot use the virtual clock.
    #[error(
        "scenario {scenario} takes too long for the real clock, which a running launcher uses; leave --launcher out, and play \
         it with --clock virtual"
    )]
    TooLongForLaunchers {
        /// The scenario.
        scenario: String,
    },
    /// The scenario changes its launchers, which the harness does only with launchers that it has started.
    #[error("scenario {scenario} needs its own launchers, with faults or other accounts; leave --launcher out")]
    NeedsOwnLaunchers {
        /// The scenario.
        scenario: String,
    },
    /// A launcher refused a fault rule.
    #[error("a launcher refused a fault rule: {0}")]
    Fault(#[from] InvalidRule),
    /// A launcher that runs elsewhere cannot use the virtual clock.
    #[error("a launcher that is running already uses the real clock; leave --launcher or --clock virtual out")]
    VirtualLaunchers,
    /// There is no thread or no runtime for virtual time.
    #[error("a thread with virtual time could not be started: {0}")]
    VirtualTime(#[from] std::io::Error),
    /// No world could be made from the seed.
    #[error("no world could be made from the seed: {0}")]
    NoWorld(String),
    /// No launcher answers at the URL.
    #[error("no launcher answers at {url}: {why}. Start one, for example `cargo run --release -p safe-mock`")]
    LauncherUnreachable {
        /// The URL of the launcher.
        url: String,
        /// The error.
        why: String,
    },
    /// Another server than a launcher answers at the URL.
    #[error("the server at {url} is not a launcher: GET /health returned status {status}; give the URL of a launcher")]
    NotALauncher {
        /// The URL.
        url: String,
        /// The status of its response.
        status: u16,
    },
    /// The launchers are on two networks.
    #[error(
        "{first} and {second} are launchers of two networks, so a peer at one never finds what a peer at the other stores. \
         Start one program with both, for example `cargo run --release -p safe-mock -- --launchers 2`"
    )]
    TwoNetworks {
        /// The URL of a launcher.
        first: String,
        /// The URL of a launcher of another network.
        second: String,
    },
    /// Only real WebRTC uses STUN and TURN servers, and these run on the real clock only.
    #[error(
        "--ice {ice} needs real WebRTC on the real clock, and this run has {transport} on the {clock} clock; \
         leave --clock and --transport out, or --ice"
    )]
    IceNeedsRealWebRtc {
        /// The mode that was asked for.
        ice: IceMode,
        /// The clock of the run.
        clock: Clock,
        /// The WebRTC implementation of the run.
        transport: TransportKind,
    },
    /// The STUN and TURN server of the run could not be started.
    #[error(transparent)]
    TurnServerStart(#[from] TurnServerError),
    /// A launcher of the run could not be started.
    #[error("a launcher could not be started: {0}")]
    LauncherStart(#[from] StartError),
    /// An HTTP client could not be made.
    #[error("an HTTP client could not be made: {0}")]
    HttpClient(#[from] reqwest::Error),
    /// A peer could not be made.
    #[error("a peer could not be made: {0}")]
    Peer(#[from] SetupError),
    /// A room could not be named.
    #[error("a room could not be named: {0}")]
    Room(#[from] NameError),
    /// The system has no random number.
    #[error("there is no random number for a seed: {0}; give --seed")]
    NoRandomness(#[from] getrandom::Error),
    /// The run was stopped by a signal or its caller.
    #[error("stopped before the end")]
    Stopped,
}
