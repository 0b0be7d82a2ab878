//! The coverage of a soak: which checks were judged, and which coverage points were reached.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coverage_points::COVERAGE_POINTS;
use crate::check::CHECKS;
use crate::report::Report;
use crate::trace::PairTrace;

/// The coverage of the worlds of a soak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// For each check, how often it had each verdict.
    pub checks: BTreeMap<&'static str, Judged>,
    /// For each coverage point, in how many worlds it was reached.
    #[serde(rename = "marks")]
    pub points: BTreeMap<&'static str, u64>,
}

/// How often a check had each verdict.
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
    /// All checks and coverage points, with zeros.
    fn default() -> Self {
        let checks = CHECKS.iter().map(|check| (check.name, Judged::default())).collect();
        Self { checks, points: COVERAGE_POINTS.iter().map(|point| (point.name, 0)).collect() }
    }
}

impl Coverage {
    /// Adds the report of one world.
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
        let pairs = report.pairs.iter().zip(1..);
        let traces = pairs.map(|(pair, number)| PairTrace::new(number, &pair.room, pair.events.iter()));
        let traces: Vec<PairTrace> = traces.collect();
        for point in &COVERAGE_POINTS {
            let is_reached = traces.iter().any(point.reached);
            *self.points.entry(point.name).or_default() += u64::from(is_reached);
        }
    }

    /// The coverage points that no world reached.
    pub fn never_reached(&self) -> impl Iterator<Item = &'static str> {
        self.points.iter().filter(|(_, worlds)| **worlds == 0).map(|(name, _)| *name)
    }
}
