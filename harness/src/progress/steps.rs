//! The lines of a run's progress: one for each event that matters to a person.

use std::collections::BTreeMap;

use crate::record::{Call, CallOutcome, Description, Event, EventKind, RequestKind};
use crate::scenario::VisitId;
use crate::trace::still_waiting;

/// The most pairs whose steps are all shown. With more pairs, only the ends of visits are.
pub(crate) const STEPS_SHOWN_MAX: usize = 10;

/// Turns events into lines.
#[derive(Debug, Default)]
pub(crate) struct StepLines {
    shows_steps: bool,
    /// What each peer has made last, and the record in which it is stored.
    visits: BTreeMap<VisitId, (Description, Option<String>)>,
}

impl StepLines {
    /// The lines of a run of so many pairs.
    pub(crate) fn new(pairs: usize) -> Self {
        Self { shows_steps: pairs <= STEPS_SHOWN_MAX, ..Self::default() }
    }

    /// The line for an event, without a newline; `None` if the event does not matter to a person.
    pub(crate) fn line(&mut self, event: &Event) -> Option<String> {
        let who = event.who?;
        let step = match &event.kind {
            EventKind::Met(role) => Some(format!("met the other peer, as the {role}")),
            EventKind::Failed(why) => Some(format!("FAILED: {why}")),
            EventKind::Died(death) => Some(format!("{death}, as its scenario says")),
            EventKind::StayedAway(why) => Some(format!("does not join: {why}")),
            EventKind::StillWaiting(after) => Some(still_waiting(*after)),
            EventKind::Misbehaved(how) => Some(format!("BREAKS ITS CONTRACT: {how}")),
            step if self.shows_steps => self.step(who, step),
            _ => None,
        }?;
        Some(format!("{:>8.3} s  pair {}, {}: {step}", event.at.as_secs_f64(), who.pair, who.name()))
    }

    fn step(&mut self, who: VisitId, what: &EventKind) -> Option<String> {
        match what {
            EventKind::Joined => Some("joins".to_owned()),
            EventKind::Made(kind, _) => {
                self.visits.insert(who, (*kind, None));
                None
            }
            EventKind::Called(call) => self.call(who, call),
            EventKind::Received(_) => Some("received a message".to_owned()),
            _ => None,
        }
    }

    fn call(&mut self, who: VisitId, call: &Call) -> Option<String> {
        let (kind, record) = self.visits.get_mut(&who)?;
        let is_elsewhere = record.is_some() && *record != call.name;
        match (call.kind, &call.outcome) {
            (RequestKind::StoreRecord | RequestKind::UpdateRecord, CallOutcome::Answered(200)) => {
                record.clone_from(&call.name);
                Some(format!("its {kind} is stored"))
            }
            (RequestKind::DeleteRecord, CallOutcome::Answered(200)) => Some(format!("its {kind} is removed")),
            (RequestKind::FetchRecord, CallOutcome::Answered(404)) if is_elsewhere => {
                Some("polled for the answer: not there yet".to_owned())
            }
            (RequestKind::FetchRecord, CallOutcome::Answered(200)) if is_elsewhere => {
                Some("polled for the answer: found".to_owned())
            }
            (_, CallOutcome::Failed(why)) => Some(format!("a request failed: {why}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    fn lines(pairs: usize) -> String {
        let mut step_lines = StepLines::new(pairs);
        good_run().events.iter().filter_map(|event| step_lines.line(event)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_steps_of_a_few_pairs_are_as_reviewed() {
        insta::assert_snapshot!(lines(1));
    }

    #[test]
    fn with_many_pairs_only_the_ends_of_visits_are_shown() {
        assert_eq!(lines(STEPS_SHOWN_MAX + 1).lines().count(), 2);
    }
}
