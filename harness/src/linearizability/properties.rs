//! Properties of the check: histories of a simulated register are linearizable, planted violations are found, and for
//! short histories the search agrees with trying all orders.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::contradiction::with_responses;
use super::counterexample::Counterexample;
use super::hypothesis::Hypothesis;
use super::operation::{Action, Operation, OperationId, Response};
use super::register::{Change, Content, Observed, Register};
use super::replay::{has_an_order, replay};
use super::search::{Steps, find_order};
use super::simulation::{plans, play};
use super::verdict::{CheckError, STEPS_MAX, check};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// The history of a few clients of a simulated register.
fn simulated_history() -> impl Strategy<Value = Vec<Operation>> {
    plans(4, 1..=60).prop_map(|plans| play(&plans, None))
}

fn counterexample(history: &[Operation], start: Register) -> Counterexample {
    match check(history, start, STEPS_MAX) {
        Err(CheckError::NotLinearizable(found)) => *found,
        other => panic!("{other:?} instead of a counterexample to {history:#?}"),
    }
}

/// A counterexample holds without the responses of the other operations, and needs each of its own.
fn assert_is_minimal(found: &Counterexample, history: &[Operation]) {
    let place = |id| history.iter().position(|operation| operation.id == id).unwrap();
    let places: Vec<usize> = found.operations.iter().map(|operation| place(operation.id)).collect();
    let order =
        |places: &[usize]| find_order(with_responses(history, &[places]), found.start, &mut Steps(STEPS_MAX)).unwrap();
    assert_eq!(order(&places), None, "{found}");
    for left_out in 0..places.len() {
        let mut fewer = places.clone();
        fewer.remove(left_out);
        assert!(order(&fewer).is_some(), "operation {left_out} is not needed:\n{found}");
    }
}

/// Pairs of an acknowledged change and a read that started after it, as places.
fn changes_and_later_reads(history: &[Operation]) -> Vec<(usize, usize)> {
    let reads = |change: &Operation| {
        let end = change.end;
        history
            .iter()
            .enumerate()
            .filter(move |(_, operation)| matches!(operation.action, Action::Read(_)) && operation.start > end)
    };
    let acknowledged = history.iter().enumerate().filter(|(_, operation)| acknowledged(operation).is_some());
    acknowledged.flat_map(|(place, change)| reads(change).map(move |(read, _)| (place, read))).collect()
}

fn acknowledged(operation: &Operation) -> Option<Change> {
    match operation.action {
        Action::Change(change, Response::Acknowledged) => Some(change),
        _ => None,
    }
}

fn any_version(operation: &Operation) -> Option<u64> {
    match operation.action {
        Action::Change(change, _) => Some(change.version()),
        Action::Read(observed) => observed.version(),
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn a_simulated_history_has_a_witness_order_that_can_be_replayed(history in simulated_history()) {
        let order = check(&history, Register::Absent, STEPS_MAX);
        let order = order.map_err(|why| TestCaseError::fail(why.to_string()))?;
        prop_assert_eq!(replay(&history, &order.ids, Register::Absent), Ok(()));
    }

    #[test]
    fn the_order_of_the_operations_in_the_list_does_not_matter(
        history in simulated_history().prop_flat_map(|history| Just(history).prop_shuffle()),
    ) {
        prop_assert!(check(&history, Register::Absent, STEPS_MAX).is_ok());
    }

    #[test]
    fn a_simulated_history_stays_linearizable_without_any_of_its_responses(
        (history, kept) in simulated_history().prop_flat_map(|history| {
            let kept = proptest::collection::vec(any::<bool>(), history.len());
            (Just(history), kept)
        }),
    ) {
        let places: Vec<usize> = (0..history.len()).filter(|place| kept[*place]).collect();
        let hypotheses = with_responses(&history, &[&places]);
        prop_assert!(find_order(hypotheses, Register::Absent, &mut Steps(STEPS_MAX)).unwrap().is_some());
    }

    #[test]
    fn a_version_that_no_operation_made_is_found(mut history in simulated_history(), which: Index, by in 1..3_u64) {
        let reads: Vec<usize> =
            (0..history.len()).filter(|place| matches!(history[*place].action, Action::Read(_))).collect();
        prop_assume!(!reads.is_empty());
        let version = history.iter().filter_map(any_version).max().unwrap_or_default() + by;
        history[reads[which.index(reads.len())]].action = Action::Read(Observed::Stored { version, content: None });
        let found = counterexample(&history, Register::Absent);
        assert_is_minimal(&found, &history);
        prop_assert!(found.sentence.contains(&format!("returned version {version}, but no operation made version ")), "{found}");
    }

    #[test]
    fn a_read_older_than_an_acknowledged_change_is_found(mut history in simulated_history(), which: Index) {
        let pairs = changes_and_later_reads(&history);
        prop_assume!(!pairs.is_empty());
        let (change, read) = pairs[which.index(pairs.len())];
        let older = acknowledged(&history[change]).unwrap().version().checked_sub(1);
        history[read].action =
            Action::Read(older.map_or(Observed::Nothing, |version| Observed::Stored { version, content: None }));
        assert_is_minimal(&counterexample(&history, Register::Absent), &history);
    }

    #[test]
    fn two_winners_of_one_version_are_found(mut history in simulated_history(), which: Index, when in 0..200_u64) {
        let winners: Vec<Operation> =
            history.iter().filter(|operation| acknowledged(operation).is_some()).cloned().collect();
        prop_assume!(!winners.is_empty());
        let winner = &winners[which.index(winners.len())];
        let change = Change::Write { version: any_version(winner).unwrap(), content: Content(9_999) };
        let [start, end] = [when, when + 5].map(Duration::from_millis);
        let action = Action::Change(change, Response::Acknowledged);
        history.push(Operation::new(OperationId(9_999), "another winner", start..=end, action));
        assert_is_minimal(&counterexample(&history, Register::Absent), &history);
    }

    #[test]
    fn an_acknowledged_change_without_effect_is_found_by_a_later_operation(
        (plans, which) in (plans(4, 10..=60), any::<Index>()),
    ) {
        // With and without the lost change, the history is the same up to that change.
        let intact = play(&plans, None);
        let winners: Vec<usize> =
            intact.iter().filter(|operation| acknowledged(operation).is_some()).map(|winner| winner.id.0).collect();
        prop_assume!(!winners.is_empty());
        let lost_id = winners[which.index(winners.len())];
        let history = play(&plans, Some(lost_id));
        let lost = history.iter().find(|operation| operation.id.0 == lost_id).unwrap();
        let change = acknowledged(lost).unwrap();
        let shows_loss = |operation: &Operation| match operation.action {
            Action::Read(observed) if operation.start > lost.end => observed.version() < Some(change.version()),
            Action::Change(other, Response::Acknowledged) => {
                operation.id != lost.id && other.version() == change.version()
            }
            _ => false,
        };
        prop_assume!(history.iter().any(shows_loss));
        assert_is_minimal(&counterexample(&history, Register::Absent), &history);
    }
}

/// A few random operations on the first versions: some histories are linearizable, most are not.
fn few_operations() -> impl Strategy<Value = (Vec<Operation>, Register)> {
    let content = || (0..2_u64).prop_map(Content);
    let change = prop_oneof![
        3 => (0..4_u64, content()).prop_map(|(version, content)| Change::Write { version, content }),
        1 => (1..4_u64).prop_map(|version| Change::Delete { version }),
    ];
    let response = select(vec![Response::Acknowledged, Response::Acknowledged, Response::Refused, Response::Unknown]);
    let observed = prop_oneof![
        1 => Just(Observed::Nothing),
        3 => (0..3_u64, proptest::option::of(content()))
            .prop_map(|(version, content)| Observed::Stored { version, content }),
        1 => (0..4_u64).prop_map(|version| Observed::Deleted { version }),
    ];
    let action = prop_oneof![
        3 => (change, response).prop_map(|(change, response)| Action::Change(change, response)),
        2 => observed.prop_map(Action::Read),
    ];
    let operation = (action, 0..12_u64, 0..8_u64).prop_map(|(action, start, lasted)| {
        let time = Duration::from_millis(start)..=Duration::from_millis(start + lasted);
        Operation::new(OperationId(0), "client", time, action)
    });
    let start = prop_oneof![
        4 => Just(Register::Absent),
        1 => (0..2_u64, content()).prop_map(|(version, content)| Register::Stored { version, content }),
        1 => (0..2_u64).prop_map(|version| Register::Deleted { version }),
    ];
    let numbered = |mut history: Vec<Operation>| {
        history.iter_mut().zip(1..).for_each(|(operation, number)| operation.id = OperationId(number));
        history
    };
    (proptest::collection::vec(operation, 1..=6).prop_map(numbered), start)
}

/// A simulated history with one response or one time changed: the violations are small, or there is none.
fn few_operations_with_a_change() -> impl Strategy<Value = (Vec<Operation>, Register)> {
    (plans(3, 3..=7), few_operations(), any::<[Index; 2]>(), any::<bool>()).prop_map(
        |(plans, (changes, _), at, in_time)| {
            let mut history = play(&plans, None);
            history.truncate(6);
            let [place, change] = at.map(|at| at.index(6));
            let change = &changes[change % changes.len()];
            if let Some(operation) = history.get_mut(place) {
                let (time, action) = if in_time {
                    (change.start..=change.end, operation.action)
                } else {
                    (operation.start..=operation.end, change.action)
                };
                *operation = Operation::new(operation.id, operation.actor.clone(), time, action);
            }
            (history, Register::Absent)
        },
    )
}

/// Hypotheses as operations.
fn as_operations(history: &[Operation], hypotheses: Vec<Hypothesis>) -> Vec<Operation> {
    let operation = |hypothesis: Hypothesis| {
        let Operation { id, actor, .. } = &history[hypothesis.place];
        Operation::new(*id, actor.clone(), hypothesis.start..=hypothesis.end, hypothesis.action)
    };
    hypotheses.into_iter().map(operation).collect()
}

/// How many short histories of each kind are compared.
const CASES: usize = 1_500;

/// Compares the search with trying all orders. Returns how many histories are linearizable.
fn compared(histories: &impl Strategy<Value = (Vec<Operation>, Register)>) -> usize {
    let mut runner = TestRunner::deterministic();
    let mut with_order = 0;
    for _ in 0..CASES {
        let (history, start) = histories.new_tree(&mut runner).unwrap().current();
        let expected = has_an_order(&history, start);
        with_order += usize::from(expected);
        match check(&history, start, STEPS_MAX) {
            Ok(order) => assert_eq!(replay(&history, &order.ids, start), Ok(()), "{history:#?}"),
            Err(CheckError::NotLinearizable(found)) => {
                assert!(!expected, "{found}\n{history:#?}");
                assert_is_minimal(&found, &history);
                let is_shown = |operation: &Operation| found.operations.iter().any(|found| found.id == operation.id);
                let places: Vec<usize> = (0..history.len()).filter(|place| is_shown(&history[*place])).collect();
                let shown = as_operations(&history, with_responses(&history, &[&places]));
                assert!(!has_an_order(&shown, start), "{found}\n{history:#?}");
            }
            Err(undecided @ CheckError::Undecided { .. }) => panic!("{undecided}"),
        }
    }
    with_order
}

#[test]
fn the_search_agrees_with_trying_all_orders_of_a_few_random_operations() {
    let with_order = compared(&few_operations());
    assert!(
        (CASES / 10..CASES * 9 / 10).contains(&with_order),
        "{with_order} are linearizable: one verdict is hardly tested"
    );
}

#[test]
fn the_search_agrees_with_trying_all_orders_of_simulated_histories_with_one_change() {
    let with_order = compared(&few_operations_with_a_change());
    assert!(
        (CASES / 10..CASES * 9 / 10).contains(&with_order),
        "{with_order} are linearizable: one verdict is hardly tested"
    );
}

/// At least 10,000 operations of 32 clients of a simulated register.
fn long_history() -> Vec<Operation> {
    let plans = plans(32, 12_000..=12_000).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let history = play(&plans, None);
    assert!(history.len() >= 10_000, "{}", history.len());
    history
}

#[test]
fn ten_thousand_operations_of_many_clients_have_a_witness_order() {
    let history = long_history();
    let lost = |operation: &&Operation| matches!(operation.action, Action::Change(_, Response::Unknown));
    assert!(history.iter().filter(lost).count() > 100);
    let order = check(&history, Register::Absent, 100_000).unwrap();
    assert_eq!(replay(&history, &order.ids, Register::Absent), Ok(()));
}

#[test]
fn one_stale_read_among_ten_thousand_operations_is_found() {
    let mut history = long_history();
    let last_read = history.iter().rposition(|operation| matches!(operation.action, Action::Read(_))).unwrap();
    history[last_read].action = Action::Read(Observed::Nothing);
    let found = counterexample(&history, Register::Absent);
    assert!(found.operations.len() == 2 && found.operations[1].id == history[last_read].id, "{found}");
}
