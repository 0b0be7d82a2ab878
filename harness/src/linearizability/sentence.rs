//! What cannot be, in one sentence. Each is true of the whole history, and is a contradiction by itself.

use std::collections::BTreeSet;

use super::operation::{Action, Answer, Operation, Seen};
use super::register::{Change, Register};
use super::wording::{moment, noun, proof, sight, span, standing, told};

/// A contradiction to put into words.
#[derive(Debug)]
pub(super) struct Case<'a> {
    /// The operations that contradict each other.
    pub(super) operations: &'a [Operation],
    /// Whether an order fits once any of them is forgotten.
    pub(super) is_minimal: bool,
    /// Everything that happened.
    pub(super) history: &'a [Operation],
    /// What stood there at first.
    pub(super) start: Register,
}

/// The sentence for a case; where what cannot be is not simple, one that says no more than that.
pub(super) fn sentence(case: &Case<'_>) -> String {
    let simple = match case.operations {
        [one] => case.against_start(one).or_else(|| case.against_all(one)),
        [one, other] => case.pair(one, other).or_else(|| case.pair(other, one)),
        _ => None,
    };
    simple.or_else(|| case.refusal()).unwrap_or_else(|| match case.operations {
        [_] => "Nothing that was written or deleted, in any order, allows this.".to_owned(),
        _ => "In no order could each of these operations be answered as it was.".to_owned(),
    })
}

impl Case<'_> {
    /// What cannot be because of what stood there at first.
    fn against_start(&self, one: &Operation) -> Option<String> {
        let first = self.start.version();
        let is_older = match one.action {
            Action::Read(seen) => seen.version() < first || (seen.version() == first && !self.start.shows(seen)),
            Action::Change(change, Answer::Acknowledged) => Some(change.version()) <= first,
            Action::Change(..) => false,
        };
        is_older.then(|| format!("{}, and {} stood there at first.", told(one), standing(self.start)))
    }

    /// What cannot be because nobody did what it needs.
    fn against_all(&self, one: &Operation) -> Option<String> {
        let version = proven_version(one)?;
        let why = self
            .missing(version)
            .or_else(|| self.never_made(version, one.action))
            .or_else(|| self.nothing_to_delete(version, one.action))?;
        Some(format!("{}, and {why}.", told(one)))
    }

    /// That a version is missing, of all up to this one.
    fn missing(&self, version: u64) -> Option<String> {
        let makers = self.history.iter().filter_map(possible_change);
        let made: BTreeSet<u64> = makers.map(Change::version).collect();
        let missing = (self.start.next_version()?..=version).find(|version| !made.contains(version))?;
        let is_try = |operation: &&Operation| match operation.action {
            Action::Change(change, answer) => answer == Answer::Refused && change.version() == missing,
            Action::Read(_) => false,
        };
        Some(match self.history.iter().find(is_try) {
            Some(by) => format!("nobody made version {missing}: {} tried, and was refused", by.actor),
            None => format!("nobody made version {missing}"),
        })
    }

    /// That a version was made by nobody as it was seen.
    fn never_made(&self, version: u64, action: Action) -> Option<String> {
        let Action::Read(seen) = action else { return None };
        let mut makers = self.makers(version);
        if makers.clone().any(|change| change.result().shows(seen)) {
            return None;
        }
        let is_written = makers.any(|change| matches!(change, Change::Write { .. }));
        Some(match seen {
            Seen::Stored { .. } if is_written => format!("nobody wrote that content as version {version}"),
            Seen::Stored { .. } => format!("version {version} was a deletion"),
            Seen::Deleted { .. } | Seen::Nothing => format!("nobody deleted the name as version {version}"),
        })
    }

    /// That what a deletion would have deleted was a tombstone.
    fn nothing_to_delete(&self, version: u64, action: Action) -> Option<String> {
        let (Action::Read(Seen::Deleted { .. }) | Action::Change(Change::Delete { .. }, _)) = action else {
            return None;
        };
        let Some(before) = version.checked_sub(1) else {
            return Some("there is nothing before it to delete".to_owned());
        };
        let is_tombstone = if self.start.version() == Some(before) {
            matches!(self.start, Register::Deleted { .. })
        } else {
            self.makers(before).all(|change| matches!(change, Change::Delete { .. }))
        };
        is_tombstone.then(|| format!("version {before} was a deletion already"))
    }

    /// What cannot be because `one` proves that there was a version.
    fn pair(&self, one: &Operation, other: &Operation) -> Option<String> {
        let version = proven_version(one)?;
        two_winners(one, other).or_else(|| self.late(version, one, other)).or_else(|| clash(version, one, other))
    }

    /// `one` proves that there was a version when it ended, and `later` that there was none yet when it began, after
    /// that.
    fn late(&self, version: u64, one: &Operation, later: &Operation) -> Option<String> {
        if one.end >= later.start {
            return None;
        }
        match later.action {
            Action::Read(seen) if seen.version() < Some(version) => {
                let is_lost = matches!(one.action, Action::Change(..)) && !self.is_seen_since(version);
                let lost = if is_lost { "; nobody ever saw that one: it is lost" } else { "" };
                Some(format!("{}, and {}{lost}.", told(later), proof(one)))
            }
            Action::Change(change, answer) if change.version() <= version && answer != Answer::Refused => {
                let fits = |maker: &Change| match one.action {
                    Action::Read(seen) if seen.version() == Some(maker.version()) => maker.result().shows(seen),
                    _ => true,
                };
                // Another who may have made it would be an excuse.
                let is_its_maker =
                    answer == Answer::Acknowledged || self.makers(change.version()).filter(fits).count() == 1;
                is_its_maker.then(|| {
                    let (what, who, when) = (noun(change), &later.actor, moment(later.start));
                    format!("The {what} by {who} began only at {when}, and {}.", proof(one))
                })
            }
            _ => None,
        }
    }

    /// That the only one that was refused was in nobody's way. Without it an order fits, and in each that does it could
    /// have taken effect all the while: otherwise it could be refused there.
    fn refusal(&self) -> Option<String> {
        let mut refused = self.operations.iter().filter_map(|operation| match operation.action {
            Action::Change(change, Answer::Refused) => Some((operation, change)),
            _ => None,
        });
        let (one, change) = refused.next().filter(|_| self.is_minimal)?;
        let stood = match change.version().checked_sub(1) {
            Some(before) => format!("version {before}"),
            None => "nothing".to_owned(),
        };
        refused.next().is_none().then(|| {
            format!("{} although nothing was in its way: {stood} stood there during {}.", told(one), span(one))
        })
    }

    /// The changes that made a version, or may have.
    fn makers(&self, version: u64) -> impl Iterator<Item = Change> + Clone {
        self.history.iter().filter_map(possible_change).filter(move |change| change.version() == version)
    }

    /// Whether anybody saw this version or a later one, or was acknowledged a later one.
    fn is_seen_since(&self, version: u64) -> bool {
        self.history.iter().any(|operation| match operation.action {
            Action::Read(seen) => seen.version() >= Some(version),
            Action::Change(change, answer) => answer == Answer::Acknowledged && change.version() > version,
        })
    }
}

/// The version that there was, for certain, when the operation ended.
fn proven_version(operation: &Operation) -> Option<u64> {
    match operation.action {
        Action::Read(seen) => seen.version(),
        Action::Change(change, Answer::Acknowledged) => Some(change.version()),
        Action::Change(..) => None,
    }
}

fn possible_change(operation: &Operation) -> Option<Change> {
    match operation.action {
        Action::Change(change, Answer::Acknowledged | Answer::Unknown) => Some(change),
        _ => None,
    }
}

fn two_winners(one: &Operation, other: &Operation) -> Option<String> {
    let winner = |operation: &Operation| match operation.action {
        Action::Change(change, Answer::Acknowledged) => Some(change.version()),
        _ => None,
    };
    let version = winner(one).filter(|version| winner(other) == Some(*version))?;
    let to = |operation: &Operation| format!("to {} at {}", operation.actor, moment(operation.end));
    Some(format!("Version {version} was acknowledged twice: {} and {}.", to(one), to(other)))
}

/// That two operations tell different things of one version.
fn clash(version: u64, one: &Operation, read: &Operation) -> Option<String> {
    let Action::Read(seen) = read.action else { return None };
    match one.action {
        _ if seen.version() != Some(version) => None,
        Action::Change(change, _) if !change.result().shows(seen) => {
            let (what, who, when) = (standing(change.result()), &one.actor, moment(one.end));
            Some(format!("{}, and {what} was acknowledged to {who} at {when}: it is lost.", told(read)))
        }
        Action::Read(also) if is_different(also, seen) => {
            Some(format!("{}, and {} saw {}.", told(one), read.actor, sight(seen)))
        }
        _ => None,
    }
}

/// Whether two reads of one version cannot have seen the same.
fn is_different(one: Seen, other: Seen) -> bool {
    match (one, other) {
        (Seen::Stored { content: Some(one), .. }, Seen::Stored { content: Some(other), .. }) => one != other,
        (Seen::Stored { .. }, Seen::Stored { .. }) => false,
        _ => one != other,
    }
}
