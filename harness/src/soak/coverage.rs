//! What a search has come to: which checks were judged, and what ever happened.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage_points::COVERAGE_POINTS;
use crate::check::CHECKS;
use crate::report::Report;
use crate::trace::PairTrace;

/// What the worlds of a search came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Of each check, how often it was judged, and how.
    pub checks: BTreeMap<&'static str, Judged>,
    /// Of each mark, in how many worlds it was reached.
    pub marks: BTreeMap<&'static str, u64>,
}

/// How often a check was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// In how many worlds it passed.
    pub passed: u64,
    /// In how many it failed.
    pub failed: u64,
    /// In how many it could not be judged.
    pub not_checked: u64,
}

impl Default for Coverage {
    /// Nothing was reached yet, and everything is listed.
    fn default() -> Self {
        let checks = CHECKS.iter().map(|check| (check.name, Judged::default())).collect();
        Self { checks, marks: COVERAGE_POINTS.iter().map(|mark| (mark.name, 0)).collect() }
    }
}

impl Coverage {
    /// Adds what one world came to.
    pub fn add(&mut self, report: &Report) {
        for check in &report.checks {
            if let Some(judged) = self.checks.get_mut(check.name.as_str()) {
                *(if check.passed { &mut judged.passed } else { &mut judged.failed }) += 1;
            }
        }
        for check in &report.not_checked {
            if let Some(judged) = self.checks.get_mut(check.name.as_str()) {
                judged.not_checked += 1;
            }
        }
        let tell = |(pair, number)| -> PairTrace {
            let pair: &crate::report::PairReport = pair;
            PairTrace::new(number, &pair.room, pair.events.iter())
        };
        let traces: Vec<PairTrace> = report.pairs.iter().zip(1..).map(tell).collect();
        for mark in &COVERAGE_POINTS {
            let is_reached = traces.iter().any(mark.reached);
            *self.marks.entry(mark.name).or_default() += u64::from(is_reached);
        }
    }

    /// The marks that no world came to.
    pub fn never_reached(&self) -> impl Iterator<Item = &'static str> {
        self.marks.iter().filter(|(_, worlds)| **worlds == 0).map(|(name, _)| *name)
    }
}
