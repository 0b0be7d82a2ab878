//! Plays every poll schedule, and sums up what each pair paid.

use std::fmt;
use std::time::Duration;

use crate::format::{counted, length};
use crate::plan::{Clock, RunError, Settings};
use crate::report::{self, Report};
use crate::run::run;
use crate::scenario::{DEFAULT_POLL_INTERVAL, Join, NamedSchedule, Peer, Scenario, Visit, millis, rule_text};
use crate::screen::{Look, Page, Span};
use crate::trace::PairTrace;

/// The seed of all random choices by default.
pub const DEFAULT_SEED: u64 = 7;

/// How many pairs play each schedule by default.
pub const DEFAULT_PAIRS: usize = 200;

/// Within how much time recipients join: soon, as a user who was just given the room's name, or much later.
pub const WITHIN: [Duration; 2] = [Duration::from_secs(10), Duration::from_mins(2)];

/// The columns of the table.
const HEAD: [&str; 7] = [
    "recipients join within",
    "schedule",
    "numbers",
    "requests per minute of waiting",
    "polls until found",
    "mean delay",
    "95 of 100 within",
];

/// How much longer an initiator waits than until the last recipient joins.
const PATIENCE: Duration = Duration::from_mins(1);

/// The costs of all poll schedules.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PollingCosts {
    /// The seed of all random choices.
    pub seed: u64,
    /// How many pairs played each schedule.
    pub pairs: usize,
    /// The costs of each schedule.
    pub costs: Vec<ScheduleCosts>,
    /// The runs in which a check failed. If there is one, the costs are invalid.
    pub failed: Vec<Report>,
}

/// The costs of one poll schedule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScheduleCosts {
    /// The schedule.
    pub schedule: NamedSchedule,
    /// Within how much time the recipients joined.
    pub within: Duration,
    /// How many requests an initiator sent per minute of waiting, from its offer being stored to the answer being stored.
    pub requests_per_minute: f64,
    /// The mean number of polls until the answer was found.
    pub polls: f64,
    /// The mean time from storing the answer until the initiator read it.
    pub mean_delay: Duration,
    /// The delay that 95 of 100 pairs did not exceed (95th percentile).
    pub delay_of_95: Duration,
    /// The costs of each pair that found its answer.
    pub pairs: Vec<PairCost>,
}

/// Plays every named schedule, each with so many pairs.
///
/// # Errors
/// A run cannot be played.
pub async fn polling_costs(seed: u64, pairs: usize) -> Result<PollingCosts, RunError> {
    let mut all = PollingCosts { seed, pairs, costs: Vec::new(), failed: Vec::new() };
    for within in WITHIN {
        for schedule in NamedSchedule::ALL {
            let settings = Settings::default().clock(Clock::Virtual).seed(seed).pairs(pairs).schedule(schedule);
            let report = run(&waiting(within), &settings).await?;
            all.costs.extend(ScheduleCosts::of(schedule, within, &report));
            if !report.passed {
                all.failed.push(report);
            }
        }
    }
    Ok(all)
}

/// One peer waits, and the other joins at a random time.
fn waiting(within: Duration) -> Scenario {
    let visiting = |joins| Peer::visiting(vec![Visit { joins, ..Visit::default() }]);
    let peers = vec![visiting(Join::AtOnce), visiting(Join::WithinMs(millis(within)))];
    let proves = "an initiator finds the answer whenever its recipient joins";
    let deadline_s = (within + PATIENCE).as_secs();
    Scenario { deadline_s, needs_virtual_time: true, ..Scenario::of("polling-costs", proves, peers) }
}

/// The costs of one initiator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PairCost {
    /// How long it waited, from its offer being stored to the answer being stored.
    pub waited: Duration,
    /// How many requests it sent in that time.
    pub requests: usize,
    /// How many polls it made until it found the answer.
    pub polls: usize,
    /// The time from storing the answer until it was read.
    pub delay: Duration,
}

impl PairCost {
    /// `None` if it found no answer.
    fn of(trace: &PairTrace) -> Option<Self> {
        let (offer, answer) = (trace.offer_stored()?, trace.answer_stored()?);
        let polls = trace.polls();
        let empty = polls.iter().filter(|poll| poll.started < answer.at);
        Some(Self {
            waited: answer.at.saturating_sub(offer.at),
            requests: empty.map(|poll| poll.calls.len()).sum(),
            polls: polls.len(),
            delay: trace.detection()?,
        })
    }
}

impl ScheduleCosts {
    /// `None` if no pair found an answer.
    fn of(schedule: NamedSchedule, within: Duration, report: &Report) -> Option<Self> {
        let traces =
            report.pairs.iter().zip(1..).map(|(pair, number)| PairTrace::new(number, &pair.room, &*pair.events));
        let costs: Vec<PairCost> = traces.filter_map(|trace| PairCost::of(&trace)).collect();
        let pairs = u32::try_from(costs.len()).ok().filter(|pairs| *pairs > 0)?;
        let sum = |number: fn(&PairCost) -> usize| as_float(costs.iter().map(number).sum());
        let waited: Duration = costs.iter().map(|cost| cost.waited).sum();
        let mut delays: Vec<Duration> = costs.iter().map(|cost| cost.delay).collect();
        delays.sort_unstable();
        Some(Self {
            schedule,
            within,
            requests_per_minute: sum(|cost| cost.requests) / waited.as_secs_f64() * 60.0,
            polls: sum(|cost| cost.polls) / f64::from(pairs),
            mean_delay: delays.iter().sum::<Duration>() / pairs,
            delay_of_95: *delays.get((95 * delays.len()).div_ceil(100) - 1)?,
            pairs: costs,
        })
    }
}

fn as_float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

impl PollingCosts {
    /// Whether every check passed, so that the costs are valid.
    pub fn passed(&self) -> bool {
        self.failed.is_empty()
    }
}

impl PollingCosts {
    /// A table in Markdown; on a terminal, one of columns, which fits its width.
    pub(crate) fn text_as(&self, look: Look) -> String {
        if look.width.is_none() || !self.passed() {
            return self.to_string();
        }
        let mut page = Page::new(look);
        page.sentence([self.head().into()]);
        page.gap();
        // The numbers, which are words, are the last column: it is wrapped.
        let reordered = |[within, schedule, rule, requests, polls, mean, of_95]: [String; 7]| {
            [within, schedule, requests, polls, mean, of_95, rule]
        };
        let head = reordered(HEAD.map(ToOwned::to_owned));
        let rows: Vec<_> = self.costs.iter().map(|cost| reordered(cost.cells()).map(Span::from)).collect();
        page.table(Some(&head.each_ref().map(String::as_str)), &rows);
        page.finish()
    }

    fn head(&self) -> String {
        let (pairs, interval, seed) = (counted(self.pairs, "pair"), length(DEFAULT_POLL_INTERVAL), self.seed);
        format!("Each row is {pairs} in virtual time, with a poll interval of {interval} and the seed {seed}.")
    }
}

impl fmt::Display for PollingCosts {
    /// A table in Markdown; or the reports of the runs in which a check failed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.passed() {
            return self.failed.iter().try_for_each(|report| f.write_str(&report::text(report)));
        }
        writeln!(f, "{}\n\n| {} |\n|---|---|---|---:|---:|---:|---:|", self.head(), HEAD.join(" | "))?;
        self.costs.iter().try_for_each(|cost| writeln!(f, "{cost}"))
    }
}

impl ScheduleCosts {
    /// The cells of its row.
    fn cells(&self) -> [String; 7] {
        let [mean, of_95] = [self.mean_delay, self.delay_of_95].map(|delay| format!("{:.2} s", delay.as_secs_f64()));
        [
            length(self.within),
            self.schedule.to_string(),
            rule_text(self.schedule.rule()),
            format!("{:.1}", self.requests_per_minute),
            format!("{:.1}", self.polls),
            mean,
            of_95,
        ]
    }
}

impl fmt::Display for ScheduleCosts {
    /// A row of the table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [within, schedule, rule, requests, polls, mean, of_95] = self.cells();
        write!(f, "| {within} | `{schedule}` | {rule} | {requests} | {polls} | {mean} | {of_95} |")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    #[test]
    fn the_costs_of_a_pair_are_its_requests_before_the_answer_was_stored() {
        let cost = PairCost::of(&good_run().evidence().traces[0]).unwrap();
        // The offer is stored at 15 ms and the answer at 40 ms; the one poll finds it, and has read it at 2,015 ms.
        assert_eq!((cost.requests, cost.polls), (0, 1));
        assert_eq!([cost.waited, cost.delay], [25, 1_975].map(Duration::from_millis));
    }

    #[tokio::test]
    async fn the_costs_are_as_computed_by_hand() {
        let costs = polling_costs(1, 40).await.unwrap();
        assert!(costs.passed(), "{costs}");
        let of =
            |schedule| costs.costs.iter().find(|cost| cost.schedule == schedule && cost.within == WITHIN[1]).unwrap();
        let fixed = of(NamedSchedule::Fixed);
        // An empty poll is three requests, every two seconds; an answer waits for one second in the mean.
        assert!((80.0..=90.0).contains(&fixed.requests_per_minute), "{fixed}");
        assert!((0.7..=1.3).contains(&fixed.mean_delay.as_secs_f64()), "{fixed}");
        assert!((1.6..=2.0).contains(&fixed.delay_of_95.as_secs_f64()), "{fixed}");
        let back_off = of(NamedSchedule::BackOff);
        assert!(back_off.requests_per_minute < fixed.requests_per_minute / 2.0, "{back_off}");
        assert!(back_off.mean_delay > fixed.mean_delay, "{back_off}");
    }

    #[test]
    fn on_a_terminal_the_table_fits_its_width() {
        let cost = |schedule| ScheduleCosts {
            schedule,
            within: WITHIN[1],
            requests_per_minute: 157.75,
            polls: 34.6,
            mean_delay: Duration::from_millis(5_920),
            delay_of_95: Duration::from_millis(8_550),
            pairs: Vec::new(),
        };
        let costs = NamedSchedule::ALL.into_iter().map(cost).collect();
        let costs = PollingCosts { seed: 7, pairs: 1, costs, failed: Vec::new() };
        let text = costs.text_as(Look { width: Some(80), ..Look::plain() });
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        assert_eq!(crate::format::wrong_plurals(&text), [""; 0]);
        insta::assert_snapshot!(text);
        assert_eq!(costs.text_as(Look::plain()), costs.to_string());
    }

    #[tokio::test]
    async fn the_same_seed_has_the_same_costs() {
        assert_eq!(polling_costs(3, 5).await.unwrap().to_string(), polling_costs(3, 5).await.unwrap().to_string());
    }

    #[tokio::test]
    async fn a_failed_check_is_reported_instead_of_the_table() {
        let planted = Scenario { planted: Some(crate::scenario::Mutation::KeepsHandles), ..Scenario::classic() };
        let report = run(&planted, &Settings::default().clock(Clock::Virtual).seed(7)).await.unwrap();
        let costs = PollingCosts { seed: 7, pairs: 1, costs: Vec::new(), failed: vec![report] };
        assert!(!costs.passed());
        let text = costs.to_string();
        assert!(text.contains("handles") && !text.contains("|---"), "{text}");
    }
}
