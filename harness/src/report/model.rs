//! The report as a value. Its fields are a contract with the scripts that read it: [`SCHEMA`] counts up when one changes
//! its meaning or goes away. Lengths of time are in milliseconds.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::known_gap::GapReport;
use super::repeat;
use crate::check::{CHECKS, Check, Economics, Evidence, Verdict};
use crate::plan::Plan;
use crate::record::{Description, Event};
use crate::scenario::{KnownGap, PeerIndex};
use crate::trace::{PairTrace, VisitTrace};

/// The version of the report's form.
pub const SCHEMA: u32 = 1;

/// What a run was, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What all chance came from.
    pub seed: u64,
    /// The name of the scenario.
    pub scenario: String,
    /// The clock that the run went by.
    pub clock: String,
    /// The ways by which peers may reach each other.
    pub ice: String,
    /// Whether both peers of a pair use the same launcher.
    pub one_launcher: bool,
    /// Whether every check that could be judged passed, or failed as it is known to.
    pub passed: bool,
    /// What is known to be missing in this scenario.
    pub known_gap: Option<GapReport>,
    /// How long the run took on its clock.
    pub elapsed_ms: f64,
    /// How long it took on the wall.
    pub wall_ms: f64,
    /// The time between two polls that was asked for.
    pub poll_interval_ms: f64,
    /// The rule by which polls were to follow one another.
    pub schedule: String,
    /// The checks that were judged.
    pub checks: Vec<CheckReport>,
    /// The checks that could not be judged. They are no passes.
    pub not_checked: Vec<NotChecked>,
    /// How each pair fared.
    pub pairs: Vec<PairReport>,
    /// The command that plays this run again.
    pub repeat: String,
}

/// A check that was judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckReport {
    /// Its name.
    pub name: String,
    /// Whether its promise was kept.
    pub passed: bool,
    /// What was seen, or what is wrong.
    pub detail: String,
    /// What holds if it passes.
    pub promise: String,
}

/// A check that could not be judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NotChecked {
    /// Its name.
    pub name: String,
    /// Why not.
    pub why: String,
}

/// How one pair fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairReport {
    /// Where it met.
    pub room: String,
    /// Whether two of its peers had a channel open to each other.
    pub connected: bool,
    /// Whether the offer arrived as it was sent.
    pub offer_round_trip: bool,
    /// Whether the answer arrived as it was sent.
    pub answer_round_trip: bool,
    /// How often the initiator looked for the answer.
    pub polls: usize,
    /// From the offer being stored to the first poll, and then from poll to poll.
    pub poll_intervals_ms: Vec<f64>,
    /// How many of its polls found nothing.
    pub polls_in_vain: usize,
    /// From the answer being stored to the initiator having read it.
    pub detect_ms: Option<f64>,
    /// The least that this could have been: from the answer being stored to the next tick of the initiator's polls.
    pub least_detect_ms: Option<f64>,
    /// From the joining of the first of the two that met until both channels were open.
    pub connect_ms: Option<f64>,
    /// Which parts the peers say they played.
    pub roles: Roles,
    /// What each peer says went wrong, if anything did.
    pub errors: Vec<String>,
    /// What the checks that failed have against this pair.
    pub breaches: Vec<Breach>,
    /// All that happened to it, in that order. No format writes it out as it is.
    #[serde(skip)]
    pub events: Arc<[Event]>,
}

/// What a check has against one pair, judged by the events of that pair alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The check's name.
    pub check: String,
    /// What is wrong.
    pub detail: String,
}

/// Which parts the peers of a pair played: `initiator`, `recipient`, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Roles {
    /// The one that came first.
    pub first: Option<String>,
    /// The one that came second.
    pub second: Option<String>,
}

/// What was played, and how long it took.
#[derive(Debug, Clone, Copy)]
pub struct Played<'a> {
    /// What it went by.
    pub plan: &'a Plan,
    /// How long it took on its clock.
    pub elapsed: Duration,
    /// How long it took on the wall.
    pub wall: Duration,
}

impl Report {
    /// Judges what happened, and sums it up.
    pub fn new(played: Played<'_>, evidence: &Evidence) -> Self {
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
            schedule: plan.schedule.to_string(),
            checks: Vec::new(),
            not_checked: Vec::new(),
            pairs: evidence.traces.iter().map(pair).collect(),
            repeat: repeat::command(plan),
        };
        for check in &CHECKS {
            report.add(check, &(check.judge)(evidence), evidence);
        }
        report.passed = report.checks.iter().all(|check| check.passed);
        if let Some(gap) = &plan.scenario.known_gap {
            report.excuse(gap, plan);
        }
        report
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &CheckReport> {
        self.checks.iter().filter(|check| !check.passed)
    }

    /// Whether it failed in the one way that is known.
    pub fn is_known_gap(&self) -> bool {
        self.passed && self.failed().next().is_some()
    }

    /// What is known to be missing may be missing: all of it, and nothing else. What is there, the scenario has to leave out.
    fn excuse(&mut self, gap: &KnownGap, plan: &Plan) {
        let fails = |name: &String| self.failed().any(|check| check.name == *name);
        let is_news = self.failed().any(|check| !gap.checks.contains(&check.name));
        // A few pairs may be too few to come to it.
        let is_closed = plan.pairs >= plan.scenario.pairs && !gap.checks.iter().all(fails);
        self.passed = !is_news && !is_closed;
        self.known_gap = Some(GapReport::new(gap, is_closed));
    }

    /// How many pairs connected.
    pub fn connected(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.connected).count()
    }

    /// The first pair that a check blames, or else the first that something is wrong with, counted from 1.
    pub fn first_bad_pair(&self) -> Option<usize> {
        let blamed = self.pairs.iter().position(|pair| !pair.breaches.is_empty());
        blamed.or_else(|| self.pairs.iter().position(|pair| !pair.is_well())).map(|index| index + 1)
    }

    fn add(&mut self, check: &Check, verdict: &Verdict, evidence: &Evidence) {
        let name = check.name.to_owned();
        let passed = match verdict {
            Verdict::NotChecked(why) => return self.not_checked.push(NotChecked { name, why: why.clone() }),
            Verdict::Passed(_) => true,
            Verdict::Failed(_) => {
                self.blame(check, evidence);
                false
            }
        };
        self.checks.push(CheckReport { name, passed, detail: verdict.detail(), promise: check.promise.to_owned() });
    }

    /// Finds the pairs that break the check's promise, each by itself. One that is broken by all together blames none.
    fn blame(&mut self, check: &Check, evidence: &Evidence) {
        for (pair, trace) in self.pairs.iter_mut().zip(&evidence.traces) {
            let verdict = (check.judge)(&evidence.of_pair(trace));
            if matches!(verdict, Verdict::Failed(_)) {
                pair.breaches.push(Breach { check: check.name.to_owned(), detail: verdict.detail() });
            }
        }
    }
}

impl PairReport {
    /// Whether it connected, no peer complains of anything, and no check does.
    pub fn is_well(&self) -> bool {
        self.connected && self.errors.is_empty() && self.breaches.is_empty()
    }

    fn of(trace: &PairTrace, evidence: &Evidence) -> Self {
        let role = |peer_index| trace.last_visit(peer_index).and_then(|visit| visit.met).map(|role| role.to_string());
        let error = |visit: &VisitTrace| Some(format!("{}: {}", visit.who.name(), visit.error()?));
        let paid = Economics::of(trace, evidence);
        Self {
            room: trace.room.clone(),
            connected: trace.is_connected(),
            offer_round_trip: trace.arrived(Description::Offer) == Some(true),
            answer_round_trip: trace.arrived(Description::Answer) == Some(true),
            polls: trace.polls().len(),
            poll_intervals_ms: trace.poll_intervals().into_iter().map(millis).collect(),
            polls_in_vain: paid.map_or(0, |paid| paid.empty),
            detect_ms: trace.detection().map(millis),
            least_detect_ms: paid.and_then(|paid| paid.least_delay).map(millis),
            connect_ms: trace.connecting().map(millis),
            roles: Roles { first: role(PeerIndex::First), second: role(PeerIndex::Second) },
            errors: trace.visits.iter().filter_map(error).collect(),
            breaches: Vec::new(),
            events: Arc::clone(&trace.events),
        }
    }
}

fn uses_one_launcher(plan: &Plan) -> bool {
    match plan.settings.launchers.len() {
        0 => plan.scenario.launchers.of_each_pair() == 1,
        given => given == 1,
    }
}

/// Milliseconds, to the microsecond.
fn millis(time: Duration) -> f64 {
    let micros = u32::try_from(time.as_micros()).map_or_else(|_| time.as_secs_f64() * 1e6, f64::from);
    micros.round() / 1e3
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::test_run::{Run, good_run};
    use crate::plan::Settings;
    use crate::record::{CountTime, EventKind, Resource};
    use crate::scenario::Scenario;

    /// What is reported of a run made by hand.
    pub(in crate::report) fn report_of(run: &Run) -> Report {
        let plan = Plan::new(&run.scenario, &Settings::default().seed(7)).unwrap();
        let (elapsed, wall) = (Duration::from_secs(4), Duration::from_secs(5));
        Report::new(Played { plan: &plan, elapsed, wall }, &run.evidence())
    }

    fn blames(report: &Report) -> Vec<&str> {
        report.pairs.iter().flat_map(|pair| &pair.breaches).map(|breach| breach.check.as_str()).collect()
    }

    #[test]
    fn of_a_good_run_no_pair_is_blamed() {
        let report = report_of(&good_run());
        assert!(report.passed && report.pairs[0].is_well());
        assert_eq!(report.first_bad_pair(), None);
    }

    #[test]
    fn a_pair_is_blamed_for_what_is_wrong_with_it() {
        let mut run = good_run();
        run.change(PeerIndex::First, |what| {
            if let EventKind::Received(message) = what {
                *message = signaling::Message::text("other words");
            }
        });
        let report = report_of(&run);
        assert_eq!(blames(&report), ["channels"]);
        let said = "what the second peer of pair 1 sent did not arrive as it was sent";
        assert_eq!(report.pairs[0].breaches[0].detail, said);
        assert_eq!(report.first_bad_pair(), Some(1));
    }

    #[test]
    fn no_pair_is_blamed_for_what_the_whole_run_leaves_behind() {
        let mut run = good_run();
        run.count(Resource::Tasks, CountTime::After, Ok(4));
        let report = report_of(&run);
        assert!(!report.passed);
        assert_eq!(blames(&report), [""; 0]);
    }

    /// A good run of a scenario in which so much is known to be missing.
    fn run_with_gap(checks: &[&str]) -> Run {
        let mut run = good_run();
        let checks = checks.iter().map(|&check| check.to_owned()).collect();
        run.scenario.known_gap = Some(KnownGap { why: "nobody did it".to_owned(), checks });
        run
    }

    #[test]
    fn a_known_gap_is_no_failure_until_it_is_closed() {
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
    fn a_known_gap_excuses_nothing_else() {
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
