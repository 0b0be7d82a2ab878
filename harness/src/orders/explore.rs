//! Executes every schedule, or replays one. Each exploration has a thread, because the runtimes of its executions cannot be
//! driven from within another.

use super::error::ExploreError;
use super::execution::{Behaviour, Execution, ExecutionResult, Scope, UNCHANGED, WHOLE};
use super::exploration::Exploration;
use super::schedule::{Choice, Schedule};
use super::search::Search;
use super::settings::OrderSettings;
use crate::environment::on_a_thread;

/// Executes every order of the requests of two peers that join an empty room at once, and judges each.
///
/// # Errors
/// There are more orders than the settings allow, or they cannot be executed. There is no partial result.
pub async fn explore(settings: &OrderSettings) -> Result<Exploration, ExploreError> {
    let settings = settings.clone();
    on_a_thread(move || every_order(&settings, UNCHANGED, WHOLE)).await?
}

/// Executes one schedule again.
///
/// # Errors
/// The schedule does not fit the settings, or it cannot be executed.
pub async fn replay(settings: &OrderSettings, schedule: &Schedule) -> Result<ExecutionResult, ExploreError> {
    let (settings, schedule) = (settings.clone(), schedule.clone());
    on_a_thread(move || one_order(&settings, UNCHANGED, &schedule)).await?
}

/// As [`explore`], on this thread.
pub(super) fn every_order(
    settings: &OrderSettings,
    behaviour: Behaviour,
    scope: Scope,
) -> Result<Exploration, ExploreError> {
    let mut exploration = Exploration::new(settings.clone());
    each_order(settings, behaviour, scope, |schedule, result| exploration.note(schedule, result))?;
    Ok(exploration)
}

/// Executes every order, and shows each.
pub(super) fn each_order(
    settings: &OrderSettings,
    behaviour: Behaviour,
    scope: Scope,
    mut show: impl FnMut(Schedule, ExecutionResult),
) -> Result<(), ExploreError> {
    settings.check()?;
    let mut search = Search::default();
    let mut tried = 0;
    loop {
        if let Some(result) = next_execution(settings, behaviour, scope, &mut search)? {
            if tried == settings.schedules_max {
                return Err(ExploreError::NotAllTried { tried });
            }
            tried += 1;
            show(search.schedule(), result);
        }
        if !search.next_execution() {
            return Ok(());
        }
    }
}

/// Executes what the search says. `None` if its last choice turned out to be impossible.
fn next_execution(
    settings: &OrderSettings,
    behaviour: Behaviour,
    scope: Scope,
    search: &mut Search,
) -> Result<Option<ExecutionResult>, ExploreError> {
    let mut execution = Execution::start(settings, behaviour, scope)?;
    loop {
        let options = execution.options()?;
        match search.choose(options)? {
            None => return Ok(Some(execution.result())),
            Some(choice) if execution.take(choice)? => {}
            Some(_) => return Ok(None),
        }
    }
}

/// As [`replay`], on this thread.
pub(super) fn one_order(
    settings: &OrderSettings,
    behaviour: Behaviour,
    schedule: &Schedule,
) -> Result<ExecutionResult, ExploreError> {
    settings.check()?;
    let mut execution = Execution::start(settings, behaviour, WHOLE)?;
    for (number, choice) in schedule.choices().iter().enumerate() {
        let options = execution.options()?;
        if !options.contains(choice) || !execution.take(*choice)? {
            return Err(does_not_fit(schedule, number, &options));
        }
    }
    let options = execution.options()?;
    if options.is_empty() {
        Ok(execution.result())
    } else {
        Err(does_not_fit(schedule, schedule.choices().len(), &options))
    }
}

fn does_not_fit(schedule: &Schedule, number: usize, options: &[Choice]) -> ExploreError {
    let (before, after) = schedule.choices().split_at(number);
    let written = |choices: &[Choice]| Schedule::new(choices.to_vec()).to_string();
    let found = written(&after[..after.len().min(1)]);
    ExploreError::DoesNotFit { after: written(before), found, possible: written(options) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::peer::mutate;
    use crate::scenario::Mutation;

    /// The interval between two polls of an initiator.
    const INTERVAL: Duration = Duration::from_secs(2);

    /// In how many orders one peer sends its last `left` requests, while the other, which has stored its offer, may poll
    /// `polls` times before requests are held no longer. Counted from the rules alone, as a check of the search.
    fn orders_while_waiting(left: u32, polls: u32) -> usize {
        match (left, polls) {
            (0, _) => 1,
            (_, 0) => orders_while_waiting(left - 1, 0),
            _ => orders_while_waiting(left - 1, polls) + orders_while_polling(left, polls - 1),
        }
    }

    /// The same while a poll is held.
    fn orders_while_polling(left: u32, polls: u32) -> usize {
        match left {
            0 => 1,
            _ => orders_while_waiting(left, polls) + orders_while_polling(left - 1, polls),
        }
    }

    #[test]
    fn there_are_as_many_orders_as_are_counted_by_hand() {
        for polls in 0..3 {
            let settings = OrderSettings {
                poll_interval: INTERVAL,
                hold: INTERVAL * polls,
                deadline: INTERVAL * (polls + 2),
                ..OrderSettings::default()
            };
            let exploration = every_order(&settings, UNCHANGED, WHOLE).unwrap();
            // Either peer is first, and has stored before the other looks and answers. Or both look first, in either
            // order, and either one stores first: then the other is refused, looks again and answers.
            let one_finds_the_other = 2 * orders_while_waiting(2, polls);
            let both_find_nobody = 4 * orders_while_waiting(3, polls);
            let all = one_finds_the_other + both_find_nobody;
            assert_eq!(exploration.schedules, all, "{polls} polls");
            assert_eq!(exploration.exactly_one_session().schedules, all, "{polls} polls");
        }
    }

    #[test]
    fn one_order_more_than_is_allowed_is_an_error_and_no_result() {
        let explored = |schedules_max| {
            let settings = OrderSettings { schedules_max, ..OrderSettings::default() };
            every_order(&settings, UNCHANGED, WHOLE)
        };
        let all = explored(1_000).unwrap().schedules;
        assert_eq!(explored(all).unwrap().schedules, all);
        let refused = explored(all - 1).unwrap_err();
        assert!(
            refused.to_string().starts_with(&format!("not all orders were tried: there are more than {}", all - 1))
        );
    }

    #[test]
    fn an_execution_without_end_is_stopped() {
        let poll_interval = Duration::from_millis(10);
        let settings = OrderSettings { poll_interval, hold: poll_interval, ..OrderSettings::default() };
        // Both believe that their offer is stored, and poll for an answer that never comes.
        let launcher = |_, launcher| mutate(Mutation::AcknowledgesConflicts, launcher);
        let explored = every_order(&settings, Behaviour { launcher, ..UNCHANGED }, WHOLE);
        assert!(matches!(explored, Err(ExploreError::TooLong(_))));
    }

    #[test]
    fn the_error_of_a_schedule_that_does_not_fit_says_where_and_what_was_possible() {
        let replayed = |schedule: &str| one_order(&OrderSettings::default(), UNCHANGED, &schedule.parse().unwrap());
        assert_eq!(replayed("1122t1").unwrap().outcome.sessions, 1);
        for (schedule, error) in [
            ("112", r#"after "112" it says "", and possible is "2t""#),
            ("11221t", r#"after "1122" it says "1", and possible is "t""#),
            ("1122t12", r#"after "1122t1" it says "2", and possible is """#),
            ("t", r#"after "" it says "t", and possible is "12""#),
        ] {
            let refused = replayed(schedule).unwrap_err();
            assert_eq!(refused.to_string(), format!("the schedule does not fit: {error}"));
        }
    }
}
