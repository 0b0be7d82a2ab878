//! The command that plays a run again.

use crate::plan::{Clock, IceMode, Plan, TransportKind, late_tolerance_on};
use crate::scenario::NamedSchedule;

/// How the program is started from the workspace.
const PROGRAM: &str = "cargo run --release -p harness -- run";

/// Everything that is not as the scenario says, and the seed.
pub(super) fn command(plan: &Plan) -> String {
    let scenario = &plan.scenario;
    let mut command = PROGRAM.to_owned();
    let mut add = |flag: &str, value: String| {
        command.push_str(" --");
        command.push_str(flag);
        command.push(' ');
        command.push_str(&value);
    };
    match &plan.file {
        Some(path) => add("file", quoted(&path.display().to_string())),
        None => add("scenario", scenario.name.clone()),
    }
    add("seed", plan.seed.to_string());
    // A file says itself what is planted in its scenario.
    if let Some(bug) = scenario.planted.filter(|_| plan.file.is_none()) {
        add("plant", bug.to_string());
    }
    if plan.pairs != scenario.pairs {
        add("pairs", plan.pairs.to_string());
    }
    if plan.poll_interval != scenario.poll_interval() {
        add("poll-interval-ms", plan.poll_interval.as_millis().to_string());
    }
    if plan.schedule != scenario.schedule {
        // Settings give no other but those that have a name.
        let named = NamedSchedule::ALL.into_iter().find(|named| named.rule() == plan.schedule);
        add("schedule", named.map(|named| named.to_string()).unwrap_or_default());
    }
    if plan.deadline != scenario.deadline() {
        add("deadline-s", plan.deadline.as_secs_f64().to_string());
    }
    if plan.clock != Clock::default() {
        add("clock", plan.clock.to_string());
    }
    if plan.transport != TransportKind::usual(plan.clock) {
        add("transport", plan.transport.to_string());
    }
    if plan.ice != IceMode::default() {
        add("ice", plan.ice.to_string());
    }
    if plan.late_tolerance != late_tolerance_on(plan.clock) {
        add("late-tolerance-ms", plan.late_tolerance.as_millis().to_string());
    }
    for launcher in &plan.launchers {
        add("launcher", launcher.to_string());
    }
    command
}

/// As a shell reads it.
fn quoted(path: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::{Cli, Command, RunArguments};
    use crate::plan::Settings;
    use crate::scenario::Scenario;
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
    fn the_command_gives_the_same_plan_again() {
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
    fn what_the_scenario_says_is_not_said_again() {
        let command = command(&Plan::new(&Scenario::classic(), &Settings::default().seed(7).pairs(1)).unwrap());
        assert_eq!(command, format!("{PROGRAM} --scenario classic --seed 7"));
    }

    #[test]
    fn the_path_of_a_file_is_written_as_a_shell_reads_it() {
        assert_eq!(quoted("worlds/world-7.toml"), "worlds/world-7.toml");
        assert_eq!(quoted("it's here.toml"), r"'it'\''s here.toml'");
    }
}
