//! A soak for GitHub Actions.

use super::report::{soak_text, sums};
use super::soak::{Failure, Soak};
use crate::github::{Annotation, GithubReport, Level, Summary};

/// A soak as annotations and a summary.
pub(crate) fn soak_github(soak: &Soak) -> GithubReport {
    let sum = format!("{}: {}", if soak.passed() { "PASSED" } else { "FAILED" }, sums(soak));
    let annotation = |failure: &Failure| Annotation {
        level: Level::Error,
        title: format!("world {}", failure.seed),
        lines: failure.checks.iter().cloned().chain([format!("To repeat: {}", failure.repeat)]).collect(),
    };
    let mut annotations: Vec<_> = soak.failures.iter().map(annotation).collect();
    if annotations.is_empty() {
        annotations.push(Annotation { level: Level::Notice, title: "soak".to_owned(), lines: vec![sum.clone()] });
    }
    let mut summary = Summary::default();
    summary.heading(&format!("Soak of seeds {}..{}", soak.from, soak.to));
    summary.paragraph(&sum);
    let failed = |failure: &Failure| [failure.seed.to_string(), failure.checks.join("; "), failure.repeat.clone()];
    summary.table(["world", "found", "to repeat"], &soak.failures.iter().map(failed).collect::<Vec<_>>());
    let checks = soak.coverage.checks.iter().map(|(name, judged)| {
        [(*name).to_owned(), judged.passed.to_string(), judged.failed.to_string(), judged.not_checked.to_string()]
    });
    summary.folded_table(
        "Verdicts of each check",
        ["check", "passed", "failed", "not checked"],
        &checks.collect::<Vec<_>>(),
    );
    let points = soak.coverage.points.iter().map(|(name, worlds)| [(*name).to_owned(), worlds.to_string()]);
    summary.folded_table("Coverage points", ["coverage point", "worlds"], &points.collect::<Vec<_>>());
    GithubReport { annotations, text: soak_text(soak), summary }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soak::report::tests::a_soak;

    #[test]
    fn each_world_that_failed_is_an_error_and_a_row() {
        let report = soak_github(&a_soak());
        assert_eq!(report.annotations.iter().map(|each| each.level).collect::<Vec<_>>(), [Level::Error]);
        let markdown = report.summary.markdown(usize::MAX);
        assert!(markdown.contains("| 7 | ends&#58; too late | harness world --seed 7 |"), "{markdown}");
        let well = soak_github(&Soak { failed: 0, failures: Vec::new(), ..a_soak() });
        assert_eq!(well.annotations.iter().map(|each| each.level).collect::<Vec<_>>(), [Level::Notice]);
    }
}
