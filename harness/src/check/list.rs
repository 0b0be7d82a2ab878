//! The list of all checks, in the order of reports.

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::check::{
    candidates, channels, contract, detection, economics, ends, handles, history, hot_polling, leaks, one_session,
    outcomes, own_answer, poll_timing, records, roles, round_trips,
};

/// A promise that every run must keep.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name in reports.
    pub name: &'static str,
    /// The promise, in one sentence.
    pub promise: &'static str,
    /// Judges a run by its traces.
    pub judge: fn(&Evidence) -> Verdict,
}

/// All checks.
pub static CHECKS: [Check; 18] = [
    Check { name: "outcomes", promise: outcomes::PROMISE, judge: outcomes::judge },
    Check { name: "ends", promise: ends::PROMISE, judge: ends::judge },
    Check { name: "roles", promise: roles::PROMISE, judge: roles::judge },
    Check { name: "one_session", promise: one_session::PROMISE, judge: one_session::judge },
    Check { name: "own_answer", promise: own_answer::PROMISE, judge: own_answer::judge },
    Check { name: "round_trips", promise: round_trips::PROMISE, judge: round_trips::judge },
    Check { name: "candidates", promise: candidates::PROMISE, judge: candidates::judge },
    Check { name: "channels", promise: channels::PROMISE, judge: channels::judge },
    Check { name: "poll_timing", promise: poll_timing::PROMISE, judge: poll_timing::judge },
    Check { name: "detection", promise: detection::PROMISE, judge: detection::judge },
    Check { name: "economics", promise: economics::PROMISE, judge: economics::judge },
    Check { name: "hot_polling", promise: hot_polling::PROMISE, judge: hot_polling::judge },
    Check { name: "history", promise: history::PROMISE, judge: history::judge },
    Check { name: "handles", promise: handles::PROMISE, judge: handles::judge },
    Check { name: "records", promise: records::PROMISE, judge: records::judge },
    Check { name: "contract", promise: contract::PROMISE, judge: contract::judge },
    Check { name: "tasks", promise: leaks::TASKS_PROMISE, judge: leaks::judge_tasks },
    Check { name: "sockets", promise: leaks::SOCKETS_PROMISE, judge: leaks::judge_sockets },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run;

    #[test]
    fn a_good_run_passes_every_check() {
        let evidence = test_run::good_run().evidence();
        for check in &CHECKS {
            let verdict = (check.judge)(&evidence);
            let is_well = matches!(verdict, Verdict::Passed(_) | Verdict::NotApplicable(_));
            assert!(is_well, "{}: {verdict:?}", check.name);
        }
    }

    #[test]
    fn a_run_without_events_passes_no_check() {
        let mut nothing = test_run::good_run();
        nothing.events.clear();
        let evidence = nothing.evidence();
        for check in &CHECKS {
            let verdict = (check.judge)(&evidence);
            assert!(!matches!(verdict, Verdict::Passed(_)), "{}: {verdict:?}", check.name);
        }
    }

    #[test]
    fn every_promise_is_one_sentence() {
        for check in &CHECKS {
            assert!(check.promise.ends_with('.'), "{}", check.name);
            assert_eq!(check.promise.matches(". ").count(), 0, "{}", check.name);
        }
    }
}
