//! Virtual time: the same run twice is the same run, and the same as in real time but for how long it takes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use harness::{Clock, Report, SCENARIOS, Scenario, Settings, TransportKind};

fn settings(clock: Clock) -> Settings {
    Settings::default().pairs(3).seed(7).clock(clock)
}

async fn play(scenario: &Scenario, settings: &Settings) -> Report {
    let report = harness::run(scenario, settings).await.unwrap();
    assert!(report.passed, "{}", harness::report::text(&report));
    report
}

/// The report without the one field that tells of this machine.
fn json_without_wall_time(report: &Report) -> String {
    let json = harness::report::json(report);
    let (wall, rest): (Vec<&str>, Vec<&str>) = json.lines().partition(|line| line.contains("\"wall_ms\""));
    assert_eq!(wall.len(), 1);
    rest.join("\n")
}

/// What must not depend on the clock: roles, round trips, and the number of polls.
fn outcome(report: &Report) -> Vec<(bool, bool, bool, String, usize)> {
    let pairs = report.pairs.iter();
    let of_pair = |pair: &harness::report::PairReport| {
        (pair.connected, pair.offer_round_trip, pair.answer_round_trip, format!("{:?}", pair.roles), pair.polls)
    };
    pairs.map(of_pair).collect()
}

#[tokio::test]
async fn the_same_seed_gives_the_same_bytes() {
    for scenario in &SCENARIOS {
        let settings = settings(Clock::Virtual);
        let (first, second) = (play(scenario, &settings).await, play(scenario, &settings).await);
        assert_eq!(json_without_wall_time(&first), json_without_wall_time(&second), "{}", scenario.name);
    }
}

#[tokio::test]
async fn polls_are_exact_to_the_tick() {
    for scenario in &SCENARIOS {
        let report = play(scenario, &settings(Clock::Virtual)).await;
        for interval in report.pairs.iter().flat_map(|pair| &pair.poll_intervals_ms) {
            assert!((interval - 2_000.0).abs() < f64::EPSILON, "{}: {interval}", scenario.name);
        }
    }
}

#[tokio::test]
async fn the_real_webrtc_crate_meets_in_virtual_time_with_the_same_outcome() {
    for scenario in &SCENARIOS {
        let scripted = play(scenario, &settings(Clock::Virtual)).await;
        let real = play(scenario, &settings(Clock::Virtual).transport(TransportKind::Webrtc)).await;
        assert_eq!(outcome(&scripted), outcome(&real), "{}", scenario.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_sockets_give_the_outcome_of_virtual_time() {
    let interval = Duration::from_millis(150);
    for scenario in &SCENARIOS {
        let play_on = async |clock| play(scenario, &settings(clock).poll_interval(interval)).await;
        let (real, virtually) = (outcome(&play_on(Clock::Real).await), outcome(&play_on(Clock::Virtual).await));
        for (real, virtually) in real.iter().zip(&virtually) {
            assert_eq!((real.0, real.1, real.2, &real.3), (virtually.0, virtually.1, virtually.2, &virtually.3));
            assert!(real.4.abs_diff(virtually.4) <= 1, "{}: {} and {} polls", scenario.name, real.4, virtually.4);
        }
    }
}

#[tokio::test]
async fn a_running_launcher_cannot_be_part_of_virtual_time() {
    let launcher = "http://127.0.0.1:8100".parse().unwrap();
    let settings = settings(Clock::Virtual).launchers(vec![launcher]);
    let refused = harness::run(&Scenario::classic(), &settings).await.unwrap_err();
    assert!(refused.to_string().contains("real clock"), "{refused}");
}
