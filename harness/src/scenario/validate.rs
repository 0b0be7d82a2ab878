//! What a valid scenario is. Each error names the place of the value, so that a file's reader can find its line.

use std::time::Duration;

use signaling::{PollRule, PollSchedule};

use super::error::InvalidScenario;
use super::limits::{DEADLINE_MAX, FAULTS_MAX, NAME_CHARACTERS_MAX, PAIRS_MAX, TIME_MAX, VISITS_MAX, millis};
use super::model::{Launchers, SCHEMA, Scenario};
use super::visit::{DeathTime, Join, Visit};
use super::who::PeerIndex;

impl Scenario {
    /// Whether it is valid. The names of the checks in its known gap are compared with the checks when it is run.
    ///
    /// # Errors
    /// A number or a text in it is out of its range, or no peer would ever join.
    pub fn check(&self) -> Result<(), InvalidScenario> {
        let invalid = |key: &str, why: String| Err(InvalidScenario::new(&[key], why));
        if self.schema != SCHEMA {
            return invalid("schema", format!("this harness reads version {SCHEMA} of the form, not {}", self.schema));
        }
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        let length = self.name.chars().count();
        if !(1..=NAME_CHARACTERS_MAX).contains(&length) || !self.name.chars().all(is_plain) {
            return invalid("name", format!("a name is 1 to {NAME_CHARACTERS_MAX} small letters, digits and dashes"));
        }
        if !(1..=PAIRS_MAX).contains(&self.pairs) {
            return invalid("pairs", format!("{} is not a number of pairs; give 1 to {PAIRS_MAX}", self.pairs));
        }
        let (interval, least, most) = (self.poll_interval_ms, signaling::MIN_POLL_INTERVAL, DEADLINE_MAX);
        let (least, most) = (millis(least), millis(most));
        if !(least..=most).contains(&interval) {
            return invalid("poll_interval_ms", format!("{interval} is not a poll interval; give {least} to {most}"));
        }
        check_schedule(self.schedule)?;
        let (deadline, most) = (self.deadline_s, DEADLINE_MAX.as_secs());
        if !(1..=most).contains(&deadline) {
            return invalid("deadline_s", format!("{deadline} is not a deadline; give 1 to {most}"));
        }
        if self.known_gap.as_ref().is_some_and(|gap| gap.checks.is_empty()) {
            let why = "no check is named; name the checks that fail, or leave known_gap out".to_owned();
            return Err(InvalidScenario::new(&["known_gap", "checks"], why));
        }
        self.check_peers()?;
        self.check_faults()
    }

    fn check_peers(&self) -> Result<(), InvalidScenario> {
        let (peers, most) = (self.peers.len(), PeerIndex::ALL.len());
        if !(1..=most).contains(&peers) {
            return Err(InvalidScenario::new(&["peers"], format!("there are {peers} peers; give 1 to {most}")));
        }
        let joins_by_time = |visit: &Visit| visit.joins.is_by_time();
        if !self.peers.iter().any(|peer| peer.visits.first().is_some_and(joins_by_time)) {
            let why = "each peer waits for another; let one join at_once, after_ms or within_ms".to_owned();
            return Err(InvalidScenario::new(&["peers"], why));
        }
        for (peer, number) in self.peers.iter().zip(0_usize..) {
            let number = number.to_string();
            let visits = peer.visits.len();
            if !(1..=VISITS_MAX).contains(&visits) {
                let why = format!("the peer makes {visits} visits; give 1 to {VISITS_MAX}");
                return Err(InvalidScenario::new(&["peers", &number, "visits"], why));
            }
            if peer.launcher.is_some_and(|launcher| !(1..=2).contains(&launcher)) {
                let why = "a pair has the launchers 1 and 2; give one of them".to_owned();
                return Err(InvalidScenario::new(&["peers", &number, "launcher"], why));
            }
            for (visit, index) in peer.visits.iter().zip(0_usize..) {
                check_visit(visit).map_err(|error| error.within(&["peers", &number, "visits", &index.to_string()]))?;
            }
        }
        Ok(())
    }

    fn check_faults(&self) -> Result<(), InvalidScenario> {
        let rules = self.faults.len();
        if rules > FAULTS_MAX {
            let why = format!("there are {rules} rules; give at most {FAULTS_MAX}");
            return Err(InvalidScenario::new(&["faults"], why));
        }
        for (fault, number) in self.faults.iter().zip(0_usize..) {
            let invalid = |field: &str, why: &str| {
                Err(InvalidScenario::new(&["faults", &number.to_string(), field], why.to_owned()))
            };
            let is_shared = self.launchers == Launchers::TwoForAll;
            if fault.launcher.is_some_and(|launcher| !(1..=self.launchers.of_each_pair()).contains(&launcher)) {
                return invalid("launcher", "a pair has the launchers 1 and 2, or 1 alone; give one of them");
            }
            if fault.pair.is_some_and(|pair| is_shared || !(1..=PAIRS_MAX).contains(&pair)) {
                return invalid("pair", "pairs are counted from 1, and need their own launchers: not two_for_all");
            }
            if fault.each_step && (is_shared || fault.rule.matching.nth.is_some()) {
                return invalid("each_step", "it needs pairs with their own launchers, and a rule without nth");
            }
            if let Err(error) = fault.rule.check() {
                return invalid("rule", &error.to_string());
            }
            if let Some(time) = fault.rule.until.expires_after {
                let place = ["faults", &number.to_string(), "rule", "until", "for_ms"];
                check_time(&place, whole_millis(time))?;
            }
        }
        Ok(())
    }
}

fn check_visit(visit: &Visit) -> Result<(), InvalidScenario> {
    match visit.joins {
        Join::AfterMs(after) => check_time(&["joins", "after_ms"], after)?,
        Join::WithinMs(within) => check_time(&["joins", "within_ms"], within)?,
        _ => {}
    }
    match visit.dies.map(|death| death.when) {
        Some(DeathTime::AfterRequests(0)) => {
            let why = "the peer would die before its first request; give after_requests 1 or more".to_owned();
            return Err(InvalidScenario::new(&["dies"], why));
        }
        Some(DeathTime::AfterMs(after)) => check_time(&["dies", "when", "after_ms"], after)?,
        _ => {}
    }
    visit.stays_ms.map_or(Ok(()), |stays| check_time(&["stays_ms"], stays))
}

fn check_schedule(schedule: PollRule) -> Result<(), InvalidScenario> {
    if let Err(error) = PollSchedule::try_from(schedule) {
        return Err(InvalidScenario::new(&["schedule"], error.to_string()));
    }
    match schedule {
        PollRule::BackOff { longest, .. } => check_time(&["schedule", "back_off", "longest_ms"], whole_millis(longest)),
        PollRule::EagerThenSlow { eager, eager_for } => {
            check_time(&["schedule", "eager_then_slow", "eager_ms"], whole_millis(eager))?;
            check_time(&["schedule", "eager_then_slow", "eager_for_ms"], whole_millis(eager_for))
        }
        _ => Ok(()),
    }
}

/// A longer time is probably a mistake in the unit, and takes long to play even in virtual time.
fn check_time(place: &[&str], given_ms: u64) -> Result<(), InvalidScenario> {
    let most = millis(TIME_MAX);
    if given_ms > most {
        let why = format!("{given_ms} ms is longer than a day; give at most {most}");
        return Err(InvalidScenario::new(place, why));
    }
    Ok(())
}

fn whole_millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use safe_mock::fault::{Fault, Rule};

    use super::*;
    use crate::scenario::{Death, KnownGap, PlacedFault, PlannedDeath};

    #[test]
    fn the_classic_is_the_same_whether_it_is_found_or_made() {
        assert_eq!(Scenario::find("classic"), Some(Scenario::classic()));
        assert_eq!(Scenario::classic().check(), Ok(()));
    }

    /// The error of the classic after a change.
    fn error(change: impl FnOnce(&mut Scenario)) -> String {
        let mut scenario = Scenario::classic();
        change(&mut scenario);
        scenario.check().unwrap_err().to_string()
    }

    #[test]
    fn an_invalid_value_is_refused_with_its_place() {
        let rule = || Rule::new(Fault::LoseAnswer);
        for (error, expected) in [
            (error(|wrong| wrong.schema = 9), "schema: this harness reads version 1 of the form, not 9"),
            (error(|wrong| wrong.name = "A b".into()), "name: a name is"),
            (error(|wrong| wrong.pairs = 0), "pairs: 0 is not a number of pairs; give 1 to"),
            (error(|wrong| wrong.poll_interval_ms = 1), "poll_interval_ms: 1 is not a poll interval"),
            (error(|wrong| wrong.schedule = PollRule::Jittered { share: 2.0 }), "schedule: invalid share 2"),
            (error(|wrong| wrong.deadline_s = 0), "deadline_s: 0 is not a deadline"),
            (error(|wrong| wrong.peers.clear()), "peers: there are 0 peers; give 1 to 3"),
            (error(|wrong| wrong.peers[0].visits.clear()), "peers: each peer waits for another"),
            (error(|wrong| wrong.peers[1].visits.clear()), "peers.1.visits: the peer makes 0 visits; give 1 to"),
            (error(|wrong| wrong.peers[1].launcher = Some(3)), "peers.1.launcher: a pair has"),
            (error(|wrong| wrong.faults.push(PlacedFault::at(0, rule()))), "faults.0.launcher: a pair has"),
            (
                error(|wrong| {
                    wrong.launchers = Launchers::TwoForAll;
                    wrong.faults.push(PlacedFault { each_step: true, ..PlacedFault::at(1, rule()) });
                }),
                "faults.0.each_step: it needs",
            ),
            (error(|wrong| wrong.faults.push(PlacedFault::at(1, rule().times(0)))), "faults.0.rule: "),
            (
                error(|wrong| wrong.known_gap = Some(KnownGap { why: "none".into(), checks: Vec::new() })),
                "known_gap.checks: no check is named",
            ),
        ] {
            assert!(error.starts_with(expected), "{error}");
        }
    }

    /// A day and a millisecond.
    const TOO_LONG: u64 = 86_400_001;

    /// Each place of the scenario that can hold a time, with that time put there.
    fn with_a_time(time_ms: u64) -> Vec<(&'static str, Scenario)> {
        let time = Duration::from_millis(time_ms);
        let with = |place, change: &dyn Fn(&mut Scenario)| {
            let mut scenario = Scenario::classic();
            change(&mut scenario);
            (place, scenario)
        };
        let death = PlannedDeath { how: Death::Crash, when: DeathTime::AfterMs(time_ms) };
        let eager_then_slow = |eager| PollRule::EagerThenSlow { eager, eager_for: time };
        vec![
            with("peers.0.visits.0.stays_ms", &|scenario| scenario.peers[0].visits[0].stays_ms = Some(time_ms)),
            with("peers.1.visits.0.joins.after_ms", &|scenario| {
                scenario.peers[1].visits[0].joins = Join::AfterMs(time_ms);
            }),
            with("peers.1.visits.0.joins.within_ms", &|scenario| {
                scenario.peers[1].visits[0].joins = Join::WithinMs(time_ms);
            }),
            with("peers.0.visits.0.dies.when.after_ms", &|scenario| scenario.peers[0].visits[0].dies = Some(death)),
            with("faults.0.rule.until.for_ms", &|scenario| {
                scenario.faults.push(PlacedFault::everywhere(Rule::new(Fault::LoseAnswer).expires_after(time)));
            }),
            with("schedule.back_off.longest_ms", &|scenario| {
                scenario.schedule = PollRule::BackOff { factor: 1.5, longest: time };
            }),
            with("schedule.eager_then_slow.eager_ms", &|scenario| scenario.schedule = eager_then_slow(time)),
            with("schedule.eager_then_slow.eager_for_ms", &|scenario| {
                scenario.schedule = eager_then_slow(Duration::from_secs(1));
            }),
        ]
    }

    #[test]
    fn no_time_is_longer_than_a_day() {
        for (place, scenario) in with_a_time(TOO_LONG - 1) {
            assert_eq!(scenario.check(), Ok(()), "{place}");
        }
        for time in [TOO_LONG, 1_000_000_000_000, u64::MAX] {
            for (place, scenario) in with_a_time(time) {
                let expected = format!("{place}: {time} ms is longer than a day; give at most 86400000");
                assert_eq!(scenario.check().unwrap_err().to_string(), expected);
            }
        }
    }
}
