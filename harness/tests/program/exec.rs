//! Commands that know nothing of the harness.

use std::process::Stdio;

use safe_mock::MockLauncher;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::{INTERVAL_MS, LATE_MS, code, command, harness, text};

/// Two pairs meet over the launchers that the command is given.
const MEETING: &str = "exec \"$0\" run --pairs 2 --poll-interval-ms \"$1\" --late-tolerance-ms \"$2\" \
                       --launcher \"$SAFE_LAUNCHER_URL_1\" --launcher \"$SAFE_LAUNCHER_URL_2\"";

async fn exec(arguments: &[&str], command: &[&str]) -> std::process::Output {
    let timing = ["exec", "--poll-interval-ms", INTERVAL_MS, "--late-tolerance-ms", LATE_MS];
    harness(&[&timing[..], arguments, &["--"], command].concat()).await
}

#[tokio::test]
async fn every_room_that_a_command_uses_is_judged_by_what_the_launchers_saw() {
    let program = env!("CARGO_BIN_EXE_harness");
    let output = exec(&["--format", "json"], &["sh", "-c", MEETING, program, INTERVAL_MS, LATE_MS]).await;
    assert_eq!(code(&output), Some(0), "{} {}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stderr).contains("Scenario classic: 2 pairs"), "the stdout of the command goes to stderr");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["scenario"], &report["witness"]), (&Value::from("exec"), &Value::from("launchers")));
    assert_eq!(report["command"]["passed"], true);
    let pairs = report["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 2);
    for pair in pairs {
        for yes in ["connected", "offer_round_trip", "answer_round_trip"] {
            assert_eq!(pair[yes], true, "{yes}: {report:#}");
        }
        assert_eq!(pair["roles"]["first"], "initiator");
        assert!(pair["room"].as_str().unwrap().starts_with("harness-"), "{pair}");
    }
    let names = |list: &str| {
        report[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|check| check["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(names("not_checked").contains(&"channels".to_owned()), "{:?}", names("not_checked"));
    for judged in ["own_answer", "round_trips", "poll_timing", "history", "handles", "records"] {
        assert!(names("checks").contains(&judged.to_owned()), "{judged}");
    }
}

#[tokio::test]
async fn a_command_that_fails_is_named_with_its_code() {
    let output = exec(&[], &["sh", "-c", "exit 3"]).await;
    assert_eq!(code(&output), Some(1), "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.contains("FAILED: no room was used"), "{report}");
    assert!(report.contains("`sh -c 'exit 3'` exited with code 3"), "{report}");
}

#[tokio::test]
async fn a_command_that_cannot_be_judged_is_an_error_with_advice() {
    for (words, said) in
        [(&["no-such-program"][..], "`no-such-program` cannot be started"), (&["true"], "SAFE_LAUNCHER_URL_1")]
    {
        let output = exec(&[], words).await;
        assert_eq!(code(&output), Some(2), "{words:?}");
        assert_eq!(text(&output.stdout), "");
        assert!(text(&output.stderr).contains(said), "{words:?}: {}", text(&output.stderr));
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let launcher = MockLauncher::start().await.unwrap();
    let port = launcher.url().rsplit(':').next().unwrap().to_owned();
    let output = exec(&["--port", &port], &["true"]).await;
    assert_eq!(code(&output), Some(2));
    assert!(text(&output.stderr).contains("a launcher could not be started"), "{}", text(&output.stderr));
}

/// Whether a process runs. One that is dead and that nobody has asked for runs no more.
#[cfg(target_os = "linux")]
fn runs(process: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("State:")).is_some_and(|state| !state.trim().starts_with('Z'))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_a_command_leaves_running_is_killed() {
    let output = exec(&[], &["sh", "-c", "tail -f /dev/null >/dev/null 2>&1 & echo $!; exit 1"]).await;
    let process = text(&output.stderr).lines().next().unwrap().to_owned();
    assert_eq!(code(&output), Some(1), "{}", text(&output.stderr));
    assert!(!runs(&process), "{process}");
    assert!(text(&output.stdout).contains("1 process that the command had started"), "{}", text(&output.stdout));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_signal_to_the_harness_ends_the_command() {
    let mut child = command(&["exec", "--", "sh", "-c", "echo $$; exec tail -f /dev/null"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept open: `tail` ends when nobody reads what it writes.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let process = lines.next_line().await.unwrap().unwrap();
    assert!(runs(&process), "{process}");
    let number = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &number]).status().await.unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(130));
    assert!(!runs(&process), "{process}");
}
