//! The command that repeats a run.

use crate::format::quoted;
use crate::peer::PeerChoice;
use crate::plan::Plan;

/// The program, as started from the workspace.
const PROGRAM: &str = "cargo run --release -p harness -- run";

/// The scenario, the seed, and every setting that is not as the scenario says.
pub(super) fn command(plan: &Plan) -> String {
    let scenario = &plan.scenario;
    let mut flags = vec![match &plan.settings.file {
        Some(path) => ("file", quoted(&path.display().to_string())),
        None => ("scenario", scenario.name.clone()),
    }];
    flags.push(("seed", plan.seed.to_string()));
    // A file names the mutation of its scenario.
    flags.extend(scenario.planted.filter(|_| plan.settings.file.is_none()).map(|bug| ("plant", bug.to_string())));
    flags.extend(plan.settings.flags(scenario));
    let command = flags.into_iter().fold(PROGRAM.to_owned(), |command, (flag, value)| {
        let value = if value.is_empty() { value } else { format!(" {value}") };
        format!("{command} --{flag}{value}")
    });
    // A client in Rust cannot be named on the command line.
    let has_client = plan.settings.peers.iter().any(|peer| matches!(peer, PeerChoice::Client(_)));
    if has_client { format!("harness::run with the same clients in Rust, as in: {command}") } else { command }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::{Cli, Command, RunArguments};
    use crate::plan::{IceMode, Settings};
    use crate::scenario::{NamedSchedule, Scenario};
    use clap::Parser as _;

    fn again(settings: &Settings, scenario: &str) -> RunArguments {
        let command = command(&Plan::new(&Scenario::find(scenario).unwrap(), settings).unwrap());
        let arguments = command.split(' ').skip_while(|word| *word != "--").skip(1);
        match Cli::parse_from(["harness"].into_iter().chain(arguments)).command {
            Command::Run(again) => *again,
            other => panic!("{command}: {other:?}"),
        }
    }

    #[test]
    fn the_command_gives_the_same_settings() {
        let launcher = "http://127.0.0.1:8100".parse().unwrap();
        let settings = Settings::default()
            .seed(7)
            .pairs(3)
            .poll_interval(Duration::from_millis(150))
            .schedule(NamedSchedule::BackOff)
            .deadline(Duration::from_secs(9))
            .late_tolerance(Duration::from_millis(900))
            .launchers(vec![launcher])
            .ice(IceMode::Relay)
            .alone_in_process(true);
        let again = again(&settings, "many-pairs");
        assert_eq!(again.settings(), settings);
        assert_eq!(again.scenarios().unwrap(), [Scenario::find("many-pairs").unwrap()]);
    }

    #[test]
    fn a_setting_that_equals_the_scenarios_is_left_out() {
        let command = command(&Plan::new(&Scenario::classic(), &Settings::default().seed(7).pairs(1)).unwrap());
        assert_eq!(command, format!("{PROGRAM} --scenario classic --seed 7"));
    }

    #[test]
    fn the_path_of_a_file_is_quoted_for_a_shell() {
        assert_eq!(quoted("worlds/world-7.toml"), "worlds/world-7.toml");
        assert_eq!(quoted("it's here.toml"), r#""it's here.toml""#);
    }
}
