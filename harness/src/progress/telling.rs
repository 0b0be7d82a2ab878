//! What is told of one run while it is going on.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write as _};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::audience::ProgressMode;
use super::bar::Bar;
use super::steps::{Progress, STEPS_TOLD_MAX};
use crate::record::{Event, EventKind, Observer};

/// What is told of one run while it is going on. A bar goes away when this is dropped, whoever still has the observer.
#[derive(Default)]
pub struct Reporter {
    observer: Option<Observer>,
    bar: Option<Arc<Bar>>,
}

impl Reporter {
    /// Nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Of a run of so many pairs, each of so many peers: a bar for a watcher if they are many, and lines otherwise.
    pub fn of(audience: ProgressMode, pairs: usize, peers: usize) -> Self {
        match audience {
            ProgressMode::Nobody => Self::nothing(),
            ProgressMode::Watcher if pairs > STEPS_TOLD_MAX => Self::by_bar(audience.bar(pairs, "pairs ended"), peers),
            ProgressMode::Reader | ProgressMode::Watcher => Self::by_lines(pairs),
        }
    }

    /// Of one run of several, of so many pairs: nothing where a bar tells of them all, and lines otherwise.
    pub fn under_a_bar(audience: ProgressMode, pairs: usize) -> Self {
        match audience {
            ProgressMode::Nobody | ProgressMode::Watcher => Self::nothing(),
            ProgressMode::Reader => Self::by_lines(pairs),
        }
    }

    /// Whom the run shows its events.
    pub fn observer(&self) -> Option<Observer> {
        self.observer.clone()
    }

    fn by_lines(pairs: usize) -> Self {
        let progress = Mutex::new(Progress::new(pairs));
        let observer: Observer = Arc::new(move |event| {
            if let Some(line) = progress.lock().line(event) {
                // Nobody who looks is nobody to tell.
                let _closed = writeln!(io::stderr(), "{line}");
            }
        });
        Self { observer: Some(observer), bar: None }
    }

    fn by_bar(bar: Bar, peers: usize) -> Self {
        let bar = Arc::new(bar);
        let shown: Weak<Bar> = Arc::downgrade(&bar);
        let ends = Mutex::new(Ends::of_pairs_with(peers));
        let observer: Observer = Arc::new(move |event| {
            if ends.lock().see(event)
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
        f.debug_struct("Telling").field("tells", &self.observer.is_some()).field("by_bar", &self.bar.is_some()).finish()
    }
}

/// Sees pairs end: when the last of their peers has made its last visit.
#[derive(Debug)]
struct Ends {
    peers: usize,
    /// How many peers of a pair have left.
    left: BTreeMap<usize, usize>,
}

impl Ends {
    fn of_pairs_with(peers: usize) -> Self {
        Self { peers, left: BTreeMap::new() }
    }

    /// Whether the pair ends with this.
    fn see(&mut self, event: &Event) -> bool {
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
        let telling = Reporter::by_bar(bar, 2);
        let observer = telling.observer().unwrap();
        let line = || seen(telling.bar.as_ref().unwrap(), &terminal, Duration::from_secs(5));
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
    fn a_bar_is_gone_once_the_run_is_even_if_the_run_still_tells() {
        let (bar, terminal) = drawn(20, "pairs ended");
        let telling = Reporter::by_bar(bar, 1);
        let observer = telling.observer().unwrap();
        observer(&left(1, PeerIndex::First));
        drop(telling);
        observer(&left(2, PeerIndex::First));
        assert_eq!(terminal.contents(), "");
    }

    #[test]
    fn only_a_watcher_of_many_pairs_is_shown_a_bar_and_nobody_is_told_nothing() {
        for (audience, pairs, tells, by_bar) in [
            (ProgressMode::Nobody, STEPS_TOLD_MAX + 1, false, false),
            (ProgressMode::Reader, STEPS_TOLD_MAX + 1, true, false),
            (ProgressMode::Watcher, STEPS_TOLD_MAX, true, false),
            (ProgressMode::Watcher, STEPS_TOLD_MAX + 1, true, true),
        ] {
            let telling = Reporter::of(audience, pairs, 2);
            assert_eq!((telling.observer.is_some(), telling.bar.is_some()), (tells, by_bar), "{audience:?}");
        }
    }
}
