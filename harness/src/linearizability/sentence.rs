//! The reason why a history is not linearizable, in one sentence. Each sentence is true of the whole history, and is a
//! contradiction by itself.

use std::collections::BTreeSet;

use super::operation::{Action, Operation, Response};
use super::register::{Change, Observed, Register};
use super::wording::{name, observation, proof, span, state, statement, time};

/// A contradiction to describe.
#[derive(Debug)]
pub(super) struct Case<'a> {
    /// The operations that contradict each other.
    pub(super) operations: &'a [Operation],
    /// Whether there is an order once the response of any of them is ignored.
    pub(super) is_minimal: bool,
    /// The whole history.
    pub(super) history: &'a [Operation],
    /// The initial state.
    pub(super) start: Register,
}

/// The sentence for a case; a general one if there is no simple reason.
pub(super) fn sentence(case: &Case<'_>) -> String {
    let simple = match case.operations {
        [one] => case.against_start(one).or_else(|| case.against_all(one)),
        [one, other] => case.pair(one, other).or_else(|| case.pair(other, one)),
        _ => None,
    };
    simple.or_else(|| case.refusal()).unwrap_or_else(|| match case.operations {
        [_] => "No order of the changes allows this operation its response.".to_owned(),
        _ => "No order of these operations allows all of their responses.".to_owned(),
    })
}

impl Case<'_> {
    /// The contradiction of an operation with the initial state.
    fn against_start(&self, one: &Operation) -> Option<String> {
        let first = self.start.version();
        let is_older = match one.action {
            Action::Read(observed) => {
                observed.version() < first || (observed.version() == first && !self.start.allows(observed))
            }
            Action::Change(change, Response::Acknowledged) => Some(change.version()) <= first,
            Action::Change(..) => false,
        };
        is_older.then(|| format!("{}, but the initial state is {}.", statement(one), state(self.start)))
    }

    /// The contradiction of an operation with all others: none did what it requires.
    fn against_all(&self, one: &Operation) -> Option<String> {
        let version = proven_version(one)?;
        let why = self
            .missing(version)
            .or_else(|| self.never_made(version, one.action))
            .or_else(|| self.nothing_to_delete(version, one.action))?;
        Some(format!("{}, but {why}.", statement(one)))
    }

    /// That one of the versions up to this one is missing.
    fn missing(&self, version: u64) -> Option<String> {
        let makers = self.history.iter().filter_map(possible_change);
        let made: BTreeSet<u64> = makers.map(Change::version).collect();
        let missing = (self.start.next_version()?..=version).find(|version| !made.contains(version))?;
        let is_try = |operation: &&Operation| match operation.action {
            Action::Change(change, response) => response == Response::Refused && change.version() == missing,
            Action::Read(_) => false,
        };
        Some(match self.history.iter().find(is_try) {
            Some(by) => format!("no operation made version {missing}: that of {} was refused", by.actor),
            None => format!("no operation made version {missing}"),
        })
    }

    /// That no operation made a version as it was read.
    fn never_made(&self, version: u64, action: Action) -> Option<String> {
        let Action::Read(observed) = action else { return None };
        let mut makers = self.makers(version);
        if makers.clone().any(|change| change.result().allows(observed)) {
            return None;
        }
        let is_written = makers.any(|change| matches!(change, Change::Write { .. }));
        Some(match observed {
            Observed::Stored { .. } if is_written => format!("no operation wrote that content as version {version}"),
            Observed::Stored { .. } => format!("version {version} was a deletion"),
            Observed::Deleted { .. } | Observed::Nothing => {
                format!("no operation deleted the name as version {version}")
            }
        })
    }

    /// That a deletion would have deleted a tombstone.
    fn nothing_to_delete(&self, version: u64, action: Action) -> Option<String> {
        let (Action::Read(Observed::Deleted { .. }) | Action::Change(Change::Delete { .. }, _)) = action else {
            return None;
        };
        let Some(before) = version.checked_sub(1) else {
            return Some("there is no version before it to delete".to_owned());
        };
        let is_tombstone = if self.start.version() == Some(before) {
            matches!(self.start, Register::Deleted { .. })
        } else {
            self.makers(before).all(|change| matches!(change, Change::Delete { .. }))
        };
        is_tombstone.then(|| format!("version {before} was already a deletion"))
    }

    /// The contradiction of two operations, of which `one` proves that there was a version.
    fn pair(&self, one: &Operation, other: &Operation) -> Option<String> {
        let version = proven_version(one)?;
        two_winners(one, other).or_else(|| self.late(version, one, other)).or_else(|| clash(version, one, other))
    }

    /// `one` proves that a version existed when it ended, and `later`, which started after that, that it did not exist yet.
    fn late(&self, version: u64, one: &Operation, later: &Operation) -> Option<String> {
        if one.end >= later.start {
            return None;
        }
        match later.action {
            Action::Read(observed) if observed.version() < Some(version) => {
                let is_lost = matches!(one.action, Action::Change(..)) && !self.is_known_later(version);
                let lost = if is_lost { "; no later read returned it: it is lost" } else { "" };
                Some(format!("{}, but {}{lost}.", statement(later), proof(one)))
            }
            Action::Change(change, response) if change.version() <= version && response != Response::Refused => {
                let fits = |maker: &Change| match one.action {
                    Action::Read(observed) if observed.version() == Some(maker.version()) => {
                        maker.result().allows(observed)
                    }
                    _ => true,
                };
                // If another operation may have made it, there is no contradiction.
                let is_its_maker =
                    response == Response::Acknowledged || self.makers(change.version()).filter(fits).count() == 1;
                is_its_maker.then(|| {
                    let (what, actor, when) = (name(change), &later.actor, time(later.start));
                    format!("The {what} by {actor} started only at {when}, but {}.", proof(one))
                })
            }
            _ => None,
        }
    }

    /// That the only refused change had no conflict. Without it there is an order, and in each such order the change
    /// could have taken effect during all of its time: otherwise it could be refused there.
    fn refusal(&self) -> Option<String> {
        let mut refused = self.operations.iter().filter_map(|operation| match operation.action {
            Action::Change(change, Response::Refused) => Some((operation, change)),
            _ => None,
        });
        let (one, change) = refused.next().filter(|_| self.is_minimal)?;
        let state = match change.version().checked_sub(1) {
            Some(before) => format!("version {before}"),
            None => "nothing".to_owned(),
        };
        refused
            .next()
            .is_none()
            .then(|| format!("{}, but there was no conflict: {state} was stored during {}.", statement(one), span(one)))
    }

    /// The changes that made a version, or may have made it.
    fn makers(&self, version: u64) -> impl Iterator<Item = Change> + Clone {
        self.history.iter().filter_map(possible_change).filter(move |change| change.version() == version)
    }

    /// Whether a read returned this version or a later one, or a later one was acknowledged.
    fn is_known_later(&self, version: u64) -> bool {
        self.history.iter().any(|operation| match operation.action {
            Action::Read(observed) => observed.version() >= Some(version),
            Action::Change(change, response) => response == Response::Acknowledged && change.version() > version,
        })
    }
}

/// The version that certainly existed when the operation ended.
fn proven_version(operation: &Operation) -> Option<u64> {
    match operation.action {
        Action::Read(observed) => observed.version(),
        Action::Change(change, Response::Acknowledged) => Some(change.version()),
        Action::Change(..) => None,
    }
}

fn possible_change(operation: &Operation) -> Option<Change> {
    match operation.action {
        Action::Change(change, Response::Acknowledged | Response::Unknown) => Some(change),
        _ => None,
    }
}

fn two_winners(one: &Operation, other: &Operation) -> Option<String> {
    let winner = |operation: &Operation| match operation.action {
        Action::Change(change, Response::Acknowledged) => Some(change.version()),
        _ => None,
    };
    let version = winner(one).filter(|version| winner(other) == Some(*version))?;
    let to = |operation: &Operation| format!("to {} at {}", operation.actor, time(operation.end));
    Some(format!("Version {version} was acknowledged twice: {} and {}.", to(one), to(other)))
}

/// That two operations contradict each other about one version.
fn clash(version: u64, one: &Operation, read: &Operation) -> Option<String> {
    let Action::Read(observed) = read.action else { return None };
    match one.action {
        _ if observed.version() != Some(version) => None,
        Action::Change(change, _) if !change.result().allows(observed) => {
            let (what, actor, when) = (state(change.result()), &one.actor, time(one.end));
            Some(format!("{}, but {what} was acknowledged to {actor} at {when}: it is lost.", statement(read)))
        }
        Action::Read(also) if is_different(also, observed) => {
            Some(format!("{}, but {} read {}.", statement(one), read.actor, observation(observed)))
        }
        _ => None,
    }
}

/// Whether two reads of one version contradict each other.
fn is_different(one: Observed, other: Observed) -> bool {
    match (one, other) {
        (Observed::Stored { content: Some(one), .. }, Observed::Stored { content: Some(other), .. }) => one != other,
        (Observed::Stored { .. }, Observed::Stored { .. }) => false,
        _ => one != other,
    }
}
