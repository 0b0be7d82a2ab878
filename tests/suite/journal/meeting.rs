//! A meeting of two sessions at one launcher, entry by entry, and then every other call.

use std::collections::BTreeSet;

use http::Method;
use safe_mock::JournalEntry;
use safe_mock::fault::{Fault, Rule};
use serde_json::{Value, json};
use signaling::{Answer, AnswerId, Offer, RecordName, RoomName, Sdp};

use super::play::{App, PEER, ROOM, builder};

const SDP: &str = "v=0\r\na=ice-pwd:secret-password\r\na=candidate:1 1 udp 2 192.0.2.7 50000 typ host\r\n";

/// Each entry as one line of JSON.
fn lines(entries: &[JournalEntry]) -> String {
    entries.iter().map(|entry| serde_json::to_string(entry).unwrap() + "\n").collect()
}

/// The initiator stores an offer, polls once without an answer, polls again and finds it; the recipient reads the offer and answers it.
async fn meet(alice: &App, bob: &App) {
    let room = RecordName::of_room(&RoomName::new("room1").unwrap()).to_string();
    let answer_id = AnswerId::new("room1-0.84").unwrap();
    let place = RecordName::of_answer(&answer_id).to_string();
    let offer = Offer::new(Sdp::new(SDP), answer_id);
    let mut answer = Answer::new(Sdp::new(SDP.replace("host", "relay")), AnswerId::new("room1-0.37").unwrap());
    answer.offer_hash = Some(offer.hash());

    let stored = alice.draft(&room, offer.to_json().unwrap().as_bytes()).await;
    alice.send(Method::PUT, &format!("/structured-data/{stored}")).await;
    let looks = alice.data_id(&place).await;
    alice.send(Method::GET, &format!("/structured-data/handle/{looks}")).await;

    let id = bob.data_id(&room).await;
    let found = bob.send(Method::GET, &format!("/structured-data/handle/{id}")).await.handle();
    bob.send(Method::GET, &format!("/structured-data/{found}/undefined")).await;
    let answered = bob.draft(&place, answer.to_json().unwrap().as_bytes()).await;
    bob.send(Method::PUT, &format!("/structured-data/{answered}")).await;
    bob.send(Method::DELETE, &format!("/structured-data/handle/{found}")).await;
    bob.send(Method::DELETE, &format!("/data-id/{id}")).await;

    let found = alice.send(Method::GET, &format!("/structured-data/handle/{looks}")).await.handle();
    alice.send(Method::GET, &format!("/structured-data/{found}")).await;
    alice.send(Method::DELETE, &format!("/structured-data/{stored}")).await;
}

/// The calls that a meeting does not need.
async fn call_all_others(app: &App) {
    let named = suite::call::name("others");
    let handle = app.draft(&named, b"first").await;
    app.send(Method::PUT, &format!("/structured-data/{handle}")).await;
    app.send_json(Method::PATCH, &format!("/structured-data/{handle}"), &json!({"data": "c2Vjb25k"})).await;
    app.send(Method::POST, &format!("/structured-data/{handle}")).await;
    app.send(Method::GET, &format!("/structured-data/metadata/{handle}")).await;
    app.send(Method::GET, &format!("/structured-data/validate-size/{handle}")).await;
    let id = app.send(Method::GET, &format!("/structured-data/data-id/{handle}")).await.handle();
    let serialised = app.send(Method::GET, &format!("/structured-data/serialise/{handle}")).await.bytes().clone();
    let raw = |path| app.client.post(path).token(&app.token).header(PEER, "alice").header(ROOM, "room 1");
    raw("/structured-data/deserialise").body("application/octet-stream", serialised).send().await;
    let serialised = app.send(Method::GET, &format!("/data-id/{id}")).await.bytes().clone();
    raw("/data-id").body("application/octet-stream", serialised).send().await;
    app.send(Method::DELETE, &format!("/structured-data/unclaim/{handle}")).await;
    let options = app.send(Method::GET, "/cipher-opts/symmetric").await.handle();
    let sealed = json!({"name": suite::call::name("sealed"), "data": "c2VjcmV0", "cipherOpts": options});
    let sealed = app.send_json(Method::POST, "/structured-data", &sealed).await.handle();
    app.send(Method::PUT, &format!("/structured-data/{sealed}")).await;
    app.send(Method::GET, &format!("/structured-data/{sealed}")).await;
    app.send(Method::DELETE, &format!("/cipher-opts/{options}")).await;
    app.send(Method::OPTIONS, "/structured-data/1").await;
    app.send(Method::GET, "/nowhere").await;
    app.send(Method::GET, "/health").await;
    app.send(Method::GET, "/auth").await;
    app.send(Method::DELETE, "/auth").await;
    app.send(Method::GET, "/auth").await;
}

#[tokio::test(start_paused = true)]
async fn a_meeting_of_two_sessions_at_one_launcher_is_told_as_it_was_reviewed() {
    let launcher = builder().build();
    let [alice, bob] = [App::at(&launcher, "alice").await, App::at(&launcher, "bob").await];
    meet(&alice, &bob).await;
    insta::assert_snapshot!(lines(&launcher.requests()));
}

#[tokio::test(start_paused = true)]
async fn every_other_call_is_told_as_it_was_reviewed() {
    let app = App::alone().await;
    call_all_others(&app).await;
    insta::assert_snapshot!(lines(&app.launcher.requests()));
}

/// The names of all fields, at any depth.
fn fields(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(object) => {
            object.iter().flat_map(|(name, value)| [name.clone()].into_iter().chain(fields(value))).collect()
        }
        Value::Array(items) => items.iter().flat_map(fields).collect(),
        _ => BTreeSet::new(),
    }
}

#[tokio::test]
async fn the_page_of_the_journal_has_every_field() {
    let launcher = builder().build();
    let [alice, bob] = [App::at(&launcher, "alice").await, App::at(&launcher, "bob").await];
    meet(&alice, &bob).await;
    let _guard = launcher.add_fault(Rule::new(Fault::LoseAnswer)).unwrap();
    alice.client.get("/nowhere").header(PEER, "alice").header(ROOM, "room1").send().await;
    let page = alice.client.get("/__mock/journal?limit=14").send().await.json();
    let mut answered = fields(&page);
    let calls = page["calls"].as_object().unwrap();
    answered.retain(|field| !calls.contains_key(field));
    assert!(answered.len() > 30, "{answered:?}");
    let text = include_str!("../../../docs/journal.md");
    let missing: Vec<_> = answered.iter().filter(|field| !text.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "docs/journal.md does not explain {missing:?}");
}

#[tokio::test]
async fn no_entry_has_a_token_a_session_description_or_sealed_content() {
    let launcher = builder().journal_all(true).build();
    let [alice, bob] = [App::at(&launcher, "alice").await, App::at(&launcher, "bob").await];
    meet(&alice, &bob).await;
    call_all_others(&alice).await;
    let journal = alice.client.get("/__mock/journal").send().await.text();
    let shown = lines(&launcher.requests()) + &journal + &format!("{:?}", launcher.requests());
    let digest = safe_mock::ContentDigest::of(b"secret").to_string();
    let parts = [&alice.token, &bob.token].into_iter().flat_map(|token| token.split('.').skip(1));
    for secret in parts.chain(["secret", "c2VjcmV0", "v=0", "ice-pwd", "192.0.2.7", &digest]) {
        assert!(!shown.contains(secret), "{secret}");
    }
    // Two sessions, and each entry but that of a lost token names its own.
    let sessions: Vec<_> = launcher.requests().iter().filter_map(|entry| entry.session).collect();
    assert!(sessions.contains(&1) && sessions.contains(&2));
}

#[tokio::test]
async fn what_a_launcher_tells_over_http_is_what_it_tells_in_process() {
    let launcher = builder().build();
    let [alice, bob] = [App::at(&launcher, "alice").await, App::at(&launcher, "bob").await];
    meet(&alice, &bob).await;
    call_all_others(&bob).await;
    let mut entries: Vec<JournalEntry> = Vec::new();
    let mut query = "?limit=7".to_owned();
    let summary = loop {
        let answer = alice.client.get(&format!("/__mock/journal{query}")).send().await;
        let page: safe_mock::JournalPage = serde_json::from_slice(answer.bytes()).unwrap();
        entries.splice(0..0, page.entries);
        let Some(before) = page.before else { break page.summary };
        query = format!("?limit=7&before={before}");
    };
    assert_eq!(entries, launcher.requests());
    assert_eq!(summary, launcher.journal_summary());
    let written = u64::try_from(entries.len()).unwrap();
    assert_eq!((summary.written, summary.forgotten), (written, 0));
    assert_eq!(summary.calls.values().sum::<u64>(), written);
    assert_eq!(summary.started_at, std::time::Duration::from_secs(1_000));
}
