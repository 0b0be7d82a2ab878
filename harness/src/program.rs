//! The `harness` program: does what its arguments say. The report goes to stdout, everything else to stderr.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;

use parking_lot::Mutex;
use safe_mock::cli::stop_requested;

use crate::cli::{Cli, Command, Format, RunArguments};
use crate::error::RunError;
use crate::exit_code;
use crate::log::Observer;
use crate::progress::Progress;
use crate::report::{self, Report};
use crate::run::{Hooks, run_with};
use crate::scenario::SCENARIOS;

/// Runs the program to its end; answers with its [exit code](exit_code).
pub async fn main(cli: &Cli) -> u8 {
    match &cli.command {
        Command::List => print(&list()).unwrap_or(exit_code::PASSED),
        Command::Run(arguments) => match play(arguments).await {
            Ok(report) => {
                let code = if report.passed { exit_code::PASSED } else { exit_code::FAILED };
                print(&written(&report, arguments)).unwrap_or(code)
            }
            Err(error) => {
                complain(&error.to_string());
                if matches!(error, RunError::Stopped) { exit_code::STOPPED } else { exit_code::NOT_RUN }
            }
        },
    }
}

fn list() -> String {
    let width = SCENARIOS.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
    let lines = SCENARIOS.iter().map(|scenario| format!("{:width$}  {}\n", scenario.name, scenario.proves));
    lines.collect::<Vec<_>>().concat()
}

fn written(report: &Report, arguments: &RunArguments) -> String {
    match arguments.format() {
        Format::Text => report::text(report),
        Format::Json => report::json(report),
        Format::Junit => report::junit(std::slice::from_ref(report)),
        // The pair is one of the run: that was seen to before it began.
        Format::Mermaid => report::mermaid(report, arguments.pair()).unwrap_or_default(),
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

async fn play(arguments: &RunArguments) -> Result<Report, RunError> {
    let (scenario, settings) = (arguments.scenario(), arguments.settings());
    let pairs = settings.pairs;
    if let Some(asked) = arguments.pair().filter(|asked| *asked > pairs) {
        return Err(RunError::NoSuchPair { asked, pairs });
    }
    let is_told = arguments.verbose() || io::stderr().is_terminal();
    let hooks = Hooks { observer: is_told.then(|| teller(settings.pairs)), ..Hooks::default() };
    let mut running = std::pin::pin!(run_with(&scenario, &settings, &hooks));
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

fn teller(pairs: usize) -> Observer {
    let progress = Mutex::new(Progress::new(pairs));
    Arc::new(move |event| {
        if let Some(line) = progress.lock().line(event) {
            // Nobody who looks is nobody to tell.
            let _closed = writeln!(io::stderr(), "{line}");
        }
    })
}
