//! The command that plays a run again.

use super::model::Played;
use crate::clock::Clock;
use crate::settings::{DEFAULT_DEADLINE, DEFAULT_PAIRS, DEFAULT_POLL_INTERVAL};

/// How the program is started from the workspace.
const PROGRAM: &str = "cargo run --release -p harness -- run";

/// Everything that is not as usual, and the seed.
pub(super) fn command(played: &Played<'_>) -> String {
    let settings = played.settings;
    let mut command = PROGRAM.to_owned();
    let mut add = |flag: &str, value: String| {
        command.push_str(" --");
        command.push_str(flag);
        command.push(' ');
        command.push_str(&value);
    };
    add("scenario", played.scenario.name.to_owned());
    add("seed", played.seed.to_string());
    if settings.pairs != DEFAULT_PAIRS {
        add("pairs", settings.pairs.to_string());
    }
    if settings.poll_interval != DEFAULT_POLL_INTERVAL {
        add("poll-interval-ms", settings.poll_interval.as_millis().to_string());
    }
    if settings.deadline != DEFAULT_DEADLINE {
        add("deadline-s", settings.deadline.as_secs_f64().to_string());
    }
    if settings.clock != Clock::default() {
        add("clock", settings.clock.to_string());
    }
    if let Some(transport) = settings.transport {
        add("transport", transport.to_string());
    }
    if let Some(tolerance) = settings.late_tolerance {
        add("late-tolerance-ms", tolerance.as_millis().to_string());
    }
    for launcher in &settings.launchers {
        add("launcher", launcher.to_string());
    }
    command
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cli::{Cli, Command};
    use crate::scenario::Scenario;
    use crate::settings::Settings;
    use clap::Parser as _;

    #[test]
    fn the_command_gives_the_same_settings_again() {
        let launcher = "http://127.0.0.1:8100".parse().unwrap();
        let settings = Settings::default()
            .seed(7)
            .pairs(3)
            .poll_interval(Duration::from_millis(150))
            .deadline(Duration::from_secs(9))
            .late_tolerance(Duration::from_millis(900))
            .launchers(vec![launcher])
            .alone_in_process(true);
        let scenario = Scenario::find("many-pairs").unwrap();
        let (elapsed, wall) = (Duration::ZERO, Duration::ZERO);
        let command = command(&Played { scenario: &scenario, settings: &settings, seed: 7, elapsed, wall });
        let arguments = command.split(' ').skip_while(|word| *word != "--").skip(1);
        let Command::Run(again) = Cli::parse_from(["harness"].into_iter().chain(arguments)).command else {
            panic!("{command}")
        };
        assert_eq!(again.scenario(), scenario);
        assert_eq!(again.settings(), settings);
    }
}
