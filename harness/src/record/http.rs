//! Seam 1: the requests of one peer to its launcher.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderName, HeaderValue, Request, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use signaling::launcher::{HttpError, HttpService};

use super::event::{Call, CallOutcome, EventKind};
use super::handles::HandleTable;
use super::kill_switch::{KillSwitch, Permission};
use super::log::Recorder;
use super::request::{ParsedRequest, RequestKind};
use super::response::ParsedResponse;
use crate::linearizability::Content;

/// The headers by which the fault rules of a launcher recognise the peer and the room.
const PEER_HEADER: HeaderName = HeaderName::from_static("x-mock-peer");
const ROOM_HEADER: HeaderName = HeaderName::from_static("x-mock-room");

/// Passes requests on, and records each with its outcome.
pub struct Link {
    wire: Wire,
}

/// What a request under way needs. It outlives the link where a request does.
#[derive(Clone)]
struct Wire {
    inner: Arc<dyn HttpService>,
    recorder: Recorder,
    handles: Arc<Mutex<HandleTable>>,
    kill_switch: KillSwitch,
    /// Headers that are added to each request.
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Link {
    /// Records the requests to `inner`.
    pub fn new(inner: Arc<dyn HttpService>, recorder: Recorder) -> Self {
        let (kill_switch, headers) = (KillSwitch::default(), Vec::new());
        Self { wire: Wire { inner, recorder, handles: Arc::default(), kill_switch, headers } }
    }

    /// Sends no more requests than the kill switch permits.
    #[must_use]
    pub(crate) fn with_kill_switch(mut self, kill_switch: KillSwitch) -> Self {
        self.wire.kill_switch = kill_switch;
        self
    }

    /// Names the peer and the room in each request, for the fault rules of a launcher.
    #[must_use]
    pub(crate) fn naming(mut self, peer: &str, room: &str) -> Self {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        self.wire.headers = [(PEER_HEADER, value(peer)), (ROOM_HEADER, value(room))]
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect();
        self
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("recorder", &self.wire.recorder).finish_non_exhaustive()
    }
}

impl HttpService for Link {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        match self.wire.kill_switch.permission() {
            Permission::Send => self.wire.send(request),
            Permission::Hold => {
                let wire = self.wire.clone();
                Box::pin(async move {
                    match wire.kill_switch.permission_after_death().await {
                        Permission::Send => wire.send(request).await,
                        Permission::Hold | Permission::Refuse => Err(dead()),
                    }
                })
            }
            Permission::Refuse => Box::pin(async { Err(dead()) }),
        }
    }
}

fn dead() -> HttpError {
    HttpError::Connect("the peer is dead".into())
}

impl Wire {
    fn send(&self, mut request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        let mut parsed = ParsedRequest::parse(&request);
        self.handles.lock().complete(&mut parsed);
        request.headers_mut().extend(self.headers.iter().cloned());
        let pending = Pending {
            recorder: self.recorder.clone(),
            handles: Arc::clone(&self.handles),
            started: self.recorder.now(),
            request: Some(parsed),
        };
        let kill_switch = self.kill_switch.clone();
        let response = self.inner.call(request);
        Box::pin(async move {
            let response = response.await;
            pending.ended(&response);
            kill_switch.answered();
            response
        })
    }
}

/// A request under way. One that is dropped before its response was abandoned, and is recorded as such.
struct Pending {
    recorder: Recorder,
    handles: Arc<Mutex<HandleTable>>,
    started: Duration,
    request: Option<ParsedRequest>,
}

impl Pending {
    fn ended(mut self, response: &Result<Response<Bytes>, HttpError>) {
        let outcome = match response {
            Ok(response) => CallOutcome::Answered(response.status().as_u16()),
            Err(error) => CallOutcome::Failed(error.to_string()),
        };
        self.write(outcome, response.as_ref().ok());
    }

    fn write(&mut self, outcome: CallOutcome, response: Option<&Response<Bytes>>) {
        let Some(ParsedRequest { kind, target, name, version, content }) = self.request.take() else { return };
        let parsed = response.map(ParsedResponse::parse).unwrap_or_default();
        let mut call = Call {
            kind,
            name,
            target,
            given: parsed.handle,
            version: version.or(parsed.version),
            content,
            started: self.started,
            outcome,
            code: parsed.code,
            fault: parsed.fault.clone(),
        };
        if call.is_ok() {
            if let (RequestKind::ReadRecord, Some(response)) = (kind, response) {
                // The content of a record is no handle, even if it looks like one.
                (call.given, call.content) = (None, Some(Content::of(response.body())));
            }
            self.handles.lock().learn(&call, &parsed);
        }
        self.recorder.write(EventKind::Called(call));
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.write(CallOutcome::Abandoned, None);
    }
}
