//! Finds the few operations whose responses no order explains, even if all other responses are ignored.

use std::time::Duration;

use super::hypothesis::Hypothesis;
use super::operation::{Action, Operation, Response};
use super::register::Register;
use super::search::{OutOfSteps, Steps, find_order};

/// The operations of a history that contradict each other.
#[derive(Debug)]
pub(super) struct Contradiction {
    /// Their places in the history, in its order.
    pub(super) places: Vec<usize>,
    /// Whether there is a witness order as soon as the response of any one of them is ignored. Otherwise the steps did
    /// not suffice to find fewer.
    pub(super) is_minimal: bool,
}

/// The contradiction in a history that is not linearizable: the one that was complete first, with changes rather than
/// reads.
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

/// How many of `rest`, from its front, rule out every order together with those kept. All of them do.
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
        if find_order(with_responses(history, &[kept, &rest[..half]]), start, steps)?.is_none() {
            enough = half;
        } else {
            untried_from = half + 1;
        }
    }
    Ok(enough)
}

/// The hypotheses of a history in which the responses at these places alone count.
pub(super) fn with_responses(history: &[Operation], places: &[&[usize]]) -> Vec<Hypothesis> {
    let mut is_kept = vec![false; history.len()];
    places.iter().copied().flatten().for_each(|place| is_kept[*place] = true);
    let hypotheses = history.iter().enumerate().map(|(place, operation)| Hypothesis::of(place, operation));
    hypotheses
        .filter_map(
            |hypothesis| if is_kept[hypothesis.place] { Some(hypothesis) } else { hypothesis.without_response() },
        )
        .collect()
}

/// From when on the response of the operation is known.
fn known_at(operation: &Operation) -> Duration {
    match operation.action {
        Action::Change(_, Response::Unknown) => operation.start,
        _ => operation.end,
    }
}

/// Operations that explain a contradiction better have a lower rank.
fn rank(action: Action) -> u8 {
    match action {
        Action::Change(_, Response::Acknowledged) => 0,
        Action::Change(_, Response::Unknown) => 1,
        Action::Read(_) => 2,
        Action::Change(_, Response::Refused) => 3,
    }
}
