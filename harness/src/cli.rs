//! The flags of the `harness` program, and what they mean.

use std::ops::Range;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::orders::Schedule;
use crate::plan::{Settings, pairs_parser};
use crate::polling_costs;
use crate::scenario::{FileError, Mutation, Scenario, named};

/// What is played unless something else is asked for.
const DEFAULT_SCENARIO: &str = "classic";

/// The name for all scenarios.
const ALL: &str = "all";

const ABOUT: &str = "Lets pairs of WebRTC peers meet over SAFE launchers, and checks how they did";

const AFTER_HELP: &str = "\
Examples:
  harness run                          one pair, over two launchers of its own
  harness run --pairs 20               twenty pairs at once
  harness run --scenario one-launcher  another situation; `harness list` shows them all
  harness run --scenario all --clock virtual
                                       all of them, in no time
  harness run --ice relay              over a TURN server in this process, and no other way
  harness run --schedule back-off      initiators that poll by another rule; `harness economics` tells what each costs
  harness run --file mine.toml         a scenario of your own
  harness soak --seeds 0..2000         worlds that nobody thought of, in virtual time
  harness run --format json            a report for scripts; `junit` is for CI viewers, `mermaid` draws a pair
  harness run --launcher http://127.0.0.1:8100 --launcher http://127.0.0.1:8101
                                       over launchers that are running already

Exit codes: 0 every check passed, 1 a check failed, 2 could not run (bad arguments, no launcher),
130 stopped by ctrl-c.";

const AFTER_RUN_HELP: &str = "\
The report goes to stdout. What happens meanwhile goes to stderr, if that is a terminal or --verbose is given.
The report ends with the command that plays the run again.
Pairs that have met stay for as long as two polls can lie apart, to see that nobody polls any longer.

Exit codes: 0 every check passed, 1 a check failed, 2 could not run (bad arguments, no launcher),
130 stopped by ctrl-c.";

/// The program's arguments.
#[derive(Debug, Clone, Parser)]
#[command(name = "harness", version, about = ABOUT, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Let pairs meet, and report how it went
    Run(Box<RunArguments>),
    /// Play the world that a seed picks, in virtual time; one that fails is made smaller and saved
    World(WorldArguments),
    /// Play the worlds of many seeds on all cores, and report what they came to
    Soak(SoakArguments),
    /// Try every order of the requests of two peers that come to an empty room at once
    Orders(OrdersArguments),
    /// Play every schedule of polls over recipients that come at many moments, and show what each costs as Markdown
    Economics(EconomicsArguments),
    /// Show the scenarios, one a line: its name, and what it proves
    List,
}

/// Flags of `run`, each with an environment variable of the same name.
#[derive(Debug, Clone, Args)]
#[command(after_help = AFTER_RUN_HELP)]
pub struct RunArguments {
    /// A bug to plant in it, to see that the checks find it
    #[arg(long, env = "HARNESS_PLANT", value_enum)]
    plant: Option<Mutation>,

    /// Which situation to play, or `all`; `harness list` shows them
    #[arg(long, env = "HARNESS_SCENARIO", value_name = "NAME", default_value = DEFAULT_SCENARIO, value_parser = scenario,
        conflicts_with = "file")]
    scenario: Chosen,

    #[command(flatten)]
    settings: Settings,

    /// The form of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    format: Format,

    /// The pair of a diagram; unless given, the first that something is wrong with, or else the first
    #[arg(long, env = "HARNESS_PAIR", value_name = "N", value_parser = pairs_parser())]
    pair: Option<usize>,

    /// Tell each step on stderr even if that is no terminal
    #[arg(long, short, env = "HARNESS_VERBOSE")]
    verbose: bool,
}

/// Flags of `world`.
#[derive(Debug, Clone, Args)]
pub struct WorldArguments {
    /// What picks the world
    #[arg(long, env = "HARNESS_SEED", value_name = "N")]
    pub seed: u64,

    /// A bug to plant in it, to see that the checks find it
    #[arg(long, env = "HARNESS_PLANT", value_enum)]
    pub plant: Option<Mutation>,

    /// Where a world that fails is saved, as world-N.toml
    #[arg(long, env = "HARNESS_SAVE_IN", value_name = "FOLDER", default_value = ".")]
    pub save_in: PathBuf,

    /// The form of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub format: Format,
}

/// Flags of `soak`.
#[derive(Debug, Clone, Args)]
pub struct SoakArguments {
    /// The seeds whose worlds are played: from A up to, and without, B
    #[arg(long, env = "HARNESS_SEEDS", value_name = "A..B", value_parser = seeds)]
    pub seeds: Range<u64>,

    /// A bug to plant in each, to see that the checks find it
    #[arg(long, env = "HARNESS_PLANT", value_enum)]
    pub plant: Option<Mutation>,

    /// The form of the report
    #[arg(long, env = "HARNESS_FORMAT", value_enum, default_value_t)]
    pub format: SummaryFormat,
}

/// Flags of `orders`.
#[derive(Debug, Clone, Args)]
pub struct OrdersArguments {
    /// Whether both peers use one launcher
    #[arg(long, env = "HARNESS_ONE_LAUNCHER")]
    pub one_launcher: bool,

    /// Play this one order instead, as a report names it
    #[arg(long, env = "HARNESS_ORDER", value_name = "ORDER")]
    pub order: Option<Schedule>,
}

/// Flags of `economics`.
#[derive(Debug, Clone, Args)]
pub struct EconomicsArguments {
    /// What all chance comes from
    #[arg(long, env = "HARNESS_SEED", value_name = "N", default_value_t = polling_costs::DEFAULT_SEED)]
    pub seed: u64,

    /// How many pairs play each schedule
    #[arg(long, env = "HARNESS_PAIRS", value_name = "N", default_value_t = polling_costs::DEFAULT_PAIRS, value_parser = pairs_parser())]
    pub pairs: usize,
}

/// The forms of a report of many worlds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Text,
    /// For scripts
    Json,
    /// For CI viewers: XML, a test suite a run
    Junit,
    /// A sequence diagram of one pair, for Markdown
    Mermaid,
}

/// What `--scenario` names.
#[derive(Debug, Clone, PartialEq)]
enum Chosen {
    One(Box<Scenario>),
    All,
}

impl RunArguments {
    /// What to play, one after the other.
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

    /// Whether all scenarios were asked for: those that cannot be played as the other flags say are then left out.
    pub fn wants_all(&self) -> bool {
        self.settings.file.is_none() && self.scenario == Chosen::All
    }

    /// How to play it. The program is a process of its own, so that all it leaves behind can be counted.
    pub fn settings(&self) -> Settings {
        self.settings.clone().alone_in_process(true)
    }

    /// The form of the report.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The pair of a diagram, counted from 1.
    pub fn pair(&self) -> Option<usize> {
        self.pair
    }

    /// Whether each step is told even if nobody seems to look.
    pub fn verbose(&self) -> bool {
        self.verbose
    }
}

fn scenario(name: &str) -> Result<Chosen, String> {
    if name == ALL {
        return Ok(Chosen::All);
    }
    let names: Vec<_> = named().iter().map(|scenario| scenario.name.as_str()).collect();
    let found = Scenario::find(name).map(|scenario| Chosen::One(Box::new(scenario)));
    found.ok_or_else(|| format!("there is none of that name; there are {ALL}, {}", names.join(", ")))
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
    fn without_flags_one_pair_plays_the_classic_at_the_originals_interval() {
        let arguments = read(&[]).unwrap();
        assert_eq!(arguments.scenarios().unwrap(), [Scenario::classic()]);
        assert_eq!(arguments.settings(), Settings::default().alone_in_process(true));
        assert_eq!(Scenario::classic().poll_interval(), Duration::from_secs(2));
        assert_eq!(arguments.format(), Format::Text);
    }

    #[test]
    fn two_launchers_are_the_first_peers_and_the_seconds() {
        let arguments = read(&["--launcher", "http://a:1", "--launcher", "http://b:2/"]).unwrap();
        let urls: Vec<_> = arguments.settings().launchers.iter().map(ToString::to_string).collect();
        assert_eq!(urls, ["http://a:1", "http://b:2"]);
    }

    #[test]
    fn all_scenarios_are_asked_for_by_one_word() {
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
    fn a_file_that_is_not_there_is_told_of() {
        let missing = read(&["--file", "no-such.toml"]).unwrap().scenarios().unwrap_err();
        assert!(missing.to_string().starts_with("no-such.toml cannot be read"), "{missing}");
    }

    #[test]
    fn arguments_without_sense_exit_as_could_not_run() {
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
        for argument in command.get_subcommands().flat_map(clap::Command::get_arguments) {
            let Some(flag) = argument.get_long().filter(|flag| *flag != "help") else { continue };
            let variable = format!("HARNESS_{}", flag.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(variable.as_str()));
        }
    }

    #[test]
    fn both_helps_name_every_exit_code() {
        for help in [AFTER_HELP, AFTER_RUN_HELP] {
            let codes = help.rsplit("Exit codes:").next().unwrap();
            for code in [exit_code::PASSED, exit_code::FAILED, exit_code::NOT_RUN, exit_code::STOPPED] {
                assert!(codes.split_whitespace().any(|word| word == code.to_string()), "{code}");
            }
        }
    }

    #[test]
    fn the_helps_stay_as_they_were_reviewed() {
        let mut command = Cli::command().term_width(110);
        insta::assert_snapshot!("help", command.render_long_help());
        command.build();
        for name in ["run", "world", "soak", "orders", "economics"] {
            let help = command.find_subcommand_mut(name).unwrap().render_long_help();
            insta::assert_snapshot!(format!("help_of_{name}"), help);
        }
    }
}
