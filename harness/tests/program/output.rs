//! Readers of reports and of progress that do not read them.

use std::process::Stdio;

use tokio::io::AsyncReadExt as _;

use super::{code, command, harness, text};

#[cfg(unix)]
#[tokio::test]
async fn a_reader_of_the_report_that_has_left_does_not_change_the_exit_code() {
    for (arguments, expected) in [
        (&["run", "--clock", "virtual", "--seed", "7", "--verbose"][..], 0),
        (&["run", "--scenario", "all", "--clock", "virtual", "--seed", "7", "--format", "json"], 0),
        (&["soak", "--seeds", "0..5", "--plant", "keeps_handles"], 1),
    ] {
        let mut child = command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().await.unwrap().code(), Some(expected), "{arguments:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn progress_that_nobody_reads_does_not_hold_up_the_run() {
    let arguments =
        ["run", "--clock", "virtual", "--seed", "7", "--pairs", "1500", "--transport", "scripted", "--verbose"];
    let mut child = command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut report = String::new();
    child.stdout.take().unwrap().read_to_string(&mut report).await.unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(0), "{report}");
    let mut progress = String::new();
    child.stderr.take().unwrap().read_to_string(&mut progress).await.unwrap();
    // Two lines for each pair: more than a pipe holds, otherwise this proves nothing.
    assert!(progress.lines().count() < 3_000, "{}", progress.len());
}

#[tokio::test]
async fn a_scorecard_of_a_program_that_cannot_be_started_is_one_line_and_no_scenario() {
    let output = harness(&["score", "--peer", "./no-such-program --fast"]).await;
    assert_eq!(code(&output), Some(2));
    assert_eq!(text(&output.stdout), "");
    let said = text(&output.stderr);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("harness: `./no-such-program --fast` cannot be started: "), "{said}");
}
