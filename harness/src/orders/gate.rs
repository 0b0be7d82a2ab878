//! The gate in front of the launchers: it holds each request until it is released, and notes the steps.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use parking_lot::Mutex;
use signaling::RoomName;
use signaling::launcher::{HttpError, HttpService};
use tokio::sync::{Notify, oneshot};

use crate::format::length;
use crate::record::{Intent, IntentReader};
use crate::scenario::PeerIndex;

/// Something that happened, in the order in which it did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Step {
    /// A request was released.
    Requested {
        /// The peer that sent it.
        peer_index: PeerIndex,
        /// What it is for.
        intent: Intent,
        /// The status of the response; `None` if there was none.
        status: Option<u16>,
    },
    /// Time passed to this moment, counted from the start.
    TimePassed(Duration),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested { peer_index, intent, status: Some(status) } => {
                write!(f, "{peer_index}: {intent} ({status})")
            }
            Self::Requested { peer_index, intent, status: None } => write!(f, "{peer_index}: {intent} (no answer)"),
            Self::TimePassed(to) => write!(f, "time passes to {}", length(*to)),
        }
    }
}

/// Holds the requests of both peers. Clones are the same gate.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    held: BTreeMap<PeerIndex, VecDeque<Held>>,
    ended: BTreeSet<PeerIndex>,
    /// How many requests have arrived and peers have ended.
    changes: u64,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Held {
    intent: Intent,
    /// Takes the number of the step.
    release: oneshot::Sender<usize>,
}

impl Gate {
    /// The service of one peer's launcher, behind the gate.
    pub(super) fn guard(
        &self,
        peer_index: PeerIndex,
        room: &RoomName,
        inner: Arc<dyn HttpService>,
    ) -> Arc<dyn HttpService> {
        Arc::new(GuardedService { gate: self.clone(), peer_index, reader: Mutex::new(IntentReader::new(room)), inner })
    }

    /// The request of this peer that would be released next. One that was abandoned is not held any more.
    pub(super) fn held(&self, peer_index: PeerIndex) -> Option<Intent> {
        let mut state = self.0.state.lock();
        let held = state.held.get_mut(&peer_index)?;
        held.retain(|held| !held.release.is_closed());
        held.front().map(|held| held.intent)
    }

    /// Releases that request; `false` if there is none.
    pub(super) fn release(&self, peer_index: PeerIndex) -> bool {
        let mut state = self.0.state.lock();
        let held = state.held.get_mut(&peer_index).and_then(VecDeque::pop_front);
        let Some(Held { intent, release }) = held else { return false };
        let number = state.steps.len();
        state.steps.push(Step::Requested { peer_index, intent, status: None });
        release.send(number).is_ok()
    }

    /// Notes that a peer has ended.
    pub(super) fn end(&self, peer_index: PeerIndex) {
        self.change(|state| {
            state.ended.insert(peer_index);
        });
    }

    /// Whether this peer has ended.
    pub(super) fn has_ended(&self, peer_index: PeerIndex) -> bool {
        self.0.state.lock().ended.contains(&peer_index)
    }

    /// How many requests have arrived and peers have ended.
    pub(super) fn changes(&self) -> u64 {
        self.0.state.lock().changes
    }

    /// Waits until more than so many requests have arrived and peers have ended.
    pub(super) async fn changed_since(&self, before: u64) {
        // The notification may be stale.
        while self.changes() <= before {
            self.0.changed.notified().await;
        }
    }

    /// Notes that time passed.
    pub(super) fn time_passed(&self, to: Duration) {
        self.0.state.lock().steps.push(Step::TimePassed(to));
    }

    /// What happened so far.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.0.state.lock().steps.clone()
    }

    fn hold(&self, peer_index: PeerIndex, intent: Intent) -> oneshot::Receiver<usize> {
        let (release, released) = oneshot::channel();
        self.change(|state| state.held.entry(peer_index).or_default().push_back(Held { intent, release }));
        released
    }

    fn answered(&self, number: usize, response: &Result<Response<Bytes>, HttpError>) {
        let answered = response.as_ref().ok().map(|response| response.status().as_u16());
        if let Some(Step::Requested { status, .. }) = self.0.state.lock().steps.get_mut(number) {
            *status = answered;
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.0.state.lock();
        change(&mut state);
        state.changes += 1;
        drop(state);
        self.0.changed.notify_one();
    }
}

/// A launcher behind the gate, for one peer.
struct GuardedService {
    gate: Gate,
    peer_index: PeerIndex,
    reader: Mutex<IntentReader>,
    inner: Arc<dyn HttpService>,
}

impl HttpService for GuardedService {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        let intent = self.reader.lock().read(&request);
        let released = self.gate.hold(self.peer_index, intent);
        let gate = self.gate.clone();
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let number = released.await.map_err(|closed| HttpError::Exchange(closed.into()))?;
            let response = inner.call(request).await;
            gate.answered(number, &response);
            response
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::StatusCode;

    use super::*;
    use crate::orders::schedule::PEERS;

    /// Answers everything with "not found".
    struct Nothing;

    impl HttpService for Nothing {
        fn call(&self, _: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::NOT_FOUND;
            Box::pin(async { Ok(response) })
        }
    }

    fn a_gate() -> (Gate, [Arc<dyn HttpService>; 2]) {
        let gate = Gate::default();
        let room = RoomName::new("room1").unwrap();
        let services = PEERS.map(|peer_index| gate.guard(peer_index, &room, Arc::new(Nothing)));
        (gate, services)
    }

    fn fetch() -> Request<Bytes> {
        Request::get("http://launcher-1/0.5/structured-data/handle/0").body(Bytes::new()).unwrap()
    }

    #[test]
    fn a_request_is_held_until_it_is_released_and_then_answered_at_once() {
        let (gate, [first, _]) = a_gate();
        let mut call = first.call(fetch());
        assert!(call.as_mut().now_or_never().is_none());
        assert_eq!(gate.held(PeerIndex::First).unwrap().to_string(), "fetch a record");
        assert_eq!(gate.held(PeerIndex::Second), None);
        assert!(gate.release(PeerIndex::First));
        assert_eq!(call.now_or_never().unwrap().unwrap().status(), StatusCode::NOT_FOUND);
        assert_eq!(gate.held(PeerIndex::First), None);
        let steps: Vec<_> = gate.steps().iter().map(ToString::to_string).collect();
        assert_eq!(steps, ["first peer: fetch a record (404)"]);
    }

    #[test]
    fn a_request_that_was_abandoned_is_not_held_any_more() {
        let (gate, [_, second]) = a_gate();
        drop(second.call(fetch()));
        assert_eq!(gate.held(PeerIndex::Second), None);
        assert!(!gate.release(PeerIndex::Second));
    }

    #[test]
    fn a_waiter_is_not_woken_by_what_happened_before() {
        let (gate, [first, second]) = a_gate();
        let _held = first.call(fetch());
        let before = gate.changes();
        let mut waiting = Box::pin(gate.changed_since(before));
        assert!(waiting.as_mut().now_or_never().is_none());
        let _held = second.call(fetch());
        assert!(waiting.now_or_never().is_some());
    }
}
