//! The `harness` program: one function for each command. The report goes to stdout, everything else to stderr.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safe_mock::program::{LogOutput, StopSignals, ignoring_a_reader_that_left, in_background, parse};
use tokio_util::sync::CancellationToken;

use crate::cli::{Cli, Command, OrdersArguments, PollingCostsArguments, RunArguments, SoakArguments, WorldArguments};
use crate::environment::on_a_thread;
use crate::exit_code;
use crate::format::{padded, printable};
use crate::github::Output;
use crate::interop::{self, InteropArguments, InteropError, InteropFormat, InteropObserver};
use crate::judging::{Expectations, JudgingError, exec, judge};
use crate::orders::{self, ExploreError, OrderSettings};
use crate::plan::RunError;
use crate::polling_costs::{polling_costs, polling_costs_page};
use crate::process::kill_all;
use crate::progress::{ProgressMode, Reporter};
use crate::report::html::{run_page, suite_page};
use crate::report::{self, Format, HtmlFile, OrdersFormat, PageFormat, Report, SummaryFormat, formatted};
use crate::scenario::{Launchers, named};
use crate::scenarios_run::{play, play_all};
use crate::score::{self, ScoreArguments, ScoreFormat, ScoreObserver};
use crate::screen::{Look, Page, Span, Tone};
use crate::soak::{self, SoakHooks};

/// The output of a command.
struct RunOutput {
    /// The report.
    text: Output,
    /// Whether it passed.
    passed: bool,
    /// The page, if a file for it is asked for.
    page: Option<String>,
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
    let look = Look::of_stdout(arguments.colour, arguments.command.is_verbose());
    let ended = match checked(arguments.command.html_file()) {
        Ok(()) => play_command(arguments, look, errors, stop).await,
        Err(error) => Err(error),
    };
    let written = ended.and_then(|output| written(arguments.command.html_file(), output));
    match written {
        Ok(RunOutput { text, passed, .. }) => match print(published(text, errors)).await {
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

/// Checks that the file for the page can be written, before a run that may take minutes.
fn checked(file: Option<&HtmlFile>) -> Result<(), ProgramError> {
    file.map_or(Ok(()), HtmlFile::check).map_err(|source| ProgramError::unwritable(file, source))
}

/// Writes the page to its file.
fn written(file: Option<&HtmlFile>, output: RunOutput) -> Result<RunOutput, ProgramError> {
    let written = file.zip(output.page.as_deref()).map_or(Ok(()), |(file, page)| file.write(page));
    written.map_err(|source| ProgramError::unwritable(file, source))?;
    Ok(output)
}

/// Runs the command to its report.
async fn play_command(
    arguments: &Cli,
    look: Look,
    errors: &LogOutput,
    stop: &CancellationToken,
) -> Result<RunOutput, ProgramError> {
    let judged = |report: Report, arguments: &Expectations| judged(&report, arguments.format, &arguments.html, look);
    match &arguments.command {
        Command::List => Ok(list(look)),
        Command::Run(arguments) => run(arguments, look, errors, stop).await,
        Command::Score(arguments) => score(arguments, look, stop).await,
        Command::Interop(arguments) => interop(arguments, errors, stop).await,
        Command::Exec(arguments) => Ok(judged(exec(arguments, stop).await?, &arguments.expectations)),
        Command::Judge(arguments) => Ok(judged(judge(arguments).await?, &arguments.expectations)),
        Command::World(arguments) => world(arguments, look, errors).await,
        Command::Soak(arguments) => soak(arguments, look, stop).await,
        Command::Orders(arguments) => orders(arguments, look).await,
        Command::PollingCosts(arguments) => costs(arguments, look).await,
    }
}

impl ProgramError {
    fn unwritable(file: Option<&HtmlFile>, source: io::Error) -> Self {
        let path = file.and_then(HtmlFile::path).unwrap_or(Path::new(""));
        Self::Unwritable { path: path.to_owned(), source }
    }

    /// Whether the command was told to stop.
    fn is_stop(&self) -> bool {
        matches!(self, Self::Judging(error) if error.is_stop())
            || matches!(self, Self::Run(RunError::Stopped) | Self::Interop(InteropError::Run(RunError::Stopped)))
    }
}

/// The report on what launchers saw.
fn judged(report: &Report, format: Format, html: &HtmlFile, look: Look) -> RunOutput {
    RunOutput {
        text: formatted(report, format, None, look),
        passed: report.passed,
        page: html.is_wanted().then(|| run_page(report)),
    }
}

/// What goes to stdout. The summary of the step for GitHub is not worth the exit code of a run.
fn published(text: Output, errors: &LogOutput) -> String {
    let (text, not_written) = text.publish();
    if let Some(error) = not_written {
        errors.line(&printable(&format!("harness: the summary of the step is missing: {error}")));
    }
    text
}

fn list(look: Look) -> RunOutput {
    let width = named().iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
    let mut page = Page::new(look);
    for scenario in named() {
        let gap = if scenario.known_gap.is_some() { " (known gap)" } else { "" };
        let name = Span::new(Tone::Strong, &padded(&scenario.name, width));
        page.item([name, "  ".into()], [scenario.proves.as_str().into(), Span::new(Tone::Warning, gap)]);
    }
    RunOutput { text: page.finish().into(), passed: true, page: None }
}

async fn run(
    arguments: &RunArguments,
    look: Look,
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
            let text = formatted(&report, arguments.format, arguments.pair, look);
            let page = arguments.html.is_wanted().then(|| run_page(&report));
            Ok(RunOutput { text, passed: report.passed, page })
        }
        all => {
            if arguments.format == Format::Mermaid {
                return Err(RunError::OneDiagram.into());
            }
            let suite = play_all(all, &settings, arguments.jobs, (mode, output), stop).await?;
            let text = match arguments.format {
                Format::Text | Format::Mermaid => suite.text_as(look).into(),
                Format::Json => suite.json().into(),
                Format::Junit => report::junit(&suite.runs).into(),
                Format::Html => suite_page(&suite).into(),
                Format::Github => report::github_suite(&suite).into(),
            };
            let page = arguments.html.is_wanted().then(|| suite_page(&suite));
            Ok(RunOutput { text, passed: suite.passed, page })
        }
    }
}

/// The scorecard of a client.
async fn score(arguments: &ScoreArguments, look: Look, stop: &CancellationToken) -> Result<RunOutput, ProgramError> {
    let mut settings = arguments.settings(stop);
    let bar = ProgressMode::here(false).bar(named().len(), "scenarios");
    settings.observer = Some(ScoreObserver(Arc::new(move |scenario, _| {
        bar.say(scenario);
        bar.step();
    })));
    let card = score::score(&settings).await?;
    let text = match arguments.format {
        ScoreFormat::Text => score::scorecard_text_as(&card, look).into(),
        ScoreFormat::Json => report::pretty(&card).into(),
        ScoreFormat::Junit => score::scorecard_junit(&card).into(),
        ScoreFormat::Html => score::scorecard_page(&card).into(),
        ScoreFormat::Github => score::scorecard_github(&card).into(),
    };
    let page = arguments.html.is_wanted().then(|| score::scorecard_page(&card));
    Ok(RunOutput { text, passed: card.passed, page })
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
    Ok(RunOutput { text: text.into(), passed: table.passed, page: None })
}

/// The world of one seed.
async fn world(arguments: &WorldArguments, look: Look, errors: &LogOutput) -> Result<RunOutput, ProgramError> {
    let WorldArguments { seed, plant, save_in, format, html, verbose: _ } = arguments.clone();
    let run = on_a_thread(move || soak::shrink_failure(seed, plant, &save_in, &[])).await.map_err(RunError::from)??;
    if let Some(error) = &run.not_saved {
        errors.line(&printable(&format!(
            "harness: the world that failed is not saved: {error}. Give a folder that can be written with --save-in"
        )));
    }
    Ok(judged(&run.report, format, &html, look))
}

/// The worlds of many seeds.
async fn soak(arguments: &SoakArguments, look: Look, stop: &CancellationToken) -> Result<RunOutput, ProgramError> {
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
        SummaryFormat::Text => soak::soak_text_as(&soak, look).into(),
        SummaryFormat::Json => soak::soak_json(&soak).into(),
        SummaryFormat::Html => soak::soak_page(&soak).into(),
        SummaryFormat::Github => soak::soak_github(&soak).into(),
    };
    if stop.is_cancelled() && soak.passed() {
        return Err(RunError::Stopped.into());
    }
    let page = arguments.html.is_wanted().then(|| soak::soak_page(&soak));
    Ok(RunOutput { text, passed: soak.passed(), page })
}

/// Every order of the requests of two peers, or one of them.
async fn orders(arguments: &OrdersArguments, look: Look) -> Result<RunOutput, ProgramError> {
    let launchers = if arguments.one_launcher { Launchers::OneForEachPair } else { Launchers::TwoForEachPair };
    let settings = OrderSettings { launchers, ..OrderSettings::default() };
    if let Some(order) = &arguments.order {
        let result = orders::replay(&settings, order).await?;
        let passed = result.outcome.breaches().is_empty();
        let page = || orders::execution_page(order, &result);
        let text = match arguments.format {
            OrdersFormat::Text | OrdersFormat::Github => orders::execution_text_as(order, &result, look),
            OrdersFormat::Html => page(),
        };
        return Ok(RunOutput { text: text.into(), passed, page: arguments.html.is_wanted().then(page) });
    }
    let exploration = orders::explore(&settings).await?;
    let page = || orders::page(&exploration);
    let text = match arguments.format {
        OrdersFormat::Text => orders::text_as(&exploration, look).into(),
        OrdersFormat::Html => page().into(),
        OrdersFormat::Github => orders::github(&exploration).into(),
    };
    Ok(RunOutput { text, passed: exploration.passed(), page: arguments.html.is_wanted().then(page) })
}

/// The costs of each poll schedule.
async fn costs(arguments: &PollingCostsArguments, look: Look) -> Result<RunOutput, ProgramError> {
    let costs = polling_costs(arguments.seed, arguments.pairs).await?;
    let page = || polling_costs_page(&costs);
    let text = match arguments.format {
        PageFormat::Text => costs.text_as(look),
        PageFormat::Html => page(),
    };
    Ok(RunOutput { text: text.into(), passed: costs.passed(), page: arguments.html.is_wanted().then(page) })
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
