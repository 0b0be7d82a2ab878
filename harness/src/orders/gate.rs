//! The gate at which requests are held until they are let go, and what was seen there.

use std::collections::VecDeque;
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

use super::outcome::Ending;
use super::request::{Asked, Reader};
use super::schedule::Side;
use crate::format::length;

/// Something that happened, in the order in which it did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A request went.
    Requested {
        /// Whose.
        side: Side,
        /// For what.
        asked: Asked,
        /// The status of its answer; `None` if none came.
        status: Option<u16>,
    },
    /// Time passed to this moment, counted from the beginning.
    TimePassed(Duration),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requested { side, asked, status: Some(status) } => write!(f, "{side}: {asked} ({status})"),
            Self::Requested { side, asked, status: None } => write!(f, "{side}: {asked} (no answer)"),
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
    something_happened: Notify,
}

#[derive(Debug, Default)]
struct State {
    held: [VecDeque<Held>; 2],
    endings: [Option<Ending>; 2],
    /// How often a request came or a peer ended.
    happenings: u64,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Held {
    asked: Asked,
    /// Takes the number of the step.
    go: oneshot::Sender<usize>,
}

impl Gate {
    /// The way of one peer through the gate to its launcher.
    pub(super) fn way(&self, side: Side, room: &RoomName, inner: Arc<dyn HttpService>) -> Arc<dyn HttpService> {
        Arc::new(Way { gate: self.clone(), side, reader: Mutex::new(Reader::new(room)), inner })
    }

    /// The request of this peer that would go next. One that nobody waits for any more is none.
    pub(super) fn held(&self, side: Side) -> Option<Asked> {
        let mut state = self.0.state.lock();
        let held = &mut state.held[side.index()];
        held.retain(|held| !held.go.is_closed());
        held.front().map(|held| held.asked)
    }

    /// Lets that request go; `false` if there is none.
    pub(super) fn release(&self, side: Side) -> bool {
        let mut state = self.0.state.lock();
        let Some(Held { asked, go }) = state.held[side.index()].pop_front() else { return false };
        let number = state.steps.len();
        state.steps.push(Step::Requested { side, asked, status: None });
        go.send(number).is_ok()
    }

    /// A peer is at its end.
    pub(super) fn ended(&self, side: Side, ending: Ending) {
        self.happen(|state| state.endings[side.index()] = Some(ending));
    }

    /// How this peer ended, if it did.
    pub(super) fn ending(&self, side: Side) -> Option<Ending> {
        self.0.state.lock().endings[side.index()].clone()
    }

    /// How often a request came or a peer ended.
    pub(super) fn happenings(&self) -> u64 {
        self.0.state.lock().happenings
    }

    /// Waits until a request comes or a peer ends that has not been counted in `before`.
    pub(super) async fn happens_after(&self, before: u64) {
        // Word of what is counted already may be left over.
        while self.happenings() <= before {
            self.0.something_happened.notified().await;
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

    fn arrive(&self, side: Side, asked: Asked) -> oneshot::Receiver<usize> {
        let (go, gone) = oneshot::channel();
        self.happen(|state| state.held[side.index()].push_back(Held { asked, go }));
        gone
    }

    fn answered(&self, number: usize, answer: &Result<Response<Bytes>, HttpError>) {
        let came = answer.as_ref().ok().map(|answer| answer.status().as_u16());
        if let Some(Step::Requested { status, .. }) = self.0.state.lock().steps.get_mut(number) {
            *status = came;
        }
    }

    fn happen(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.0.state.lock();
        change(&mut state);
        state.happenings += 1;
        drop(state);
        self.0.something_happened.notify_one();
    }
}

/// The way of one peer through the gate.
struct Way {
    gate: Gate,
    side: Side,
    reader: Mutex<Reader>,
    inner: Arc<dyn HttpService>,
}

impl HttpService for Way {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        let asked = self.reader.lock().read(&request);
        let gone = self.gate.arrive(self.side, asked);
        let gate = self.gate.clone();
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let number = gone.await.map_err(|closed| HttpError::Exchange(closed.into()))?;
            let answer = inner.call(request).await;
            gate.answered(number, &answer);
            answer
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http::StatusCode;

    use super::*;

    /// Answers everything with "there is none".
    struct Nothing;

    impl HttpService for Nothing {
        fn call(&self, _: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
            let mut answer = Response::new(Bytes::new());
            *answer.status_mut() = StatusCode::NOT_FOUND;
            Box::pin(async { Ok(answer) })
        }
    }

    fn a_gate() -> (Gate, [Arc<dyn HttpService>; 2]) {
        let gate = Gate::default();
        let room = RoomName::new("room1").unwrap();
        let ways = Side::BOTH.map(|side| gate.way(side, &room, Arc::new(Nothing)));
        (gate, ways)
    }

    fn fetch() -> Request<Bytes> {
        Request::get("http://launcher-1/0.5/structured-data/handle/0").body(Bytes::new()).unwrap()
    }

    #[test]
    fn a_request_is_held_until_it_is_let_go_and_then_answered_at_once() {
        let (gate, [first, _]) = a_gate();
        let mut call = first.call(fetch());
        assert!(call.as_mut().now_or_never().is_none());
        assert_eq!(gate.held(Side::First).unwrap().to_string(), "fetch a record");
        assert_eq!(gate.held(Side::Second), None);
        assert!(gate.release(Side::First));
        assert_eq!(call.now_or_never().unwrap().unwrap().status(), StatusCode::NOT_FOUND);
        assert_eq!(gate.held(Side::First), None);
        let told: Vec<_> = gate.steps().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["first peer: fetch a record (404)"]);
    }

    #[test]
    fn a_request_that_was_given_up_is_held_no_longer() {
        let (gate, [_, second]) = a_gate();
        drop(second.call(fetch()));
        assert_eq!(gate.held(Side::Second), None);
        assert!(!gate.release(Side::Second));
    }

    #[test]
    fn who_waits_for_something_to_happen_is_not_woken_for_what_happened_before() {
        let (gate, [first, second]) = a_gate();
        let _held = first.call(fetch());
        let before = gate.happenings();
        let mut waiting = Box::pin(gate.happens_after(before));
        assert!(waiting.as_mut().now_or_never().is_none());
        let _held = second.call(fetch());
        assert!(waiting.now_or_never().is_some());
    }
}
