//! Rooms as the launchers of a network see them, and why a request failed: through the API, the control plane, the journal and a
//! header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use safe_mock::fault::{Call, Fault, Matcher, NetworkError, Rule};
use safe_mock::{Builder, Consent, Launcher, Network, RoomState};
use serde_json::{Value, json};
use signaling::{RecordName, RoomName};
use suite::call::{Answer, Client, application, name};

/// An app at a launcher.
struct App {
    launcher: Launcher,
    client: Client,
    token: String,
}

/// The record of an item, as the original app names it.
fn record(item: &str) -> String {
    RecordName::of_room(&RoomName::new(item).unwrap()).as_str().to_owned()
}

fn description(kind: &str, answer_id: &str) -> Value {
    let sdp = "v=0\r\na=fingerprint:sha-256 AB:CD\r\na=candidate:1 1 udp 2 192.0.2.7 50000 typ host\r\n";
    json!({"payload": {"type": kind, "sdp": sdp}, "targetId": answer_id})
}

impl App {
    async fn at(builder: Builder, id: &str) -> Self {
        let launcher = builder.build();
        let client = Client::in_process(&launcher);
        let token = client.token(id, &["LOW_LEVEL_API"]).await;
        Self { launcher, client, token }
    }

    async fn on(network: &Network) -> Self {
        Self::at(Builder::default().seed(7).network(network), "net.example").await
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request = self.client.request(method.parse().unwrap(), path).token(&self.token);
        match body {
            Some(body) => request.json(&body).send().await,
            None => request.send().await,
        }
    }

    async fn store(&self, item: &str, content: &Value) -> Answer {
        let draft = json!({"name": record(item), "data": STANDARD.encode(content.to_string())});
        let handle = self.send("POST", "/structured-data", Some(draft)).await.handle();
        self.send("PUT", &format!("/structured-data/{handle}"), None).await
    }

    async fn fetch(&self, item: &str) -> Answer {
        let id = self.send("POST", "/data-id/structured-data", Some(json!({"name": record(item)}))).await.handle();
        self.send("GET", &format!("/structured-data/handle/{id}"), None).await
    }

    async fn read(&self, item: &str) {
        let handle = self.fetch(item).await.handle();
        assert_eq!(self.send("GET", &format!("/structured-data/{handle}/undefined"), None).await.status(), 200);
    }

    async fn seen(&self, what: &str) -> Value {
        let answer = self.client.get(&format!("/__mock/{what}")).send().await;
        assert_eq!(answer.status(), 200, "{what}");
        answer.json()
    }
}

fn why(answer: &Answer) -> String {
    answer.header("x-mock-why").unwrap_or_default().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_meeting_over_two_launchers_is_one_room_at_both() {
    let network = Network::new();
    let [first, second] = [App::on(&network).await, App::on(&network).await];
    assert_eq!(first.store("room1", &description("offer", "room1-0.5")).await.status(), 200);
    assert!(why(&first.fetch("room1-0.5").await).contains("No other peer has read its offer."));
    second.read("room1").await;
    second.store("room1-0.5", &description("answer", "room1-0.5")).await;
    assert_eq!(first.launcher.rooms()[0].state, RoomState::Answered);
    first.read("room1-0.5").await;
    for app in [&first, &second] {
        let list = app.seen("rooms").await;
        assert_eq!((&list["rooms"][0]["room"], &list["rooms"][0]["state"]), (&json!("room1"), &json!("found")));
        assert_eq!(list["rooms"][0]["launchers"], json!([1, 2]));
        let room = app.seen("rooms/1").await;
        let kinds: Vec<_> =
            room["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["offer_stored", "offer_read", "answer_stored", "answer_found", "poll"]);
        assert_eq!((&room["offer"]["launcher"], &room["answer"]["launcher"]), (&json!(1), &json!(2)));
    }
    let entries = first.launcher.requests();
    let told: Vec<_> = entries.iter().filter_map(|entry| entry.told.as_deref()).collect();
    assert_eq!(
        told,
        [
            "offer of room1 stored",
            "poll 1 of room1: nothing yet",
            "poll 2 of room1: the answer is there",
            "answer of room1 found"
        ]
    );
    assert!(
        entries
            .iter()
            .filter(|entry| entry.record.is_some())
            .skip(2)
            .all(|entry| entry.room.as_deref() == Some("room1"))
    );
}

#[tokio::test]
async fn a_record_is_shown_decoded_and_with_who_stored_it() {
    let network = Network::new();
    let app = App::on(&network).await;
    app.store("room1", &description("offer", "room1-0.5")).await;
    let stored = app.launcher.requests().last().unwrap().number;
    let path = format!("network/{}", record("room1").replace('/', "%2F").replace('+', "%2B"));
    let shown = app.seen(&path).await;
    assert_eq!(
        (&shown["version"], &shown["storedBy"]["launcher"], &shown["storedBy"]["request"]),
        (&json!(0), &json!(1), &json!(stored))
    );
    assert_eq!(shown["content"]["json"], description("offer", "room1-0.5"));
    assert_eq!(shown["payload"]["fingerprint"], "sha-256 AB:CD");
    assert_eq!(shown["payload"]["candidateList"], json!(["host udp 192.0.2.7:50000"]));
    let unknown = app
        .client
        .get(&format!("/__mock/network/{}", record("x").replace('/', "%2F").replace('+', "%2B")))
        .send()
        .await;
    assert_eq!(unknown.status(), 404);
    let no_name = app.client.get("/__mock/network/room1").send().await;
    assert_eq!(no_name.status(), 400);
    assert!(no_name.text().contains("GET /__mock/network lists them"), "{}", no_name.text());
}

#[tokio::test]
async fn a_handle_that_is_never_dropped_is_listed_with_the_request_that_made_it() {
    let app = App::on(&Network::new()).await;
    app.store("room1", &description("offer", "room1-0.5")).await;
    let listed = app.seen("handles").await;
    let made = app.launcher.requests().iter().find(|entry| entry.given == Some(1)).unwrap().number;
    assert_eq!(
        listed["handles"],
        json!([{"number": 1, "kind": "structured_data", "account": 1, "request": made, "call": "create", "session": 1, "record": record("room1")}])
    );
}

#[tokio::test]
async fn each_failed_request_says_what_would_have_been_right() {
    let network = Network::new();
    let [one, other] = [App::on(&network).await, App::on(&network).await];
    let mut all = String::new();
    let mut tell = |what: &str, answer: &Answer| {
        let why = why(answer);
        assert!(!why.is_empty(), "{what}");
        all.extend([what, ": ", &answer.status().to_string(), " ", &why, "\n"]);
    };
    // The other app's first write is a version that the network has already.
    let content = json!({"any": "content"});
    one.store("x", &content).await;
    tell("put of a name that is taken", &other.store("x", &content).await);
    let handle = one.fetch("x").await.handle();
    let stale = one.fetch("x").await.handle();
    one.send("POST", &format!("/structured-data/{handle}"), None).await;
    tell("post of a version that is not the next", &one.send("POST", &format!("/structured-data/{stale}"), None).await);
    let foreign = other.fetch("x").await.handle();
    tell("post by another account", &other.send("POST", &format!("/structured-data/{foreign}"), None).await);
    tell("a handle of another kind", &one.send("GET", &format!("/structured-data/handle/{handle}"), None).await);
    tell("a handle that was never made", &one.send("GET", "/structured-data/999/undefined", None).await);
    one.send("DELETE", &format!("/structured-data/handle/{stale}"), None).await;
    tell("a handle that was dropped", &one.send("GET", &format!("/structured-data/{stale}/undefined"), None).await);
    for _ in 0..100 {
        one.fetch("x").await;
    }
    tell(
        "a handle that newer ones displaced",
        &one.send("GET", &format!("/structured-data/{handle}/undefined"), None).await,
    );
    one.launcher.lose_handles();
    tell(
        "a handle that was lost with all",
        &one.send("GET", &format!("/structured-data/{handle}/undefined"), None).await,
    );
    let last = one.fetch("x").await.handle();
    one.send("DELETE", &format!("/structured-data/{last}"), None).await;
    tell("put of a name that was deleted", &one.store("x", &content).await);
    tell("a name under which nothing is stored", &one.fetch("nothing").await);
    tell("a name that is too short", &one.send("POST", "/structured-data", Some(json!({"name": "AA=="}))).await);
    tell("no route", &one.send("GET", "/nfs/file", None).await);
    tell("another method", &one.send("PATCH", "/auth", None).await);
    tell("another method under a mount", &one.send("PATCH", "/0.5/auth", None).await);
    tell("no slash behind a root", &one.send("GET", "/nfs/directory/app", None).await);
    tell("no token", &one.client.get("/auth").send().await);
    tell("no token for a long name", &one.client.post("/dns").send().await);
    tell("a token of nobody", &one.client.get("/auth").token("x.y.z").send().await);
    let modest = one.client.token("modest", &[]).await;
    tell(
        "a permission that is missing",
        &one.client.post("/structured-data").token(&modest).json(&json!({"name": name("n")})).send().await,
    );
    one.launcher.set_consent(Consent::Deny);
    tell("consent denied", &one.client.post("/auth").json(&application("chat", &[])).send().await);
    let page = one.client.get("/auth").header(header::ORIGIN, "http://a.example").send().await;
    tell("a page of another origin", &page);
    let _cut = one
        .launcher
        .add_fault(Rule::new(Fault::Partition { after: std::time::Duration::ZERO }).on(Matcher::call(Call::Fetch)))
        .unwrap();
    tell("cut off", &one.fetch("x").await);
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn a_reset_forgets_the_rooms_and_their_numbers_go_on() {
    let app = App::on(&Network::new()).await;
    app.store("room1", &description("offer", "room1-0.5")).await;
    app.launcher.reset();
    assert_eq!(app.launcher.rooms(), []);
    let token = app.client.token("again", &["LOW_LEVEL_API"]).await;
    let app = App { token, ..app };
    app.store("room1", &description("offer", "room1-0.5")).await;
    assert_eq!(app.launcher.rooms().iter().map(|room| room.number).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn an_answer_that_a_fault_made_unreadable_is_not_found() {
    for fault in [Fault::MalformedAnswer, Fault::CutAnswer, Fault::EmptyAnswer] {
        let app = App::on(&Network::new()).await;
        app.store("room1", &description("offer", "room1-0.5")).await;
        app.store("room1-0.5", &description("answer", "room1-0.5")).await;
        let handle = app.fetch("room1-0.5").await.handle();
        let _struck = app.launcher.add_fault(Rule::new(fault).on(Matcher::call(Call::Read))).unwrap();
        app.send("GET", &format!("/structured-data/{handle}/undefined"), None).await;
        assert_eq!(app.launcher.rooms()[0].state, RoomState::Answered);
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_that_a_fault_kept_from_the_offer_is_no_look_and_says_which_fault() {
    let app = App::on(&Network::new()).await;
    app.store("room1", &description("offer", "room1-0.5")).await;
    let stale = Fault::StaleRead { by: std::time::Duration::from_secs(10) };
    let refused = Fault::Fail { error: NetworkError::NoSuchData };
    let sentence = app.launcher.rooms()[0].sentence.clone();
    for (fault, said) in [
        (stale, "A fault struck this request: stale_read; GET /__mock/faults lists the rules."),
        (refused, "A fault rule made it fail (fail): GET /__mock/faults lists the rules."),
    ] {
        let _struck = app.launcher.add_fault(Rule::new(fault).on(Matcher::call(Call::Fetch))).unwrap();
        let found = app.fetch("room1").await;
        assert_eq!(found.status(), 404);
        assert!(why(&found).ends_with(said), "{}", why(&found));
        assert_eq!(app.launcher.rooms()[0].sentence, sentence);
    }
}

#[tokio::test]
async fn a_reset_forgets_no_app_that_waits_for_consent_at_another_launcher() {
    let network = Network::new();
    let [one, other] = [App::on(&network).await, App::on(&network).await];
    other.launcher.set_consent(Consent::Ask);
    let chat = application("chat", &[]);
    let asks = other.client.post("/auth").json(&chat).send();
    let asked = async {
        while other.launcher.questions().is_empty() {
            tokio::task::yield_now().await;
        }
        one.launcher.reset();
        let token = one.client.token("again", &["LOW_LEVEL_API"]).await;
        let one = App { token, ..one };
        one.store("room1", &description("offer", "room1-0.5")).await;
        let sentence = one.launcher.rooms()[0].sentence.clone();
        assert!(sentence.ends_with("waits for the user's consent at launcher 2."), "{sentence}");
        other.launcher.set_consent(Consent::Deny);
    };
    assert_eq!(tokio::join!(asks, asked).0.status(), 401);
}

#[tokio::test]
async fn an_app_that_asks_where_nobody_is_logged_in_is_an_obstacle() {
    let network = Network::new();
    let [one, other] = [App::on(&network).await, App::on(&network).await];
    other.launcher.log_out();
    let denied = other.client.post("/auth").json(&application("chat", &[])).send().await;
    assert_eq!(why(&denied), "The app was not let in; no account is logged in: POST /__mock/accounts logs one in.");
    one.store("room1", &description("offer", "room1-0.5")).await;
    let sentence = one.launcher.rooms()[0].sentence.clone();
    assert!(sentence.ends_with("At launcher 2 the app \"suite\" was not let in."), "{sentence}");
}

#[tokio::test(start_paused = true)]
async fn the_removal_of_an_answer_that_nobody_looked_for_says_so() {
    let network = Network::new();
    let [first, second] = [App::on(&network).await, App::on(&network).await];
    first.store("room1", &description("offer", "room1-0.5")).await;
    second.read("room1").await;
    second.store("room1-0.5", &description("answer", "room1-0.5")).await;
    let handle = second.fetch("room1-0.5").await.handle();
    let removed = second.send("DELETE", &format!("/structured-data/{handle}"), None).await;
    assert_eq!(removed.status(), 200);
    assert!(
        why(&removed).starts_with("An answer was stored, and removed 0.0 s ago before the first peer had read it."),
        "{}",
        why(&removed)
    );
}
