//! What checks judge by: the traces of a run, and its plan.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use signaling::PollRule;

use crate::plan::{IceMode, Plan};
use crate::record::{Count, CountTime, Description, Event, EventKind, Resource, Traffic};
use crate::scenario::{ExpectedEnd, PeerIndex, Scenario, Visit, VisitId};
use crate::trace::{Exchange, ExpectedTicks, PairTrace, VisitTrace};

/// Who has seen what a run is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The peers too: what they say of themselves is known, and what passed their transport.
    Peers,
    /// Launchers alone, which see requests.
    Launchers,
}

/// The traces of a run, and the parts of its plan that checks need.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The trace of each pair.
    pub traces: Vec<PairTrace>,
    /// The counts of what a run must not leak.
    pub counts: Vec<Count>,
    /// Who has seen it.
    pub witness: Witness,
    /// The peers that are no peers of the harness: less is asked of them.
    pub foreign: BTreeSet<PeerIndex>,
    /// The pairs of which the witness has not seen everything, and what is missing.
    pub gaps: BTreeMap<usize, String>,
    /// The traffic of the run's STUN and TURN server, if it had one.
    pub served: Option<Traffic>,
    /// The kinds of path by which peers could reach each other.
    pub ice: IceMode,
    /// The scenario of the run.
    pub scenario: Scenario,
    /// The poll interval: that of the settings, or the least that a peer allows.
    pub poll_interval: Duration,
    /// The poll schedule.
    pub schedule: PollRule,
    /// How long a peer may take from joining to the open channel.
    pub deadline: Duration,
    /// How late a poll or a detection may be.
    pub late_tolerance: Duration,
}

impl Evidence {
    /// Sorts the events of a run. Pair n met in the n-th of the `rooms`, counted from 1.
    pub(crate) fn of(events: Vec<Event>, rooms: &[String], plan: &Plan) -> Self {
        let mut of_pairs: Vec<Vec<Event>> = vec![Vec::new(); rooms.len()];
        let (mut counts, mut served) = (Vec::new(), None);
        for event in events {
            match event {
                Event { kind: EventKind::Counted(count), .. } => counts.push(count),
                Event { kind: EventKind::Served(traffic), .. } => served = Some(traffic),
                event => {
                    let of_pair = event.who.and_then(|who| of_pairs.get_mut(who.pair.checked_sub(1)?));
                    if let Some(of_pair) = of_pair {
                        of_pair.push(event);
                    }
                }
            }
        }
        let traces = of_pairs
            .into_iter()
            .zip(rooms)
            .zip(1..)
            .map(|((events, room), pair)| PairTrace::of(pair, room, events.into()));
        let (traces, foreign) = (traces.collect(), plan.foreign.clone());
        Self { counts, served, ..Self::with_traces(traces, Witness::Peers, foreign, plan) }
    }

    /// What launchers saw of foreign clients, in rooms of which some may have gaps.
    pub(crate) fn of_launchers(
        traces: Vec<PairTrace>,
        gaps: BTreeMap<usize, String>,
        counts: Vec<Count>,
        plan: &Plan,
    ) -> Self {
        let foreign = PeerIndex::ALL.into();
        Self { counts, gaps, ..Self::with_traces(traces, Witness::Launchers, foreign, plan) }
    }

    fn with_traces(traces: Vec<PairTrace>, witness: Witness, foreign: BTreeSet<PeerIndex>, plan: &Plan) -> Self {
        Self {
            traces,
            counts: Vec::new(),
            witness,
            foreign,
            gaps: BTreeMap::new(),
            served: None,
            ice: plan.settings.ice,
            scenario: plan.scenario.clone(),
            // A peer raises a shorter interval to this.
            poll_interval: plan.poll_interval.max(signaling::MIN_POLL_INTERVAL),
            schedule: plan.schedule,
            deadline: plan.deadline,
            late_tolerance: plan.late_tolerance,
        }
    }

    /// The evidence on one of the pairs alone.
    pub(crate) fn of_pair(&self, trace: &PairTrace) -> Self {
        let traces = vec![trace.clone()];
        self.on(traces, Vec::new(), None)
    }

    /// The evidence on the pairs of which everything was seen.
    pub(super) fn without_gaps(&self) -> Self {
        let traces = self.traces.iter().filter(|trace| !self.gaps.contains_key(&trace.pair)).cloned().collect();
        Self { gaps: BTreeMap::new(), ..self.on(traces, self.counts.clone(), self.served) }
    }

    fn on(&self, traces: Vec<PairTrace>, counts: Vec<Count>, served: Option<Traffic>) -> Self {
        let (scenario, foreign, gaps) = (self.scenario.clone(), self.foreign.clone(), self.gaps.clone());
        Self { traces, counts, foreign, gaps, served, scenario, ..*self }
    }

    /// Whether this is a foreign client.
    pub(super) fn is_foreign(&self, who: VisitId) -> bool {
        self.foreign.contains(&who.peer_index)
    }

    /// What explains that a client met no other: it answered the offer of its own earlier visit.
    pub(super) fn own_offer_of(&self, visit: &VisitTrace) -> Option<&'static str> {
        let trace = self.traces.iter().find(|trace| trace.pair == visit.who.pair)?;
        let is_own =
            |other: &&VisitTrace| other.who.peer_index == visit.who.peer_index && other.who.visit < visit.who.visit;
        let mut own = trace.visits.iter().filter(is_own).flat_map(|earlier| &earlier.made);
        let is_applied =
            |sdp| visit.applied.iter().any(|(kind, applied, _)| *kind == Description::Offer && applied == sdp);
        let answers = own.any(|(kind, sdp, _)| *kind == Description::Offer && is_applied(sdp));
        answers.then_some(" (it answered the offer of its own earlier visit)")
    }

    /// Sorts failures of visits: first those of the built-in peers, then what foreign clients did.
    pub(super) fn by_client(&self, failures: Vec<(VisitId, String)>) -> (Vec<String>, Vec<String>) {
        let (foreign, own): (Vec<_>, Vec<_>) = failures.into_iter().partition(|(who, _)| self.is_foreign(*who));
        let texts = |failures: Vec<(VisitId, String)>| failures.into_iter().map(|(_, text)| text).collect();
        (texts(own), texts(foreign))
    }

    /// The ticks of this initiator, whose offer was ready at that time. A foreign client is told the interval, and no
    /// schedule.
    pub(crate) fn expected_ticks(&self, trace: &PairTrace, initiator: VisitId, ready: Duration) -> ExpectedTicks {
        let schedule = if self.is_foreign(initiator) { PollRule::Fixed } else { self.schedule };
        ExpectedTicks::new(schedule, self.poll_interval, ready, trace.end())
    }

    /// Every visit of the scenario in every pair, with its trace if there is one and with its expected end.
    pub(super) fn planned_visits(&self) -> impl Iterator<Item = (VisitId, Option<&VisitTrace>, ExpectedEnd)> {
        self.traces.iter().flat_map(|trace| {
            let visits = self.scenario.peer_indices().flat_map(|(peer_index, peer)| {
                let numbered = peer.visits.iter().zip(1..);
                numbered.map(move |(visit, number): (&Visit, u32)| (peer_index, number, visit.expected_end()))
            });
            visits.map(|(peer_index, visit, ends): (PeerIndex, u32, ExpectedEnd)| {
                let who = VisitId { pair: trace.pair, peer_index, visit };
                (who, trace.visits.iter().find(|visit| visit.who == who), ends)
            })
        })
    }

    /// The trace of every visit.
    pub(super) fn visits(&self) -> impl Iterator<Item = (&PairTrace, &VisitTrace)> {
        self.traces.iter().flat_map(|trace| trace.visits.iter().map(move |visit| (trace, visit)))
    }

    /// The offer/answer exchanges of all pairs.
    pub(super) fn exchanges(&self) -> impl Iterator<Item = Exchange<'_>> {
        self.traces.iter().flat_map(PairTrace::exchanges)
    }

    /// The counts of the `wanted` resources, before the run and after it.
    pub(super) fn before_and_after(&self, wanted: impl Fn(&Resource) -> bool) -> Vec<(&Count, Option<&Count>)> {
        let before = self.counts.iter().filter(|count| count.time == CountTime::Before && wanted(&count.resource));
        // There is a count for each launcher, and there may be two launchers for each pair.
        let after = self.counts.iter().filter(|count| count.time == CountTime::After);
        let after: BTreeMap<&Resource, &Count> = after.map(|count| (&count.resource, count)).collect();
        before.map(|before| (before, after.get(&before.resource).copied())).collect()
    }
}
