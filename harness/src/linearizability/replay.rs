//! A second implementation of the rules, for tests: it replays an order, and tries all orders. It shares no code with
//! the search.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::operation::{Action, Operation, OperationId, Response};
use super::register::{Change, Content, Observed, Register};

/// The present version; without content it is a tombstone.
type State = Option<(u64, Option<Content>)>;

/// Replays an order, and returns the reason if it is invalid.
pub(super) fn replay(history: &[Operation], order: &[OperationId], start: Register) -> Result<(), String> {
    let by_id: BTreeMap<OperationId, &Operation> = history.iter().map(|operation| (operation.id, operation)).collect();
    let ordered: Vec<&Operation> = order.iter().filter_map(|id| by_id.get(id).copied()).collect();
    let ids: BTreeSet<OperationId> = order.iter().copied().collect();
    if ids.len() != order.len() || ordered.len() != order.len() {
        return Err("an operation is there twice, or is not of the history".to_owned());
    }
    if let Some(missing) = history.iter().find(|operation| !is_unknown(operation) && !ids.contains(&operation.id)) {
        return Err(format!("{missing:?} is missing"));
    }
    play(&ordered, start)
}

fn is_unknown(operation: &Operation) -> bool {
    matches!(operation.action, Action::Change(_, Response::Unknown))
}

fn play(ordered: &[&Operation], start: Register) -> Result<(), String> {
    let mut state = match start {
        Register::Absent => None,
        Register::Stored { version, content } => Some((version, Some(content))),
        Register::Deleted { version } => Some((version, None)),
    };
    let mut now = Duration::ZERO;
    for operation in ordered {
        now = now.max(operation.start);
        if now > operation.end && !is_unknown(operation) {
            return Err(format!("{operation:?} ended before an earlier one of the order started"));
        }
        state = step(state, operation.action).ok_or_else(|| format!("{operation:?} is not allowed in {state:?}"))?;
    }
    Ok(())
}

/// The state after an operation, if its response is allowed.
fn step(state: State, action: Action) -> Option<State> {
    let accepted = |change| match (change, state) {
        (Change::Write { version, content }, None) => (version == 0).then_some((version, Some(content))),
        (Change::Write { version, content }, Some((old, _))) => {
            (old.checked_add(1) == Some(version)).then_some((version, Some(content)))
        }
        (Change::Delete { version }, Some((old, Some(_)))) => {
            (old.checked_add(1) == Some(version)).then_some((version, None))
        }
        (Change::Delete { .. }, _) => None,
    };
    match action {
        Action::Change(change, Response::Refused) => accepted(change).is_none().then_some(state),
        Action::Change(change, _) => accepted(change).map(Some),
        Action::Read(observed) => {
            let is_allowed = match (observed, state) {
                (Observed::Nothing, None) => true,
                (Observed::Stored { version, content: None }, Some((old, Some(_)))) => version == old,
                (Observed::Stored { version, content }, Some(stands)) => {
                    (version, content) == stands && content.is_some()
                }
                (Observed::Deleted { version }, Some(stands)) => (version, None) == stands,
                _ => false,
            };
            is_allowed.then_some(state)
        }
    }
}

/// Whether there is any valid order, with any of the changes without a response left out. For a few operations.
pub(super) fn has_an_order(history: &[Operation], start: Register) -> bool {
    let unknown: Vec<&Operation> = history.iter().filter(|operation| is_unknown(operation)).collect();
    (0..1_u32 << unknown.len()).any(|took_effect| {
        let certain = history.iter().filter(|operation| !is_unknown(operation));
        let chosen =
            unknown.iter().zip(0..).filter(|(_, bit)| took_effect >> bit & 1 == 1).map(|(unknown, _)| *unknown);
        any_permutation(&mut certain.chain(chosen).collect(), 0, &|order| play(order, start).is_ok())
    })
}

fn any_permutation<T>(items: &mut Vec<T>, fixed: usize, fits: &impl Fn(&[T]) -> bool) -> bool {
    if fixed == items.len() {
        return fits(items);
    }
    (fixed..items.len()).any(|chosen| {
        items.swap(fixed, chosen);
        let found = any_permutation(items, fixed + 1, fits);
        items.swap(fixed, chosen);
        found
    })
}
