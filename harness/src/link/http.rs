//! Seam 1: the requests of one peer to its launcher.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use signaling::launcher::{HttpError, HttpService};

use super::request::{Asked, handle_in};
use crate::event::{Call, Noun, Outcome, What};
use crate::log::Recorder;

/// Passes requests on, and writes down each with what came of it.
pub struct Link {
    beneath: Arc<dyn HttpService>,
    recorder: Recorder,
    names: Arc<Mutex<Names>>,
}

/// What records the live handles of this peer stand for.
#[derive(Debug, Default)]
struct Names {
    data_ids: BTreeMap<u64, String>,
    records: BTreeMap<u64, String>,
}

impl Link {
    /// Watches what goes to `beneath`.
    pub fn new(beneath: Arc<dyn HttpService>, recorder: Recorder) -> Self {
        Self { beneath, recorder, names: Arc::default() }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("recorder", &self.recorder).finish_non_exhaustive()
    }
}

impl HttpService for Link {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        let mut asked = Asked::read(request.method(), request.uri().path(), request.body());
        if asked.name.is_none() {
            asked.name = self.names.lock().of(&asked);
        }
        let pending = Pending {
            recorder: self.recorder.clone(),
            names: Arc::clone(&self.names),
            started: self.recorder.now(),
            asked: Some(asked),
        };
        let answer = self.beneath.call(request);
        Box::pin(async move {
            let answer = answer.await;
            pending.ended(&answer);
            answer
        })
    }
}

impl Names {
    fn of(&self, asked: &Asked) -> Option<String> {
        let handles = match asked.noun {
            Noun::FetchRecord | Noun::DropDataId => &self.data_ids,
            _ => &self.records,
        };
        handles.get(&asked.target?).cloned()
    }

    /// Remembers the handle that was given, and forgets the one that was dropped.
    fn learn(&mut self, call: &Call) {
        match (call.noun, call.target, call.given, &call.name) {
            (Noun::NameRecord, _, Some(handle), Some(name)) => {
                self.data_ids.insert(handle, name.clone());
            }
            (Noun::FetchRecord | Noun::CreateRecord, _, Some(handle), Some(name)) => {
                self.records.insert(handle, name.clone());
            }
            (Noun::DropDataId, Some(handle), ..) => {
                self.data_ids.remove(&handle);
            }
            (Noun::DropRecord, Some(handle), ..) => {
                self.records.remove(&handle);
            }
            _ => {}
        }
    }
}

/// A request under way. Dropped before its answer came, it was abandoned, and that is written down too.
struct Pending {
    recorder: Recorder,
    names: Arc<Mutex<Names>>,
    started: Duration,
    asked: Option<Asked>,
}

impl Pending {
    fn ended(mut self, answer: &Result<Response<Bytes>, HttpError>) {
        let (outcome, given) = match answer {
            Ok(answer) => (Outcome::Answered(answer.status().as_u16()), handle_in(answer.body())),
            Err(error) => (Outcome::Failed(error.to_string()), None),
        };
        self.write(outcome, given);
    }

    fn write(&mut self, outcome: Outcome, given: Option<u64>) {
        let Some(Asked { noun, target, name }) = self.asked.take() else { return };
        let call = Call { noun, name, target, given, started: self.started, outcome };
        if call.is_ok() {
            self.names.lock().learn(&call);
        }
        self.recorder.write(What::Called(call));
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.write(Outcome::Abandoned, None);
    }
}
