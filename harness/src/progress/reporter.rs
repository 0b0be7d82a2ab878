//! The progress of one run, by its events.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use safe_mock::program::LogOutput;
use signaling::Printable;

use super::bar::Bar;
use super::mode::ProgressMode;
use super::steps::{STEPS_SHOWN_MAX, StepLines};
use crate::record::{Event, EventKind, Observer};

/// Shows the progress of one run. A bar is erased when the reporter is dropped, even if the observer still exists.
#[derive(Default)]
pub(crate) struct Reporter {
    observer: Option<Observer>,
    bar: Option<Arc<Bar>>,
}

impl Reporter {
    /// Shows nothing.
    fn hidden() -> Self {
        Self::default()
    }

    /// Shows a run of so many pairs, each of so many peers: with too many pairs for lines, as a bar if the mode allows it.
    pub(crate) fn of(mode: ProgressMode, output: &LogOutput, pairs: usize, peers: usize) -> Self {
        match mode {
            ProgressMode::Hidden => Self::hidden(),
            ProgressMode::Bar if pairs > STEPS_SHOWN_MAX => Self::by_bar(mode.bar(pairs, "pairs ended"), peers),
            ProgressMode::Lines | ProgressMode::Bar => Self::by_lines(output, pairs),
        }
    }

    /// Shows one run of a suite, of so many pairs: as lines only, since a bar shows the suite.
    pub(crate) fn under_a_bar(mode: ProgressMode, output: &LogOutput, pairs: usize) -> Self {
        match mode {
            ProgressMode::Hidden | ProgressMode::Bar => Self::hidden(),
            ProgressMode::Lines => Self::by_lines(output, pairs),
        }
    }

    /// The observer of the run's events.
    pub(crate) fn observer(&self) -> Option<Observer> {
        self.observer.clone()
    }

    fn by_lines(output: &LogOutput, pairs: usize) -> Self {
        let output = output.clone();
        let lines = Mutex::new(StepLines::new(pairs));
        let observer: Observer = Arc::new(move |event| {
            if let Some(line) = lines.lock().line(event) {
                output.line(&Printable(&line).to_string());
            }
        });
        Self { observer: Some(observer), bar: None }
    }

    fn by_bar(bar: Bar, peers: usize) -> Self {
        let bar = Arc::new(bar);
        let shown: Weak<Bar> = Arc::downgrade(&bar);
        let ends = Mutex::new(PairEnds::new(peers));
        let observer: Observer = Arc::new(move |event| {
            if ends.lock().add(event)
                && let Some(bar) = shown.upgrade()
            {
                bar.step();
            }
        });
        Self { observer: Some(observer), bar: Some(bar) }
    }
}

impl fmt::Debug for Reporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reporter")
            .field("observes", &self.observer.is_some())
            .field("by_bar", &self.bar.is_some())
            .finish()
    }
}

/// Counts the pairs that ended: those whose last peer has made its last visit.
#[derive(Debug)]
struct PairEnds {
    peers: usize,
    /// How many peers of each pair have left.
    left: BTreeMap<usize, usize>,
}

impl PairEnds {
    fn new(peers: usize) -> Self {
        Self { peers, left: BTreeMap::new() }
    }

    /// Whether the pair ends with this event.
    fn add(&mut self, event: &Event) -> bool {
        let Some(who) = event.who.filter(|_| event.kind == EventKind::Left) else { return false };
        let left = self.left.entry(who.pair).or_default();
        *left += 1;
        *left == self.peers
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::progress::bar::tests::{drawn, seen};
    use crate::scenario::{PeerIndex, VisitId};

    fn left(pair: usize, peer_index: PeerIndex) -> Event {
        Event { at: Duration::ZERO, who: Some(VisitId { pair, peer_index, visit: 1 }), kind: EventKind::Left }
    }

    #[test]
    fn a_pair_has_ended_when_the_last_of_its_peers_has_left() {
        let (bar, terminal) = drawn(20, "pairs ended");
        let reporter = Reporter::by_bar(bar, 2);
        let observer = reporter.observer().unwrap();
        let line = || seen(reporter.bar.as_ref().unwrap(), &terminal, Duration::from_secs(5));
        for (event, ended) in [
            (left(1, PeerIndex::First), "0 of 20 pairs ended in 5 s"),
            (left(2, PeerIndex::Second), "0 of 20 pairs ended in 5 s"),
            (left(1, PeerIndex::Second), "1 of 20 pairs ended in 5 s"),
            (left(2, PeerIndex::First), "2 of 20 pairs ended in 5 s"),
        ] {
            observer(&event);
            assert!(line().ends_with(ended), "{}", line());
        }
    }

    #[test]
    fn a_bar_is_erased_with_its_reporter_even_if_events_follow() {
        let (bar, terminal) = drawn(20, "pairs ended");
        let reporter = Reporter::by_bar(bar, 1);
        let observer = reporter.observer().unwrap();
        observer(&left(1, PeerIndex::First));
        drop(reporter);
        observer(&left(2, PeerIndex::First));
        assert_eq!(terminal.contents(), "");
    }

    #[test]
    fn only_many_pairs_are_shown_as_a_bar_and_the_hidden_mode_shows_nothing() {
        for (mode, pairs, observes, by_bar) in [
            (ProgressMode::Hidden, STEPS_SHOWN_MAX + 1, false, false),
            (ProgressMode::Lines, STEPS_SHOWN_MAX + 1, true, false),
            (ProgressMode::Bar, STEPS_SHOWN_MAX, true, false),
            (ProgressMode::Bar, STEPS_SHOWN_MAX + 1, true, true),
        ] {
            let reporter = Reporter::of(mode, &LogOutput::stderr(), pairs, 2);
            assert_eq!((reporter.observer.is_some(), reporter.bar.is_some()), (observes, by_bar), "{mode:?}");
        }
    }
}
