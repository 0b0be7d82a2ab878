//! How reports look: colours, what is listed, annotations for GitHub Actions, and names that were probably meant.

use crate::world::Folder;
use crate::{code, command, text};

const VIRTUAL: [&str; 5] = ["run", "--clock", "virtual", "--seed", "7"];

/// The output of a command in an environment that says nothing but this about colours and summaries.
async fn output(arguments: &[&str], variables: &[(&str, &str)]) -> std::process::Output {
    let mut command = command(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "HARNESS_COLOR", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied()).output().await.unwrap()
}

#[tokio::test]
async fn a_pipe_has_colours_only_where_they_are_forced() {
    for (flags, variables, expected) in [
        (&[][..], &[][..], false),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[], &[("HARNESS_COLOR", "always"), ("NO_COLOR", "1")], true),
        (&["--color", "always"], &[], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
    ] {
        let output = output(&[&VIRTUAL[..], flags].concat(), variables).await;
        assert_eq!(code(&output), Some(0));
        let report = text(&output.stdout);
        assert_eq!(report.contains('\u{1b}'), expected, "{flags:?} {variables:?}: {report:?}");
        assert!(report.contains(" checks passed"), "{report}");
    }
}

#[tokio::test]
async fn what_passed_is_listed_where_that_is_asked_for() {
    let [folded, listed] =
        [output(&VIRTUAL, &[]).await, output(&[&VIRTUAL[..], &["-v"]].concat(), &[]).await].map(|it| text(&it.stdout));
    assert!(folded.contains("checks passed; -v lists them") && !folded.contains("  passed  roles"), "{folded}");
    assert!(
        !listed.contains("-v lists")
            && listed.lines().any(|line| line.starts_with("  passed") && line.contains(" roles ")),
        "{listed}"
    );
}

#[tokio::test]
async fn github_is_given_annotations_and_a_summary_of_the_step() {
    let folder = Folder::new("github");
    let path = folder.0.join("summary.md");
    let variables = [("GITHUB_STEP_SUMMARY", path.to_str().unwrap())];
    let arguments = [&VIRTUAL[..], &["--format", "github", "--plant", "keeps_handles"]].concat();
    let failed = output(&arguments, &variables).await;
    assert_eq!(code(&failed), Some(1), "{}", text(&failed.stderr));
    let log = text(&failed.stdout);
    assert!(log.starts_with("::error title=classic%3A handles::expected: "), "{log}");
    assert!(log.contains("\n::stop-commands::harness-") && log.trim_end().ends_with("::"), "{log}");
    let passed = output(&[&VIRTUAL[..], &["--format", "github"]].concat(), &variables).await;
    assert!(text(&passed.stdout).starts_with("::notice title=classic::PASSED: 1 pair connected"));
    let summary = std::fs::read_to_string(&path).unwrap();
    for part in ["### FAILED&#58; classic", "| FAILED | handles |", "### PASSED&#58; classic"] {
        assert!(summary.contains(part), "{part}: {summary}");
    }
}

#[tokio::test]
async fn a_summary_that_cannot_be_written_is_an_error_on_stderr_and_changes_no_exit_code() {
    let arguments = [&VIRTUAL[..], &["--format", "github"]].concat();
    let output = output(&arguments, &[("GITHUB_STEP_SUMMARY", "/no/such/folder/summary.md")]).await;
    assert_eq!(code(&output), Some(0));
    assert!(text(&output.stderr).contains("the summary of the step is missing: /no/such/folder/summary.md"));
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_the_name_that_was_probably_meant() {
    for (arguments, said) in [
        (&["run", "--scenario", "clasic"][..], "there is no scenario \"clasic\"; did you mean classic?"),
        (&["score", "--peer", "ours", "--scenario", "classic,late-recipent,one-luncher"], "one-launcher?"),
        (&["run", "--schedule", "bckoff"], "'back-off'"),
        (&["run", "--plant", "keep_handles"], "'keeps_handles'"),
    ] {
        let output = output(arguments, &[]).await;
        assert_eq!(code(&output), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(said), "{arguments:?}: {}", text(&output.stderr));
    }
}
