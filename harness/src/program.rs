//! The `harness` program: does what its arguments say. The report goes to stdout, everything else to stderr.

use std::io::{self, Write as _};

use crate::cli::{Cli, Command, EconomicsArguments, Format, RunArguments};
use crate::orders::ExploreError;
use crate::plan::{Plan, RunError, Settings};
use crate::polling_costs::costs;
use crate::progress::{ProgressMode, Reporter};
use crate::report::{self, NotPlayed, Report, SuiteReport};
use crate::run::{Hooks, run_with};
use crate::scenario::{Scenario, named};
use crate::stop_signal::stop_requested;
use crate::{exit_code, search};

/// A command has no result.
#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error(transparent)]
    Run(RunError),
    #[error(transparent)]
    Orders(ExploreError),
}

/// Runs the program to its end; answers with its [exit code](exit_code).
pub async fn main(cli: &Cli) -> u8 {
    let ended = match &cli.command {
        Command::List => Ok((list(), true)),
        Command::Run(arguments) => run(arguments).await.map_err(ProgramError::Run),
        Command::World(arguments) => search::world(arguments).await.map_err(ProgramError::Run),
        Command::Soak(arguments) => search::soak(arguments).await.map_err(ProgramError::Run),
        Command::Orders(arguments) => search::orders(arguments).await.map_err(ProgramError::Orders),
        Command::Economics(arguments) => economics(arguments).await.map_err(ProgramError::Run),
    };
    match ended {
        Ok((text, passed)) => print(&text).unwrap_or(if passed { exit_code::PASSED } else { exit_code::FAILED }),
        Err(error) => {
            complain(&error.to_string());
            if matches!(error, ProgramError::Run(RunError::Stopped)) { exit_code::STOPPED } else { exit_code::NOT_RUN }
        }
    }
}

fn list() -> String {
    let width = named().iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
    let line = |scenario: &Scenario| {
        let gap = if scenario.known_gap.is_some() { " (known gap)" } else { "" };
        format!("{:width$}  {}{gap}\n", scenario.name, scenario.proves)
    };
    named().iter().map(line).collect()
}

/// What each schedule of polls costs, and whether that can be believed.
async fn economics(arguments: &EconomicsArguments) -> Result<(String, bool), RunError> {
    let costs = tokio::select! {
        costs = costs(arguments.seed, arguments.pairs) => costs?,
        _ = stop_requested() => return Err(RunError::Stopped),
    };
    Ok((costs.to_string(), costs.passed()))
}

/// What a run has to tell, and whether it passed.
async fn run(arguments: &RunArguments) -> Result<(String, bool), RunError> {
    let scenarios = arguments.scenarios()?;
    let settings = arguments.settings();
    let audience = ProgressMode::here(arguments.verbose());
    match scenarios.as_slice() {
        [scenario] if !arguments.wants_all() => {
            let pairs = settings.pairs.unwrap_or(scenario.pairs);
            if let Some(asked) = arguments.pair().filter(|asked| *asked > pairs) {
                return Err(RunError::NoSuchPair { asked, pairs });
            }
            let report = play(scenario, &settings, Reporter::of(audience, pairs, scenario.peers.len())).await?;
            Ok((written(&report, arguments.format(), arguments.pair()), report.passed))
        }
        all => {
            if arguments.format() == Format::Mermaid {
                return Err(RunError::OneDiagram);
            }
            let several = play_all(all, &settings, audience).await?;
            let text = match arguments.format() {
                Format::Text | Format::Mermaid => several.text(),
                Format::Json => several.json(),
                Format::Junit => report::junit(&several.runs),
            };
            Ok((text, several.passed))
        }
    }
}

/// Plays one after the other. What cannot be played so is named in the report.
async fn play_all(
    scenarios: &[Scenario],
    settings: &Settings,
    audience: ProgressMode,
) -> Result<SuiteReport, RunError> {
    let (playable, not_played) = sort_out(scenarios, settings)?;
    let mut runs = Vec::new();
    let bar = audience.bar(playable.len(), "scenarios");
    for scenario in playable {
        bar.say(&scenario.name);
        let pairs = settings.pairs.unwrap_or(scenario.pairs);
        runs.push(play(scenario, settings, Reporter::under_a_bar(audience, pairs)).await?);
        bar.step();
    }
    Ok(SuiteReport::new(runs, not_played))
}

/// Which of the scenarios can be played on this clock and over these launchers.
fn sort_out<'a>(
    scenarios: &'a [Scenario],
    settings: &Settings,
) -> Result<(Vec<&'a Scenario>, Vec<NotPlayed>), RunError> {
    let (mut playable, mut not_played) = (Vec::new(), Vec::new());
    for scenario in scenarios {
        match Plan::new(scenario, settings) {
            Ok(_) => playable.push(scenario),
            Err(error @ (RunError::NeedsVirtualTime { .. } | RunError::NeedsOwnLaunchers { .. })) => {
                not_played.push(NotPlayed { scenario: scenario.name.clone(), why: error.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((playable, not_played))
}

/// The report of one run; the pair is that of a diagram.
pub(crate) fn written(report: &Report, format: Format, pair: Option<usize>) -> String {
    match format {
        Format::Text => report::text(report),
        Format::Json => report::json(report),
        Format::Junit => report::junit(std::slice::from_ref(report)),
        // The pair is one of the run: that was seen to before it began.
        Format::Mermaid => report::mermaid(report, pair).unwrap_or_default(),
    }
}

/// Writes to stdout. If nobody can read it, that is what the program exits with.
fn print(text: &str) -> Option<u8> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    written.err().map(|error| {
        complain(&format!("the report could not be written: {error}"));
        exit_code::NOT_RUN
    })
}

fn complain(what: &str) {
    // A closed stderr leaves the exit code to tell.
    let _closed = writeln!(io::stderr(), "harness: {what}");
}

/// Plays one, and tells of it meanwhile. What is told of it is gone when it has ended.
async fn play(scenario: &Scenario, settings: &Settings, telling: Reporter) -> Result<Report, RunError> {
    let hooks = Hooks { observer: telling.observer(), ..Hooks::default() };
    let mut running = std::pin::pin!(run_with(scenario, settings, &hooks));
    tokio::select! {
        report = &mut running => return report,
        stopped = stop_requested() => stopped,
    }
    .map_err(|_| RunError::Stopped)?;
    hooks.stop.cancel();
    // Who asks twice does not want to wait until everything is given back.
    tokio::select! {
        report = running => report,
        _ = stop_requested() => Err(RunError::Stopped),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Clock;

    fn why_not(settings: &Settings, name: &str) -> Option<String> {
        let (playable, not_played) = sort_out(named(), settings).unwrap();
        let refused = not_played.into_iter().find(|scenario| scenario.scenario == name).map(|scenario| scenario.why);
        assert_eq!(playable.iter().any(|scenario| scenario.name == name), refused.is_none(), "{name}");
        refused
    }

    #[test]
    fn what_takes_too_long_or_needs_other_launchers_is_named_with_the_reason() {
        let real = Settings::default().seed(7);
        assert!(why_not(&real, "very-long-wait").is_some_and(|why| why.contains("--clock virtual")));
        assert_eq!(why_not(&real, "slow-network"), None);
        let running = real.launchers(vec!["http://127.0.0.1:8100".parse().unwrap()]);
        assert!(why_not(&running, "slow-network").is_some_and(|why| why.contains("launchers of its own")));
        assert_eq!(why_not(&running, "classic"), None);
    }

    #[test]
    fn in_virtual_time_everything_is_played() {
        let settings = Settings::default().seed(7).clock(Clock::Virtual);
        assert_eq!(sort_out(named(), &settings).unwrap().1, []);
    }
}
