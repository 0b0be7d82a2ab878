//! The scorecard as a value. Its fields are a contract with the scripts that read it, as those of a report.

use serde::Serialize;

use crate::format::counted;
use crate::report::{CheckReport, Report, SCHEMA};

/// How a client did in one scenario, or in one check of it. The worst counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// There was nothing to judge.
    NotApplicable,
    /// As a careful client does.
    Passed,
    /// It works, but not as a careful client would.
    Lenient,
    /// It does not work.
    Failed,
}

/// How a client did in every scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Scorecard {
    /// The version of the form: that of a report.
    pub schema: u32,
    /// The first peer, and the others: their commands, or `ours`.
    pub peers: Vec<String>,
    /// The seed of all random choices.
    pub seed: u64,
    /// Whether nothing failed, and, if that was asked for, nothing was lenient.
    pub passed: bool,
    /// Whether what is lenient counts as failed.
    pub strict: bool,
    /// In how many scenarios the client passed.
    pub passed_scenarios: usize,
    /// In how many it was lenient.
    pub lenient_scenarios: usize,
    /// In how many it failed.
    pub failed_scenarios: usize,
    /// How many do not apply.
    pub not_applicable_scenarios: usize,
    /// How long all took, in milliseconds.
    pub wall_ms: f64,
    /// Each scenario.
    pub scenarios: Vec<ScoredScenario>,
}

/// How a client did in one scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScoredScenario {
    /// Its name.
    pub scenario: String,
    /// What is proved when it passes.
    pub proves: String,
    /// The worst mark of its checks.
    pub mark: Mark,
    /// What happened, in one sentence, or why it does not apply.
    pub sentence: String,
    /// Each check.
    pub checks: Vec<ScoredCheck>,
    /// The first lines that peer programs wrote beside their events.
    pub log: Vec<String>,
    /// How long it took, in milliseconds.
    pub wall_ms: f64,
    /// The command that repeats it; none if it was not played.
    pub repeat: Option<String>,
}

/// How a client did in one check of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ScoredCheck {
    /// The name of the check.
    pub check: String,
    /// The mark.
    pub mark: Mark,
    /// What happened, in one sentence.
    pub sentence: String,
}

/// The most lines of log of one scenario.
const LOG_LINES_MAX: usize = 40;

impl ScoredScenario {
    /// A scenario that was played.
    pub(super) fn played(proves: &str, report: &Report, repeat: String) -> Self {
        let judged = report.checks.iter().map(ScoredCheck::of);
        let others = report.not_checked.iter().map(|check| ScoredCheck {
            check: check.name.clone(),
            mark: Mark::NotApplicable,
            sentence: check.why.clone(),
        });
        let checks: Vec<ScoredCheck> = judged.chain(others).collect();
        let mark = checks.iter().map(|check| check.mark).max().unwrap_or(Mark::NotApplicable);
        let log = report.pairs.iter().filter(|pair| !pair.is_well()).flat_map(|pair| pair.log.iter().cloned());
        Self {
            scenario: report.scenario.clone(),
            proves: proves.to_owned(),
            mark,
            sentence: sentence(mark, &checks),
            log: log.take(LOG_LINES_MAX).collect(),
            checks,
            wall_ms: report.wall_ms,
            repeat: Some(repeat),
        }
    }

    /// A scenario that does not apply, or that could not be played.
    pub(super) fn not_played(name: &str, proves: &str, mark: Mark, why: String) -> Self {
        Self {
            scenario: name.to_owned(),
            proves: proves.to_owned(),
            mark,
            sentence: why,
            checks: Vec::new(),
            log: Vec::new(),
            wall_ms: 0.0,
            repeat: None,
        }
    }
}

/// What happened: the checks with the worst mark.
fn sentence(mark: Mark, checks: &[ScoredCheck]) -> String {
    let of_mark = || checks.iter().filter(|check| check.mark == mark);
    if mark == Mark::Passed {
        return format!("{} passed", counted(of_mark().count(), "check"));
    }
    of_mark().map(|check| format!("{}: {}", check.check, check.sentence)).collect::<Vec<_>>().join("; ")
}

impl ScoredCheck {
    fn of(check: &CheckReport) -> Self {
        let mark = match (check.passed, check.lenient) {
            (true, false) => Mark::Passed,
            (true, true) => Mark::Lenient,
            (false, _) => Mark::Failed,
        };
        Self { check: check.name.clone(), mark, sentence: check.detail.clone() }
    }
}

impl Scorecard {
    /// Sums up the scenarios.
    pub(super) fn new(
        peers: Vec<String>,
        seed: u64,
        strict: bool,
        wall_ms: f64,
        scenarios: Vec<ScoredScenario>,
    ) -> Self {
        let number = |mark| scenarios.iter().filter(|scenario| scenario.mark == mark).count();
        let (failed, lenient) = (number(Mark::Failed), number(Mark::Lenient));
        Self {
            schema: SCHEMA,
            peers,
            seed,
            passed: failed == 0 && !(strict && lenient > 0),
            strict,
            passed_scenarios: number(Mark::Passed),
            lenient_scenarios: lenient,
            failed_scenarios: failed,
            not_applicable_scenarios: number(Mark::NotApplicable),
            wall_ms,
            scenarios,
        }
    }
}
