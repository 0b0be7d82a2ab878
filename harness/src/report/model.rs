//! The report as a value. Its fields are a contract with the scripts that read it: [`SCHEMA`] counts up when a field is removed
//! or changes its meaning. Times are in milliseconds.

use std::time::Duration;

use serde::Serialize;

use super::known_gap::GapReport;
use super::pair::{Breach, PairReport, millis};
use super::repeat;
use crate::check::{CHECKS, Check, Evidence, Verdict, Witness};
use crate::format::counted_of;
use crate::plan::Plan;
use crate::record::RoomSeen;
use crate::scenario::{KnownGap, rule_text};

/// The version of the report's form.
pub const SCHEMA: u32 = 1;

/// The report of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The seed of all random choices.
    pub seed: u64,
    /// The name of the scenario.
    pub scenario: String,
    /// The clock of the run.
    pub clock: String,
    /// How peers may reach each other.
    pub ice: String,
    /// Whether both peers of a pair use the same launcher.
    pub one_launcher: bool,
    /// Whether every judged check passed, or failed by the known gap.
    pub passed: bool,
    /// The known gap of the scenario.
    pub known_gap: Option<GapReport>,
    /// How long the run took on its clock.
    pub elapsed_ms: f64,
    /// How long the run took in real time.
    pub wall_ms: f64,
    /// The poll interval that was asked for.
    pub poll_interval_ms: f64,
    /// The poll schedule.
    pub schedule: String,
    /// The checks that were judged.
    pub checks: Vec<CheckReport>,
    /// The checks that could not be judged. They did not pass.
    pub not_checked: Vec<NotChecked>,
    /// The result of each pair.
    pub pairs: Vec<PairReport>,
    /// Who has seen the run: `peers`, or `launchers` alone, which see requests and no channel.
    pub witness: String,
    /// What else there is to know of what launchers saw: rooms without an offer, requests of no room, journals with gaps.
    pub notes: Vec<String>,
    /// Whether what is lenient counts as failed.
    #[serde(skip)]
    pub(crate) is_strict: bool,
    /// How the command ended that was judged, if there was one.
    pub command: Option<CommandReport>,
    /// The command that repeats the run.
    pub repeat: String,
}

/// A check that was judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// Its name.
    pub name: String,
    /// Whether its promise was kept, or broken by a foreign client in a way that harms no other peer.
    pub passed: bool,
    /// Whether it is such a case: the client works, but not as a careful client would.
    pub lenient: bool,
    /// What was found, or the failure.
    pub detail: String,
    /// What holds if the check passes.
    pub promise: String,
}

/// A check that could not be judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NotChecked {
    /// Its name.
    pub name: String,
    /// Why it could not be judged.
    pub why: String,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CommandReport {
    /// The command, as a shell reads it.
    pub command: String,
    /// Whether it exited with code 0.
    pub passed: bool,
    /// How it ended.
    pub ended: String,
}

/// A run that was played, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Played<'a> {
    /// Its plan.
    pub(crate) plan: &'a Plan,
    /// How long it took on its clock.
    pub(crate) elapsed: Duration,
    /// How long it took in real time.
    pub(crate) wall: Duration,
}

impl Report {
    /// Judges the evidence by all checks, and sums it up.
    pub(crate) fn new(played: Played<'_>, evidence: &Evidence) -> Self {
        let plan = played.plan;
        let pair = |trace| PairReport::of(trace, evidence);
        let mut report = Self {
            schema: SCHEMA,
            seed: plan.seed,
            scenario: plan.scenario.name.clone(),
            clock: plan.settings.clock.to_string(),
            ice: plan.settings.ice.to_string(),
            one_launcher: uses_one_launcher(plan),
            passed: true,
            known_gap: None,
            elapsed_ms: millis(played.elapsed),
            wall_ms: millis(played.wall),
            poll_interval_ms: millis(plan.poll_interval),
            schedule: rule_text(plan.schedule),
            checks: Vec::new(),
            not_checked: Vec::new(),
            pairs: evidence.traces.iter().map(pair).collect(),
            witness: match evidence.witness {
                Witness::Peers => "peers",
                Witness::Launchers => "launchers",
            }
            .to_owned(),
            notes: Vec::new(),
            is_strict: plan.settings.strict,
            command: None,
            repeat: repeat::command(plan),
        };
        for check in &CHECKS {
            report.add(check, &check.verdict(evidence), evidence);
        }
        let is_strict = plan.settings.strict;
        report.passed = report.checks.iter().all(|check| check.passed && !(is_strict && check.lenient));
        if let Some(gap) = &plan.scenario.known_gap {
            report.excuse(gap, plan);
        }
        report
    }

    /// Adds whether any two clients met, as launchers see it; `is_all` says whether they have seen everything.
    pub(crate) fn add_meetings(&mut self, is_all: bool) {
        let (met, rooms) = (self.connected(), self.pairs.len());
        if met == 0 && !is_all {
            return;
        }
        let detail = format!("an answer was taken in {}", counted_of(met, rooms, "room"));
        let promise = "At least two clients met: an initiator read the answer to its offer.".to_owned();
        let name = "meetings".to_owned();
        self.passed &= met > 0;
        self.checks.insert(0, CheckReport { name, passed: met > 0, lenient: false, detail, promise });
    }

    /// Adds what launchers saw of the rooms of pairs that did not connect.
    pub(crate) fn add_seen(&mut self, rooms: &[RoomSeen]) {
        for pair in self.pairs.iter_mut().filter(|pair| !pair.connected) {
            let seen = rooms.iter().filter(|room| pair.records.contains(&room.record));
            pair.diagnoses.extend(seen.map(|room| format!("launchers: {}", room.sentence)));
        }
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CheckReport> {
        self.checks.iter().filter(|check| !check.passed)
    }

    /// The checks that a foreign client did not pass as a careful client would, which harms no other peer.
    pub fn lenient(&self) -> impl Iterator<Item = &CheckReport> {
        self.checks.iter().filter(|check| check.passed && check.lenient)
    }

    /// Whether it failed by its known gap only.
    pub fn is_known_gap(&self) -> bool {
        self.passed && self.failed().next().is_some()
    }

    /// A run with a known gap passes if exactly the checks of the gap fail.
    fn excuse(&mut self, gap: &KnownGap, plan: &Plan) {
        let fails = |name: &String| self.failed().any(|check| check.name == *name);
        let is_new = self.failed().any(|check| !gap.checks.contains(&check.name));
        // Fewer pairs than the scenario's may be too few for the failure.
        let is_closed = plan.pairs >= plan.scenario.pairs && !gap.checks.iter().all(fails);
        self.passed = !is_new && !is_closed;
        self.known_gap = Some(GapReport::new(gap, is_closed));
    }

    /// How many pairs connected.
    pub fn connected(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.connected).count()
    }

    /// The first pair for which a check failed, or the first with another failure, counted from 1.
    pub fn first_bad_pair(&self) -> Option<usize> {
        let blamed = self.pairs.iter().position(|pair| !pair.breaches.is_empty());
        blamed.or_else(|| self.pairs.iter().position(|pair| !pair.is_well())).map(|index| index + 1)
    }

    fn add(&mut self, check: &Check, verdict: &Verdict, evidence: &Evidence) {
        let name = check.name.to_owned();
        let passed = match verdict {
            Verdict::NotChecked(why) => return self.not_checked.push(NotChecked { name, why: why.clone() }),
            Verdict::NotApplicable(_) => return,
            Verdict::Passed(_) | Verdict::Lenient(_) => true,
            Verdict::Failed(_) => {
                self.blame(check, evidence);
                false
            }
        };
        let (lenient, detail) = (matches!(verdict, Verdict::Lenient(_)), verdict.detail());
        self.checks.push(CheckReport { name, passed, lenient, detail, promise: check.promise.to_owned() });
    }

    /// Finds the pairs for which the check fails by their own events. There are none if it fails for the run as a whole.
    fn blame(&mut self, check: &Check, evidence: &Evidence) {
        for (pair, trace) in self.pairs.iter_mut().zip(&evidence.traces) {
            let verdict = check.verdict(&evidence.of_pair(trace));
            if matches!(verdict, Verdict::Failed(_)) {
                pair.breaches.push(Breach { check: check.name.to_owned(), detail: verdict.detail() });
            }
        }
    }
}

fn uses_one_launcher(plan: &Plan) -> bool {
    match plan.settings.launchers.len() {
        0 => plan.scenario.launchers.of_each_pair() == 1,
        given => given == 1,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::test_run::{Run, good_run};
    use crate::plan::Settings;
    use crate::record::{CountTime, EventKind, Resource};
    use crate::scenario::{PeerIndex, Scenario};

    /// The report of a run that was made by hand.
    pub(in crate::report) fn report_of(run: &Run) -> Report {
        let plan = Plan::new(&run.scenario, &Settings::default().seed(7)).unwrap();
        let (elapsed, wall) = (Duration::from_secs(4), Duration::from_secs(5));
        Report::new(Played { plan: &plan, elapsed, wall }, &run.evidence())
    }

    fn blames(report: &Report) -> Vec<&str> {
        report.pairs.iter().flat_map(|pair| &pair.breaches).map(|breach| breach.check.as_str()).collect()
    }

    #[test]
    fn no_pair_of_a_good_run_is_blamed() {
        let report = report_of(&good_run());
        assert!(report.passed && report.pairs[0].is_well());
        assert_eq!(report.first_bad_pair(), None);
    }

    #[test]
    fn a_pair_is_blamed_for_its_failures() {
        let mut run = good_run();
        run.change(PeerIndex::First, |what| {
            if let EventKind::Received(message) = what {
                *message = signaling::Message::text("other words");
            }
        });
        let report = report_of(&run);
        assert_eq!(blames(&report), ["channels"]);
        let said = "the messages of the second peer of pair 1 did not arrive unchanged";
        assert_eq!(report.pairs[0].breaches[0].detail, said);
        assert_eq!(report.first_bad_pair(), Some(1));
    }

    #[test]
    fn no_pair_is_blamed_for_the_leaks_of_the_run() {
        let mut run = good_run();
        run.count(Resource::Tasks, CountTime::After, Ok(4));
        let report = report_of(&run);
        assert!(!report.passed);
        assert_eq!(blames(&report), [""; 0]);
    }

    /// A good run of a scenario with a known gap of these checks.
    fn run_with_gap(checks: &[&str]) -> Run {
        let mut run = good_run();
        let checks = checks.iter().map(|&check| check.to_owned()).collect();
        run.scenario.known_gap = Some(KnownGap { why: "not implemented".to_owned(), checks });
        run
    }

    #[test]
    fn a_known_gap_is_not_a_failure_until_it_is_closed() {
        let mut run = run_with_gap(&["tasks", "sockets"]);
        let closed = report_of(&run);
        assert!(!closed.passed && closed.known_gap.unwrap().is_closed);
        run.count(Resource::Tasks, CountTime::After, Ok(4));
        let half_closed = report_of(&run);
        assert!(!half_closed.passed && half_closed.known_gap.unwrap().is_closed);
        run.count(Resource::Sockets, CountTime::After, Ok(4));
        let known = report_of(&run);
        assert!(known.passed && known.is_known_gap() && !known.known_gap.unwrap().is_closed);
    }

    #[test]
    fn a_known_gap_excuses_no_other_check() {
        let mut run = run_with_gap(&["tasks"]);
        run.count(Resource::Tasks, CountTime::After, Ok(4));
        run.count(Resource::Sockets, CountTime::After, Ok(4));
        assert!(!report_of(&run).passed);
    }

    #[test]
    fn one_launcher_is_the_scenarios_or_the_only_one_given() {
        let one = |scenario: &str, urls: &[&str]| {
            let launchers = urls.iter().map(|url| url.parse().unwrap()).collect();
            let settings = Settings::default().seed(7).launchers(launchers);
            uses_one_launcher(&Plan::new(&Scenario::find(scenario).unwrap(), &settings).unwrap())
        };
        assert!(!one("classic", &[]) && one("one-launcher", &[]));
        assert!(one("classic", &["http://a:1"]) && !one("classic", &["http://a:1", "http://b:2"]));
    }
}
