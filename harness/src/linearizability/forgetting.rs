//! Finds the few operations that no order fits, whatever one believes of the others.

use std::time::Duration;

use super::claim::Hypothesis;
use super::operation::{Action, Answer, Operation};
use super::register::Register;
use super::search::{OutOfSteps, Steps, find_order};

/// The operations of a history that contradict each other.
#[derive(Debug)]
pub(super) struct Contradiction {
    /// Their places in the history, in its order.
    pub(super) places: Vec<usize>,
    /// Whether an order fits as soon as any one of them is forgotten as well. Otherwise the steps did not suffice to
    /// forget more.
    pub(super) is_minimal: bool,
}

/// The contradiction in a history that no order fits: the one that was complete first, and of those that were, one that
/// is told by changes rather than by reads.
pub(super) fn contradiction(history: &[Operation], start: Register, steps: &mut Steps) -> Contradiction {
    let mut kept = Vec::new();
    let mut rest: Vec<usize> = (0..history.len()).collect();
    rest.sort_by_key(|place| known_at(&history[*place]));
    let is_minimal = loop {
        match shortest(history, start, &kept, &rest, steps) {
            Ok(0) => break true,
            Ok(length) => {
                rest.truncate(length);
                kept.extend(rest.pop());
            }
            Err(OutOfSteps) => {
                kept.append(&mut rest);
                break false;
            }
        }
        if kept.len() == 1 {
            rest.sort_by_key(|place| (rank(history[*place].action), known_at(&history[*place])));
        }
    };
    kept.sort_unstable();
    Contradiction { places: kept, is_minimal }
}

/// How many of `rest`, from its front, make no order fit if they and those kept are believed. All of them do.
fn shortest(
    history: &[Operation],
    start: Register,
    kept: &[usize],
    rest: &[usize],
    steps: &mut Steps,
) -> Result<usize, OutOfSteps> {
    let (mut enough, mut untried_from) = (rest.len(), 0);
    while untried_from < enough {
        let half = usize::midpoint(untried_from, enough);
        if find_order(believing(history, &[kept, &rest[..half]]), start, steps)?.is_none() {
            enough = half;
        } else {
            untried_from = half + 1;
        }
    }
    Ok(enough)
}

/// What a history says if all but the operations at these places are forgotten.
pub(super) fn believing(history: &[Operation], places: &[&[usize]]) -> Vec<Hypothesis> {
    let mut is_believed = vec![false; history.len()];
    places.iter().copied().flatten().for_each(|place| is_believed[*place] = true);
    let claims = history.iter().enumerate().map(|(place, operation)| Hypothesis::of(place, operation));
    claims.filter_map(|claim| if is_believed[claim.place] { Some(claim) } else { claim.forgotten() }).collect()
}

/// From when on the operation says something.
fn known_at(operation: &Operation) -> Duration {
    match operation.action {
        Action::Change(_, Answer::Unknown) => operation.start,
        _ => operation.end,
    }
}

/// What explains better comes first.
fn rank(action: Action) -> u8 {
    match action {
        Action::Change(_, Answer::Acknowledged) => 0,
        Action::Change(_, Answer::Unknown) => 1,
        Action::Read(_) => 2,
        Action::Change(_, Answer::Refused) => 3,
    }
}
