//! Writes a report for GitHub Actions.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::annotation::{Annotation, commands};
use super::summary::Summary;

/// The variable that names the file for the summary of the step.
const SUMMARY_VARIABLE: &str = "GITHUB_STEP_SUMMARY";

/// The most bytes of the summary of a step. GitHub shows nothing of a longer one.
const SUMMARY_BYTES_MAX: u64 = 1 << 20;

/// A report for GitHub Actions.
#[derive(Debug, Clone, Default)]
pub(crate) struct GithubReport {
    /// The messages beside the run.
    pub(crate) annotations: Vec<Annotation>,
    /// The report for people, for the log.
    pub(crate) text: String,
    /// The summary of the step.
    pub(crate) summary: Summary,
}

/// What a command writes: a text as it is, or a report for GitHub Actions.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    /// For stdout.
    Text(String),
    /// For stdout and the summary of the step.
    Github(Box<GithubReport>),
}

impl From<String> for Output {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<GithubReport> for Output {
    fn from(report: GithubReport) -> Self {
        Self::Github(Box::new(report))
    }
}

impl Output {
    /// What goes to stdout. The summary of the step is appended to its file; if that fails, there is an error beside it.
    pub(crate) fn publish(self) -> (String, Option<String>) {
        match self {
            Self::Text(text) => (text, None),
            Self::Github(report) => publish(&report),
        }
    }
}

/// What goes to stdout, after the summary was appended to the file that the environment names, if it names one. The error says why
/// the summary could not be written.
fn publish(report: &GithubReport) -> (String, Option<String>) {
    let path = std::env::var_os(SUMMARY_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let written = path.map_or(Ok(()), |path| {
        append(&path, &report.summary).map_err(|error| format!("{} cannot be written: {error}", path.display()))
    });
    (output(report, token().as_deref()), written.err())
}

/// The annotations, and the text for the log. The runner reads commands in the log, too, until it is told to stop: what is foreign in
/// the text cannot know the token that ends this. Without a token, there is no text.
fn output(report: &GithubReport, token: Option<&str>) -> String {
    let text = token.map(|token| format!("::stop-commands::{token}\n{}::{token}::\n", report.text));
    commands(&report.annotations) + &text.unwrap_or_default()
}

/// A word that nobody can guess.
fn token() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().fold("harness-".to_owned(), |mut token, byte| {
        // Writing to a String cannot fail.
        let _written = write!(token, "{byte:02x}");
        token
    }))
}

/// Appends the summary: what ran before in this step may have written there.
fn append(path: &Path, summary: &Summary) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    let room = SUMMARY_BYTES_MAX.saturating_sub(file.metadata()?.len());
    file.write_all(summary.markdown(usize::try_from(room).unwrap_or(usize::MAX)).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::Level;

    #[test]
    fn the_log_has_the_text_where_it_cannot_start_a_command() {
        let annotation = Annotation { level: Level::Error, title: "classic".to_owned(), lines: vec!["x".to_owned()] };
        let text = "::error::hostile\n".to_owned();
        let report = GithubReport { annotations: vec![annotation], text, summary: Summary::default() };
        let expected = "::error title=classic::x\n::stop-commands::t0\n::error::hostile\n::t0::\n";
        assert_eq!(output(&report, Some("t0")), expected);
        assert_eq!(output(&report, None), "::error title=classic::x\n");
        assert_ne!(token(), token());
    }

    #[test]
    fn summaries_of_one_step_stand_one_below_the_other_within_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        let mut summary = Summary::default();
        summary.paragraph(&"x".repeat(400_000));
        for lengths in [400_002, 800_004] {
            append(&path, &summary).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().len(), lengths);
        }
        append(&path, &summary).unwrap();
        assert!(std::fs::metadata(&path).unwrap().len() < SUMMARY_BYTES_MAX);
        assert!(append(&folder.path().join("absent/summary.md"), &summary).is_err());
    }
}
