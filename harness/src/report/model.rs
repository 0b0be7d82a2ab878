//! The report as a value. Its fields are a contract with the scripts that read it: [`SCHEMA`] counts up when one changes
//! its meaning or goes away. Lengths of time are in milliseconds.

use std::time::Duration;

use serde::Serialize;

use super::repeat;
use crate::check::{CHECKS, Check, Evidence, Verdict};
use crate::event::{Description, Seat};
use crate::scenario::Scenario;
use crate::settings::Settings;
use crate::story::Story;

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
    /// Whether every check that could be judged passed.
    pub passed: bool,
    /// How long the run took on its clock.
    pub elapsed_ms: f64,
    /// How long it took on the wall.
    pub wall_ms: f64,
    /// The time between two polls that was asked for.
    pub poll_interval_ms: f64,
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
    /// Whether both channels opened.
    pub connected: bool,
    /// Whether the offer arrived as it was sent.
    pub offer_round_trip: bool,
    /// Whether the answer arrived as it was sent.
    pub answer_round_trip: bool,
    /// How often the initiator looked for the answer.
    pub polls: usize,
    /// From the offer being stored to the first poll, and then from poll to poll.
    pub poll_intervals_ms: Vec<f64>,
    /// From the answer being stored to the initiator having read it.
    pub detect_ms: Option<f64>,
    /// From the first peer's joining until both channels were open.
    pub connect_ms: Option<f64>,
    /// Which parts the peers say they played.
    pub roles: Roles,
    /// What each peer says went wrong, if anything did.
    pub errors: Vec<String>,
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
    /// The scenario.
    pub scenario: &'a Scenario,
    /// What it was told.
    pub settings: &'a Settings,
    /// The seed, whether given or drawn.
    pub seed: u64,
    /// How long it took on its clock.
    pub elapsed: Duration,
    /// How long it took on the wall.
    pub wall: Duration,
}

impl Report {
    /// Judges what happened, and sums it up.
    pub fn new(played: Played<'_>, evidence: &Evidence) -> Self {
        let mut report = Self {
            schema: SCHEMA,
            seed: played.seed,
            scenario: played.scenario.name.to_owned(),
            clock: played.settings.clock.to_string(),
            passed: true,
            elapsed_ms: millis(played.elapsed),
            wall_ms: millis(played.wall),
            poll_interval_ms: millis(played.settings.poll_interval),
            checks: Vec::new(),
            not_checked: Vec::new(),
            pairs: evidence.stories.iter().map(PairReport::of).collect(),
            repeat: repeat::command(&played),
        };
        for check in &CHECKS {
            report.add(check, &(check.judge)(evidence));
        }
        report
    }

    /// How many pairs connected.
    pub fn connected(&self) -> usize {
        self.pairs.iter().filter(|pair| pair.connected).count()
    }

    fn add(&mut self, check: &Check, verdict: &Verdict) {
        let name = check.name.to_owned();
        let passed = match verdict {
            Verdict::NotChecked(why) => return self.not_checked.push(NotChecked { name, why: why.clone() }),
            Verdict::Passed(_) => true,
            Verdict::Failed(_) => false,
        };
        self.passed &= passed;
        self.checks.push(CheckReport { name, passed, detail: verdict.detail(), promise: check.promise.to_owned() });
    }
}

impl PairReport {
    fn of(story: &Story) -> Self {
        let role = |seat| story.part(seat).met.map(|role| role.to_string());
        let error = |seat| story.part(seat).failed.as_ref().map(|why| format!("{seat}: {why}"));
        Self {
            room: story.room.clone(),
            connected: story.is_connected(),
            offer_round_trip: story.arrived(Description::Offer) == Some(true),
            answer_round_trip: story.arrived(Description::Answer) == Some(true),
            polls: story.polls().len(),
            poll_intervals_ms: story.poll_intervals().into_iter().map(millis).collect(),
            detect_ms: story.detection().map(millis),
            connect_ms: story.connecting().map(millis),
            roles: Roles { first: role(Seat::First), second: role(Seat::Second) },
            errors: Seat::BOTH.into_iter().filter_map(error).collect(),
        }
    }
}

/// Milliseconds, to the microsecond.
fn millis(time: Duration) -> f64 {
    let micros = u32::try_from(time.as_micros()).map_or_else(|_| time.as_secs_f64() * 1e6, f64::from);
    micros.round() / 1e3
}
