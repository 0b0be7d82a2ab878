//! Why a run could not be played at all. What goes wrong while it is played is in its report.

use safe_mock::StartError;
use safe_mock::fault::InvalidRule;
use signaling::{NameError, ScheduleError, SetupError};

use super::clock::{Clock, TransportKind};
use super::ice_mode::IceMode;
use crate::scenario::{FileError, InvalidScenario, LAUNCHERS_MAX, PAIRS_MAX};

/// A STUN and TURN server could not be started.
#[derive(Debug, thiserror::Error)]
#[error("a STUN and TURN server could not be started: {0}")]
pub struct TurnServerError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl TurnServerError {
    pub(crate) fn new(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }
}

/// A run could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// There must be someone to play.
    #[error("{0} pairs cannot be played; give 1 to {PAIRS_MAX}")]
    PairsOutOfRange(usize),
    /// A diagram is of a pair of the run.
    #[error("there is no pair {asked} among {pairs}")]
    NoSuchPair {
        /// The pair whose diagram was asked for.
        asked: usize,
        /// How many there are.
        pairs: usize,
    },
    /// A diagram is of one run.
    #[error("a diagram is of one scenario; choose one")]
    OneDiagram,
    /// Nobody knows what a third launcher would be for.
    #[error("{0} launchers were given; give one for both peers, or two: the first peer's and the second's")]
    TooManyLaunchers(usize),
    /// A scenario says how many launchers a pair has.
    #[error("scenario {scenario} plays on one launcher, and {LAUNCHERS_MAX} were given; leave one --launcher out")]
    OneLauncherOnly {
        /// The scenario.
        scenario: String,
    },
    /// A scenario cannot be meant.
    #[error("the scenario makes no sense: {0}")]
    Scenario(#[from] InvalidScenario),
    /// Nobody can poll like that.
    #[error("the schedule of polls makes no sense: {0}")]
    Schedule(#[from] ScheduleError),
    /// A scenario file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Nobody waits for hours.
    #[error("scenario {scenario} takes too long for the real clock; play it with --clock virtual")]
    NeedsVirtualTime {
        /// The scenario.
        scenario: String,
    },
    /// A scenario does something to launchers, and those of somebody else are not for that.
    #[error("scenario {scenario} needs launchers of its own, to let things go wrong there; leave --launcher out")]
    NeedsOwnLaunchers {
        /// The scenario.
        scenario: String,
    },
    /// A launcher does not take a rule.
    #[error("a fault cannot be placed: {0}")]
    Fault(#[from] InvalidRule),
    /// Time cannot be virtual for a launcher that runs elsewhere.
    #[error("a running launcher goes by the real clock; leave --launcher or --clock virtual out")]
    VirtualLaunchers,
    /// The machine gives no thread, or the run in it broke off.
    #[error("virtual time could not be had: {0}")]
    VirtualTime(#[from] std::io::Error),
    /// A seed picks no world.
    #[error("the seed picks no world: {0}")]
    NoWorld(String),
    /// Nobody answers there.
    #[error("no launcher answers at {url}: {why}. Start one, for example `cargo run --release -p safe-mock`")]
    LauncherUnreachable {
        /// Where it should be.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// Somebody answers there, but not as a launcher does.
    #[error("what answers at {url} is no launcher: GET /health gave status {status}")]
    NotALauncher {
        /// Where it should be.
        url: String,
        /// What it answered.
        status: u16,
    },
    /// Only real WebRTC asks STUN and TURN servers, and these only run on the real clock.
    #[error(
        "--ice {ice} needs real WebRTC on the real clock, and this run has {transport} on the {clock} clock; \
         leave --clock and --transport out, or --ice"
    )]
    IceNeedsRealWebRtc {
        /// What was asked for.
        ice: IceMode,
        /// The clock of the run.
        clock: Clock,
        /// Who would talk WebRTC.
        transport: TransportKind,
    },
    /// The run's own STUN and TURN server could not be started.
    #[error(transparent)]
    TurnServerStart(#[from] TurnServerError),
    /// A launcher of the run's own could not be started.
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
    /// The machine gave no random number.
    #[error("the machine gives no random number: {0}; give a seed")]
    NoRandomness(#[from] getrandom::Error),
    /// It was stopped from outside.
    #[error("stopped before the end")]
    Stopped,
}
