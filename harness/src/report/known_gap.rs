//! The known gap of a scenario: its checks must fail, and all others must pass.

use serde::Serialize;

use crate::check::CHECKS;
use crate::scenario::{InvalidScenario, KnownGap, Scenario};
use crate::suggestion::did_you_mean;

/// The promise that is known to be broken in a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct GapReport {
    /// What is missing.
    pub why: String,
    /// The checks that fail because of it.
    pub checks: Vec<String>,
    /// Whether one of them passed: then the gap is closed, and `known_gap` should be removed from the scenario.
    pub is_closed: bool,
}

impl GapReport {
    pub(super) fn new(gap: &KnownGap, is_closed: bool) -> Self {
        Self { why: gap.why.clone(), checks: gap.checks.clone(), is_closed }
    }
}

/// Whether the known gap of the scenario names checks that exist. A scenario knows no checks, so this is not a part of
/// [`Scenario::check`].
///
/// # Errors
/// There is no check of one of the names.
pub(crate) fn check_known_gap(scenario: &Scenario) -> Result<(), InvalidScenario> {
    let mut gaps = scenario.known_gap.iter().flat_map(|gap| &gap.checks);
    match gaps.find(|name| CHECKS.iter().all(|check| check.name != name.as_str())) {
        Some(unknown) => {
            let names = CHECKS.map(|check| check.name);
            let (meant, names) = (did_you_mean(unknown, names), names.join(", "));
            Err(InvalidScenario::new(
                &["known_gap", "checks"],
                format!("there is no check {unknown:?}{meant}; there are {names}"),
            ))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::named;

    #[test]
    fn a_known_gap_names_checks_that_exist() {
        let checks = vec!["no-such".to_owned()];
        let wrong = Scenario { known_gap: Some(KnownGap { why: "none".to_owned(), checks }), ..Scenario::classic() };
        let error = check_known_gap(&wrong).unwrap_err().to_string();
        assert!(error.starts_with("known_gap.checks: there is no check \"no-such\"; there are "), "{error}");
        for scenario in named() {
            assert_eq!(check_known_gap(scenario), Ok(()), "{}", scenario.name);
        }
    }
}
