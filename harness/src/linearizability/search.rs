//! The search for a witness order: the algorithm of Wing and Gong with the memoization of Lowe.
//!
//! An operation can be next in the order if no operation that is still pending ended before it started. Three rules
//! keep the search tree small:
//! - An operation that leaves the register unchanged is placed as soon as it can be next: in any order it can be moved
//!   there. That places each read of the present state, and each change that the present state refuses.
//! - Only then a change is placed, and it makes the next version. If a change with that version was acknowledged, it is
//!   that one.
//! - A change without a response is placed only if no other can be, and of equivalent changes only one is tried: any one
//!   write that agrees with all reads of its version, and any one deletion.
//!
//! So there are at most two candidates at a time, and the search remembers each state while another candidate is
//! untried.
//!
//! Lowe, "Testing for linearizability" (2017); Wing and Gong, "Testing and verifying concurrent objects" (1993).

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::hypothesis::Hypothesis;
use super::operation::{Action, Response};
use super::pending::Pending;
use super::register::{Change, Observed, Register};

/// How many steps a search may still take. A step looks at one operation.
#[derive(Debug)]
pub(super) struct Steps(pub(super) u64);

/// The search took all its steps without a result.
#[derive(Debug)]
pub(super) struct OutOfSteps;

impl Steps {
    fn take(&mut self) -> Result<(), OutOfSteps> {
        self.0 = self.0.checked_sub(1).ok_or(OutOfSteps)?;
        Ok(())
    }
}

/// A witness order of the hypotheses, as places in the history, if there is one. A change without a response is in it
/// only if it took effect.
///
/// # Errors
/// The steps did not suffice.
pub(super) fn find_order(
    hypotheses: impl IntoIterator<Item = Hypothesis>,
    start: Register,
    steps: &mut Steps,
) -> Result<Option<Vec<usize>>, OutOfSteps> {
    Search::new(hypotheses, start).run(steps)
}

struct Search {
    /// The operations that each order must contain, by their start.
    certain: Vec<Hypothesis>,
    /// Which of them have no place in the order yet.
    pending: Pending,
    versions: BTreeMap<u64, Version>,
    register: Register,
    /// The order so far.
    order: Vec<Placed>,
    branches: Vec<Branch>,
    visited: HashSet<State>,
}

/// The operations of the history on one version.
#[derive(Default)]
struct Version {
    /// The acknowledged changes that made it, as places among the certain operations. More than one is a contradiction.
    acknowledged: Vec<usize>,
    /// The changes that may have made it.
    unknown: Vec<Hypothesis>,
    /// The different observations of it.
    observed: Vec<Observed>,
}

/// The state that decides what can follow: the register, and the pending operations that started before the first of
/// them ended. All that started later are pending as well.
type State = (Register, Vec<usize>);

#[derive(Clone, Copy)]
enum Placed {
    Certain(usize),
    /// A change without a response, by its place in the history.
    Unknown(usize),
}

/// A change that can be next.
struct Candidate {
    placed: Placed,
    change: Change,
}

/// A state with candidates that are untried.
struct Branch {
    /// The length of the order in that state.
    length: usize,
    untried: Vec<Candidate>,
}

impl Search {
    fn new(hypotheses: impl IntoIterator<Item = Hypothesis>, start: Register) -> Self {
        let mut versions = BTreeMap::<u64, Version>::new();
        let mut certain = Vec::new();
        for hypothesis in hypotheses {
            if let Action::Change(change, Response::Unknown) = hypothesis.action {
                versions.entry(change.version()).or_default().unknown.push(hypothesis);
            } else {
                certain.push(hypothesis);
            }
        }
        certain.sort_by_key(|hypothesis| hypothesis.start);
        for (place, hypothesis) in certain.iter().enumerate() {
            match hypothesis.action {
                Action::Change(change, Response::Acknowledged) => {
                    versions.entry(change.version()).or_default().acknowledged.push(place);
                }
                Action::Read(observed) => {
                    if let Some(version) = observed.version() {
                        let version = versions.entry(version).or_default();
                        if !version.observed.contains(&observed) {
                            version.observed.push(observed);
                        }
                    }
                }
                Action::Change(..) => {}
            }
        }
        let pending = Pending::all(certain.len());
        let (order, branches, visited) = (Vec::new(), Vec::new(), HashSet::new());
        Self { certain, pending, versions, register: start, order, branches, visited }
    }

    fn run(mut self, steps: &mut Steps) -> Result<Option<Vec<usize>>, OutOfSteps> {
        loop {
            let waiting = self.place_unchanging(steps)?;
            let Some(horizon) = waiting.iter().map(|place| self.certain[*place].end).min() else {
                return Ok(Some(self.places()));
            };
            if self.branches.is_empty() || self.visited.insert((self.register, waiting)) {
                let untried = self.candidates(horizon, steps)?;
                self.branches.push(Branch { length: self.order.len(), untried });
            }
            if !self.try_next() {
                return Ok(None);
            }
        }
    }

    /// Places all operations that can be next and leave the register unchanged. Returns the other operations that
    /// started before the first of them ended.
    fn place_unchanging(&mut self, steps: &mut Steps) -> Result<Vec<usize>, OutOfSteps> {
        let mut waiting = Vec::new();
        let mut horizon = Duration::MAX;
        let mut walk = self.pending.first();
        while let Some(place) = walk {
            steps.take()?;
            let hypothesis = self.certain[place];
            if hypothesis.start > horizon {
                break;
            }
            walk = self.pending.after(place);
            if self.is_unchanging(hypothesis.action) {
                self.pending.remove(place);
                self.order.push(Placed::Certain(place));
            } else {
                horizon = horizon.min(hypothesis.end);
                waiting.push(place);
            }
        }
        Ok(waiting)
    }

    fn is_unchanging(&self, action: Action) -> bool {
        match action {
            Action::Read(observed) => self.register.allows(observed),
            Action::Change(change, Response::Refused) => self.register.apply(change).is_none(),
            Action::Change(..) => false,
        }
    }

    /// The changes that can be next: those that started until the horizon.
    fn candidates(&self, horizon: Duration, steps: &mut Steps) -> Result<Vec<Candidate>, OutOfSteps> {
        let version = self.register.next_version().and_then(|version| self.versions.get(&version));
        let Some(version) = version else { return Ok(Vec::new()) };
        let mut candidates: Vec<Candidate> = Vec::new();
        if version.acknowledged.is_empty() {
            for hypothesis in &version.unknown {
                steps.take()?;
                let candidate = self.candidate(version, hypothesis, Placed::Unknown(hypothesis.place), horizon);
                let is_new = |candidate: &Candidate| !candidates.iter().any(|other| is_equivalent(other, candidate));
                let candidate = candidate.filter(is_new);
                candidates.extend(candidate);
            }
        } else {
            for place in &version.acknowledged {
                steps.take()?;
                candidates.extend(self.candidate(version, &self.certain[*place], Placed::Certain(*place), horizon));
            }
        }
        Ok(candidates)
    }

    fn candidate(
        &self,
        version: &Version,
        hypothesis: &Hypothesis,
        placed: Placed,
        horizon: Duration,
    ) -> Option<Candidate> {
        let Action::Change(change, _) = hypothesis.action else { return None };
        let after = self.register.apply(change).filter(|_| hypothesis.start <= horizon)?;
        version.observed.iter().all(|observed| after.allows(*observed)).then_some(Candidate { placed, change })
    }

    /// Places the next candidate that is untried, after backtracking to its state. Returns whether there was one.
    fn try_next(&mut self) -> bool {
        while let Some(mut branch) = self.branches.pop() {
            let Some(next) = branch.untried.pop() else { continue };
            while self.order.len() > branch.length {
                if let Some(Placed::Certain(place)) = self.order.pop() {
                    self.pending.restore(place);
                }
            }
            if let Placed::Certain(place) = next.placed {
                self.pending.remove(place);
            }
            self.order.push(next.placed);
            self.register = next.change.result();
            if !branch.untried.is_empty() {
                self.branches.push(branch);
            }
            return true;
        }
        false
    }

    fn places(&self) -> Vec<usize> {
        let place = |placed: &Placed| match placed {
            Placed::Certain(place) => self.certain[*place].place,
            Placed::Unknown(place) => *place,
        };
        self.order.iter().map(place).collect()
    }
}

/// Whether the two candidates lead to the same results, given that all reads of the version agree with both.
fn is_equivalent(one: &Candidate, other: &Candidate) -> bool {
    matches!(one.change, Change::Write { .. }) == matches!(other.change, Change::Write { .. })
}
