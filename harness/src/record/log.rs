//! The log of a pair's events. Each pair has its own, so that it is woken by its own events alone.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

use super::event::{Event, EventKind};
use crate::scenario::{PeerIndex, VisitId};

/// Is shown each event as it happens. It must not block.
pub type Observer = Arc<dyn Fn(&Event) + Send + Sync>;

/// The events of one pair, in the order in which they happened.
pub(crate) struct Log {
    pair: usize,
    /// When the run started.
    origin: Instant,
    events: Mutex<Vec<Event>>,
    /// How many events there are.
    written: watch::Sender<usize>,
    observer: Option<Observer>,
}

impl Log {
    pub(crate) fn new(pair: usize, origin: Instant, observer: Option<Observer>) -> Arc<Self> {
        Arc::new(Self { pair, origin, events: Mutex::default(), written: watch::Sender::new(0), observer })
    }

    /// The time since the run started.
    pub(crate) fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// The recorder of one peer in one visit, counted from 1.
    pub(crate) fn recorder(self: &Arc<Self>, peer_index: PeerIndex, visit: u32) -> Recorder {
        Recorder { log: Arc::clone(self), who: VisitId { pair: self.pair, peer_index, visit } }
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.events.lock().clone()
    }

    /// The events, which are no longer in the log.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock())
    }

    /// Waits until `wanted` returns a value for an event, and returns that value. `wanted` is called with the events from
    /// number `from` on, with each once and in order.
    pub(crate) async fn wait_for<R>(&self, from: usize, mut wanted: impl FnMut(&Event) -> Option<R>) -> R {
        let mut written = self.written.subscribe();
        let mut seen = from;
        loop {
            {
                let events = self.events.lock();
                if let Some(found) = events.iter().skip(seen).find_map(&mut wanted) {
                    return found;
                }
                seen = seen.max(events.len());
            }
            // It cannot fail: this log holds the sender.
            let _ended = written.wait_for(|written| *written > seen).await;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.events.lock().len()
    }

    fn write(&self, who: VisitId, kind: EventKind) {
        let event = Event { at: self.now(), who: Some(who), kind };
        if let Some(observer) = &self.observer {
            observer(&event);
        }
        let mut events = self.events.lock();
        events.push(event);
        self.written.send_replace(events.len());
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("pair", &self.pair).field("events", &self.len()).finish_non_exhaustive()
    }
}

/// Records what happens to one peer. Clones write to the same log.
#[derive(Debug, Clone)]
pub struct Recorder {
    log: Arc<Log>,
    who: VisitId,
}

impl Recorder {
    pub(crate) fn write(&self, kind: EventKind) {
        self.log.write(self.who, kind);
    }

    pub(crate) fn now(&self) -> Duration {
        self.log.now()
    }

    pub(crate) fn who(&self) -> VisitId {
        self.who
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_waiter_is_woken_by_the_event_that_it_waits_for_and_by_no_other() {
        let log = Log::new(1, Instant::now(), None);
        let opened = log.wait_for(0, |event| (event.kind == EventKind::Opened).then_some(event.at));
        let recorder = log.recorder(PeerIndex::First, 1);
        let writing = async {
            recorder.write(EventKind::Joined);
            tokio::time::advance(Duration::from_millis(5)).await;
            recorder.write(EventKind::Opened);
        };
        let (found, ()) = tokio::join!(opened, writing);
        assert_eq!(found, Duration::from_millis(5));
    }

    #[tokio::test(start_paused = true)]
    async fn events_before_the_first_number_do_not_count() {
        let log = Log::new(1, Instant::now(), None);
        log.recorder(PeerIndex::First, 1).write(EventKind::Opened);
        let again = log.wait_for(log.len(), |event| (event.kind == EventKind::Opened).then_some(()));
        assert!(tokio::time::timeout(Duration::from_secs(1), again).await.is_err());
    }
}
