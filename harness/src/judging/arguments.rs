//! The flags of `exec` and `judge`, each with an environment variable of the same name.

use std::time::Duration;

use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser as _};
use signaling::LauncherUrl;

use crate::plan::Settings;
use crate::report::{Format, HtmlFile};
use crate::scenario::{DEADLINE_MAX, millis};

/// The time between two polls of the original app, in milliseconds.
const POLL_INTERVAL_MS: &str = "2000";

/// The most launchers that are judged together.
pub(super) const LAUNCHERS_MAX: usize = 100;

const AFTER_EXEC_HELP: &str = "\
The command finds its launchers in the environment: SAFE_LAUNCHER_URL and SAFE_LAUNCHER_URL_1 are the first user's, and
SAFE_LAUNCHER_URL_2 is the second user's. Requests of Node programs to localhost:8100 reach the first.
Its stdout and stderr both go to stderr; the report alone goes to stdout.

Exit codes: 0 every check passed, 1 a check failed, or the command did, 2 could not run (invalid arguments, no such command, or
the command used no room), 130 stopped by ctrl-c or SIGTERM.";

const AFTER_JUDGE_HELP: &str = "\
All requests that the journals still have are judged. To judge what follows alone, remove what was there before:
  curl -X DELETE http://127.0.0.1:8100/__mock/journal

Exit codes: 0 every check passed, 1 a check failed, 2 could not run (invalid arguments, no launcher, no room was used),
130 stopped by ctrl-c or SIGTERM.";

/// What both are told.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct Expectations {
    /// Milliseconds between two polls of the clients, and from the offer to the first poll: they are not to poll more often
    #[arg(long = "poll-interval-ms", env = "HARNESS_POLL_INTERVAL_MS", value_name = "MS", default_value = POLL_INTERVAL_MS,
        value_parser = RangedU64ValueParser::<u64>::new()
            .range(millis(signaling::MIN_POLL_INTERVAL)..=millis(DEADLINE_MAX)).map(Duration::from_millis))]
    pub(super) poll_interval: Duration,

    /// Milliseconds that a poll, or the detection of an answer, may be late; by default 500. A very busy machine needs more
    #[arg(long = "late-tolerance-ms", env = "HARNESS_LATE_TOLERANCE_MS", value_name = "MS",
        value_parser = RangedU64ValueParser::<u64>::new().range(..=millis(DEADLINE_MAX)).map(Duration::from_millis))]
    pub(super) late_tolerance: Option<Duration>,

    /// Count what a careful client would not do as a failure: handles or records that are left
    #[arg(long, env = "HARNESS_STRICT")]
    pub(super) strict: bool,

    /// List what passed, too
    #[arg(long, short, env = "HARNESS_VERBOSE")]
    pub(crate) verbose: bool,

    /// The format of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) html: HtmlFile,
}

/// Flags of `exec`.
#[derive(Debug, Clone, Args)]
#[command(after_help = AFTER_EXEC_HELP)]
pub struct ExecArguments {
    #[command(flatten)]
    pub(crate) expectations: Expectations,

    /// The port of the first launcher, for clients that know one address only, such as 8100; by default, a free one
    #[arg(long, env = "HARNESS_PORT", value_name = "N", default_value_t = 0)]
    pub(super) port: u16,

    /// The command and its arguments
    #[arg(required = true, last = true, value_name = "CMD")]
    pub(super) command: Vec<String>,
}

/// Flags of `judge`.
#[derive(Debug, Clone, Args)]
#[command(after_help = AFTER_JUDGE_HELP)]
pub struct JudgeArguments {
    #[command(flatten)]
    pub(crate) expectations: Expectations,

    /// A launcher that is running, once for each launcher of one network
    #[arg(
        long = "launcher",
        env = "HARNESS_LAUNCHER",
        value_name = "URL",
        value_delimiter = ',',
        required = true,
        num_args = 1
    )]
    pub(super) launchers: Vec<LauncherUrl>,
}

impl Expectations {
    /// As settings of a run.
    pub(super) fn settings(&self) -> Settings {
        let settings = Settings::default().poll_interval(self.poll_interval).strict(self.strict);
        match self.late_tolerance {
            Some(tolerance) => settings.late_tolerance(tolerance),
            None => settings,
        }
    }

    /// The flags that give these, without those that are usual.
    pub(super) fn flags(&self) -> String {
        let interval = Some(millis(self.poll_interval)).filter(|interval| interval.to_string() != POLL_INTERVAL_MS);
        let flags = [
            interval.map(|interval| format!(" --poll-interval-ms {interval}")),
            self.late_tolerance.map(|tolerance| format!(" --late-tolerance-ms {}", millis(tolerance))),
            self.strict.then(|| " --strict".to_owned()),
        ];
        flags.into_iter().flatten().collect::<Vec<_>>().concat()
    }
}
