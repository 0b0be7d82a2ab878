//! Plays every schedule, or one that is given back. Each exploration has a thread of its own, because the runtimes of its
//! plays cannot be driven from within another.

use tokio::sync::oneshot;

use super::cast::{AS_THEY_ARE, Cast};
use super::error::ExploreError;
use super::execution::{Execution, Played, Scope, WHOLE};
use super::exploration::Exploration;
use super::schedule::{Choice, Schedule};
use super::search::Search;
use super::settings::OrderSettings;

/// Plays every order of the requests of two peers that come to an empty room at once, and judges each.
///
/// # Errors
/// There are more orders than the setting allows, or they cannot be played. There is no partial result.
pub async fn explore(setting: &OrderSettings) -> Result<Exploration, ExploreError> {
    let setting = setting.clone();
    on_a_thread(move || every_order(&setting, AS_THEY_ARE, WHOLE)).await
}

/// Plays one schedule again.
///
/// # Errors
/// The schedule does not fit the setting, or it cannot be played.
pub async fn replay(setting: &OrderSettings, schedule: &Schedule) -> Result<Played, ExploreError> {
    let (setting, schedule) = (setting.clone(), schedule.clone());
    on_a_thread(move || one_order(&setting, AS_THEY_ARE, &schedule)).await
}

async fn on_a_thread<R: Send + 'static>(
    work: impl FnOnce() -> Result<R, ExploreError> + Send + 'static,
) -> Result<R, ExploreError> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new().name("interleavings".to_owned()).spawn(move || {
        // Who no longer listens does not want to know.
        let _gone = tell.send(work());
    })?;
    told.await.unwrap_or_else(|_| Err(std::io::Error::other("the exploration broke off").into()))
}

/// As [`explore`], on this thread.
pub(super) fn every_order(setting: &OrderSettings, cast: Cast, scope: Scope) -> Result<Exploration, ExploreError> {
    let mut exploration = Exploration::new(setting.clone());
    each_order(setting, cast, scope, |schedule, played| exploration.note(schedule, played))?;
    Ok(exploration)
}

/// Plays every order, and shows each.
pub(super) fn each_order(
    setting: &OrderSettings,
    cast: Cast,
    scope: Scope,
    mut show: impl FnMut(Schedule, Played),
) -> Result<(), ExploreError> {
    setting.check()?;
    let mut search = Search::default();
    let mut tried = 0;
    loop {
        if let Some(played) = next_play(setting, cast, scope, &mut search)? {
            if tried == setting.schedules_max {
                return Err(ExploreError::NotAllTried { tried });
            }
            tried += 1;
            show(search.schedule(), played);
        }
        if !search.next_play() {
            return Ok(());
        }
    }
}

/// Plays what the search says. `None` if its last choice turned out to be none.
fn next_play(
    setting: &OrderSettings,
    cast: Cast,
    scope: Scope,
    search: &mut Search,
) -> Result<Option<Played>, ExploreError> {
    let mut play = Execution::begin(setting, cast, scope)?;
    loop {
        let options = play.options()?;
        match search.choose(options)? {
            None => return Ok(Some(play.played())),
            Some(choice) if play.take(choice)? => {}
            Some(_) => return Ok(None),
        }
    }
}

/// As [`replay`], on this thread.
pub(super) fn one_order(setting: &OrderSettings, cast: Cast, schedule: &Schedule) -> Result<Played, ExploreError> {
    setting.check()?;
    let mut play = Execution::begin(setting, cast, WHOLE)?;
    for (number, choice) in schedule.choices().iter().enumerate() {
        let options = play.options()?;
        if !options.contains(choice) || !play.take(*choice)? {
            return Err(does_not_fit(schedule, number, &options));
        }
    }
    let options = play.options()?;
    if options.is_empty() { Ok(play.played()) } else { Err(does_not_fit(schedule, schedule.choices().len(), &options)) }
}

fn does_not_fit(schedule: &Schedule, number: usize, options: &[Choice]) -> ExploreError {
    let (before, after) = schedule.choices().split_at(number);
    let written = |choices: &[Choice]| Schedule::new(choices.to_vec()).to_string();
    let asked = written(&after[..after.len().min(1)]);
    ExploreError::DoesNotFit { after: written(before), asked, possible: written(options) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use signaling::launcher::HttpService;

    use super::*;
    use crate::orders::mutations::Flatterer;

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
            let setting = OrderSettings {
                poll_interval: INTERVAL,
                hold: INTERVAL * polls,
                deadline: INTERVAL * (polls + 2),
                ..OrderSettings::default()
            };
            let exploration = every_order(&setting, AS_THEY_ARE, WHOLE).unwrap();
            // Either peer comes first, and has stored before the other looks and answers. Or both look first, in either
            // order, and either one stores first: then the other is refused, looks again and answers.
            let one_finds_the_other = 2 * orders_while_waiting(2, polls);
            let both_find_nobody = 4 * orders_while_waiting(3, polls);
            let all = one_finds_the_other + both_find_nobody;
            assert_eq!(exploration.schedules, all, "{polls} polls");
            assert_eq!(exploration.exactly_one_session().schedules, all, "{polls} polls");
        }
    }

    #[test]
    fn the_bound_is_met_by_one_order_too_many_and_then_there_is_no_result() {
        let explored = |schedules_max| {
            let setting = OrderSettings { schedules_max, ..OrderSettings::default() };
            every_order(&setting, AS_THEY_ARE, WHOLE)
        };
        let all = explored(1_000).unwrap().schedules;
        assert_eq!(explored(all).unwrap().schedules, all);
        let refused = explored(all - 1).unwrap_err();
        assert!(
            refused.to_string().starts_with(&format!("not all orders were tried: there are more than {}", all - 1))
        );
    }

    #[test]
    fn a_play_without_end_is_broken_off() {
        let poll_interval = Duration::from_millis(10);
        let setting = OrderSettings { poll_interval, hold: poll_interval, ..OrderSettings::default() };
        // Both believe that their offer is stored, and poll for an answer that never comes.
        let service = |_, launcher| -> Arc<dyn HttpService> { Arc::new(Flatterer(launcher)) };
        let cast = Cast { service, ..AS_THEY_ARE };
        assert!(matches!(every_order(&setting, cast, WHOLE), Err(ExploreError::TooLong(_))));
    }

    #[test]
    fn a_schedule_that_does_not_fit_is_told_where_and_what_could_be() {
        let replayed = |schedule: &str| one_order(&OrderSettings::default(), AS_THEY_ARE, &schedule.parse().unwrap());
        assert_eq!(replayed("1122t1").unwrap().outcome.sessions, 1);
        for (schedule, error) in [
            ("112", r#"after "112" it says "", and there is "2t""#),
            ("11221t", r#"after "1122" it says "1", and there is "t""#),
            ("1122t12", r#"after "1122t1" it says "2", and there is """#),
            ("t", r#"after "" it says "t", and there is "12""#),
        ] {
            let refused = replayed(schedule).unwrap_err();
            assert_eq!(refused.to_string(), format!("the schedule does not fit: {error}"));
        }
    }
}
