//! A launcher in memory: records, handles, a log, and answers that a test puts in its mouth.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use serde_json::{Value, json};
use signaling::launcher::{HttpError, HttpService};
use tokio::time::{Instant, sleep};

#[derive(Clone, Default)]
pub(crate) struct MemoryLauncher(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    records: BTreeMap<String, Record>,
    handles: BTreeMap<u64, Handle>,
    next_handle: u64,
    log: Vec<Logged>,
    latency: Duration,
    scripted: Vec<(String, usize, Reply)>,
}

/// What is stored under a name. A deleted one has no content.
#[derive(Clone, Default)]
struct Record {
    version: u64,
    content: Option<Vec<u8>>,
    is_foreign: bool,
}

#[derive(Clone)]
struct Handle {
    kind: &'static str,
    name: String,
    record: Record,
}

/// One request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) at: Instant,
    pub(crate) line: String,
    pub(crate) body: String,
    pub(crate) content_type: Option<String>,
    pub(crate) authorization: Option<String>,
}

/// What a test puts in the launcher's mouth, instead of doing what was asked.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Answer(u16, String),
    Broken,
    Never,
    /// The real answer, this much later.
    Late(Duration),
    /// Each request is carried out after this time, also if its caller is gone.
    TakenLate(Duration),
}

impl MemoryLauncher {
    /// Each request takes this long: half before it takes effect, and half after.
    pub(crate) fn latency(&self, latency: Duration) {
        self.0.lock().unwrap().latency = latency;
    }

    /// The next `times` requests whose line begins so are answered so.
    pub(crate) fn script(&self, line: &str, times: usize, reply: Reply) {
        self.0.lock().unwrap().scripted.push((line.into(), times, reply));
    }

    /// From now on all that is asked is done.
    pub(crate) fn forget_scripts(&self) {
        self.0.lock().unwrap().scripted.clear();
    }

    pub(crate) fn start_handles_at(&self, handle: u64) {
        self.0.lock().unwrap().next_handle = handle;
    }

    /// Stores what another account would.
    pub(crate) fn store(&self, name: &str, content: &str) {
        let record = Record { version: 0, content: Some(content.into()), is_foreign: true };
        self.0.lock().unwrap().records.insert(name.into(), record);
    }

    /// Stores what is left of a record that was deleted.
    pub(crate) fn store_tombstone(&self, name: &str, version: u64) {
        let record = Record { version, ..Record::default() };
        self.0.lock().unwrap().records.insert(name.into(), record);
    }

    pub(crate) fn stored(&self, name: &str) -> Option<String> {
        let content = self.0.lock().unwrap().records.get(name)?.content.clone();
        content.map(|content| String::from_utf8(content).unwrap())
    }

    /// The versions of the records that this account stored, and did not delete.
    pub(crate) fn live_records(&self) -> Vec<u64> {
        let state = self.0.lock().unwrap();
        let own = |record: &&Record| record.content.is_some() && !record.is_foreign;
        state.records.values().filter(own).map(|record| record.version).collect()
    }

    pub(crate) fn log(&self) -> Vec<Logged> {
        self.0.lock().unwrap().log.clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.log().into_iter().map(|logged| logged.line).collect()
    }

    pub(crate) fn handles(&self) -> Vec<(u64, &'static str)> {
        let state = self.0.lock().unwrap();
        state.handles.iter().map(|(number, handle)| (*number, handle.kind)).collect()
    }
}

impl HttpService for MemoryLauncher {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, HttpError>> {
        let launcher = self.clone();
        Box::pin(async move {
            let half = launcher.0.lock().unwrap().latency / 2;
            sleep(half).await;
            let reply = launcher.0.lock().unwrap().arrived(&request);
            let answer = match reply {
                None => launcher.0.lock().unwrap().answer(&request),
                Some(Reply::Late(by)) => {
                    let answer = launcher.0.lock().unwrap().answer(&request);
                    sleep(by).await;
                    answer
                }
                Some(Reply::TakenLate(by)) => {
                    let taking = async move {
                        sleep(by).await;
                        launcher.0.lock().unwrap().answer(&request)
                    };
                    tokio::spawn(taking).await.unwrap()
                }
                Some(Reply::Answer(status, body)) => (status, body.into()),
                Some(Reply::Broken) => return Err(HttpError::Exchange("broken by the test".into())),
                Some(Reply::Never) => std::future::pending().await,
            };
            sleep(half).await;
            Ok(Response::builder().status(answer.0).body(answer.1).unwrap())
        })
    }
}

impl State {
    fn arrived(&mut self, request: &Request<Bytes>) -> Option<Reply> {
        let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let line = format!("{} {}", request.method(), request.uri().path());
        self.log.push(Logged {
            at: Instant::now(),
            line: line.clone(),
            body: String::from_utf8(request.body().to_vec()).unwrap(),
            content_type: header("content-type"),
            authorization: header("authorization"),
        });
        let due = self.scripted.iter_mut().find(|(begin, times, _)| *times > 0 && line.starts_with(begin.as_str()))?;
        due.1 -= 1;
        Some(due.2.clone())
    }

    fn answer(&mut self, request: &Request<Bytes>) -> (u16, Bytes) {
        let path = request.uri().path().strip_prefix("/0.5/").unwrap().to_owned();
        let parts: Vec<_> = path.split('/').collect();
        let json: Value = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
        let text = |field: &str| json[field].as_str().unwrap().to_owned();
        match (request.method().as_str(), parts.as_slice()) {
            ("POST", ["auth"]) => ok(&json!({"token": "T", "permissions": json["permissions"]})),
            ("POST", ["data-id", "structured-data"]) => self.insert("data-id", text("name"), Record::default()),
            ("GET", ["structured-data", "handle", id]) => match self.handle(id) {
                Some(Handle { name, .. }) => match self.records.get(&name).cloned() {
                    Some(record) => self.insert("structured-data", name, record),
                    None => error(404, -18, "CoreError::GetFailure::GetError::NoSuchData"),
                },
                None => error(400, -1514, "FfiError::InvalidDataIdHandle"),
            },
            ("GET", ["structured-data", id, "undefined"]) => match self.handle(id) {
                Some(Handle { record: Record { content: Some(content), .. }, .. }) => (200, content.into()),
                Some(_) => error(400, -2, "CoreError::UnsuccessfulEncodeDecode"),
                None => unknown_record(),
            },
            ("POST", ["structured-data", ""]) => {
                let content = Some(STANDARD.decode(text("data")).unwrap());
                let version = json["version"].as_u64().unwrap_or(0);
                self.insert("structured-data", text("name"), Record { version, content, is_foreign: false })
            }
            ("PATCH", ["structured-data", id]) => match self.handles.get_mut(&id.parse().unwrap()) {
                Some(handle) => {
                    handle.record.content = Some(STANDARD.decode(text("data")).unwrap());
                    (200, "OK".into())
                }
                None => unknown_record(),
            },
            (method @ ("PUT" | "POST" | "DELETE"), ["structured-data", id]) => match self.handle(id) {
                Some(handle) => self.change(method, handle),
                None => unknown_record(),
            },
            ("DELETE", ["data-id", id] | ["structured-data", "handle", id]) => {
                match self.handles.remove(&id.parse().unwrap()) {
                    Some(_) => (200, "OK".into()),
                    None => error(400, -1513, "unknown handle"),
                }
            }
            _ => error(404, 404, "Endpoint Not Found"),
        }
    }

    /// Stores a record as new, stores its next version, or deletes it (the launcher's behaviour page, §5.2).
    fn change(&mut self, method: &str, Handle { name, mut record, .. }: Handle) -> (u16, Bytes) {
        let stored = self.records.get(&name).cloned();
        let is_live = stored.as_ref().is_some_and(|stored| stored.content.is_some());
        let is_next = stored.as_ref().is_none_or(|stored| record.version == stored.version + 1);
        let is_mine =
            stored.as_ref().is_some_and(|stored| is_live && !stored.is_foreign && record.version == stored.version);
        match method {
            "PUT" if is_live => return error(400, -23, "CoreError::MutationFailure::MutationError::DataExists"),
            "PUT" if is_next => {}
            "POST" | "DELETE" if is_mine => record.version += 1,
            _ => return error(400, -25, "CoreError::MutationFailure::MutationError::InvalidSuccessor"),
        }
        if method == "DELETE" {
            record.content = None;
        }
        self.records.insert(name, record);
        (200, "OK".into())
    }

    fn handle(&self, id: &str) -> Option<Handle> {
        self.handles.get(&id.parse().ok()?).cloned()
    }

    fn insert(&mut self, kind: &'static str, name: String, record: Record) -> (u16, Bytes) {
        let number = self.next_handle;
        self.next_handle += 1;
        let (version, is_own) = (record.version, record.content.is_some() && !record.is_foreign);
        self.handles.insert(number, Handle { kind, name, record });
        // As the launcher does: a number up to 2^53, and text above.
        let handle = if number <= 1 << 53 { json!(number) } else { json!(number.to_string()) };
        ok(&json!({"handleId": handle, "isOwner": is_own, "version": version}))
    }
}

fn unknown_record() -> (u16, Bytes) {
    error(400, -1513, "FfiError::InvalidStructDataHandle")
}

fn ok(json: &Value) -> (u16, Bytes) {
    (200, json.to_string().into())
}

fn error(status: u16, code: i64, description: &str) -> (u16, Bytes) {
    (status, json!({"errorCode": code, "description": description}).to_string().into())
}
