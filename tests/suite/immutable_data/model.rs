//! Random calls by two accounts and their apps, beside a model of what each may see.

use http::header::RANGE;
use proptest::prelude::*;
use proptest::sample::select;
use safe_mock::{Builder, Launcher};
use suite::call::{Answer, Client};

/// Content of fewer bytes is taken out of its writer when it is closed (wider behaviour §2.4).
const INLINE_BYTES_LIMIT: usize = 3_072;

/// A handle that never exists.
const NO_HANDLE: u64 = 987_654_321;

/// Who calls: two apps of one account, an app of another account, and nobody.
const CALLERS: usize = 4;

fn account(caller: usize) -> Option<usize> {
    [Some(0), Some(0), Some(1), None][caller]
}

#[derive(Debug, Clone, Copy)]
enum Cipher {
    Plain,
    Symmetric,
    Unknown,
}

#[derive(Debug, Clone)]
enum Operation {
    OpenWriter,
    Write(usize, usize),
    Close(usize, Cipher),
    DropWriter(usize),
    HandOver(usize, usize),
    OpenReader(usize),
    Read(usize, Option<(u64, u64)>),
    DropReader(usize),
}

fn operation() -> impl Strategy<Value = (usize, Operation)> {
    let length = select(vec![0, 1, 100, 1_500, 3_071, 3_072, 5_000]);
    let cipher = select(vec![Cipher::Plain, Cipher::Plain, Cipher::Symmetric, Cipher::Unknown]);
    let range = proptest::option::of((0..6_000_u64, 0..6_000_u64));
    let operation = prop_oneof![
        1 => Just(Operation::OpenWriter),
        3 => (0..4_usize, length).prop_map(|(writer, length)| Operation::Write(writer, length)),
        4 => (0..4_usize, cipher).prop_map(|(writer, cipher)| Operation::Close(writer, cipher)),
        1 => (0..4_usize).prop_map(Operation::DropWriter),
        2 => (0..8_usize, 0..CALLERS).prop_map(|(id, to)| Operation::HandOver(id, to)),
        4 => (0..8_usize).prop_map(Operation::OpenReader),
        4 => (0..8_usize, range).prop_map(|(reader, range)| Operation::Read(reader, range)),
        1 => (0..8_usize).prop_map(Operation::DropReader),
    ];
    (0..CALLERS, operation)
}

/// An object behind a handle.
#[derive(Debug, Clone)]
struct Held {
    handle: u64,
    owner: Option<usize>,
    content: Vec<u8>,
    /// The app that sealed it.
    sealed_by: Option<usize>,
    is_live: bool,
}

impl Held {
    fn is_open_to(&self, caller: usize) -> bool {
        let (owner, caller) = (self.owner, account(caller));
        self.is_live && (owner.is_none() || caller.is_none() || owner == caller)
    }
}

struct World {
    launcher: Launcher,
    client: Client,
    tokens: [Option<String>; CALLERS],
    writers: Vec<Held>,
    ids: Vec<Held>,
    readers: Vec<Held>,
    written: u8,
}

/// What a call answers: its status, and its error code.
fn outcome(answer: &Answer) -> (u16, i64) {
    (answer.status(), answer.error().0)
}

const DONE: (u16, i64) = (200, 0);
const NO_SESSION: (u16, i64) = (401, 400);

impl World {
    async fn new() -> Self {
        let launcher = Builder::default().seed(3).build();
        let client = Client::in_process(&launcher);
        let permissions = &["LOW_LEVEL_API"];
        let [one, two] = [client.token("one", permissions).await, client.token("two", permissions).await];
        launcher.log_in_new_account();
        let other = client.token("one", permissions).await;
        let tokens = [Some(one), Some(two), Some(other), None];
        let (writers, ids, readers) = (Vec::new(), Vec::new(), Vec::new());
        Self { launcher, client, tokens, writers, ids, readers, written: 0 }
    }

    async fn send(&self, caller: usize, method: &str, path: &str, body: Vec<u8>, range: Option<(u64, u64)>) -> Answer {
        let mut call = self.client.request(method.parse().unwrap(), path).body("text/plain", body);
        if let Some(token) = &self.tokens[caller] {
            call = call.token(token);
        }
        if let Some((start, end)) = range {
            call = call.header(RANGE, &format!("bytes={start}-{end}"));
        }
        call.send().await
    }

    async fn get(&self, caller: usize, path: &str) -> Answer {
        self.send(caller, "GET", path, Vec::new(), None).await
    }

    async fn apply(&mut self, caller: usize, operation: &Operation) {
        let has_session = self.tokens[caller].is_some();
        match *operation {
            Operation::OpenWriter => {
                let answer = self.get(caller, "/immutable-data/writer").await;
                assert_eq!(outcome(&answer), if has_session { DONE } else { NO_SESSION });
                if has_session {
                    let owner = account(caller);
                    let content = Vec::new();
                    let handle = answer.handle();
                    self.writers.push(Held { handle, owner, content, sealed_by: None, is_live: true });
                }
            }
            Operation::Write(writer, length) => {
                let Some(index) = index(&self.writers, writer) else { return };
                self.written = self.written.wrapping_add(1);
                let body = vec![self.written; length];
                let path = format!("/immutable-data/{}", self.writers[index].handle);
                let answer = self.send(caller, "POST", &path, body.clone(), None).await;
                let is_open = self.writers[index].is_open_to(caller);
                let expected = match (has_session, is_open || length == 0) {
                    (false, _) => NO_SESSION,
                    (true, true) => DONE,
                    (true, false) => (400, -1516),
                };
                assert_eq!(outcome(&answer), expected);
                if expected == DONE && is_open {
                    self.writers[index].content.extend(body);
                }
            }
            Operation::Close(writer, cipher) => self.close(caller, writer, cipher).await,
            Operation::DropWriter(writer) => {
                let Some(index) = index(&self.writers, writer) else { return };
                let path = format!("/immutable-data/writer/{}", self.writers[index].handle);
                let answer = self.send(caller, "DELETE", &path, Vec::new(), None).await;
                let expected = match (has_session, self.writers[index].is_open_to(caller)) {
                    (false, _) => NO_SESSION,
                    (true, true) => DONE,
                    (true, false) => (400, -1516),
                };
                assert_eq!(outcome(&answer), expected);
                self.writers[index].is_live &= expected != DONE;
            }
            Operation::HandOver(id, to) => self.hand_over(id, to).await,
            Operation::OpenReader(id) => self.open_reader(caller, id).await,
            Operation::Read(reader, range) => self.read(caller, reader, range).await,
            Operation::DropReader(reader) => {
                let Some(index) = index(&self.readers, reader) else { return };
                let path = format!("/immutable-data/reader/{}", self.readers[index].handle);
                let answer = self.send(caller, "DELETE", &path, Vec::new(), None).await;
                let is_open = self.readers[index].is_open_to(caller);
                assert_eq!(outcome(&answer), if is_open { DONE } else { (400, -1516) });
                self.readers[index].is_live &= !is_open;
            }
        }
    }

    async fn close(&mut self, caller: usize, writer: usize, cipher: Cipher) {
        let Some(index) = index(&self.writers, writer) else { return };
        let options = match cipher {
            Cipher::Plain => "undefined".to_owned(),
            Cipher::Unknown => NO_HANDLE.to_string(),
            Cipher::Symmetric if self.tokens[caller].is_none() => "1".to_owned(),
            Cipher::Symmetric => self.get(caller, "/cipher-opts/symmetric").await.handle().to_string(),
        };
        let path = format!("/immutable-data/{}/{options}", self.writers[index].handle);
        let answer = self.send(caller, "PUT", &path, Vec::new(), None).await;
        let expected = match (self.tokens[caller].is_some(), self.writers[index].is_open_to(caller), cipher) {
            (false, ..) => NO_SESSION,
            (true, false, _) => (400, -1516),
            (true, true, Cipher::Unknown) => (400, -1517),
            (true, true, _) => DONE,
        };
        assert_eq!(outcome(&answer), expected);
        if !matches!(expected, DONE | (400, -1517)) {
            return;
        }
        let kept = &mut self.writers[index].content;
        let content = if kept.len() < INLINE_BYTES_LIMIT { std::mem::take(kept) } else { kept.clone() };
        if expected == DONE {
            let sealed_by = matches!(cipher, Cipher::Symmetric).then_some(caller);
            let (handle, owner) = (answer.handle(), account(caller));
            self.ids.push(Held { handle, owner, content, sealed_by, is_live: true });
        }
    }

    /// The data id goes to another caller, as bytes.
    async fn hand_over(&mut self, id: usize, to: usize) {
        let Some(index) = index(&self.ids, id) else { return };
        let id = self.ids[index].clone();
        let from = (0..CALLERS - 1).find(|caller| id.is_open_to(*caller)).unwrap();
        let serialised = self.get(from, &format!("/data-id/{}", id.handle)).await;
        assert_eq!(serialised.status(), 200);
        let answer = self.send(to, "POST", "/data-id", serialised.bytes().to_vec(), None).await;
        self.ids.push(Held { handle: answer.handle(), owner: account(to), ..id });
    }

    async fn open_reader(&mut self, caller: usize, id: usize) {
        let Some(index) = index(&self.ids, id) else { return };
        let id = self.ids[index].clone();
        let answer = self.get(caller, &format!("/immutable-data/reader/{}", id.handle)).await;
        let expected = match id.sealed_by {
            _ if !id.is_open_to(caller) => (400, -1514),
            Some(_) if self.tokens[caller].is_none() => (400, -1520),
            Some(app) if app != caller => (400, -4),
            _ => DONE,
        };
        assert_eq!(outcome(&answer), expected);
        if expected == DONE {
            assert_eq!(answer.json()["size"], id.content.len());
            self.readers.push(Held { handle: answer.handle(), owner: account(caller), ..id });
        }
    }

    async fn read(&self, caller: usize, reader: usize, range: Option<(u64, u64)>) {
        let Some(index) = index(&self.readers, reader) else { return };
        let reader = &self.readers[index];
        let answer = self.send(caller, "GET", &format!("/immutable-data/{}", reader.handle), Vec::new(), range).await;
        if !reader.is_open_to(caller) {
            assert_eq!(outcome(&answer), (400, -1516));
            return;
        }
        let length = reader.content.len();
        let (start, end) = range.map_or((0, length), |(start, end)| {
            (usize::try_from(start).unwrap(), usize::try_from(end).unwrap().min(length))
        });
        if start > end {
            assert_eq!(outcome(&answer), (416, 400));
            return;
        }
        assert_eq!(answer.status(), if range.is_some() { 206 } else { 200 });
        assert_eq!(answer.header("content-range"), Some(format!("bytes {start}-{end}/{length}").as_str()));
        assert_eq!(answer.bytes(), &reader.content[start..end]);
    }
}

/// One of the objects, if there is any.
fn index(held: &[Held], chosen: usize) -> Option<usize> {
    chosen.checked_rem(held.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_each_caller_sees_is_what_the_model_says(operations in proptest::collection::vec(operation(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            world.apply(0, &Operation::OpenWriter).await;
            for (caller, operation) in &operations {
                world.apply(*caller, operation).await;
            }
            let live = |held: &[Held]| held.iter().filter(|held| held.is_live).count();
            let handles = world.launcher.handles();
            assert_eq!((handles.writer.live, handles.reader.live), (live(&world.writers), live(&world.readers)));
        });
    }
}
