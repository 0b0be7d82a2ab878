//! Makes one note of many empty polls. The first empty poll of a peer is shown with its requests, so that a reader sees what a
//! poll is. So is a poll with other requests, or during which another event happened.

use std::collections::BTreeMap;
use std::time::Duration;

use super::step::{PollStep, Shape, Step};
use crate::scenario::{PeerIndex, VisitId};

/// The steps, with empty polls folded.
pub(in crate::report) fn fold(steps: Vec<Step>) -> Vec<Step> {
    let mut folding = Folding::default();
    let mut group: Vec<Step> = Vec::new();
    for step in steps {
        if group.last().is_some_and(|last| last.poll.is_none() || last.poll != step.poll) {
            folding.add(std::mem::take(&mut group));
        }
        group.push(step);
    }
    folding.add(group);
    folding.flush();
    folding.folded
}

#[derive(Default)]
struct Folding {
    folded: Vec<Step>,
    /// The visits whose first empty poll is shown.
    shown: Vec<VisitId>,
    /// The polls that are one note so far. Two peers that poll in turn have one note each.
    runs: BTreeMap<VisitId, Run>,
}

/// Consecutive polls of one peer.
struct Run {
    first: usize,
    last: usize,
    from: Option<Duration>,
    to: Option<Duration>,
}

impl Folding {
    /// Adds the steps of one poll, or some of them, or a step that is not part of a poll.
    fn add(&mut self, group: Vec<Step>) {
        let poll = group.first().and_then(|step| step.poll);
        let whole = poll.filter(|poll| poll.is_empty && poll.requests == group.len());
        match whole {
            Some(poll) if self.shown.contains(&poll.who) => self.extend(poll, &group),
            whole => {
                self.flush();
                self.shown.extend(whole.map(|poll| poll.who));
                self.folded.extend(group);
            }
        }
    }

    fn extend(&mut self, poll: PollStep, group: &[Step]) {
        let at = group.first().and_then(|step| step.at);
        let run = self.runs.entry(poll.who);
        let run = run.or_insert(Run { first: poll.number, last: poll.number, from: at, to: at });
        (run.last, run.to) = (poll.number, at);
    }

    fn flush(&mut self) {
        let mut runs: Vec<_> = std::mem::take(&mut self.runs).into_iter().collect();
        runs.sort_by_key(|(_, run)| run.from);
        self.folded.extend(runs.into_iter().map(|(who, run)| run.note(who.peer_index)));
    }
}

impl Run {
    fn note(&self, peer_index: PeerIndex) -> Step {
        let text = match self.to.filter(|_| self.first < self.last) {
            Some(to) => format!("polls {}-{} empty, the last at {:.3} s", self.first, self.last, to.as_secs_f64()),
            None => format!("poll {} empty", self.first),
        };
        Step { at: self.from, shape: Shape::Note(peer_index), text, poll: None, event: None }
    }
}
