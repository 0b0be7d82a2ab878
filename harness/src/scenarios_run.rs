//! Plays one scenario or several at the same time, and reports progress.

use futures_util::{StreamExt as _, TryStreamExt as _};
use safe_mock::program::LogOutput;
use tokio_util::sync::CancellationToken;

use crate::plan::{Plan, RunError, Settings};
use crate::progress::{ProgressMode, Reporter};
use crate::report::{NotPlayed, Report, SuiteReport};
use crate::run::{Hooks, run_with};
use crate::scenario::Scenario;

/// Plays the scenarios, so many at the same time. Those that these settings rule out are named in the report.
pub(crate) async fn play_all(
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
pub(crate) async fn play(
    scenario: &Scenario,
    settings: &Settings,
    reporter: Reporter,
    stop: &CancellationToken,
) -> Result<Report, RunError> {
    let hooks = Hooks { observer: reporter.observer(), stop: stop.clone(), ..Hooks::default() };
    run_with(scenario, settings, &hooks).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Clock;
    use crate::scenario::named;

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
