//! The flags of the `harness` program. Those that are settings of a run are in [`Settings`].

use std::ops::Range;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::interop::InteropArguments;
use crate::judging::{ExecArguments, JudgeArguments};
use crate::orders::Schedule;
use crate::plan::{Settings, jobs_parser, pairs_parser};
use crate::polling_costs;
use crate::report::{Format, HtmlFile, OrdersFormat, PageFormat, SummaryFormat};
use crate::scenario::{FileError, Mutation, Scenario, named, no_such_scenarios};
use crate::score::ScoreArguments;
use crate::screen::ColourChoice;

/// The scenario that is played by default.
const DEFAULT_SCENARIO: &str = "classic";

/// The name for all scenarios.
const ALL: &str = "all";

const ABOUT: &str = "Runs pairs of WebRTC peers that meet over SAFE launchers, and checks what they did";

const AFTER_HELP: &str = "\
Examples:
  harness run                          one pair, over its own two launchers
  harness run --pairs 20               twenty pairs at once
  harness run --scenario one-launcher  another scenario; `harness list` shows all
  harness run --scenario all --clock virtual
                                       all scenarios, within seconds
  harness run --ice relay              over a TURN server in this process only
  harness run --schedule back-off      another poll schedule; `harness polling-costs` compares them
  harness run --file mine.toml         your own scenario
  harness run --peer 'node peer.js' --peer ours
                                       your own client, in any language; docs/peers.md is the contract
  harness score --peer 'node peer.js'  a scorecard of your client over all scenarios
  harness exec -- npm test             your tests, judged by what the launchers saw
  harness judge --launcher URL         what a launcher that is running has seen
  harness soak --seeds 0..2000         random scenarios, in virtual time
  harness run --html report.html       a page for browsers besides: lanes of each pair, and plots
  harness run --format json            for scripts; also `junit`, `github` and `mermaid`
  harness run --launcher http://127.0.0.1:8100 --launcher http://127.0.0.1:8101
                                       over launchers that are running already

Exit codes: 0 every check passed, 1 a check failed, 2 could not run (invalid arguments, no launcher),
130 stopped by ctrl-c or SIGTERM; a second signal ends it at once.";

const AFTER_RUN_HELP: &str = "\
The report is written to stdout. Progress is written to stderr, if that is a terminal or --verbose is given.
The report ends with the command that repeats the run.
Peers that have met stay for the longest time between two polls, so that a superfluous poll is seen.

Exit codes: 0 every check passed, 1 a check failed, 2 could not run (invalid arguments, no launcher),
130 stopped by ctrl-c or SIGTERM; a second signal ends it at once.";

/// The program's arguments.
#[derive(Debug, Clone, Parser)]
#[command(name = "harness", version, about = ABOUT, after_help = AFTER_HELP)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,

    /// Whether the report has colours
    #[arg(long = "color", env = "HARNESS_COLOR", value_name = "WHEN", value_enum, default_value_t, global = true)]
    pub(crate) colour: ColourChoice,
}

/// The commands of the program.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Play a scenario, and report what the checks found
    Run(Box<RunArguments>),
    /// Play every scenario that applies to a client, and report how the client did in each
    Score(ScoreArguments),
    /// Let every pair of some peers meet, in both roles, and write who meets whom as Markdown
    Interop(InteropArguments),
    /// Run a command, such as a test suite, over two launchers of its own, and judge every room that it used by what they saw
    Exec(ExecArguments),
    /// Judge every room that was used at launchers that are running, by what they saw
    Judge(JudgeArguments),
    /// Play the random scenario of one seed (a world), in virtual time; one that fails is shrunk and saved
    World(WorldArguments),
    /// Play the worlds of many seeds on all cores, and report which failed and what was covered
    Soak(SoakArguments),
    /// Try every order of the requests of two peers that join an empty room at the same time
    Orders(OrdersArguments),
    /// Play every poll schedule with recipients that join at random times, and show what each costs as Markdown
    #[command(alias = "economics")]
    PollingCosts(PollingCostsArguments),
    /// Show the scenarios, one in each line: its name, and what it proves
    List,
}

impl Command {
    /// Whether its report lists what passed, too.
    pub(crate) fn is_verbose(&self) -> bool {
        match self {
            Self::Run(arguments) => arguments.verbose,
            Self::Score(arguments) => arguments.verbose,
            Self::Exec(arguments) => arguments.expectations.verbose,
            Self::Judge(arguments) => arguments.expectations.verbose,
            Self::World(arguments) => arguments.verbose,
            Self::Interop(_) | Self::Soak(_) | Self::Orders(_) | Self::PollingCosts(_) | Self::List => false,
        }
    }

    /// Whether it has something to do after it was told to stop: to report what it has found, to clean up at launchers that run
    /// on, or to end peer programs.
    pub(crate) fn ends_in_order(&self) -> bool {
        match self {
            Self::Soak(_) | Self::Score(_) | Self::Interop(_) | Self::Exec(_) => true,
            // A file may name peer programs.
            Self::Run(arguments) => {
                let settings = &arguments.settings;
                !settings.launchers.is_empty() || !settings.peers.is_empty() || settings.file.is_some()
            }
            Self::Judge(_) | Self::World(_) | Self::Orders(_) | Self::PollingCosts(_) | Self::List => false,
        }
    }

    /// The file for its page, besides its report on stdout.
    pub(crate) fn html_file(&self) -> Option<&HtmlFile> {
        match self {
            Self::Run(arguments) => Some(&arguments.html),
            Self::Score(arguments) => Some(&arguments.html),
            Self::Exec(arguments) => Some(&arguments.expectations.html),
            Self::Judge(arguments) => Some(&arguments.expectations.html),
            Self::World(arguments) => Some(&arguments.html),
            Self::Soak(arguments) => Some(&arguments.html),
            Self::Orders(arguments) => Some(&arguments.html),
            Self::PollingCosts(arguments) => Some(&arguments.html),
            Self::Interop(_) | Self::List => None,
        }
    }
}

/// Flags of `run`, each with an environment variable of the same name.
#[derive(Debug, Clone, Args)]
#[command(after_help = AFTER_RUN_HELP)]
pub struct RunArguments {
    /// A mutation to plant in the run, to see that the checks find it
    #[arg(long, env = "HARNESS_PLANT", value_enum)]
    plant: Option<Mutation>,

    /// The scenario to play, or `all`; `harness list` shows them
    #[arg(long, env = "HARNESS_SCENARIO", value_name = "NAME", default_value = DEFAULT_SCENARIO, value_parser = scenario,
        conflicts_with = "file")]
    scenario: Chosen,

    #[command(flatten)]
    settings: Settings,

    /// The format of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub(crate) format: Format,

    #[command(flatten)]
    pub(crate) html: HtmlFile,

    /// The pair of a diagram; by default, the first with a failure, or the first
    #[arg(long, env = "HARNESS_PAIR", value_name = "N", value_parser = pairs_parser())]
    pub(crate) pair: Option<usize>,

    /// How many scenarios of `all` are played at the same time, each over launchers of its own
    #[arg(long, env = "HARNESS_JOBS", value_name = "N", default_value_t = 1, value_parser = jobs_parser())]
    pub(crate) jobs: usize,

    /// List what passed too, and write each step to stderr even if that is not a terminal
    #[arg(long, short, env = "HARNESS_VERBOSE")]
    pub(crate) verbose: bool,
}

/// Flags of `world`.
#[derive(Debug, Clone, Args)]
pub struct WorldArguments {
    /// The seed of the world
    #[arg(long, env = "HARNESS_SEED", value_name = "N")]
    pub seed: u64,

    /// A mutation to plant in the world, to see that the checks find it
    #[arg(long, env = "HARNESS_PLANT", value_enum)]
    pub plant: Option<Mutation>,

    /// List what passed, too
    #[arg(long, short, env = "HARNESS_VERBOSE")]
    pub verbose: bool,

    /// The folder in which a world that fails is saved, as world-N.toml
    #[arg(long, env = "HARNESS_SAVE_IN", value_name = "FOLDER", default_value = ".")]
    pub save_in: PathBuf,

    /// The format of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub format: Format,

    #[command(flatten)]
    pub(crate) html: HtmlFile,
}

/// Flags of `soak`.
#[derive(Debug, Clone, Args)]
pub struct SoakArguments {
    /// The seeds of the worlds: from A up to B, without B
    #[arg(long, env = "HARNESS_SEEDS", value_name = "A..B", value_parser = seeds)]
    pub seeds: Range<u64>,

    /// A mutation to plant in each world, to see that the checks find it
    #[arg(long, env = "HARNESS_PLANT", value_enum)]
    pub plant: Option<Mutation>,

    /// The format of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub format: SummaryFormat,

    #[command(flatten)]
    pub(crate) html: HtmlFile,
}

/// Flags of `orders`.
#[derive(Debug, Clone, Args)]
pub struct OrdersArguments {
    /// Whether both peers use one launcher
    #[arg(long, env = "HARNESS_ONE_LAUNCHER")]
    pub one_launcher: bool,

    /// Replay this one order, as a report names it
    #[arg(long, env = "HARNESS_ORDER", value_name = "ORDER")]
    pub order: Option<Schedule>,

    /// The format of the report; one order is text or a page
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub(crate) format: OrdersFormat,

    #[command(flatten)]
    pub(crate) html: HtmlFile,
}

/// Flags of `polling-costs`.
#[derive(Debug, Clone, Args)]
pub struct PollingCostsArguments {
    /// The seed of all random choices
    #[arg(long, env = "HARNESS_SEED", value_name = "N", default_value_t = polling_costs::DEFAULT_SEED)]
    pub seed: u64,

    /// How many pairs play each schedule
    #[arg(long, env = "HARNESS_PAIRS", value_name = "N", default_value_t = polling_costs::DEFAULT_PAIRS, value_parser = pairs_parser())]
    pub pairs: usize,

    /// The format of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub(crate) format: PageFormat,

    #[command(flatten)]
    pub(crate) html: HtmlFile,
}

/// What `--scenario` names.
#[derive(Debug, Clone, PartialEq)]
enum Chosen {
    One(Box<Scenario>),
    All,
}

impl RunArguments {
    /// The scenarios to play, one after the other.
    ///
    /// # Errors
    /// The scenario file cannot be used.
    pub fn scenarios(&self) -> Result<Vec<Scenario>, FileError> {
        let mut scenarios = match (&self.settings.file, &self.scenario) {
            (Some(path), _) => vec![Scenario::read(path)?],
            (None, Chosen::One(scenario)) => vec![(**scenario).clone()],
            (None, Chosen::All) => named().to_vec(),
        };
        for scenario in &mut scenarios {
            scenario.planted = self.plant.or(scenario.planted);
        }
        Ok(scenarios)
    }

    /// Whether all scenarios were asked for: those that the other flags rule out are then left out.
    pub fn wants_all(&self) -> bool {
        self.settings.file.is_none() && self.scenario == Chosen::All
    }

    /// The settings. The program is alone in its process, so that all leaks can be counted, unless several scenarios are played at
    /// the same time.
    pub fn settings(&self) -> Settings {
        self.settings.clone().alone_in_process(self.jobs == 1)
    }
}

fn scenario(name: &str) -> Result<Chosen, String> {
    if name == ALL {
        return Ok(Chosen::All);
    }
    let found = Scenario::find(name).map(|scenario| Chosen::One(Box::new(scenario)));
    found.ok_or_else(|| no_such_scenarios([name]))
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let ends = text.split_once("..").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
    match ends {
        Some((from, to)) if from < to => Ok(from..to),
        _ => Err("seeds are given as A..B, where A is less than B".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::CommandFactory as _;

    use super::*;
    use crate::exit_code;

    fn read(arguments: &[&str]) -> Result<RunArguments, i32> {
        let words = ["harness", "run"].iter().chain(arguments);
        match Cli::try_parse_from(words).map_err(|error| error.exit_code())?.command {
            Command::Run(arguments) => Ok(*arguments),
            _ => Err(0),
        }
    }

    #[test]
    fn the_flags_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_flags_one_pair_plays_the_classic_scenario_at_the_originals_interval() {
        let arguments = read(&[]).unwrap();
        assert_eq!(arguments.scenarios().unwrap(), [Scenario::classic()]);
        assert_eq!(arguments.settings(), Settings::default().alone_in_process(true));
        assert_eq!(Scenario::classic().poll_interval(), Duration::from_secs(2));
        assert_eq!(arguments.format, Format::Text);
    }

    #[test]
    fn two_launchers_are_those_of_the_first_and_the_second_peer() {
        let arguments = read(&["--launcher", "http://a:1", "--launcher", "http://b:2/"]).unwrap();
        let urls: Vec<_> = arguments.settings().launchers.iter().map(ToString::to_string).collect();
        assert_eq!(urls, ["http://a:1", "http://b:2"]);
    }

    #[test]
    fn the_old_name_of_polling_costs_is_an_alias() {
        let command = Cli::try_parse_from(["harness", "economics", "--pairs", "3"]).unwrap().command;
        assert!(matches!(command, Command::PollingCosts(arguments) if arguments.pairs == 3));
    }

    #[test]
    fn one_word_asks_for_all_scenarios() {
        let all = read(&["--scenario", "all"]).unwrap();
        assert!(all.wants_all());
        assert_eq!(all.scenarios().unwrap(), named());
        assert!(!read(&[]).unwrap().wants_all());
    }

    #[test]
    fn seeds_are_a_range_that_is_not_empty() {
        assert_eq!(seeds("3..5"), Ok(3..5));
        for wrong in ["", "3", "5..3", "3..3", "a..b", "-1..2"] {
            assert!(seeds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_absent_file_is_named() {
        let missing = read(&["--file", "no-such.toml"]).unwrap().scenarios().unwrap_err();
        assert!(missing.to_string().starts_with("no-such.toml cannot be read"), "{missing}");
    }

    #[test]
    fn invalid_arguments_exit_with_not_run() {
        for wrong in [
            ["--scenario", "no-such"],
            ["--pairs", "0"],
            ["--pairs", "10001"],
            ["--clock", "sundial"],
            ["--ice", "crushed"],
            ["--format", "poem"],
            ["--pair", "0"],
            ["--seed", "-1"],
            ["--launcher", "localhost:8100"],
            ["--poll-interval-ms", "9"],
            ["--schedule", "hectic"],
            ["--deadline-s", "0"],
        ] {
            assert_eq!(read(&wrong).err(), Some(i32::from(exit_code::NOT_RUN)), "{wrong:?}");
        }
    }

    #[test]
    fn every_flag_has_an_environment_variable_of_its_name() {
        let command = Cli::command();
        let of_commands = command.get_subcommands().flat_map(clap::Command::get_arguments);
        for argument in of_commands.chain(command.get_arguments()) {
            let Some(flag) = argument.get_long().filter(|flag| !["help", "version"].contains(flag)) else { continue };
            let variable = format!("HARNESS_{}", flag.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(variable.as_str()));
        }
    }

    #[test]
    fn both_help_texts_name_every_exit_code() {
        for help in [AFTER_HELP, AFTER_RUN_HELP] {
            let codes = help.rsplit("Exit codes:").next().unwrap();
            for code in [exit_code::PASSED, exit_code::FAILED, exit_code::NOT_RUN, exit_code::STOPPED] {
                assert!(codes.split_whitespace().any(|word| word == code.to_string()), "{code}");
            }
        }
    }

    #[test]
    fn the_help_texts_are_as_reviewed() {
        let mut command = Cli::command().term_width(110);
        insta::assert_snapshot!("help", command.render_long_help());
        command.build();
        for name in ["run", "score", "interop", "exec", "judge", "world", "soak", "orders", "polling-costs"] {
            let help = command.find_subcommand_mut(name).unwrap().render_long_help();
            insta::assert_snapshot!(format!("help_of_{}", name.replace('-', "_")), help);
        }
    }
}
