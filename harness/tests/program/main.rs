//! The program, as a script sees it: its exit code, its JSON and its text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(unix)]
mod exec;
mod judge;
mod look;
mod output;
mod pages;
#[cfg(unix)]
mod stop_signals;
mod world;

use std::process::{Output, Stdio};

use harness::check::CHECKS;
use safe_mock::{Consent, MockLauncher, Network};
use serde_json::Value;
use tokio::process::Command;

use crate::world::Folder;

/// Short enough for tests, and long enough for a busy machine.
const INTERVAL_MS: &str = "150";

/// How late a poll may begin. The machine may be busy: how exact polls are, virtual time shows.
const LATE_MS: &str = "20000";

/// How many checks a run of the built-in peers has: all but that of the contract of peer programs.
const CHECKS_OF_OUR_PEERS: usize = CHECKS.len() - 1;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harness"));
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn harness(arguments: &[&str]) -> Output {
    command(arguments).output().await.unwrap()
}

async fn run(arguments: &[&str]) -> Output {
    let timing = ["run", "--poll-interval-ms", INTERVAL_MS, "--late-tolerance-ms", LATE_MS];
    harness(&[&timing[..], arguments].concat()).await
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Two users' launchers on one network, in this process.
async fn two_launchers() -> [MockLauncher; 2] {
    let network = Network::new();
    let start = || MockLauncher::builder().network(&network).start();
    [start().await.unwrap(), start().await.unwrap()]
}

#[tokio::test]
async fn two_pairs_meet_and_the_json_has_what_scripts_rely_on() {
    let output = run(&["--pairs", "2", "--seed", "7", "--format", "json"]).await;
    assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "", "stderr is not a terminal, so no progress is shown");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], 1);
    assert_eq!(report["seed"], 7);
    assert_eq!(report["scenario"], "classic");
    assert_eq!(report["clock"], "real");
    assert!(report["elapsed_ms"].as_f64() > Some(0.0) && report["wall_ms"].as_f64() > Some(0.0));
    let checks = report["checks"].as_array().unwrap();
    assert!(
        checks.iter().all(|check| check["passed"] == true && check["name"].is_string() && check["detail"].is_string())
    );
    if cfg!(target_os = "linux") {
        assert_eq!(checks.len(), CHECKS_OF_OUR_PEERS);
        assert_eq!(report["not_checked"].as_array().map(Vec::len), Some(0));
    }
    let pairs = report["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 2);
    for pair in pairs {
        assert!(pair["room"].is_string());
        for yes in ["connected", "offer_round_trip", "answer_round_trip"] {
            assert_eq!(pair[yes], true, "{yes}");
        }
        let intervals = pair["poll_intervals_ms"].as_array().unwrap();
        assert_eq!(pair["polls"].as_u64(), u64::try_from(intervals.len()).ok());
        assert!(intervals.iter().all(|interval| interval.as_f64() > Some(0.0)));
        assert!(pair["detect_ms"].as_f64() > Some(0.0));
        assert!(pair["connect_ms"].as_f64() > pair["detect_ms"].as_f64());
        assert_eq!(pair["roles"]["first"], "initiator");
        assert_eq!(pair["roles"]["second"], "recipient");
    }
}

#[tokio::test]
async fn every_listed_scenario_passes_or_is_a_known_gap() {
    let list = text(&harness(&["list"]).await.stdout);
    let listed: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(listed.len() >= 24, "{list}");
    let arguments = ["run", "--scenario", "all", "--clock", "virtual", "--seed", "7", "--format", "json"];
    let output = harness(&arguments).await;
    assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let played: Vec<&str> =
        report["runs"].as_array().unwrap().iter().filter_map(|run| run["scenario"].as_str()).collect();
    assert_eq!(played, listed);
    let gaps = report["known_gaps"].as_array().unwrap();
    let listed_gaps = list.lines().filter(|line| line.ends_with("(known gap)")).count();
    assert_eq!(gaps.len(), listed_gaps);
}

#[tokio::test]
async fn an_own_scenario_is_played_from_its_file() {
    let folder = Folder::new("scenario");
    let path = folder.0.join("mine.toml");
    let scenario = "schema = 1\nname = \"mine\"\nproves = \"one visit\"\nseed = 3\n[[peers]]\nvisits = [{}]\n\
                    [[peers]]\nvisits = [{ joins = { after_polls = 0 } }]\n";
    std::fs::write(&path, scenario).unwrap();
    let path = path.to_str().unwrap();
    let output = harness(&["run", "--file", path, "--clock", "virtual"]).await;
    assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains(&format!("run --file {path} --seed 3 --clock virtual")));

    std::fs::write(path, scenario.replace("visits = [{}]", "visits = [{ joins = \"never\" }]")).unwrap();
    let output = harness(&["run", "--file", path, "--clock", "virtual"]).await;
    assert_eq!(code(&output), Some(2));
    assert!(text(&output.stderr).contains("line 6"), "{}", text(&output.stderr));
}

#[tokio::test]
async fn environment_variables_are_read_as_people_write_them() {
    let orders = async |value: &str| command(&["orders"]).env("HARNESS_ONE_LAUNCHER", value).output().await.unwrap();
    let stdout = async |value: &str| {
        let output = orders(value).await;
        assert_eq!(code(&output), Some(0), "{value}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let (two, one) =
        (text(&harness(&["orders"]).await.stdout), text(&harness(&["orders", "--one-launcher"]).await.stdout));
    assert_ne!(one, two);
    for (value, expected) in [("Yes", &one), ("off", &two), ("", &two)] {
        assert_eq!(&stdout(value).await, expected, "{value:?}");
    }
    let wrong = orders("perhaps").await;
    assert_eq!(code(&wrong), Some(2), "{}", text(&wrong.stderr));

    let arguments = ["run", "--clock", "virtual", "--format", "json"];
    let mut program = command(&arguments);
    program.env("HARNESS_SEED", "7").envs(["PAIRS", "SCENARIO", "FILE"].map(|name| (format!("HARNESS_{name}"), "")));
    let output = program.output().await.unwrap();
    assert_eq!(code(&output), Some(0), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["seed"], &report["scenario"]), (&Value::from(7), &Value::from("classic")));
}

#[tokio::test]
async fn every_order_of_two_initiators_is_tried_and_one_can_be_replayed() {
    let output = harness(&["orders"]).await;
    let report = text(&output.stdout);
    assert_eq!(code(&output), Some(0), "{report}");
    let example = report.lines().find_map(|line| line.split_once("for example ")).unwrap().1;
    let again = harness(&["orders", "--order", example]).await;
    assert_eq!(code(&again), Some(0), "{}", text(&again.stderr));
    assert!(text(&again.stdout).starts_with(&format!("Order {example}: ")), "{}", text(&again.stdout));
}

#[tokio::test]
async fn one_seed_can_be_repeated_over_the_same_running_launchers() {
    let launchers = two_launchers().await;
    let (first, second) = (launchers[0].url(), launchers[1].url());
    for _ in 0..2 {
        let output = run(&["--launcher", &first, "--launcher", &second, "--seed", "7"]).await;
        assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
        assert!(
            text(&output.stdout).contains(&format!("{CHECKS_OF_OUR_PEERS} checks passed"))
                || !cfg!(target_os = "linux")
        );
    }
    assert_eq!(launchers.iter().map(|launcher| launcher.handles().live()).sum::<usize>(), 0);
}

#[tokio::test]
async fn a_repeated_virtual_run_gives_the_same_junit_bytes() {
    let arguments = ["--clock", "virtual", "--pairs", "3", "--seed", "7", "--format", "junit"];
    let [output, again] = [run(&arguments).await, run(&arguments).await];
    assert_eq!((code(&output), code(&again)), (Some(0), Some(0)));
    assert_eq!(text(&output.stdout), text(&again.stdout));
    let xml = text(&output.stdout);
    let document = roxmltree::Document::parse(&xml).unwrap();
    let cases = document.descendants().filter(|node| node.attribute("classname") == Some("classic.pairs"));
    assert_eq!(cases.filter_map(|case| case.attribute("name")).collect::<Vec<_>>(), ["pair 1", "pair 2", "pair 3"]);
}

#[tokio::test]
async fn a_diagram_is_of_the_pair_that_was_asked_for() {
    let arguments = ["--clock", "virtual", "--pairs", "3", "--seed", "7", "--format", "mermaid", "--pair"];
    let output = run(&[&arguments[..], &["2"]].concat()).await;
    assert_eq!(code(&output), Some(0));
    let diagram = text(&output.stdout);
    assert!(diagram.starts_with("sequenceDiagram\n") && diagram.contains("title Pair 2 of classic"), "{diagram}");

    let output = run(&[&arguments[..], &["4"]].concat()).await;
    assert_eq!(code(&output), Some(2));
    assert_eq!(text(&output.stderr), "harness: there is no pair 4, since the run has 3; give a pair from 1 to 3\n");
}

#[tokio::test]
async fn both_peers_meet_over_one_running_launcher() {
    let launcher = MockLauncher::start().await.unwrap();
    let output = run(&["--scenario", "one-launcher", "--launcher", &launcher.url()]).await;
    assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
}

#[tokio::test]
async fn handles_that_cannot_be_counted_are_reported_as_not_checked() {
    let launcher = MockLauncher::builder().control(false).start().await.unwrap();
    let output = run(&["--launcher", &launcher.url(), "--format", "json"]).await;
    assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["not_checked"][0]["name"], "handles");
    assert!(report["not_checked"][0]["why"].as_str().unwrap().contains("no control plane"));
    assert!(report["checks"].as_array().unwrap().iter().all(|check| check["name"] != "handles"));
}

#[tokio::test]
async fn a_pair_that_does_not_meet_exits_with_one_and_the_reason() {
    let launcher = MockLauncher::builder().consent(Consent::Deny).start().await.unwrap();
    let output = run(&["--launcher", &launcher.url()]).await;
    assert_eq!(code(&output), Some(1), "{}", text(&output.stdout));
    let report = text(&output.stdout);
    assert!(report.contains("did not authorise the app"), "{report}");
    assert!(report.contains("FAILED: 0 of 1 pair connected"), "{report}");
}

#[tokio::test]
async fn launchers_of_two_networks_are_named_before_the_run() {
    let [first, second] = [MockLauncher::start().await.unwrap(), MockLauncher::start().await.unwrap()];
    let output = run(&["--launcher", &first.url(), "--launcher", &second.url()]).await;
    assert_eq!(code(&output), Some(2));
    let sentence = text(&output.stderr).replace(&first.url(), "FIRST").replace(&second.url(), "SECOND");
    insta::assert_snapshot!("two_networks", sentence);
}

#[tokio::test]
async fn an_absent_launcher_exits_with_two_and_one_line() {
    // Bound and not listening, so that no other process takes the port.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let output = run(&["--launcher", &url]).await;
    assert_eq!(code(&output), Some(2));
    assert_eq!(text(&output.stdout), "");
    let error = text(&output.stderr);
    assert!(error.starts_with(&format!("harness: no launcher answers at {url}: ")), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[tokio::test]
async fn contradictory_arguments_exit_with_two() {
    for wrong in [
        vec!["--scenario", "one-launcher", "--launcher", "http://127.0.0.1:1", "--launcher", "http://127.0.0.1:2"],
        vec!["--scenario", "very-long-wait", "--launcher", "http://127.0.0.1:1"],
        vec!["--scenario", "all", "--clock", "virtual", "--launcher", "http://127.0.0.1:1"],
        vec!["--launcher", "http://127.0.0.1:1,http://127.0.0.1:2,http://127.0.0.1:3"],
        vec!["--no-such-flag"],
    ] {
        let output = run(&wrong).await;
        assert_eq!(code(&output), Some(2), "{wrong:?}");
        assert_eq!(text(&output.stdout), "", "{wrong:?}");
    }
}
