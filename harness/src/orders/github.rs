//! The result of all orders for GitHub Actions.

use super::exploration::Exploration;
use super::text::{broken, text};
use crate::github::{Annotation, GithubReport, Level, Summary};

/// The exploration as annotations and a summary: an error for each outcome that breaks a promise.
pub(crate) fn github(exploration: &Exploration) -> GithubReport {
    let mut annotations = Vec::new();
    let mut rows = Vec::new();
    for (outcome, found) in &exploration.outcomes {
        let breaches: Vec<String> = outcome.breaches().iter().map(ToString::to_string).collect();
        let peers = outcome.peers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        rows.push([
            if breaches.is_empty() { "passed" } else { "FAILED" }.to_owned(),
            found.schedules.to_string(),
            outcome.sessions.to_string(),
            peers,
            breaches.join("; "),
            found.example.to_string(),
        ]);
        if !breaches.is_empty() {
            let steps = found.steps.iter().map(ToString::to_string);
            let title = format!("order {}", found.example);
            annotations.push(Annotation {
                level: Level::Error,
                title,
                lines: breaches.into_iter().chain(steps).collect(),
            });
        }
    }
    let sum = if exploration.passed() {
        "PASSED: no promise is broken in any order".to_owned()
    } else {
        format!("FAILED: {}", broken(exploration))
    };
    if annotations.is_empty() {
        annotations.push(Annotation { level: Level::Notice, title: "orders".to_owned(), lines: vec![sum.clone()] });
    }
    let mut summary = Summary::default();
    summary.heading("Every order of two peers' requests");
    summary.paragraph(&sum);
    summary.table(["result", "orders", "sessions", "peers", "broken", "for example"], &rows);
    GithubReport { annotations, text: text(exploration), summary }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::exploration::tests::{an_outcome, of};

    #[test]
    fn an_outcome_that_breaks_a_promise_is_an_error() {
        let report = github(&of(&[("12t", an_outcome(1, 0)), ("21t", an_outcome(2, 1))]));
        assert_eq!(report.annotations.iter().map(|each| each.level).collect::<Vec<_>>(), [Level::Error]);
        assert_eq!(report.annotations[0].title, "order 21t");
        let well = github(&of(&[("12", an_outcome(1, 0))]));
        assert_eq!(well.annotations.iter().map(|each| each.level).collect::<Vec<_>>(), [Level::Notice]);
        assert!(well.summary.markdown(usize::MAX).contains("| passed | 1 | 1 |"));
    }
}
