//! Virtual time: the same run twice is the same run, and the same as in real time but for how long it takes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::time::Duration;

use harness::scenario::{Join, NamedSchedule, named};
use harness::{Clock, Report, Scenario, Settings, TransportKind};
use signaling::PollRule;

fn settings(clock: Clock) -> Settings {
    Settings::default().pairs(3).seed(7).clock(clock)
}

async fn play(scenario: &Scenario, settings: &Settings) -> Report {
    let report = harness::run(scenario, settings).await.unwrap();
    assert!(report.passed, "{}", harness::report::text(&report));
    report
}

/// How late a poll may begin on the real clock. The machine may be busy: how exact polls are, virtual time shows.
const BUSY: Duration = Duration::from_secs(20);

/// The report without the one field that depends on this machine.
fn json_without_wall_time(report: &Report) -> String {
    let json = harness::report::json(report);
    let (wall, rest): (Vec<&str>, Vec<&str>) = json.lines().partition(|line| line.contains("\"wall_ms\""));
    assert_eq!(wall.len(), 1);
    rest.join("\n")
}

/// What must not depend on the clock: connections, round trips, roles and the number of polls.
fn outcome(report: &Report) -> Vec<(bool, bool, bool, String, usize)> {
    let pairs = report.pairs.iter();
    let of_pair = |pair: &harness::report::PairReport| {
        (pair.connected, pair.offer_round_trip, pair.answer_round_trip, format!("{:?}", pair.roles), pair.polls)
    };
    pairs.map(of_pair).collect()
}

/// The scenarios without faults and known gaps.
fn untroubled() -> impl Iterator<Item = &'static Scenario> {
    let is_plain = |scenario: &&Scenario| !scenario.is_troubled() && scenario.known_gap.is_none();
    named().iter().filter(is_plain).filter(|scenario| scenario.pairs <= 10 && scenario.name != "very-long-wait")
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes_in_every_scenario() {
    for scenario in named() {
        // A few pairs of a thousand are enough to see a difference.
        let settings = Settings::default().seed(7).clock(Clock::Virtual).pairs(scenario.pairs.min(14));
        let (first, second) = (play(scenario, &settings).await, play(scenario, &settings).await);
        assert_eq!(json_without_wall_time(&first), json_without_wall_time(&second), "{}", scenario.name);
        for (first, second) in first.pairs.iter().zip(&second.pairs) {
            assert_eq!(first.events, second.events, "{}", scenario.name);
        }
    }
}

/// Each file is a world in which a peer or a check was wrong once; its name says what it is about.
#[tokio::test]
async fn worlds_that_failed_once_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds");
    let files: Vec<_> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty());
    for file in files {
        let scenario = Scenario::read(&file).unwrap();
        assert!(scenario.seed.is_some(), "{}", file.display());
        play(&scenario, &Settings::default().clock(Clock::Virtual)).await;
    }
}

#[tokio::test]
async fn polls_are_exact_to_the_tick() {
    for scenario in untroubled().filter(|scenario| scenario.schedule == PollRule::Fixed) {
        let report = play(scenario, &settings(Clock::Virtual)).await;
        for interval in report.pairs.iter().flat_map(|pair| &pair.poll_intervals_ms) {
            assert!((interval - report.poll_interval_ms).abs() < f64::EPSILON, "{}: {interval}", scenario.name);
        }
    }
}

/// The gaps between the polls of a pair whose second peer joins after ten polls, in milliseconds.
async fn gaps_by(schedule: NamedSchedule) -> Vec<f64> {
    let mut scenario = Scenario::find("late-recipient").unwrap();
    scenario.peers[1].visits[0].joins = Join::AfterPolls(10);
    let settings = settings(Clock::Virtual).pairs(1).schedule(schedule).deadline(Duration::from_mins(5));
    play(&scenario, &settings).await.pairs[0].poll_intervals_ms.clone()
}

#[tokio::test]
async fn each_schedule_is_kept_to_the_millisecond() {
    let sum = |gaps: &[f64]| gaps.iter().sum::<f64>();
    assert_eq!(gaps_by(NamedSchedule::Fixed).await, [2e3; 11]);
    let back_off = gaps_by(NamedSchedule::BackOff).await;
    assert_eq!(back_off[..6], [2e3, 3e3, 4.5e3, 6.75e3, 1e4, 1e4]);
    assert_eq!(gaps_by(NamedSchedule::EagerThenSlow).await, [500.0; 11]);
    let jittered = gaps_by(NamedSchedule::Jittered).await;
    assert!(jittered.iter().all(|gap| (1e3..=3e3).contains(gap)), "{jittered:?}");
    assert!(jittered.windows(2).any(|gaps| (gaps[0] - gaps[1]).abs() > 1.0), "{jittered:?}");
    assert!((sum(&jittered) - 22e3).abs() <= 500.0, "no drift: {jittered:?}");
}

#[tokio::test]
async fn the_real_webrtc_crate_has_the_same_outcome_in_every_run_in_virtual_time() {
    for scenario in untroubled() {
        let scripted = play(scenario, &settings(Clock::Virtual)).await;
        for _ in 0..2 {
            let real = play(scenario, &settings(Clock::Virtual).transport(TransportKind::Webrtc)).await;
            assert_eq!(outcome(&scripted), outcome(&real), "{}", scenario.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_sockets_give_the_outcome_of_virtual_time() {
    let interval = Duration::from_millis(150);
    for scenario in untroubled().filter(|scenario| !scenario.needs_virtual_time) {
        let settings_on = |clock| settings(clock).poll_interval(interval);
        let real = outcome(&play(scenario, &settings_on(Clock::Real).late_tolerance(BUSY)).await);
        let virtually = outcome(&play(scenario, &settings_on(Clock::Virtual)).await);
        let is_race = ["two-initiators", "often-used-room"].contains(&scenario.name.as_str());
        for (real, virtually) in real.iter().zip(&virtually) {
            assert_eq!((real.0, real.1, real.2), (virtually.0, virtually.1, virtually.2), "{}", scenario.name);
            // Of two peers that join at once, either may become the initiator.
            assert!(is_race || real.3 == virtually.3, "{}: {} and {}", scenario.name, real.3, virtually.3);
            // The longer a busy machine takes for an answer, the more polls there are.
            assert!(real.4 + 1 >= virtually.4, "{}: {} and {} polls", scenario.name, real.4, virtually.4);
        }
    }
}

#[tokio::test]
async fn a_scenario_that_takes_hours_is_refused_on_the_real_clock() {
    let scenario = Scenario::find("very-long-wait").unwrap();
    let refused = harness::run(&scenario, &settings(Clock::Real)).await.unwrap_err();
    assert!(refused.to_string().contains("--clock virtual"), "{refused}");
}

#[tokio::test]
async fn a_running_launcher_is_refused_in_virtual_time() {
    let launcher = "http://127.0.0.1:8100".parse().unwrap();
    let settings = settings(Clock::Virtual).launchers(vec![launcher]);
    let refused = harness::run(&Scenario::classic(), &settings).await.unwrap_err();
    assert!(refused.to_string().contains("real clock"), "{refused}");
}

#[tokio::test]
async fn of_a_pair_that_did_not_connect_the_report_has_what_its_launchers_saw() {
    let mut told = String::new();
    for name in ["recipient-dies-after-answering", "gone-initiator", "stopped-initiator"] {
        let scenario = named().iter().find(|scenario| scenario.name == name).unwrap();
        let report = play(scenario, &settings(Clock::Virtual)).await;
        for pair in &report.pairs {
            let seen: Vec<_> = pair.diagnoses.iter().filter(|sentence| sentence.starts_with("launchers: ")).collect();
            assert_eq!(seen.is_empty(), pair.connected, "{name}: {:?}", pair.diagnoses);
            told.extend(seen.iter().map(|sentence| format!("{name}: {sentence}\n")));
        }
    }
    insta::assert_snapshot!(told);
}
