//! Runs a command over two launchers, and judges what they saw.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use safe_mock::{Launcher, MockLauncher, Network};
use tokio::process::Command;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::arguments::ExecArguments;
use super::error::JudgingError;
use super::rooms::Judging;
use crate::environment::{journal_of, seen_by};
use crate::format::quoted;
use crate::plan::{RunError, WallTime, seed};
use crate::process::{Group, NodePreload, Process};
use crate::record::{Count, CountTime, Resource};
use crate::report::{CommandReport, Report};

/// How many entries the journal of a launcher keeps, if they are small enough for the memory of a launcher.
const JOURNAL_ENTRIES_MAX: usize = 200_000;

/// How many bytes a launcher holds at most: the journal has a share of them.
const MEMORY_BYTES_MAX: usize = 1 << 30;

/// How long a command that was told to stop may take to end.
const STOP_WAIT: Duration = Duration::from_secs(3);

/// How long killed processes may take to be gone, and how often that is looked at.
const GONE_WAIT: Duration = Duration::from_secs(5);
const GONE_LOOK: Duration = Duration::from_millis(10);

/// Runs the command to its end, and judges every room that it used.
///
/// # Errors
/// The launchers or the command cannot be started, it used no room though it succeeded, or it was told to stop.
pub(crate) async fn exec(arguments: &ExecArguments, stop: &CancellationToken) -> Result<Report, JudgingError> {
    let wall = WallTime::start();
    let seed = seed::draw_seed().map_err(RunError::from)?;
    let launchers = start_launchers(arguments.port, seed).await?;
    let ended = run(arguments, &launchers.each_ref().map(MockLauncher::url), stop).await;
    let urls = launchers.each_ref().map(MockLauncher::url);
    let running = launchers.each_ref().map(|launcher| Launcher::clone(launcher));
    // Requests that are under way are in the journals then.
    MockLauncher::shutdown_all(launchers).await;
    let (command, left) = ended?;

    let journals: Vec<_> = running.iter().zip(&urls).map(|(launcher, url)| journal_of(launcher, url.clone())).collect();
    let judging = Judging {
        name: "exec",
        expectations: &arguments.expectations,
        seed,
        counts: running.iter().zip(&urls).flat_map(|(launcher, url)| handles(launcher, url)).collect(),
        wall: wall.elapsed(),
        repeat: repeat(arguments),
    };
    let mut report = judging.report(&journals)?;
    report.add_seen(&seen_by(running.iter()));
    if report.pairs.is_empty() && command.passed {
        let advice = "The command has to use the launchers of SAFE_LAUNCHER_URL_1 and SAFE_LAUNCHER_URL_2; for a client \
                      that knows localhost:8100 only, give --port 8100";
        return Err(JudgingError::NoRoom { launchers: urls.join(" and "), advice });
    }
    report.passed &= command.passed;
    if left > 0 {
        let (processes, were) = if left == 1 { ("1 process", "was") } else { (&*format!("{left} processes"), "were") };
        report
            .notes
            .push(format!("{processes} that the command had started still ran when it ended, and {were} killed"));
    }
    report.command = Some(command);
    Ok(report)
}

/// Two users' launchers on one network.
async fn start_launchers(port: u16, seed: u64) -> Result<[MockLauncher; 2], JudgingError> {
    let network = Network::new();
    let builder = |seed| {
        let builder = MockLauncher::builder().network(&network).seed(seed);
        builder.journal_entries_max(JOURNAL_ENTRIES_MAX).memory_bytes_max(MEMORY_BYTES_MAX)
    };
    let [first, second] = seed::of_launchers(seed).map(builder);
    Ok([first.port(port).start().await?, second.start().await?])
}

/// Runs the command. Returns how it ended, and how many processes it had left.
async fn run(
    arguments: &ExecArguments,
    [first, second]: &[String; 2],
    stop: &CancellationToken,
) -> Result<(CommandReport, usize), JudgingError> {
    let text = command_text(&arguments.command);
    let preload = NodePreload::write().map_err(JudgingError::Preload)?;
    let unstartable = |source: io::Error| JudgingError::Command { command: text.clone(), source };
    let mut words = arguments.command.iter();
    let program = words.next().ok_or_else(|| unstartable(io::ErrorKind::NotFound.into()))?;
    let mut command = Command::new(program);
    command.args(words).envs([preload.variable()]);
    command.envs([("SAFE_LAUNCHER_URL", first), ("SAFE_LAUNCHER_URL_1", first), ("SAFE_LAUNCHER_URL_2", second)]);
    // The report alone goes to stdout.
    command.stdin(Stdio::inherit()).stdout(io::stderr()).stderr(Stdio::inherit());
    let mut process = Process::start(command, Group::Shared).map_err(unstartable)?;
    let ended = stop.run_until_cancelled(process.child.wait()).await;
    if ended.is_none() {
        end(&mut process).await;
    }
    let left = clear(&process).await;
    let status = ended.ok_or(RunError::Stopped)?.map_err(unstartable)?;
    Ok((CommandReport::of(text, status), left))
}

/// Tells the command to end, which a ctrl-c has done already.
async fn end(process: &mut Process) {
    process.family().tell_to_end();
    let _stays = timeout(STOP_WAIT, process.child.wait()).await;
}

/// Kills what the command has left, and returns how many processes these were.
async fn clear(process: &Process) -> usize {
    let family = process.family();
    let left = family.kill();
    let gone = async {
        while !family.is_gone() {
            sleep(GONE_LOOK).await;
        }
    };
    // What cannot be killed does not hold the report up.
    let _stays = timeout(GONE_WAIT, gone).await;
    left
}

impl CommandReport {
    fn of(command: String, status: ExitStatus) -> Self {
        let ended = match status.code() {
            Some(code) => format!("exited with code {code}"),
            None => format!("was ended by {status}"),
        };
        Self { command, passed: status.success(), ended }
    }
}

/// The live handles: a launcher that has just started has none.
fn handles(launcher: &Launcher, url: &str) -> [Count; 2] {
    let count = |time, number| Count { resource: Resource::Handles(url.to_owned()), time, number: Ok(number) };
    [count(CountTime::Before, 0), count(CountTime::After, launcher.handles().live())]
}

fn command_text(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn repeat(arguments: &ExecArguments) -> String {
    let port = if arguments.port == 0 { String::new() } else { format!(" --port {}", arguments.port) };
    format!("exec{}{port} -- {}", arguments.expectations.flags(), command_text(&arguments.command))
}
