//! The search for an order: Wing and Gong's, with Lowe's memory of where it has been.
//!
//! An operation may come next in the order if none that is not in it yet ended before it started. Three things keep the
//! tree of choices thin:
//! - What leaves the register as it is and may come next comes at once: whatever order there is, it can be moved there.
//!   That settles every read that sees the register as it is, and every change that is refused as it should be.
//! - Only then does a change come, and it makes the next version. If one was acknowledged with that version, it is
//!   that.
//! - A change whose answer was lost comes only if nothing else can, and no two are tried that nobody could tell apart:
//!   any one write that all reads of its version agree with, and any one deletion.
//!
//! So there are two ways on at most, and the search remembers each state it was in while another way is left.
//!
//! Lowe, "Testing for linearizability" (2017); Wing and Gong, "Testing and verifying concurrent objects" (1993).

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::claim::Hypothesis;
use super::operation::{Action, Answer, Seen};
use super::pending::Pending;
use super::register::{Change, Register};

/// How much a search may still do. A step is one look at one operation.
#[derive(Debug)]
pub(super) struct Steps(pub(super) u64);

/// A search did all that it was allowed, and found neither an order nor that there is none.
#[derive(Debug)]
pub(super) struct OutOfSteps;

impl Steps {
    fn take(&mut self) -> Result<(), OutOfSteps> {
        self.0 = self.0.checked_sub(1).ok_or(OutOfSteps)?;
        Ok(())
    }
}

/// An order of the claims, as places in the history, if there is one. A change with an unknown answer is in it only if
/// it took effect.
///
/// # Errors
/// The steps did not suffice.
pub(super) fn find_order(
    claims: impl IntoIterator<Item = Hypothesis>,
    start: Register,
    steps: &mut Steps,
) -> Result<Option<Vec<usize>>, OutOfSteps> {
    Search::new(claims, start).run(steps)
}

struct Search {
    /// The claims that an order must have, by their start.
    certain: Vec<Hypothesis>,
    /// Which of the certain claims have yet no place in the order.
    pending: Pending,
    versions: BTreeMap<u64, Version>,
    register: Register,
    /// The order so far.
    order: Vec<Taken>,
    forks: Vec<Fork>,
    visited: HashSet<State>,
}

/// What the history says of one version.
#[derive(Default)]
struct Version {
    /// The changes that made it, as places among the certain claims. More than one is a contradiction.
    acknowledged: Vec<usize>,
    /// The changes that may have made it.
    unknown: Vec<Hypothesis>,
    /// What was seen of it, each sight once.
    seen: Vec<Seen>,
}

/// What decides about all that may follow: the register, and which claims are pending of those that started before the
/// first pending one ended. All that started later are pending as well.
type State = (Register, Vec<usize>);

#[derive(Clone, Copy)]
enum Taken {
    Certain(usize),
    /// A change with an unknown answer, by its place in the history.
    Unknown(usize),
}

/// A way on.
struct Next {
    taken: Taken,
    change: Change,
}

/// A state from which there are more ways on.
struct Fork {
    /// How long the order was there.
    length: usize,
    untried: Vec<Next>,
}

impl Search {
    fn new(claims: impl IntoIterator<Item = Hypothesis>, start: Register) -> Self {
        let mut versions = BTreeMap::<u64, Version>::new();
        let mut certain = Vec::new();
        for claim in claims {
            if let Action::Change(change, Answer::Unknown) = claim.action {
                versions.entry(change.version()).or_default().unknown.push(claim);
            } else {
                certain.push(claim);
            }
        }
        certain.sort_by_key(|claim| claim.start);
        for (place, claim) in certain.iter().enumerate() {
            match claim.action {
                Action::Change(change, Answer::Acknowledged) => {
                    versions.entry(change.version()).or_default().acknowledged.push(place);
                }
                Action::Read(seen) => {
                    if let Some(version) = seen.version() {
                        let version = versions.entry(version).or_default();
                        if !version.seen.contains(&seen) {
                            version.seen.push(seen);
                        }
                    }
                }
                Action::Change(..) => {}
            }
        }
        let pending = Pending::all(certain.len());
        let (order, forks, visited) = (Vec::new(), Vec::new(), HashSet::new());
        Self { certain, pending, versions, register: start, order, forks, visited }
    }

    fn run(mut self, steps: &mut Steps) -> Result<Option<Vec<usize>>, OutOfSteps> {
        loop {
            let waiting = self.settle(steps)?;
            let Some(horizon) = waiting.iter().map(|place| self.certain[*place].end).min() else {
                return Ok(Some(self.places()));
            };
            if self.forks.is_empty() || self.visited.insert((self.register, waiting)) {
                let untried = self.ways_on(horizon, steps)?;
                self.forks.push(Fork { length: self.order.len(), untried });
            }
            if !self.go_on() {
                return Ok(None);
            }
        }
    }

    /// Takes all that may come next and leaves the register as it is. Gives the others that started before the first of
    /// them ended.
    fn settle(&mut self, steps: &mut Steps) -> Result<Vec<usize>, OutOfSteps> {
        let mut waiting = Vec::new();
        let mut horizon = Duration::MAX;
        let mut walk = self.pending.first();
        while let Some(place) = walk {
            steps.take()?;
            let claim = self.certain[place];
            if claim.start > horizon {
                break;
            }
            walk = self.pending.after(place);
            if self.leaves_as_it_is(claim.action) {
                self.pending.take(place);
                self.order.push(Taken::Certain(place));
            } else {
                horizon = horizon.min(claim.end);
                waiting.push(place);
            }
        }
        Ok(waiting)
    }

    fn leaves_as_it_is(&self, action: Action) -> bool {
        match action {
            Action::Read(seen) => self.register.shows(seen),
            Action::Change(change, Answer::Refused) => self.register.after(change).is_none(),
            Action::Change(..) => false,
        }
    }

    /// The changes that may come next: those that started until the horizon.
    fn ways_on(&self, horizon: Duration, steps: &mut Steps) -> Result<Vec<Next>, OutOfSteps> {
        let version = self.register.next_version().and_then(|version| self.versions.get(&version));
        let Some(version) = version else { return Ok(Vec::new()) };
        let mut ways = Vec::new();
        if version.acknowledged.is_empty() {
            for claim in &version.unknown {
                steps.take()?;
                let way = self.way_on(version, claim, Taken::Unknown(claim.place), horizon);
                ways.extend(way.filter(|way| !ways.iter().any(|other| is_alike(other, way))));
            }
        } else {
            for place in &version.acknowledged {
                steps.take()?;
                ways.extend(self.way_on(version, &self.certain[*place], Taken::Certain(*place), horizon));
            }
        }
        Ok(ways)
    }

    fn way_on(&self, version: &Version, claim: &Hypothesis, taken: Taken, horizon: Duration) -> Option<Next> {
        let Action::Change(change, _) = claim.action else { return None };
        let after = self.register.after(change).filter(|_| claim.start <= horizon)?;
        version.seen.iter().all(|seen| after.shows(*seen)).then_some(Next { taken, change })
    }

    /// Goes the next way that is untried, and back before that if need be. Says whether there was one.
    fn go_on(&mut self) -> bool {
        while let Some(mut fork) = self.forks.pop() {
            let Some(next) = fork.untried.pop() else { continue };
            while self.order.len() > fork.length {
                if let Some(Taken::Certain(place)) = self.order.pop() {
                    self.pending.put_back(place);
                }
            }
            if let Taken::Certain(place) = next.taken {
                self.pending.take(place);
            }
            self.order.push(next.taken);
            self.register = next.change.result();
            if !fork.untried.is_empty() {
                self.forks.push(fork);
            }
            return true;
        }
        false
    }

    fn places(&self) -> Vec<usize> {
        let place = |taken: &Taken| match taken {
            Taken::Certain(place) => self.certain[*place].place,
            Taken::Unknown(place) => *place,
        };
        self.order.iter().map(place).collect()
    }
}

/// Whether nobody could tell the two ways apart, given that all reads of the version agree with both.
fn is_alike(one: &Next, other: &Next) -> bool {
    matches!(one.change, Change::Write { .. }) == matches!(other.change, Change::Write { .. })
}
