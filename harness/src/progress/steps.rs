//! The lines that a run says while it is going on: one for each event that matters to a person.

use std::collections::BTreeMap;

use crate::record::{Call, Description, Event, EventKind, Outcome, RequestKind};
use crate::scenario::VisitId;

/// The most pairs of which every step is told. Of more, it is told who met and who did not.
pub const STEPS_TOLD_MAX: usize = 10;

/// Turns events into lines.
#[derive(Debug, Default)]
pub struct Progress {
    tells_steps: bool,
    /// What each peer has made so far, and the record that it is stored in.
    visits: BTreeMap<VisitId, (Description, Option<String>)>,
}

impl Progress {
    /// For a run of so many pairs.
    pub fn new(pairs: usize) -> Self {
        Self { tells_steps: pairs <= STEPS_TOLD_MAX, ..Self::default() }
    }

    /// The line for an event, without its end; `None` if it does not matter to a person.
    pub fn line(&mut self, event: &Event) -> Option<String> {
        let who = event.who?;
        let told = match &event.kind {
            EventKind::Met(role) => Some(format!("met the other, as the {role}")),
            EventKind::Failed(why) => Some(format!("FAILED: {why}")),
            EventKind::Died(death) => Some(format!("{death}, as its scenario says")),
            EventKind::StayedAway(why) => Some(format!("never comes, since {why}")),
            step if self.tells_steps => self.step(who, step),
            _ => None,
        }?;
        Some(format!("{:>8.3} s  pair {}, {}: {told}", event.at.as_secs_f64(), who.pair, who.name()))
    }

    fn step(&mut self, who: VisitId, what: &EventKind) -> Option<String> {
        match what {
            EventKind::Joined => Some("joins".to_owned()),
            EventKind::Made(kind, _) => {
                self.visits.insert(who, (*kind, None));
                None
            }
            EventKind::Called(call) => self.call(who, call),
            EventKind::Received(_) => Some("got a message".to_owned()),
            _ => None,
        }
    }

    fn call(&mut self, who: VisitId, call: &Call) -> Option<String> {
        let (kind, record) = self.visits.get_mut(&who)?;
        let is_elsewhere = record.is_some() && *record != call.name;
        match (call.kind, &call.outcome) {
            (RequestKind::StoreRecord | RequestKind::UpdateRecord, Outcome::Answered(200)) => {
                record.clone_from(&call.name);
                Some(format!("its {kind} is stored"))
            }
            (RequestKind::DeleteRecord, Outcome::Answered(200)) => Some(format!("its {kind} is removed")),
            (RequestKind::FetchRecord, Outcome::Answered(404)) if is_elsewhere => {
                Some("looked for the answer: not there yet".to_owned())
            }
            (RequestKind::FetchRecord, Outcome::Answered(200)) if is_elsewhere => {
                Some("looked for the answer: there it is".to_owned())
            }
            (_, Outcome::Failed(why)) => Some(format!("a request failed: {why}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::test_run::good_run;

    fn lines(pairs: usize) -> String {
        let mut progress = Progress::new(pairs);
        good_run().events.iter().filter_map(|event| progress.line(event)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_steps_of_a_few_pairs_stay_as_they_were_reviewed() {
        insta::assert_snapshot!(lines(1));
    }

    #[test]
    fn of_many_pairs_it_is_told_who_met() {
        assert_eq!(lines(STEPS_TOLD_MAX + 1).lines().count(), 2);
    }
}
