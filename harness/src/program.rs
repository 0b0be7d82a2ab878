//! The `harness` program: one function for each command. The report goes to stdout, everything else to stderr.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _};
use safe_mock::program::{LogOutput, StopSignals, ignoring_a_reader_that_left, in_background, parse};
use tokio_util::sync::CancellationToken;

use crate::cli::{Cli, Command, OrdersArguments, PollingCostsArguments, RunArguments, SoakArguments, WorldArguments};
use crate::environment::on_a_thread;
use crate::exit_code;
use crate::format::printable;
use crate::interop::{self, InteropArguments, InteropError, InteropFormat, InteropObserver};
use crate::judging::{JudgingError, exec, judge};
use crate::orders::{self, ExploreError, OrderSettings};
use crate::plan::{Plan, RunError, Settings};
use crate::polling_costs::polling_costs;
use crate::process::kill_all;
use crate::progress::{ProgressMode, Reporter};
use crate::report::{self, Format, NotPlayed, Report, SuiteReport, SummaryFormat, formatted};
use crate::run::{Hooks, run_with};
use crate::scenario::{Launchers, Scenario, named};
use crate::score::{self, ScoreArguments, ScoreFormat, ScoreObserver};
use crate::soak::{self, SoakHooks};

/// The output of a command.
struct RunOutput {
    /// The report, for stdout.
    text: String,
    /// Whether it passed.
    passed: bool,
}

/// A command has no output.
#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Orders(#[from] ExploreError),
    #[error(transparent)]
    Judging(#[from] JudgingError),
    #[error(transparent)]
    Interop(#[from] InteropError),
    #[error("{} cannot be written: {source}", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
}

/// Reads the arguments and runs the program to its end. Returns its [exit code](exit_code).
pub async fn main() -> u8 {
    let arguments = parse();
    let errors = LogOutput::stderr();
    let code = match StopSignals::listen() {
        Ok(signals) => run_to_end(arguments, &errors, signals).await,
        Err(error) => {
            errors.line(&format!("harness: the system does not report signals: {error}"));
            exit_code::NOT_RUN
        }
    };
    errors.finish();
    code
}

/// Runs the command. The first signal ends the program at once, unless the command has something to do before: then it is told to
/// stop, and the second signal ends the program.
///
/// The command has a thread of its own: signals are heard also while it computes.
async fn run_to_end(arguments: Cli, errors: &LogOutput, mut signals: StopSignals) -> u8 {
    let stop = CancellationToken::new();
    let ends_in_order = arguments.command.ends_in_order();
    let mut ending = std::pin::pin!(on_a_thread({
        let (errors, stop) = (errors.clone(), stop.clone());
        move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            Ok(runtime.block_on(command(&arguments, &errors, &stop)))
        }
    }));
    let code = |ended: io::Result<io::Result<u8>>| {
        ended.and_then(|code| code).unwrap_or_else(|error| {
            errors.line(&format!("harness: the system has no thread for the command: {error}"));
            exit_code::NOT_RUN
        })
    };
    tokio::select! {
        ended = &mut ending => return code(ended),
        _ = signals.next() => stop.cancel(),
    }
    if !ends_in_order {
        errors.line(&format!("harness: {}", RunError::Stopped));
        return exit_code::STOPPED;
    }
    tokio::select! {
        ended = ending => code(ended),
        _ = signals.next() => {
            kill_all();
            exit_code::STOPPED
        }
    }
}

/// Runs the command and writes its report.
async fn command(arguments: &Cli, errors: &LogOutput, stop: &CancellationToken) -> u8 {
    let ended = match &arguments.command {
        Command::List => Ok(list()),
        Command::Run(arguments) => run(arguments, errors, stop).await,
        Command::Score(arguments) => score(arguments, stop).await,
        Command::Interop(arguments) => interop(arguments, errors, stop).await,
        Command::Exec(arguments) => exec(arguments, stop)
            .await
            .map_err(ProgramError::from)
            .map(|report| judged(&report, arguments.expectations.format)),
        Command::Judge(arguments) => judge(arguments)
            .await
            .map_err(ProgramError::from)
            .map(|report| judged(&report, arguments.expectations.format)),
        Command::World(arguments) => world(arguments, errors).await,
        Command::Soak(arguments) => soak(arguments, stop).await,
        Command::Orders(arguments) => orders(arguments).await,
        Command::PollingCosts(arguments) => costs(arguments).await,
    };
    match ended {
        Ok(RunOutput { text, passed }) => match print(text).await {
            Err(error) => {
                errors.line(&format!("harness: the report could not be written: {error}"));
                exit_code::NOT_RUN
            }
            Ok(()) if passed => exit_code::PASSED,
            Ok(()) => exit_code::FAILED,
        },
        Err(error) => {
            errors.line(&printable(&format!("harness: {error}")));
            if error.is_stop() { exit_code::STOPPED } else { exit_code::NOT_RUN }
        }
    }
}

impl ProgramError {
    /// Whether the command was told to stop.
    fn is_stop(&self) -> bool {
        matches!(self, Self::Judging(error) if error.is_stop())
            || matches!(self, Self::Run(RunError::Stopped) | Self::Interop(InteropError::Run(RunError::Stopped)))
    }
}

/// The report on what launchers saw.
fn judged(report: &Report, format: Format) -> RunOutput {
    RunOutput { text: formatted(report, format, None), passed: report.passed }
}

fn list() -> RunOutput {
    let width = named().iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
    let line = |scenario: &Scenario| {
        let gap = if scenario.known_gap.is_some() { " (known gap)" } else { "" };
        format!("{:width$}  {}{gap}\n", scenario.name, scenario.proves)
    };
    RunOutput { text: named().iter().map(line).collect(), passed: true }
}

async fn run(
    arguments: &RunArguments,
    output: &LogOutput,
    stop: &CancellationToken,
) -> Result<RunOutput, ProgramError> {
    let scenarios = arguments.scenarios().map_err(RunError::from)?;
    let settings = arguments.settings();
    let mode = ProgressMode::here(arguments.verbose);
    match scenarios.as_slice() {
        [scenario] if !arguments.wants_all() => {
            let pairs = settings.pairs.unwrap_or(scenario.pairs);
            if let Some(asked) = arguments.pair.filter(|asked| *asked > pairs) {
                return Err(RunError::NoSuchPair { asked, pairs }.into());
            }
            let report =
                play(scenario, &settings, Reporter::of(mode, output, pairs, scenario.peers.len()), stop).await?;
            Ok(RunOutput { text: formatted(&report, arguments.format, arguments.pair), passed: report.passed })
        }
        all => {
            if arguments.format == Format::Mermaid {
                return Err(RunError::OneDiagram.into());
            }
            let suite = play_all(all, &settings, arguments.jobs, (mode, output), stop).await?;
            let text = match arguments.format {
                Format::Text | Format::Mermaid => suite.text(),
                Format::Json => suite.json(),
                Format::Junit => report::junit(&suite.runs),
            };
            Ok(RunOutput { text, passed: suite.passed })
        }
    }
}

/// The scorecard of a client.
async fn score(arguments: &ScoreArguments, stop: &CancellationToken) -> Result<RunOutput, ProgramError> {
    let mut settings = arguments.settings(stop);
    let bar = ProgressMode::here(false).bar(named().len(), "scenarios");
    settings.observer = Some(ScoreObserver(Arc::new(move |scenario, _| {
        bar.say(scenario);
        bar.step();
    })));
    let card = score::score(&settings).await?;
    let text = match arguments.format {
        ScoreFormat::Text => score::scorecard_text(&card),
        ScoreFormat::Json => report::pretty(&card),
        ScoreFormat::Junit => score::scorecard_junit(&card),
    };
    Ok(RunOutput { text, passed: card.passed })
}

/// Who meets whom.
async fn interop(
    arguments: &InteropArguments,
    errors: &LogOutput,
    stop: &CancellationToken,
) -> Result<RunOutput, ProgramError> {
    // Before the meetings, which take minutes.
    if let Some(path) = &arguments.write {
        let opened = std::fs::OpenOptions::new().append(true).create(true).open(path);
        opened.map_err(|source| ProgramError::Unwritable { path: path.clone(), source })?;
    }
    let mut settings = arguments.settings(stop);
    let lines = errors.clone();
    settings.observer = Some(InteropObserver(Arc::new(move |pair| {
        let result = pair.why.as_ref().map_or_else(|| "well".to_owned(), Clone::clone);
        lines.line(&printable(&format!("{} with {}: {result}", pair.initiator, pair.recipient)));
    })));
    let table = interop::interop(&settings).await?;
    let page = interop::markdown(&table);
    if let Some(path) = &arguments.write {
        std::fs::write(path, &page).map_err(|source| ProgramError::Unwritable { path: path.clone(), source })?;
    }
    let text = match arguments.format {
        InteropFormat::Markdown => page,
        InteropFormat::Json => report::pretty(&table),
    };
    Ok(RunOutput { text, passed: table.passed })
}

/// The world of one seed.
async fn world(arguments: &WorldArguments, errors: &LogOutput) -> Result<RunOutput, ProgramError> {
    let WorldArguments { seed, plant, save_in, format } = arguments.clone();
    let run = on_a_thread(move || soak::shrink_failure(seed, plant, &save_in, &[])).await.map_err(RunError::from)??;
    if let Some(error) = &run.not_saved {
        errors.line(&printable(&format!(
            "harness: the world that failed is not saved: {error}. Give a folder that can be written with --save-in"
        )));
    }
    Ok(RunOutput { text: formatted(&run.report, format, None), passed: run.report.passed })
}

/// The worlds of many seeds.
async fn soak(arguments: &SoakArguments, stop: &CancellationToken) -> Result<RunOutput, ProgramError> {
    let (seeds, plant) = (arguments.seeds.clone(), arguments.plant);
    let bar = ProgressMode::here(false).bar(usize::try_from(seeds.end - seeds.start).unwrap_or(usize::MAX), "worlds");
    let observer = move |_, failed: u64| {
        bar.step();
        if failed > 0 {
            bar.say(&format!("{failed} failed"));
        }
    };
    // The failures that were found until it is stopped are reported.
    let hooks = SoakHooks { observer: Some(Arc::new(observer)), stop: stop.clone(), ..SoakHooks::default() };
    let soak = on_a_thread(move || soak::soak(seeds, plant, &hooks)).await.map_err(RunError::from)??;
    let text = match arguments.format {
        SummaryFormat::Text => soak::soak_text(&soak),
        SummaryFormat::Json => soak::soak_json(&soak),
    };
    if stop.is_cancelled() && soak.passed() {
        return Err(RunError::Stopped.into());
    }
    Ok(RunOutput { text, passed: soak.passed() })
}

/// Every order of the requests of two peers, or one of them.
async fn orders(arguments: &OrdersArguments) -> Result<RunOutput, ProgramError> {
    let launchers = if arguments.one_launcher { Launchers::OneForEachPair } else { Launchers::TwoForEachPair };
    let settings = OrderSettings { launchers, ..OrderSettings::default() };
    if let Some(order) = &arguments.order {
        let result = orders::replay(&settings, order).await?;
        let passed = result.outcome.breaches().is_empty();
        return Ok(RunOutput { text: orders::execution_text(order, &result), passed });
    }
    let exploration = orders::explore(&settings).await?;
    Ok(RunOutput { text: orders::text(&exploration), passed: exploration.passed() })
}

/// The costs of each poll schedule.
async fn costs(arguments: &PollingCostsArguments) -> Result<RunOutput, ProgramError> {
    let costs = polling_costs(arguments.seed, arguments.pairs).await?;
    Ok(RunOutput { text: costs.to_string(), passed: costs.passed() })
}

/// Plays the scenarios, so many at the same time. Those that these settings rule out are named in the report.
async fn play_all(
    scenarios: &[Scenario],
    settings: &Settings,
    jobs: usize,
    (mode, output): (ProgressMode, &LogOutput),
    stop: &CancellationToken,
) -> Result<SuiteReport, RunError> {
    let (playable, not_played) = playable(scenarios, settings)?;
    let bar = mode.bar(playable.len(), "scenarios");
    let playing = futures_util::stream::iter(playable).map(|scenario| {
        let bar = &bar;
        async move {
            bar.say(&scenario.name);
            let pairs = settings.pairs.unwrap_or(scenario.pairs);
            let report = play(scenario, settings, Reporter::under_a_bar(mode, output, pairs), stop).await;
            bar.step();
            report
        }
    });
    let runs = playing.buffered(jobs).try_collect().await?;
    Ok(SuiteReport::new(runs, not_played))
}

/// The scenarios that can be played on this clock and over these launchers, and the others.
fn playable<'a>(
    scenarios: &'a [Scenario],
    settings: &Settings,
) -> Result<(Vec<&'a Scenario>, Vec<NotPlayed>), RunError> {
    let (mut playable, mut not_played) = (Vec::new(), Vec::new());
    for scenario in scenarios {
        match Plan::new(scenario, settings) {
            Ok(_) => playable.push(scenario),
            Err(error) if error.is_of_one_scenario() => {
                not_played.push(NotPlayed { scenario: scenario.name.clone(), why: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((playable, not_played))
}

/// Plays one scenario and reports its progress.
async fn play(
    scenario: &Scenario,
    settings: &Settings,
    reporter: Reporter,
    stop: &CancellationToken,
) -> Result<Report, RunError> {
    let hooks = Hooks { observer: reporter.observer(), stop: stop.clone(), ..Hooks::default() };
    run_with(scenario, settings, &hooks).await
}

/// Writes a report to stdout. A reader that has left has seen what it wanted.
async fn print(text: String) -> io::Result<()> {
    let write = move || {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    };
    in_background(move || ignoring_a_reader_that_left(write())).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Clock;

    fn why_not(settings: &Settings, name: &str) -> Option<String> {
        let (playable, not_played) = playable(named(), settings).unwrap();
        let refused = not_played.into_iter().find(|scenario| scenario.scenario == name).map(|scenario| scenario.why);
        assert_eq!(playable.iter().any(|scenario| scenario.name == name), refused.is_none(), "{name}");
        refused
    }

    #[test]
    fn a_scenario_that_takes_too_long_or_needs_its_own_launchers_is_named_with_the_reason() {
        let real = Settings::default().seed(7);
        assert!(why_not(&real, "very-long-wait").is_some_and(|why| why.contains("--clock virtual")));
        assert_eq!(why_not(&real, "slow-network"), None);
        let running = real.launchers(vec!["http://127.0.0.1:8100".parse().unwrap()]);
        assert!(why_not(&running, "slow-network").is_some_and(|why| why.contains("its own launchers")));
        assert_eq!(why_not(&running, "classic"), None);
        assert!(why_not(&running, "very-long-wait").is_some_and(|why| why.contains("leave --launcher out")));
    }

    #[test]
    fn over_two_running_launchers_a_scenario_with_one_launcher_is_left_out_and_the_others_are_played() {
        let url = |port: u16| format!("http://127.0.0.1:{port}").parse().unwrap();
        let two = Settings::default().seed(7).launchers(vec![url(8100), url(8101)]);
        assert!(why_not(&two, "one-launcher").is_some_and(|why| why.contains("leave one --launcher out")));
        assert_eq!(why_not(&two, "classic"), None);
        assert_eq!(why_not(&two.launchers(vec![url(8100)]), "one-launcher"), None);
    }

    #[test]
    fn settings_that_rule_out_every_scenario_are_an_error() {
        let running = |number| vec!["http://127.0.0.1:8100".parse().unwrap(); number];
        let in_virtual_time = Settings::default().clock(Clock::Virtual).launchers(running(1));
        assert!(matches!(playable(named(), &in_virtual_time), Err(RunError::VirtualLaunchers)));
        let three = Settings::default().launchers(running(3));
        assert!(matches!(playable(named(), &three), Err(RunError::TooManyLaunchers(3))));
    }

    #[test]
    fn in_virtual_time_every_scenario_is_played() {
        let settings = Settings::default().seed(7).clock(Clock::Virtual);
        assert_eq!(playable(named(), &settings).unwrap().1, []);
    }
}
