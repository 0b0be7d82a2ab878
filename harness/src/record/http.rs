//! Seam 1: the requests of one peer to its launcher.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderName, HeaderValue, Request, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use signaling::launcher::{HttpError, HttpService};

use super::descriptions::DescriptionReader;
use super::event::{Call, CallOutcome, EventKind};
use super::handles::HandleTable;
use super::kill_switch::{KillSwitch, Permission};
use super::log::Recorder;
use super::payload::Payload;
use super::request::{ParsedRequest, RequestKind};
use super::response::ParsedResponse;
use crate::linearizability::Content;

/// The headers by which the fault rules of a launcher recognise the peer and the room.
const PEER_HEADER: HeaderName = HeaderName::from_static("x-mock-peer");
const ROOM_HEADER: HeaderName = HeaderName::from_static("x-mock-room");

/// Passes requests on, and records each with its outcome. Clones record the same peer.
#[derive(Clone)]
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
    /// Derives the descriptions that the client makes and applies, unless its transport is watched.
    descriptions: Arc<Mutex<Option<DescriptionReader>>>,
}

impl Link {
    /// Records the requests to `inner`.
    pub fn new(inner: Arc<dyn HttpService>, recorder: Recorder) -> Self {
        let (kill_switch, headers) = (KillSwitch::default(), Vec::new());
        let descriptions = Arc::default();
        Self { wire: Wire { inner, recorder, handles: Arc::default(), kill_switch, headers, descriptions } }
    }

    /// Sends no more requests than the kill switch permits.
    #[must_use]
    pub(crate) fn with_kill_switch(mut self, kill_switch: KillSwitch) -> Self {
        self.wire.kill_switch = kill_switch;
        self
    }

    /// Derives from the requests which descriptions the client makes and applies.
    #[must_use]
    pub(crate) fn reading_descriptions(self) -> Self {
        *self.wire.descriptions.lock() = Some(DescriptionReader::default());
        self
    }

    /// Leaves the descriptions to a transport that is watched.
    pub(crate) fn leave_descriptions_out(&self) {
        *self.wire.descriptions.lock() = None;
    }

    /// Whether descriptions are derived from the requests.
    pub(crate) fn reads_descriptions(&self) -> bool {
        self.wire.descriptions.lock().is_some()
    }

    /// The visit ends. A client that would poll again has done so within `patience`.
    pub(crate) fn ends(&self, patience: Duration) {
        let now = self.wire.recorder.now();
        let applied = self.wire.descriptions.lock().as_mut().and_then(|reader| reader.ends(now, patience));
        if let Some(applied) = applied {
            self.wire.recorder.write(applied);
        }
    }

    /// The client reports that it is connected.
    pub(crate) fn connects(&self) {
        let applied = self.wire.descriptions.lock().as_mut().and_then(DescriptionReader::connects);
        if let Some(applied) = applied {
            self.wire.recorder.write(applied);
        }
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
        self.read_request(&parsed, &request);
        request.headers_mut().extend(self.headers.iter().cloned());
        let pending = Pending {
            recorder: self.recorder.clone(),
            handles: Arc::clone(&self.handles),
            descriptions: Arc::clone(&self.descriptions),
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

impl Wire {
    /// Records the descriptions that the client made, if it wants to store one now; notes that it looks for a record.
    fn read_request(&self, parsed: &ParsedRequest, request: &Request<Bytes>) {
        if !matches!(parsed.kind, RequestKind::NameRecord | RequestKind::CreateRecord | RequestKind::ChangeRecord) {
            return;
        }
        let mut descriptions = self.descriptions.lock();
        let Some(reader) = descriptions.as_mut() else { return };
        if parsed.kind == RequestKind::NameRecord {
            return reader.looks(parsed.name.as_deref());
        }
        let Some(payload) = Payload::in_request(request.body()) else { return };
        for event in reader.stores(parsed.name.as_deref(), payload) {
            self.recorder.write(event);
        }
    }
}

/// A request under way. One that is dropped before its response was abandoned, and is recorded as such.
struct Pending {
    recorder: Recorder,
    handles: Arc<Mutex<HandleTable>>,
    descriptions: Arc<Mutex<Option<DescriptionReader>>>,
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
        let read = response.filter(|_| call.is_ok() && call.kind == RequestKind::ReadRecord);
        let name = call.name.clone().filter(|_| read.is_some());
        self.recorder.write(EventKind::Called(call));
        if let Some(response) = read {
            self.read_content(name.as_deref(), response.body());
        }
    }

    /// Records the answer that the client applied, if it has read one now.
    fn read_content(&self, record: Option<&str>, content: &[u8]) {
        let mut descriptions = self.descriptions.lock();
        let Some(reader) = descriptions.as_mut() else { return };
        if let Some(event) =
            Payload::read(content).and_then(|payload| reader.reads(record, payload, self.recorder.now()))
        {
            self.recorder.write(event);
        }
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.write(CallOutcome::Abandoned, None);
    }
}
