//! Worlds from seeds: reported, saved, and repeated.

use serde_json::Value;

use super::{code, harness, text};

/// A folder that is removed when it is dropped.
pub struct Folder(pub std::path::PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("harness-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

/// The arguments of the command that a report ends with.
fn repeat(report: &str) -> Vec<String> {
    let line = report.lines().rev().find_map(|line| line.strip_prefix("To repeat: ")).unwrap();
    let (_, arguments) = line.split_once(" -- ").unwrap();
    arguments.split(' ').map(ToOwned::to_owned).collect()
}

/// What was found, from the first lines of a report.
fn failures(report: &str) -> Vec<&str> {
    report.lines().filter(|line| line.starts_with("    found  ")).collect()
}

#[tokio::test]
async fn a_failing_world_ends_with_a_command_that_fails_in_the_same_way() {
    for bug in ["keeps_handles", "forgets_writes", "alters_records"] {
        let folder = Folder::new(bug);
        let path = folder.0.to_str().unwrap();
        let output = harness(&["world", "--seed", "3", "--plant", bug, "--save-in", path]).await;
        let report = text(&output.stdout);
        assert_eq!(code(&output), Some(1), "{report}");
        let command = repeat(&report);
        let again = harness(&command.iter().map(String::as_str).collect::<Vec<_>>()).await;
        assert_eq!(code(&again), Some(1), "{command:?}: {}", text(&again.stderr));
        let repeated = text(&again.stdout);
        assert!(!failures(&report).is_empty());
        assert_eq!(failures(&repeated), failures(&report));
    }
}

#[tokio::test]
async fn a_failing_world_that_cannot_be_saved_is_reported_with_a_command_that_finds_it_again() {
    let folder = Folder::new("unsaved");
    let absent = folder.0.join("absent");
    let absent = absent.to_str().unwrap();
    let output = harness(&["world", "--seed", "3", "--plant", "forgets_writes", "--save-in", absent]).await;
    let (report, errors) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(code(&output), Some(1), "{errors}");
    assert!(!failures(&report).is_empty(), "{report}");
    let expected = format!("harness: the world that failed is not saved: {absent}/world-3.toml cannot be written: ");
    assert!(errors.starts_with(&expected) && errors.contains("--save-in"), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");

    let path = folder.0.to_str().unwrap();
    let mut command = repeat(&report);
    command.extend(["--save-in".to_owned(), path.to_owned()]);
    let again = harness(&command.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(code(&again), Some(1), "{command:?}: {}", text(&again.stderr));
    let repeated = text(&again.stdout);
    let checks = |report: &str| {
        failures(report).into_iter().filter(|line| line.starts_with("  ")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(checks(&repeated), checks(&report));
}

#[tokio::test]
async fn a_soak_reports_its_result_as_json() {
    let output = harness(&["soak", "--seeds", "0..20", "--format", "json"]).await;
    assert_eq!(code(&output), Some(0), "{}", text(&output.stdout));
    let soak: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(soak["worlds"], 20);
    assert!(soak["coverage"]["marks"]["two met"].as_u64() > Some(0));
    let planted = harness(&["soak", "--seeds", "0..5", "--plant", "keeps_handles"]).await;
    assert_eq!(code(&planted), Some(1));
    assert!(text(&planted.stdout).contains("world --seed "), "{}", text(&planted.stdout));
}
