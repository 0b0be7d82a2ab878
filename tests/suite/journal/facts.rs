//! Which facts an entry has that the snapshot of a meeting does not show.

use http::Method;
use safe_mock::fault::Call;
use safe_mock::{Consent, ContentDigest, JournalContent, Network};
use serde_json::json;
use suite::call::name;

use super::play::{App, builder, client, named};

#[tokio::test]
async fn versioned_content_is_told_by_its_last_version() {
    let app = App::alone().await;
    let draft = json!({"name": name("versions"), "typeTag": 501, "data": "b25l"});
    let handle = app.send_json(Method::POST, "/structured-data", &draft).await.handle();
    app.send(Method::PUT, &format!("/structured-data/{handle}")).await;
    let digest = |content: Option<JournalContent>| content.and_then(|content| content.digest);
    assert_eq!(digest(app.last().content), Some(ContentDigest::of(b"one")));
    app.send_json(Method::PATCH, &format!("/structured-data/{handle}"), &json!({"data": "dHdv"})).await;
    app.send(Method::POST, &format!("/structured-data/{handle}")).await;
    assert_eq!((digest(app.last().content), app.last().version), (Some(ContentDigest::of(b"two")), Some(1)));
    app.send(Method::GET, &format!("/structured-data/{handle}/0")).await;
    assert_eq!(digest(app.last().content), Some(ContentDigest::of(b"one")));
    app.send(Method::DELETE, &format!("/structured-data/{handle}")).await;
    assert_eq!((app.last().content, app.last().version), (None, Some(2)));
}

#[tokio::test]
async fn of_sealed_content_only_the_size_is_told_by_whom_it_is_stored_and_read() {
    let app = App::alone().await;
    let options = app.send(Method::GET, "/cipher-opts/SYMMETRIC").await.handle();
    let draft = json!({"name": name("sealed"), "data": "c2VjcmV0", "cipherOpts": options});
    let handle = app.send_json(Method::POST, "/structured-data", &draft).await.handle();
    for method in [Method::PUT, Method::POST, Method::GET] {
        app.send(method.clone(), &format!("/structured-data/{handle}")).await;
    }
    app.send_json(
        Method::PATCH,
        &format!("/structured-data/{handle}"),
        &json!({"data": "c2VjcmV0", "cipherOpts": options}),
    )
    .await;
    let told: Vec<_> = app.launcher.requests().into_iter().filter_map(|entry| entry.content).collect();
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|content| (content.bytes, content.digest) == (6, None)), "{told:?}");
}

#[tokio::test]
async fn a_request_for_a_session_is_told_by_its_app_and_by_the_session_that_it_opened() {
    let launcher = builder().build();
    let client = client(&launcher);
    client.post("/auth").json(&named("net.example", "An app")).send().await;
    launcher.set_consent(Consent::Deny);
    client.post("/auth").json(&named("net.example", "An app")).send().await;
    client.post("/auth").json(&json!({"app": {"id": "net.example"}})).send().await;
    let entries = launcher.requests();
    let app = json!({"id": "net.example", "vendor": "Example", "name": "An app"});
    assert_eq!(serde_json::to_value(entries[0].app.as_deref()).unwrap(), app);
    assert_eq!((entries[0].session, entries[0].account), (Some(1), Some(1)));
    assert_eq!(serde_json::to_value(entries[1].app.as_deref()).unwrap(), app);
    assert_eq!((entries[1].status, entries[1].session, entries[1].error_code), (401, None, None));
    assert_eq!((entries[2].status, &entries[2].app, entries[2].error_code), (400, &None, Some(400)));
}

#[tokio::test]
async fn the_account_of_an_entry_is_that_of_its_session() {
    let app = App::alone().await;
    app.launcher.log_in_new_account();
    let other = App::at(&app.launcher, "net.example").await;
    app.send(Method::GET, "/auth").await;
    assert_eq!((app.last().session, app.last().account), (Some(1), Some(1)));
    other.send(Method::GET, "/auth").await;
    assert_eq!((other.last().session, other.last().account), (Some(2), Some(2)));
}

#[tokio::test]
async fn versions_are_those_of_the_network_whichever_launcher_stores_them() {
    let network = Network::new();
    let [alice, bob] = [App::on(&network).await, App::on(&network).await];
    let handle = alice.draft(&name("record"), b"content").await;
    alice.send(Method::PUT, &format!("/structured-data/{handle}")).await;
    alice.send(Method::POST, &format!("/structured-data/{handle}")).await;
    let id = bob.data_id(&name("record")).await;
    let found = bob.send(Method::GET, &format!("/structured-data/handle/{id}")).await.handle();
    let fetch = bob.last();
    assert_eq!((fetch.call, fetch.handle, fetch.given), (Some(Call::Fetch), Some(id), Some(found)));
    assert_eq!((fetch.record, fetch.version), (Some(name("record")), Some(1)));
}
