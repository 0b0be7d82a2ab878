//! The verdict of a check.

use std::fmt::Write as _;

/// The most failures that are listed; the others are counted.
pub const FAILURES_MAX: usize = 5;

/// The verdict of a check on a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The promise was kept. A summary of what was judged.
    Passed(String),
    /// The promise was broken, and not as much that it matters to the other peer: a foreign client works, but not as a
    /// careful client would. What it did, at least one sentence.
    Lenient(Vec<String>),
    /// The promise was broken: all failures, at least one.
    Failed(Vec<String>),
    /// The promise could not be judged, and why. This never counts as passed.
    NotChecked(String),
    /// The run has nothing that the promise is about, and why. Reports of a run leave it out.
    NotApplicable(String),
}

impl Verdict {
    /// Failed if there are failures, and passed otherwise.
    pub(super) fn of(failures: Vec<String>, seen: impl FnOnce() -> String) -> Self {
        if failures.is_empty() { Self::Passed(seen()) } else { Self::Failed(failures) }
    }

    /// Failed if there are failures, lenient if there is only what a careful client would not do, and passed otherwise.
    pub(super) fn of_both(failures: Vec<String>, lenient: Vec<String>, seen: impl FnOnce() -> String) -> Self {
        match (failures.is_empty(), lenient.is_empty()) {
            (true, true) => Self::Passed(seen()),
            (true, false) => Self::Lenient(lenient),
            (false, _) => Self::Failed([failures, lenient].concat()),
        }
    }

    /// The details, on one line.
    pub fn detail(&self) -> String {
        match self {
            Self::Passed(detail) | Self::NotChecked(detail) | Self::NotApplicable(detail) => detail.clone(),
            Self::Failed(failures) | Self::Lenient(failures) => {
                let mut detail = failures.iter().take(FAILURES_MAX).cloned().collect::<Vec<_>>().join("; ");
                let more = failures.len().saturating_sub(FAILURES_MAX);
                if more > 0 {
                    // Writing to a String cannot fail.
                    let _written = write!(detail, "; and {more} more");
                }
                detail
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failures_are_listed_and_the_others_counted() {
        let failures = |count: usize| Verdict::Failed((1..=count).map(|n| n.to_string()).collect());
        assert_eq!(failures(FAILURES_MAX).detail(), "1; 2; 3; 4; 5");
        assert_eq!(failures(FAILURES_MAX + 2).detail(), "1; 2; 3; 4; 5; and 2 more");
    }
}
