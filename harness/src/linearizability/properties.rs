//! What holds for any history: what a real register did is explained, what was planted is found, and on histories that
//! are short enough for it the search agrees with trying all orders.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::claim::Hypothesis;
use super::counter_example::CounterExample;
use super::forgetting::believing;
use super::operation::{Action, Answer, Operation, OperationId, Seen};
use super::register::{Change, Content, Register};
use super::replay::{has_an_order, replay};
use super::search::{Steps, find_order};
use super::simulation::{plans, play};
use super::verdict::{NoOrder, STEPS_MAX, check};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// What a few users of a real register were told.
fn real_history() -> impl Strategy<Value = Vec<Operation>> {
    plans(4, 1..=60).prop_map(|plans| play(&plans, None))
}

fn counter_example(history: &[Operation], start: Register) -> CounterExample {
    match check(history, start, STEPS_MAX) {
        Err(NoOrder::Contradiction(found)) => *found,
        other => panic!("{other:?} instead of a counter-example to {history:#?}"),
    }
}

/// A counter-example holds whatever one believes of the rest, and needs each of its operations.
fn assert_it_convinces(found: &CounterExample, history: &[Operation]) {
    let place = |id| history.iter().position(|operation| operation.id == id).unwrap();
    let places: Vec<usize> = found.operations.iter().map(|operation| place(operation.id)).collect();
    let order =
        |places: &[usize]| find_order(believing(history, &[places]), found.start, &mut Steps(STEPS_MAX)).unwrap();
    assert_eq!(order(&places), None, "{found}");
    for left_out in 0..places.len() {
        let mut fewer = places.clone();
        fewer.remove(left_out);
        assert!(order(&fewer).is_some(), "operation {left_out} does not matter:\n{found}");
    }
}

/// Pairs of an acknowledged change and a read that began after it, as places.
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
        Action::Change(change, Answer::Acknowledged) => Some(change),
        _ => None,
    }
}

fn any_version(operation: &Operation) -> Option<u64> {
    match operation.action {
        Action::Change(change, _) => Some(change.version()),
        Action::Read(seen) => seen.version(),
    }
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn what_a_real_register_did_is_explained_by_an_order_that_plays_back(history in real_history()) {
        let order = check(&history, Register::Absent, STEPS_MAX);
        let order = order.map_err(|why| TestCaseError::fail(why.to_string()))?;
        prop_assert_eq!(replay(&history, &order.ids, Register::Absent), Ok(()));
    }

    #[test]
    fn the_order_in_which_a_history_is_written_down_does_not_matter(
        history in real_history().prop_flat_map(|history| Just(history).prop_shuffle()),
    ) {
        prop_assert!(check(&history, Register::Absent, STEPS_MAX).is_ok());
    }

    #[test]
    fn whatever_is_forgotten_of_a_real_history_an_order_fits(
        (history, kept) in real_history().prop_flat_map(|history| {
            let kept = proptest::collection::vec(any::<bool>(), history.len());
            (Just(history), kept)
        }),
    ) {
        let places: Vec<usize> = (0..history.len()).filter(|place| kept[*place]).collect();
        let claims = believing(&history, &[&places]);
        prop_assert!(find_order(claims, Register::Absent, &mut Steps(STEPS_MAX)).unwrap().is_some());
    }

    #[test]
    fn a_version_that_nobody_made_is_found(mut history in real_history(), which: Index, by in 1..3_u64) {
        let reads: Vec<usize> =
            (0..history.len()).filter(|place| matches!(history[*place].action, Action::Read(_))).collect();
        prop_assume!(!reads.is_empty());
        let version = history.iter().filter_map(any_version).max().unwrap_or_default() + by;
        history[reads[which.index(reads.len())]].action = Action::Read(Seen::Stored { version, content: None });
        let found = counter_example(&history, Register::Absent);
        assert_it_convinces(&found, &history);
        prop_assert!(found.sentence.contains(&format!("saw version {version}, and nobody made version ")), "{found}");
    }

    #[test]
    fn a_read_older_than_an_acknowledged_change_is_found(mut history in real_history(), which: Index) {
        let pairs = changes_and_later_reads(&history);
        prop_assume!(!pairs.is_empty());
        let (change, read) = pairs[which.index(pairs.len())];
        let older = acknowledged(&history[change]).unwrap().version().checked_sub(1);
        history[read].action =
            Action::Read(older.map_or(Seen::Nothing, |version| Seen::Stored { version, content: None }));
        assert_it_convinces(&counter_example(&history, Register::Absent), &history);
    }

    #[test]
    fn two_winners_of_one_version_are_found(mut history in real_history(), which: Index, when in 0..200_u64) {
        let winners: Vec<Operation> =
            history.iter().filter(|operation| acknowledged(operation).is_some()).cloned().collect();
        prop_assume!(!winners.is_empty());
        let winner = &winners[which.index(winners.len())];
        let change = Change::Write { version: any_version(winner).unwrap(), content: Content(9_999) };
        let [start, end] = [when, when + 5].map(Duration::from_millis);
        let action = Action::Change(change, Answer::Acknowledged);
        history.push(Operation::new(OperationId(9_999), "another winner", start..=end, action));
        assert_it_convinces(&counter_example(&history, Register::Absent), &history);
    }

    #[test]
    fn an_acknowledged_change_that_took_no_effect_is_found_once_somebody_looks(
        (plans, which) in (plans(4, 10..=60), any::<Index>()),
    ) {
        // The same plans with and without the plant are the same up to the change that is forgotten.
        let honest = play(&plans, None);
        let winners: Vec<usize> =
            honest.iter().filter(|operation| acknowledged(operation).is_some()).map(|winner| winner.id.0).collect();
        prop_assume!(!winners.is_empty());
        let forgotten = winners[which.index(winners.len())];
        let history = play(&plans, Some(forgotten));
        let lost = history.iter().find(|operation| operation.id.0 == forgotten).unwrap();
        let change = acknowledged(lost).unwrap();
        let is_told = |operation: &Operation| match operation.action {
            Action::Read(seen) if operation.start > lost.end => seen.version() < Some(change.version()),
            Action::Change(other, Answer::Acknowledged) => {
                operation.id != lost.id && other.version() == change.version()
            }
            _ => false,
        };
        prop_assume!(history.iter().any(is_told));
        assert_it_convinces(&counter_example(&history, Register::Absent), &history);
    }
}

/// Any few operations on the first versions: some true of a register, most not.
fn few_operations() -> impl Strategy<Value = (Vec<Operation>, Register)> {
    let content = || (0..2_u64).prop_map(Content);
    let change = prop_oneof![
        3 => (0..4_u64, content()).prop_map(|(version, content)| Change::Write { version, content }),
        1 => (1..4_u64).prop_map(|version| Change::Delete { version }),
    ];
    let answer = select(vec![Answer::Acknowledged, Answer::Acknowledged, Answer::Refused, Answer::Unknown]);
    let seen = prop_oneof![
        1 => Just(Seen::Nothing),
        3 => (0..3_u64, proptest::option::of(content()))
            .prop_map(|(version, content)| Seen::Stored { version, content }),
        1 => (0..4_u64).prop_map(|version| Seen::Deleted { version }),
    ];
    let action = prop_oneof![
        3 => (change, answer).prop_map(|(change, answer)| Action::Change(change, answer)),
        2 => seen.prop_map(Action::Read),
    ];
    let operation = (action, 0..12_u64, 0..8_u64).prop_map(|(action, start, lasted)| {
        let time = Duration::from_millis(start)..=Duration::from_millis(start + lasted);
        Operation::new(OperationId(0), "somebody", time, action)
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

/// What a few users of a real register were told, with one answer or one time changed: most are wrong in some subtle
/// way, or not at all.
fn few_operations_with_a_twist() -> impl Strategy<Value = (Vec<Operation>, Register)> {
    (plans(3, 3..=7), few_operations(), any::<[Index; 2]>(), any::<bool>()).prop_map(
        |(plans, (twists, _), at, in_time)| {
            let mut history = play(&plans, None);
            history.truncate(6);
            let [place, twist] = at.map(|at| at.index(6));
            let twist = &twists[twist % twists.len()];
            if let Some(operation) = history.get_mut(place) {
                let (time, action) = if in_time {
                    (twist.start..=twist.end, operation.action)
                } else {
                    (operation.start..=operation.end, twist.action)
                };
                *operation = Operation::new(operation.id, operation.actor.clone(), time, action);
            }
            (history, Register::Absent)
        },
    )
}

/// As operations, what a history says if all but these are forgotten.
fn as_operations(history: &[Operation], claims: Vec<Hypothesis>) -> Vec<Operation> {
    let operation = |claim: Hypothesis| {
        let Operation { id, actor, .. } = &history[claim.place];
        Operation::new(*id, actor.clone(), claim.start..=claim.end, claim.action)
    };
    claims.into_iter().map(operation).collect()
}

/// How many short histories of a kind are compared.
const CASES: usize = 1_500;

/// Compares the search with trying all orders. Says how many histories had one.
fn compared(histories: &impl Strategy<Value = (Vec<Operation>, Register)>) -> usize {
    let mut runner = TestRunner::deterministic();
    let mut with_order = 0;
    for _ in 0..CASES {
        let (history, start) = histories.new_tree(&mut runner).unwrap().current();
        let expected = has_an_order(&history, start);
        with_order += usize::from(expected);
        match check(&history, start, STEPS_MAX) {
            Ok(order) => assert_eq!(replay(&history, &order.ids, start), Ok(()), "{history:#?}"),
            Err(NoOrder::Contradiction(found)) => {
                assert!(!expected, "{found}\n{history:#?}");
                assert_it_convinces(&found, &history);
                let matters = |operation: &Operation| found.operations.iter().any(|found| found.id == operation.id);
                let places: Vec<usize> = (0..history.len()).filter(|place| matters(&history[*place])).collect();
                let believed = as_operations(&history, believing(&history, &[&places]));
                assert!(!has_an_order(&believed, start), "{found}\n{history:#?}");
            }
            Err(undecided @ NoOrder::Undecided { .. }) => panic!("{undecided}"),
        }
    }
    with_order
}

#[test]
fn the_search_agrees_with_trying_all_orders_of_any_few_operations() {
    let with_order = compared(&few_operations());
    assert!(
        (CASES / 10..CASES * 9 / 10).contains(&with_order),
        "{with_order} have an order: one verdict is hardly tried"
    );
}

#[test]
fn the_search_agrees_with_trying_all_orders_of_histories_that_are_nearly_real() {
    let with_order = compared(&few_operations_with_a_twist());
    assert!(
        (CASES / 10..CASES * 9 / 10).contains(&with_order),
        "{with_order} have an order: one verdict is hardly tried"
    );
}

/// What 32 users of a real register were told, at least 10,000 times.
fn long_history() -> Vec<Operation> {
    let plans = plans(32, 12_000..=12_000).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    let history = play(&plans, None);
    assert!(history.len() >= 10_000, "{}", history.len());
    history
}

#[test]
fn ten_thousand_operations_of_many_users_are_explained() {
    let history = long_history();
    let lost = |operation: &&Operation| matches!(operation.action, Action::Change(_, Answer::Unknown));
    assert!(history.iter().filter(lost).count() > 100);
    let order = check(&history, Register::Absent, 100_000).unwrap();
    assert_eq!(replay(&history, &order.ids, Register::Absent), Ok(()));
}

#[test]
fn one_stale_read_among_ten_thousand_operations_is_found() {
    let mut history = long_history();
    let last_read = history.iter().rposition(|operation| matches!(operation.action, Action::Read(_))).unwrap();
    history[last_read].action = Action::Read(Seen::Nothing);
    let found = counter_example(&history, Register::Absent);
    assert!(found.operations.len() == 2 && found.operations[1].id == history[last_read].id, "{found}");
}
