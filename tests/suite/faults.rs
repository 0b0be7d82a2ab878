//! Faults: each strikes as it says, only where it says, and not at all where nobody asked for one.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderName;
use safe_mock::fault::{BadRule, Call, Fault, Latency, Matching, NetworkError, Rule, When};
use safe_mock::{Builder, Launcher, MockLauncher, Network, Query};
use serde_json::{Value, json};
use signaling::launcher::{HttpError, HttpService, InProcess};
use suite::call::{Answer, Door, name};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

const PEER: HeaderName = HeaderName::from_static("x-mock-peer");
const ROOM: HeaderName = HeaderName::from_static("x-mock-room");

/// The status that stands for no answer at all.
const NO_ANSWER: u16 = 599;

/// Turns errors of a service into answers, so that tests can ask for them.
struct Told(Arc<dyn HttpService>);

impl HttpService for Told {
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, HttpError>> + Send>> {
        let call = self.0.call(request);
        Box::pin(async move {
            call.await.or_else(|error| {
                let mut text = error.to_string();
                let mut cause = error.source();
                while let Some(next) = cause {
                    text = format!("{text}: {next}");
                    cause = next.source();
                }
                let answer = http::Response::builder().status(NO_ANSWER).body(text.into());
                Ok(answer.unwrap())
            })
        })
    }
}

fn in_process(launcher: &Launcher) -> Door {
    Door::new(Arc::new(Told(Arc::new(InProcess::new(launcher.service())))), "http://in.process".to_owned())
}

/// A launcher and an app in it.
#[derive(Clone)]
struct App {
    launcher: Launcher,
    door: Door,
    token: String,
}

impl App {
    async fn of(builder: Builder) -> Self {
        let launcher = builder.build();
        let door = in_process(&launcher);
        Self::at(launcher, door).await
    }

    async fn new() -> Self {
        Self::of(Builder::default().seed(7)).await
    }

    async fn on(network: &Network) -> Self {
        Self::of(Builder::default().seed(7).network(network)).await
    }

    async fn at(launcher: Launcher, door: Door) -> Self {
        let token = door.token("net.example", &["LOW_LEVEL_API"]).await;
        Self { launcher, door, token }
    }

    fn add(&self, rule: Rule) -> safe_mock::fault::FaultGuard {
        self.launcher.add_fault(rule).unwrap()
    }

    async fn draft(&self, text: &str) -> u64 {
        let body = json!({"name": name(text), "typeTag": 500, "data": "aGk="});
        self.door.post("/structured-data").token(&self.token).json(&body).send().await.handle()
    }

    async fn put(&self, handle: u64) -> Answer {
        self.door.put(&format!("/structured-data/{handle}")).token(&self.token).send().await
    }

    async fn post(&self, handle: u64) -> Answer {
        self.door.post(&format!("/structured-data/{handle}")).token(&self.token).send().await
    }

    async fn data_id(&self, text: &str) -> u64 {
        let body = json!({"name": name(text), "typeTag": 500});
        self.door.post("/data-id/structured-data").token(&self.token).json(&body).send().await.handle()
    }

    async fn fetch(&self, data_id: u64) -> Answer {
        self.door.get(&format!("/structured-data/handle/{data_id}")).token(&self.token).send().await
    }

    /// The version that is seen under a name; the code of the error where none is.
    async fn sees(&self, text: &str) -> Result<u64, i64> {
        let id = self.data_id(text).await;
        let answer = self.fetch(id).await;
        answer.json()["version"].as_u64().ok_or(answer.error().0)
    }

    async fn metadata(&self, handle: u64) -> Answer {
        self.door.get(&format!("/structured-data/metadata/{handle}")).token(&self.token).send().await
    }

    async fn check(&self) -> u16 {
        self.door.get("/auth").token(&self.token).send().await.status()
    }

    async fn health(&self) -> u16 {
        self.door.get("/health").send().await.status()
    }

    /// For each of so many calls, whether it went wrong.
    async fn struck(&self, calls: usize) -> Vec<bool> {
        let mut struck = Vec::new();
        for _ in 0..calls {
            struck.push(self.health().await != 200);
        }
        struck
    }

    fn stored(&self) -> usize {
        self.launcher.network().records().len()
    }

    fn journal(&self) -> Vec<(String, u16, Option<String>)> {
        let entries = self.launcher.journal(&Query::default());
        entries.into_iter().map(|entry| (entry.path, entry.status, entry.fault)).collect()
    }
}

fn refuse() -> Rule {
    Rule::new(Fault::Refuse)
}

fn fail(error: NetworkError) -> Fault {
    Fault::Fail { error }
}

/// The same promise in process and over TCP.
async fn both(mut promise: impl AsyncFnMut(App)) {
    promise(App::new().await).await;
    let launcher = MockLauncher::builder().seed(7).start().await.unwrap();
    let door = Door::new(Arc::new(Told(Arc::new(reqwest::Client::new()))), launcher.url());
    promise(App::at(launcher.launcher().clone(), door).await).await;
    launcher.shutdown().await;
}

#[tokio::test]
async fn a_broken_connection_is_an_error_for_the_caller_and_says_whether_the_call_was_carried_out() {
    both(async |app| {
        let faults = [
            (Fault::Refuse, false, false),
            (Fault::Reset, false, false),
            (Fault::LoseAnswer, false, true),
            (Fault::CloseHalfway, true, true),
        ];
        for (index, (fault, begun, carried_out)) in faults.into_iter().enumerate() {
            let (text, named) = (fault.name().to_owned(), fault.name());
            let handle = app.draft(&text).await;
            let before = app.stored();
            let guard = app.add(Rule::new(fault).on(Matching::call(Call::Put)).times(1));
            assert_eq!(app.put(handle).await.status(), NO_ANSWER, "{named}");
            assert_eq!(app.stored() - before, usize::from(carried_out), "{named}");
            assert_eq!(guard.strikes(), 1);
            // The next call is answered, on a new connection where the old one is gone.
            let again = app.put(handle).await;
            assert_eq!(again.error().0, if carried_out { -23 } else { 0 }, "{named}");
            let put = format!("/structured-data/{handle}");
            let told: Vec<_> = app.journal().into_iter().filter(|(path, ..)| *path == put).collect();
            let status = if begun { 200 } else { 0 };
            assert_eq!(told[0], (put, status, Some(named.to_owned())), "{index}");
            assert_eq!(told[1].2, None);
        }
    })
    .await;
}

#[tokio::test]
async fn through_the_router_a_broken_connection_is_a_body_that_breaks() {
    let launcher = Builder::default().build();
    let door = Door::new(Arc::new(Told(Arc::new(InProcess::new(launcher.router())))), "http://x".to_owned());
    for fault in [Fault::Refuse, Fault::LoseAnswer, Fault::CloseHalfway] {
        let _guard = launcher.add_fault(Rule::new(fault)).unwrap();
        assert_eq!(door.get("/health").send().await.status(), NO_ANSWER);
    }
    assert_eq!(door.get("/health").send().await.status(), 200);
}

#[tokio::test]
async fn over_tcp_a_refusal_closes_and_a_reset_resets() {
    let launcher = MockLauncher::start().await.unwrap();
    for (fault, reset) in [(Fault::Refuse, false), (Fault::Reset, true)] {
        let guard = launcher.launcher().add_fault(Rule::new(fault)).unwrap();
        let mut stream = tokio::net::TcpStream::connect(launcher.addresses()[0]).await.unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut said = Vec::new();
        let ended = stream.read_to_end(&mut said).await;
        assert_eq!(ended.map_err(|error| error.kind()).err(), reset.then_some(std::io::ErrorKind::ConnectionReset));
        assert_eq!((said.len(), guard.strikes()), (0, 1));
    }
}

#[tokio::test]
async fn over_tcp_half_of_an_answer_comes_before_the_connection_closes() {
    let launcher = MockLauncher::start().await.unwrap();
    let _guard = launcher.launcher().add_fault(Rule::new(Fault::CloseHalfway)).unwrap();
    let mut stream = tokio::net::TcpStream::connect(launcher.addresses()[0]).await.unwrap();
    stream.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.contains("content-length: 2\r\n"), "{said}");
    assert!(said.ends_with("\r\n\r\nO"), "{said}");
}

#[tokio::test]
async fn an_answer_comes_empty_cut_or_malformed_and_the_call_is_carried_out() {
    both(async |app| {
        let whole = format!("{{\"handleId\":{}}}", app.draft("first").await + 1);
        for (fault, body) in [
            (Fault::CutAnswer, &whole.as_bytes()[..whole.len() / 2]),
            (Fault::EmptyAnswer, b""),
            (Fault::MalformedAnswer, b"{\"handleId\": \xff\xfe,]"),
        ] {
            let live = app.launcher.handles().live();
            let draft = json!({"name": name("broken"), "typeTag": 500, "data": ""});
            let guard = app.add(Rule::new(fault.clone()).on(Matching::call(Call::Create)));
            let answer = app.door.post("/structured-data").token(&app.token).json(&draft).send().await;
            assert_eq!((answer.status(), &answer.bytes()[..]), (200, body), "{}", fault.name());
            assert_eq!(answer.json(), Value::Null);
            assert_eq!((app.launcher.handles().live() - live, guard.strikes()), (1, 1));
        }
    })
    .await;
}

#[tokio::test]
async fn each_error_of_the_network_has_its_code_and_the_call_is_not_carried_out() {
    let app = App::new().await;
    let handle = app.draft("refused").await;
    let id = app.data_id("refused").await;
    for (error, write, read) in [
        (NetworkError::RequestTimeout, -37, -37),
        (NetworkError::OperationAborted, -15, -15),
        (NetworkError::NetworkOther, -27, -19),
        (NetworkError::NoSuchAccount, -20, -17),
        (NetworkError::NoSuchData, -22, -18),
        (NetworkError::AccountExists, -21, -21),
        (NetworkError::DataExists, -23, -23),
        (NetworkError::LowBalance, -24, -24),
        (NetworkError::InvalidSuccessor, -25, -25),
        (NetworkError::InvalidOperation, -26, -26),
        (NetworkError::NetworkFull, -28, -28),
        (NetworkError::DataTooLarge, -29, -29),
    ] {
        let _guard = app.add(Rule::new(fail(error)));
        let (put, fetched) = (app.put(handle).await, app.fetch(id).await);
        assert_eq!((put.error().0, fetched.error().0), (write, read), "{error:?}");
        assert!(put.error().1.ends_with(&format!("{error:?}")), "{:?}", put.error());
        assert_eq!(put.status(), if error == NetworkError::NoSuchData { 404 } else { 400 });
        assert_eq!(app.stored(), 0);
    }
    assert_eq!(app.put(handle).await.status(), 200);
}

#[tokio::test]
async fn a_bad_token_fails_for_itself_whatever_else_would() {
    let app = App::new().await;
    let _guard = app.add(Rule::new(fail(NetworkError::LowBalance)));
    assert_eq!(app.door.put("/structured-data/1").token("bad").send().await.status(), 401);
}

#[tokio::test(start_paused = true)]
async fn a_request_or_its_answer_is_held_up() {
    let app = App::new().await;
    for (when, stored_meanwhile) in [(When::Before, 0), (When::After, 1)] {
        let handle = app.draft(&format!("{when:?}")).await;
        let before = app.stored();
        let rule = Rule::new(Fault::Delay { by: Latency::FixedMs(2_000), when }).on(Matching::call(Call::Put));
        let guard = app.add(rule);
        let begun = Instant::now();
        let saving = tokio::spawn({
            let app = app.clone();
            async move { app.put(handle).await.status() }
        });
        tokio::time::sleep(Duration::from_millis(1_999)).await;
        assert_eq!(app.stored() - before, stored_meanwhile, "{when:?}");
        assert!(!saving.is_finished());
        // Others are not held up, by the rule or by the lock.
        assert_eq!(app.check().await, 200);
        assert_eq!(saving.await.unwrap(), 200);
        assert_eq!((begun.elapsed(), app.stored() - before), (Duration::from_secs(2), 1));
        assert_eq!(guard.strikes(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn drawn_delays_stay_in_their_range_and_add_up() {
    let app = App::new().await;
    let took = async || {
        let begun = Instant::now();
        app.health().await;
        begun.elapsed().as_millis()
    };
    let delay = |by| Rule::new(Fault::Delay { by, when: When::Before });
    let _uniform = app.add(delay(Latency::Uniform { min_ms: 10, max_ms: 20 }));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        seen.insert(took().await);
    }
    assert!(seen.iter().all(|took| (10..=20).contains(took)) && seen.len() == 11, "{seen:?}");
    let _long = app.add(delay(Latency::LongTailed { median_ms: 1_000, max_ms: 30_000 }));
    let mut times = Vec::new();
    for _ in 0..200 {
        times.push(took().await);
    }
    times.sort_unstable();
    assert!(times[0] >= 510 && times[199] <= 30_021, "{times:?}");
    assert!((700..1_400).contains(&times[100]) && times[195] > 10_000, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_while_it_is_held_up_has_done_nothing() {
    let app = App::new().await;
    let handle = app.draft("given up").await;
    let _guard = app.add(Rule::new(Fault::Delay { by: Latency::FixedMs(1_000), when: When::Before }));
    assert!(tokio::time::timeout(Duration::from_millis(500), app.put(handle)).await.is_err());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(app.stored(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stale_read_sees_the_network_as_it_was_and_a_write_does_not() {
    let network = Network::new();
    let (writer, reader) = (App::on(&network).await, App::on(&network).await);
    let handle = writer.draft("register").await;
    for version in 0..3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let saved = if version == 0 { writer.put(handle).await } else { writer.post(handle).await };
        assert_eq!(saved.status(), 200);
    }
    assert_eq!(reader.sees("register").await, Ok(2));
    for (by_ms, seen) in [(0, Ok(2)), (1, Ok(1)), (1_000, Ok(1)), (1_001, Ok(0)), (2_001, Err(-18)), (60_000, Err(-18))]
    {
        let guard = reader.add(Rule::new(Fault::StaleRead { by_ms }));
        assert_eq!(reader.sees("register").await, seen, "{by_ms} ms ago");
        assert_eq!((guard.strikes(), guard.view().unwrap().matched), (1, 1), "it is about fetches alone");
        assert_eq!(writer.sees("register").await, Ok(2));
    }
    // Its own writes are held against what is stored now, and not seen either.
    let _guard = writer.add(Rule::new(Fault::StaleRead { by_ms: 1_500 }));
    let id = writer.data_id("register").await;
    let fetched = writer.fetch(id).await;
    assert_eq!(fetched.json()["version"], json!(0));
    assert_eq!(writer.post(fetched.handle()).await.error().0, -25);
    let taken = writer.draft("register").await;
    assert_eq!(writer.put(taken).await.error().0, -23);
}

#[tokio::test(start_paused = true)]
async fn a_slow_write_is_seen_by_its_writer_at_once_and_by_others_later() {
    let network = Network::new();
    let (writer, other) = (App::on(&network).await, App::on(&network).await);
    let guard = writer.add(Rule::new(Fault::SlowVisibility { by_ms: 1_000 }).on(Matching::call(Call::Put)));
    let handle = writer.draft("late").await;
    assert_eq!(writer.put(handle).await.status(), 200);
    assert_eq!((writer.sees("late").await, other.sees("late").await), (Ok(0), Err(-18)));
    // The name is taken all the same.
    let mine = other.draft("late").await;
    assert_eq!(other.put(mine).await.error().0, -23);
    tokio::time::sleep(Duration::from_millis(999)).await;
    assert_eq!(other.sees("late").await, Err(-18));
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(other.sees("late").await, Ok(0));
    assert_eq!(guard.strikes(), 1);
    // A write that is not slow is seen at once.
    assert_eq!(writer.post(handle).await.status(), 200);
    assert_eq!(other.sees("late").await, Ok(1));
}

#[tokio::test]
async fn a_session_is_revoked_before_or_after_the_call() {
    for (when, status) in [(When::Before, 401), (When::After, 200)] {
        let app = App::new().await;
        let handle = app.draft("revoked").await;
        let bystander = app.door.token("bystander", &[]).await;
        let _guard = app.add(Rule::new(Fault::RevokeSession { when }).on(Matching::call(Call::Put)));
        assert_eq!(app.put(handle).await.status(), status, "{when:?}");
        assert_eq!(app.stored(), usize::from(status == 200));
        assert_eq!(app.check().await, 401);
        assert_eq!(app.door.get("/auth").token(&bystander).send().await.status(), 200);
        assert_eq!(app.door.put("/structured-data/1").send().await.status(), 401, "nobody's session is revoked");
    }
}

#[tokio::test]
async fn handles_are_lost_before_or_after_the_call_and_go_on_counting() {
    for (when, code) in [(When::Before, -1513), (When::After, 0)] {
        let app = App::new().await;
        let handle = app.draft("lost").await;
        let _guard = app.add(Rule::new(Fault::LoseHandles { when }).on(Matching::call(Call::Put)));
        assert_eq!(app.put(handle).await.error().0, code, "{when:?}");
        assert_eq!(app.launcher.handles().live(), 0);
        assert_eq!((app.check().await, app.draft("next").await), (200, handle + 1));
    }
}

#[tokio::test]
async fn a_launcher_restarts_before_or_after_the_call_and_keeps_account_and_network() {
    for (when, status) in [(When::Before, 401), (When::After, 200)] {
        let app = App::new().await;
        let handle = app.draft("kept").await;
        let account = app.launcher.accounts()[0].public_key.clone();
        let guard = app.add(Rule::new(Fault::RestartLauncher { when }).on(Matching::call(Call::Put)).times(1));
        assert_eq!(app.put(handle).await.status(), status, "{when:?}");
        assert_eq!(app.check().await, 401);
        assert_eq!((app.launcher.handles().live(), app.stored()), (0, usize::from(status == 200)));
        let again = App::at(app.launcher.clone(), app.door.clone()).await;
        assert_eq!(again.draft("kept").await, 1, "handles count from the start");
        assert_eq!(app.launcher.accounts()[0].public_key, account);
        assert_eq!(guard.strikes(), 1);
    }
}

#[tokio::test]
async fn restart_and_loss_of_handles_are_direct_calls_too() {
    let app = App::new().await;
    app.draft("lost").await;
    app.launcher.lose_handles();
    assert_eq!((app.launcher.handles().live(), app.check().await), (0, 200));
    let waiting = app.draft("restarted").await;
    app.launcher.restart();
    assert_eq!((app.metadata(waiting).await.status(), app.launcher.sessions().len()), (401, 0));
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_is_cut_off_still_does_what_needs_no_network() {
    let network = Network::new();
    let (app, other) = (App::on(&network).await, App::on(&network).await);
    let handle = app.draft("far").await;
    app.launcher.cut_off(Duration::from_mins(2));
    let begun = Instant::now();
    assert_eq!((app.check().await, app.metadata(handle).await.status()), (200, 200));
    assert_eq!(app.draft("near").await, handle + 1);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(app.put(handle).await.error(), (-37, "CoreError::RequestTimeout".to_owned()));
    assert_eq!(begun.elapsed(), Duration::from_mins(2));
    assert_eq!(app.sees("far").await, Err(-37));
    let versioned = json!({"name": name("versions"), "typeTag": 501, "data": "aGk="});
    assert_eq!(app.door.post("/structured-data").token(&app.token).json(&versioned).send().await.error().0, -37);
    assert_eq!((app.stored(), other.sees("far").await), (0, Err(-18)));
    let told = app.journal();
    assert_eq!(told.iter().filter(|(.., fault)| fault.as_deref() == Some("cut_off")).count(), 3, "{told:?}");
    assert!(!app.launcher.link().joined);
    app.launcher.join();
    assert_eq!((app.put(handle).await.status(), other.sees("far").await), (200, Ok(0)));
}

#[tokio::test(start_paused = true)]
async fn a_rule_cuts_off_for_a_while() {
    let app = App::new().await;
    let handle = app.draft("far").await;
    let guard = app.add(Rule::new(Fault::CutOff { after_ms: 100 }).for_ms(1_000));
    let begun = Instant::now();
    assert_eq!((app.put(handle).await.error().0, begun.elapsed()), (-37, Duration::from_millis(100)));
    assert_eq!((app.check().await, guard.strikes()), (200, 1));
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(app.put(handle).await.status(), 200);
    assert!(guard.view().unwrap().spent);
}

#[tokio::test]
async fn a_rule_strikes_only_the_calls_that_meet_all_it_says() {
    let app = App::new().await;
    let matching = Matching::default;
    let alice = Matching { peer: Some("alice".into()), room: Some("kitchen".into()), ..matching() };
    let ask = async |peer: &str, room: &str| {
        app.door.get("/health").header(PEER, peer).header(ROOM, room).send().await.status()
    };
    {
        let guard = app.add(refuse().on(alice));
        for (peer, room, status) in [
            ("alice", "kitchen", NO_ANSWER),
            ("bob", "kitchen", 200),
            ("alice", "hall", 200),
            ("Alice", "kitchen", 200),
        ] {
            assert_eq!(ask(peer, room).await, status, "{peer} in {room}");
        }
        assert_eq!(app.health().await, 200);
        assert_eq!((guard.view().unwrap().matched, guard.strikes()), (1, 1));
    }
    {
        let _guard = app.add(refuse().on(Matching { method: Some("get".into()), ..matching() }));
        assert_eq!((app.health().await, app.door.post("/health").send().await.status()), (NO_ANSWER, 200));
    }
    {
        let _guard = app.add(Rule::new(fail(NetworkError::LowBalance)).on(Matching::mutating()));
        let handle = app.draft("unpaid").await;
        assert_eq!((app.put(handle).await.error().0, app.metadata(handle).await.status()), (-24, 200));
    }
    for mount in ["", "/0.5", "/0.6"] {
        let _guard = app.add(refuse().on(Matching::call(Call::Check)));
        let path = format!("{mount}/AUTH/");
        assert_eq!(app.door.get(&path).token(&app.token).send().await.status(), NO_ANSWER, "{path}");
        assert_eq!(app.door.delete(&path).send().await.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn a_rule_about_a_record_strikes_whatever_is_about_it() {
    let app = App::new().await;
    let (handle, other) = (app.draft("mine").await, app.draft("other").await);
    let (id, other_id) = (app.data_id("mine").await, app.data_id("other").await);
    let guard = app.add(
        Rule::new(fail(NetworkError::LowBalance)).on(Matching { record: Some(name("mine")), ..Matching::default() }),
    );
    let draft = |text: &str| json!({"name": name(text), "data": ""});
    for path in ["/structured-data", "/data-id/structured-data"] {
        let ask = async |text: &str| app.door.post(path).token(&app.token).json(&draft(text)).send().await.error().0;
        assert_eq!((ask("mine").await, ask("other").await), (-24, 0), "{path}");
    }
    assert_eq!((app.fetch(id).await.error().0, app.fetch(other_id).await.error().0), (-24, -18));
    assert_eq!((app.put(handle).await.error().0, app.put(other).await.error().0), (-24, 0));
    assert_eq!((app.metadata(handle).await.error().0, app.metadata(other).await.error().0), (-24, 0));
    for (path, code) in [(format!("/structured-data/handle/{handle}"), -24), (format!("/data-id/{other_id}"), 0)] {
        assert_eq!(app.door.delete(&path).token(&app.token).send().await.error().0, code, "{path}");
    }
    assert_eq!(app.check().await, 200);
    assert_eq!(guard.strikes(), 6);
}

#[tokio::test]
async fn calls_are_counted_from_one() {
    let app = App::new().await;
    for (matching, struck) in [
        (Matching { nth: Some(3), ..Matching::default() }, [false, false, true, false, false, false]),
        (Matching { from_nth: Some(3), ..Matching::default() }, [false, false, true, true, true, true]),
        (Matching { every_nth: Some(2), ..Matching::default() }, [false, true, false, true, false, true]),
        (
            Matching { from_nth: Some(3), every_nth: Some(2), ..Matching::default() },
            [false, false, false, true, false, true],
        ),
    ] {
        let guard = app.add(refuse().on(matching.clone()));
        assert_eq!(app.struck(6).await, struck, "{matching:?}");
        assert_eq!(guard.view().unwrap().matched, 6);
        // Calls that it is not about are not counted.
        drop(guard);
        let _guard = app.add(refuse().on(Matching { call: Some(Call::Health), ..matching }));
        app.check().await;
        assert_eq!(app.struck(6).await, struck);
    }
    let guard = app.add(refuse().times(2));
    assert_eq!(app.struck(4).await, [true, true, false, false]);
    let view = guard.view().unwrap();
    assert_eq!((view.matched, view.strikes, view.spent), (2, 2, true));
}

#[tokio::test]
async fn chance_comes_from_the_seed_and_another_rule_shifts_nothing() {
    let by_chance = |chance| refuse().on(Matching { chance: Some(chance), ..Matching::call(Call::Health) });
    let app = async |seed| App::of(Builder::default().seed(seed)).await;
    let first = app(7).await;
    let _guard = first.add(by_chance(0.3));
    let struck = first.struck(200).await;
    let count = struck.iter().filter(|struck| **struck).count();
    assert!((40..80).contains(&count), "{count}");

    let second = app(7).await;
    let _guard = second.add(by_chance(0.3));
    let jitter = Fault::Delay { by: Latency::Uniform { min_ms: 0, max_ms: 1 }, when: When::Before };
    let _other = second.add(Rule::new(jitter).on(Matching::call(Call::Check)));
    let mut again = Vec::new();
    for _ in 0..200 {
        second.check().await;
        again.extend(second.struck(1).await);
    }
    assert_eq!(again, struck);
    // Nor does a rule shift any other chance of the launcher.
    let next = async |app: &App| {
        app.door.token("next", &[]).await;
        app.launcher.log_in_new_account().public_key
    };
    let untouched = app(7).await;
    assert_eq!(next(&untouched).await, next(&second).await);

    let third = app(8).await;
    let _guard = third.add(by_chance(0.3));
    assert_ne!(third.struck(200).await, struck);

    for (chance, expected) in [(0.0, false), (1.0, true)] {
        let certain = app(7).await;
        let _guard = certain.add(by_chance(chance));
        assert_eq!(certain.struck(100).await, vec![expected; 100]);
    }
}

#[tokio::test]
async fn of_faults_that_take_the_answer_the_first_strikes_and_the_others_wait() {
    let app = App::new().await;
    let first = app.add(Rule::new(fail(NetworkError::LowBalance)).times(1));
    let second = app.add(Rule::new(fail(NetworkError::NetworkFull)).times(1));
    let beside = app.add(Rule::new(Fault::LoseHandles { when: When::After }).times(1));
    let answer = app.door.get("/auth").token(&app.token).send().await;
    assert_eq!((answer.error().0, first.strikes(), second.strikes(), beside.strikes()), (-24, 1, 0, 1));
    assert_eq!(second.view().unwrap().matched, 1);
    let told = app.journal().pop().unwrap();
    assert_eq!(told.2.as_deref(), Some("fail+lose_handles"));
}

#[tokio::test]
async fn a_guard_undoes_its_rule_and_a_kept_one_stays() {
    let app = App::new().await;
    let guard = app.add(refuse());
    assert_eq!((app.health().await, guard.strikes()), (NO_ANSWER, 1));
    drop(guard);
    assert_eq!((app.health().await, app.launcher.faults()), (200, vec![]));
    let id = app.add(refuse()).keep();
    assert_eq!(app.health().await, NO_ANSWER);
    assert!(app.launcher.remove_fault(id) && !app.launcher.remove_fault(id));
    assert_eq!(app.health().await, 200);
    // A guard whose rule is gone touches no other.
    let old = app.add(refuse());
    app.launcher.clear_faults();
    let new = app.add(refuse());
    drop(old);
    assert_eq!((app.health().await, new.strikes()), (NO_ANSWER, 1));
}

#[tokio::test]
async fn rules_are_bounded() {
    let app = App::new().await;
    let guards: Vec<_> = (0..safe_mock::fault::rules::RULES_MAX).map(|_| app.add(refuse())).collect();
    assert_eq!(app.launcher.add_fault(refuse()).err(), Some(BadRule::TooMany(256)));
    drop(guards);
    assert_eq!(app.health().await, 200);
}

#[tokio::test]
async fn bad_rules_are_refused_with_a_reason_and_change_nothing() {
    let app = App::new().await;
    for (rule, reason) in [
        (json!({"fault": "refuse", "matching": {"chance": 2}}), "`chance` is 2, and must lie between 0 and 1"),
        (json!({"fault": "refuse", "matching": {"chance": -0.1}}), "`chance` is -0.1"),
        (json!({"fault": "refuse", "matching": {"nth": 0}}), "`nth` is 0, and calls are counted from 1"),
        (json!({"fault": "refuse", "matching": {"every_nth": 0}}), "`every_nth` is 0"),
        (json!({"fault": "refuse", "matching": {"record": "room"}}), "`record` is `room`, which is not 32 bytes"),
        (json!({"fault": "refuse", "matching": {"method": "BREW"}}), "`method` is `BREW`"),
        (
            json!({"fault": "refuse", "matching": {"call": "brew"}}),
            "unknown variant `brew`, expected one of `authorise`",
        ),
        (json!({"fault": "refuse", "matching": {"colour": 1}}), "unknown field `colour`"),
        (json!({"fault": "refuse", "until": {"times": 0}}), "`times` is 0"),
        (json!({"fault": "refuse", "until": {"tomes": 1}}), "unknown field `tomes`"),
        (json!({"fault": "refuse", "colour": 1}), "unknown field `colour`"),
        (json!({"fault": "explode"}), "unknown variant `explode`, expected one of `delay`"),
        (json!({"fault": {"fail": {"error": "OutOfCoffee"}}}), "unknown variant `OutOfCoffee`"),
        (json!({"fault": {"fail": {"error": "LowBalance", "code": 1}}}), "unknown field `code`"),
        (json!({"fault": {"delay": {"by": {"uniform": {"min_ms": 2, "max_ms": 1}}}}}), "goes from 2 ms to 1 ms"),
        (json!({"fault": {"delay": {"by": {"fixed_ms": 99_999_999_999_u64}}}}), "longer than a day"),
        (json!({"fault": {"stale_read": {"by_ms": 99_999_999_999_u64}}}), "longer than a day"),
        (json!({"matching": {}}), "missing field `fault`"),
    ] {
        let answer = app.door.post("/__mock/faults").body("application/json", rule.to_string()).send().await;
        assert_eq!(answer.status(), 400, "{rule}");
        assert!(answer.error().1.contains(reason), "{rule}: {}", answer.error().1);
    }
    assert_eq!(app.launcher.faults(), []);
    assert_eq!(app.launcher.add_fault(refuse().times(0)).err(), Some(BadRule::NeverStrikes));
    assert_eq!((app.health().await, app.launcher.faults()), (200, vec![]));
}

#[tokio::test]
async fn every_fault_reads_back_as_it_was_written() {
    for fault in [
        json!("refuse"),
        json!("reset"),
        json!("lose_answer"),
        json!("close_halfway"),
        json!("empty_answer"),
        json!("cut_answer"),
        json!("malformed_answer"),
        json!({"fail": {"error": "NetworkOther"}}),
        json!({"delay": {"by": {"fixed_ms": 5}, "when": "after"}}),
        json!({"delay": {"by": {"uniform": {"min_ms": 1, "max_ms": 2}}, "when": "before"}}),
        json!({"delay": {"by": {"long_tailed": {"median_ms": 1, "max_ms": 2}}, "when": "before"}}),
        json!({"stale_read": {"by_ms": 5}}),
        json!({"slow_visibility": {"by_ms": 5}}),
        json!({"revoke_session": {"when": "after"}}),
        json!({"lose_handles": {"when": "before"}}),
        json!({"restart_launcher": {"when": "after"}}),
        json!({"cut_off": {"after_ms": 5}}),
    ] {
        let read: Fault = serde_json::from_value(fault.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), fault);
        let written = fault.as_str().or_else(|| fault.as_object()?.keys().next().map(String::as_str));
        assert_eq!(written, Some(read.name()));
    }
    let rule: Rule = serde_json::from_str(r#"{"fault": {"restart_launcher": {}}}"#).unwrap();
    assert_eq!(rule, Rule::new(Fault::RestartLauncher { when: When::Before }));
}

#[tokio::test]
async fn the_control_plane_adds_lists_and_removes_rules() {
    let app = App::new().await;
    let rule = json!({
        "matching": {"call": "health", "nth": 2},
        "fault": {"fail": {"error": "LowBalance"}},
        "until": {"times": 1},
    });
    let add = async || app.door.post("/__mock/faults").json(&rule).send().await.json()["id"].as_u64().unwrap();
    let list = async || app.door.get("/__mock/faults").send().await.json();
    let id = add().await;
    assert_eq!(list().await, json!([{"id": id, "rule": rule, "matched": 0, "strikes": 0, "spent": false}]));
    assert_eq!(app.struck(3).await, [false, true, false]);
    assert_eq!(list().await[0], json!({"id": id, "rule": rule, "matched": 2, "strikes": 1, "spent": true}));
    let entry = app.door.get("/__mock/journal?path=health&status=400").send().await.json();
    assert_eq!(entry[0]["fault"], json!("fail"));

    let path = format!("/__mock/faults/{id}");
    assert_eq!(app.door.delete(&path).send().await.status(), 200);
    assert_eq!((app.door.delete(&path).send().await.status(), list().await), (400, json!([])));
    add().await;
    assert_eq!((app.door.delete("/__mock/faults").send().await.status(), list().await), (200, json!([])));
    // Nothing that strikes every call keeps the control plane from working.
    app.add(refuse()).keep();
    add().await;
    assert_eq!((app.health().await, app.door.post("/__mock/reset").send().await.status()), (NO_ANSWER, 200));
    assert_eq!((app.health().await, list().await), (200, json!([])));
}

#[tokio::test]
async fn the_control_plane_restarts_cuts_off_and_loses_handles() {
    let app = App::new().await;
    let handle = app.draft("far").await;
    let link = async || app.door.get("/__mock/link").send().await.json();
    assert_eq!(link().await, json!({"joined": true, "after_ms": 0}));
    for (body, code) in [(json!({"joined": false}), -37), (json!({"joined": true}), 0)] {
        assert_eq!(app.door.put("/__mock/link").json(&body).send().await.status(), 200);
        assert_eq!((app.put(handle).await.error().0, &link().await["joined"]), (code, &body["joined"]));
    }
    for body in [
        json!({}),
        json!({"joined": "no"}),
        json!({"joined": false, "x": 1}),
        json!({"joined": false, "after_ms": 86_400_001}),
    ] {
        assert_eq!(app.door.put("/__mock/link").json(&body).send().await.status(), 400, "{body}");
    }
    assert_eq!(app.door.delete("/__mock/handles").send().await.status(), 200);
    assert_eq!((app.put(handle).await.error().0, app.check().await), (-1513, 200));
    assert_eq!(app.door.post("/__mock/restart").send().await.status(), 200);
    assert_eq!((app.check().await, app.stored()), (401, 1));
    app.launcher.cut_off(Duration::ZERO);
    app.launcher.reset();
    assert_eq!(link().await["joined"], json!(true));
}
