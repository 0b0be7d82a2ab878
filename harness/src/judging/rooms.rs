//! The report on the rooms that launchers saw.

use std::collections::BTreeMap;
use std::time::Duration;

use signaling::Role;

use super::arguments::Expectations;
use super::error::JudgingError;
use crate::check::Evidence;
use crate::format::counted;
use crate::plan::{Plan, Settings};
use crate::record::{Count, LauncherJournal};
use crate::report::{Played, Report};
use crate::scenario::Scenario;
use crate::trace::PairTrace;
use crate::witness::{SeenClient, SeenRoom, Witnessed};

/// What is judged, and how.
pub(super) struct Judging<'a> {
    /// The command of the harness, which the report names in place of a scenario.
    pub(super) name: &'static str,
    pub(super) expectations: &'a Expectations,
    pub(super) seed: u64,
    /// The counts of what must not be left, if there are any.
    pub(super) counts: Vec<Count>,
    pub(super) wall: Duration,
    /// The command that repeats it, after `harness`.
    pub(super) repeat: String,
}

impl Judging<'_> {
    /// Judges the rooms in these journals, which are those of all launchers of one network.
    ///
    /// # Errors
    /// None in practice: the settings are valid.
    pub(super) fn report(self, journals: &[LauncherJournal]) -> Result<Report, JudgingError> {
        let Witnessed { rooms, elsewhere, incomplete } = Witnessed::of(journals);
        let plan = Plan::new(&self.scenario(), &self.settings())?;
        let gaps: BTreeMap<usize, String> =
            rooms.iter().filter_map(|room| Some((room.trace.pair, room.gap.clone()?))).collect();
        let traces = rooms.iter().map(|room| room.trace.clone()).collect();
        let evidence = Evidence::of_launchers(traces, gaps, self.counts, &plan);
        let elapsed = evidence.traces.iter().map(PairTrace::end).max().unwrap_or_default();
        let mut report = Report::new(Played { plan: &plan, elapsed, wall: self.wall }, &evidence);
        report.one_launcher = journals.len() == 1;
        report.repeat = format!("cargo run --release -p harness -- {}", self.repeat);
        for (pair, room) in report.pairs.iter_mut().zip(&rooms) {
            pair.clients = room.clients.iter().map(sentence).collect();
            let role =
                |wanted| room.clients.iter().any(|client| client.role == Some(wanted)).then(|| wanted.to_string());
            (pair.roles.first, pair.roles.second) = (role(Role::Initiator), role(Role::Recipient));
        }
        report.add_meetings(rooms.iter().all(|room| room.gap.is_none()) && incomplete.is_empty());
        report.notes.extend(incomplete.iter().map(|journal| {
            format!(
                "of the {} entries of the journal of {}, {} were removed or forgotten; the other {} are judged",
                journal.written,
                journal.launcher,
                journal.missing,
                journal.written - journal.missing
            )
        }));
        report.notes.extend(rooms.iter().filter_map(note));
        report.notes.extend(note_of_others(&elsewhere));
        Ok(report)
    }

    fn scenario(&self) -> Scenario {
        Scenario { name: self.name.to_owned(), pairs: 1, ..Scenario::classic() }
    }

    fn settings(&self) -> Settings {
        self.expectations.settings().seed(self.seed)
    }
}

/// Who a client is.
fn sentence(client: &SeenClient) -> String {
    let role = client.role.map_or_else(|| "neither offers nor answers".to_owned(), |role| format!("the {role}"));
    let name = client.name.as_ref().map(|name| format!(", which calls itself {name:?}")).unwrap_or_default();
    let sessions: Vec<String> = client.sessions.iter().map(ToString::to_string).collect();
    let noun = if sessions.len() == 1 { "session" } else { "sessions" };
    format!("{}: {role}, {noun} {} at {}{name}", client.who.name(), sessions.join(", "), client.launcher)
}

/// What there is to know of a room beside its checks.
fn note(room: &SeenRoom) -> Option<String> {
    let place = format!("pair {}, room {}", room.trace.pair, room.name);
    if !room.has_offer {
        let visitors = counted(room.clients.len(), "client");
        return Some(format!("{place}: nobody stored an offer there; {visitors} looked for one"));
    }
    room.gap.as_ref().map(|gap| format!("{place}: not all was seen, because {gap}"))
}

fn note_of_others(elsewhere: &BTreeMap<String, usize>) -> Option<String> {
    let all: usize = elsewhere.values().sum();
    let kinds: Vec<String> = elsewhere.iter().map(|(word, number)| format!("{number} {word}")).collect();
    let belong = if all == 1 { "belongs" } else { "belong" };
    (all > 0).then(|| format!("{} {belong} to no room: {}", counted(all, "request"), kinds.join(", ")))
}
