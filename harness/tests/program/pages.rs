//! Reports as HTML pages, in a file and on stdout.

use std::fs;

use crate::{code, harness, text};

/// Each command with a page, and what the page has.
const COMMANDS: [(&[&str], &str); 6] = [
    (&["run", "--clock", "virtual", "--seed", "7"], "data-lanes=\"0\""),
    (&["run", "--clock", "virtual", "--seed", "7", "--scenario", "all"], "id=\"run-2\""),
    (&["world", "--seed", "7"], "id=\"pair-1\""),
    (&["soak", "--seeds", "0..3"], "Worlds that reached a coverage point"),
    (&["orders"], "Orders by outcome"),
    (&["polling-costs", "--pairs", "2"], "Recipients join within 10 s"),
];

#[tokio::test]
async fn a_page_is_written_besides_the_same_report_on_stdout() {
    for (arguments, shown) in COMMANDS {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.html");
        let output = harness(&[arguments, &["--html", &file.to_string_lossy()]].concat()).await;
        assert_eq!(code(&output), Some(0), "{arguments:?}: {}", text(&output.stderr));
        let page = fs::read_to_string(&file).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains(shown), "{arguments:?}");
        assert!(page.contains("Passed") || page.contains("Measured"), "{arguments:?}");
        assert!(!text(&output.stdout).contains("<html"), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_page_is_a_format_too() {
    for (arguments, shown) in COMMANDS {
        let output = harness(&[arguments, &["--format", "html"]].concat()).await;
        assert_eq!(code(&output), Some(0), "{arguments:?}: {}", text(&output.stderr));
        let page = text(&output.stdout);
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains(shown), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_run_that_failed_has_a_page_that_says_so() {
    let arguments = ["run", "--clock", "virtual", "--seed", "7", "--plant", "keeps_records", "--format", "html"];
    let output = harness(&arguments).await;
    assert_eq!(code(&output), Some(1), "{}", text(&output.stderr));
    let page = text(&output.stdout);
    assert!(page.contains("checks failed: ") && page.contains("id=\"failures\""), "{page}");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_an_error_before_the_run() {
    let output = harness(&["run", "--html", "no-such-folder/report.html"]).await;
    assert_eq!(code(&output), Some(2));
    assert_eq!(text(&output.stdout), "");
    let error = text(&output.stderr);
    assert!(error.starts_with("harness: no-such-folder/report.html cannot be written: "), "{error}");
}
