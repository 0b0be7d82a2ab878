//! The control plane: what a user did in the window of the launcher.

use http::header;
use safe_mock::{Builder, Launcher};
use serde_json::{Value, json};
use suite::call::{Client, application, name};

fn launcher() -> (Launcher, Client) {
    let launcher = Builder::default().build();
    let client = Client::in_process(&launcher);
    (launcher, client)
}

async fn seen(client: &Client, what: &str) -> Value {
    let answer = client.get(&format!("/__mock/{what}")).send().await;
    assert_eq!(answer.status(), 200, "{what}");
    answer.json()
}

/// Waits, without a sleep, until an app asks for a session.
async fn question(launcher: &Launcher) -> u64 {
    loop {
        if let Some(question) = launcher.questions().first() {
            return question.id;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_new_account_owns_nothing_and_earlier_tokens_keep_their_account() {
    let (_, client) = launcher();
    let before = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let draft = json!({"name": name("mine"), "data": ""});
    let handle = client.post("/structured-data").token(&before).json(&draft).send().await.handle();
    client.put(&format!("/structured-data/{handle}")).token(&before).send().await;

    let account = client.post("/__mock/accounts").send().await;
    assert_eq!((account.status(), account.json()["id"].as_u64()), (200, Some(2)));
    let after = client.token("net.example", &["LOW_LEVEL_API"]).await;
    assert_ne!(before, after);

    for (token, is_owner) in [(&before, true), (&after, false)] {
        let id = client.post("/data-id/structured-data").token(token).json(&draft).send().await.handle();
        let fetched = client.get(&format!("/structured-data/handle/{id}")).token(token).send().await;
        assert_eq!(fetched.json()["isOwner"], json!(is_owner));
    }
    // A handle belongs to the account that made it, so another account cannot publish through it.
    assert_eq!(
        client.patch(&format!("/structured-data/{handle}")).token(&after).json(&draft).send().await.error().0,
        -1513
    );
    assert_eq!(seen(&client, "accounts").await.as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn with_the_policy_ask_an_app_waits_until_it_is_let_in() {
    let (launcher, client) = launcher();
    assert_eq!(client.put("/__mock/consent").json(&json!({"policy": "ask"})).send().await.status(), 200);
    for (decision, status) in [("allow", 200), ("deny", 401)] {
        let asking = tokio::spawn({
            let client = client.clone();
            async move { client.post("/auth").json(&application("waits", &["LOW_LEVEL_API"])).send().await.status() }
        });
        let id = question(&launcher).await;
        let listed = seen(&client, "consent").await;
        assert_eq!((&listed["policy"], &listed["waiting"][0]["app"]["id"]), (&json!("ask"), &json!("waits")));
        let path = format!("/__mock/consent/{id}");
        assert_eq!(client.put(&path).json(&json!({"decision": decision})).send().await.status(), 200);
        assert_eq!(asking.await.unwrap(), status);
        assert_eq!(client.put(&path).json(&json!({"decision": decision})).send().await.status(), 404);
    }
}

#[tokio::test]
async fn an_app_that_stops_waiting_leaves_the_queue() {
    let (launcher, client) = launcher();
    launcher.set_consent(safe_mock::Consent::Ask);
    let asking =
        tokio::spawn(async move { client.post("/auth").json(&application("gone", &[])).send().await.status() });
    question(&launcher).await;
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    assert!(launcher.questions().is_empty());
}

#[tokio::test]
async fn after_a_logout_every_token_is_invalid_and_no_app_is_let_in() {
    let (_, client) = launcher();
    let token = client.token("net.example", &[]).await;
    client.post("/__mock/logout").send().await;
    assert_eq!(client.get("/auth").token(&token).send().await.status(), 401);
    assert_eq!(client.post("/auth").json(&application("net.example", &[])).send().await.text(), "Unauthorised");
    client.post("/__mock/accounts").send().await;
    assert_eq!(client.post("/auth").json(&application("net.example", &[])).send().await.status(), 200);
}

#[tokio::test]
async fn a_session_is_listed_without_its_secrets_and_can_be_revoked() {
    let (_, client) = launcher();
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let listed = seen(&client, "sessions").await;
    assert_eq!(listed[0]["app"]["id"], json!("net.example"));
    assert!(!listed.to_string().contains(&token));
    let path = format!("/__mock/sessions/{}", listed[0]["id"]);
    assert_eq!(client.delete(&path).send().await.status(), 200);
    assert_eq!(client.get("/auth").token(&token).send().await.status(), 401);
    assert_eq!(client.delete(&path).send().await.status(), 404);
}

#[tokio::test]
async fn handles_and_stored_names_can_be_seen() {
    let (_, client) = launcher();
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let draft = json!({"name": name("seen"), "data": "aGk="});
    let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
    client.put(&format!("/structured-data/{handle}")).token(&token).send().await;
    let handles = seen(&client, "handles").await;
    assert_eq!(handles["structuredData"], json!({"live": 1, "numbers": [handle]}));
    assert_eq!(handles["dataId"]["live"], json!(0));
    let record = &seen(&client, "network").await["records"][0];
    assert_eq!(
        (&record["name"], &record["state"], &record["version"]),
        (&json!(name("seen")), &json!("live"), &json!(0))
    );
    client.delete(&format!("/structured-data/{handle}")).token(&token).send().await;
    assert_eq!(seen(&client, "network").await["records"][0]["state"], json!("deleted"));
}

#[tokio::test]
async fn the_journal_has_every_request_and_no_secret() {
    let (_, client) = launcher();
    let token = client.token("net.example", &[]).await;
    client.get("/auth").token(&token).send().await;
    client.get("/structured-data/metadata/7?secret=1").send().await;
    let journal = seen(&client, "journal?path=metadata").await;
    let entries = &journal["entries"];
    assert_eq!(entries.as_array().map(Vec::len), Some(1));
    assert_eq!((&entries[0]["path"], &entries[0]["status"]), (&json!("/structured-data/metadata/7"), &json!(400)));
    let all = seen(&client, "journal").await.to_string();
    assert!(!all.contains(&token) && !all.contains("secret"));
    assert_eq!(seen(&client, "journal?status=200&session=1").await["entries"][0]["path"], json!("/auth"));
    assert_eq!(client.get("/__mock/journal?color=red").send().await.status(), 400);
}

#[tokio::test]
async fn a_reset_restores_the_initial_state_and_old_tokens_stay_invalid() {
    let (launcher, client) = launcher();
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let account = seen(&client, "accounts").await[0]["publicKey"].clone();
    let draft = json!({"name": name("forgotten"), "data": ""});
    let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
    client.put(&format!("/structured-data/{handle}")).token(&token).send().await;
    client.post("/__mock/accounts").send().await;

    for _ in 0..2 {
        assert_eq!(client.post("/__mock/reset").send().await.status(), 200);
        assert_eq!(launcher.handles().live(), 0);
        assert!(launcher.network().records().is_empty() && launcher.sessions().is_empty());
        assert_eq!(seen(&client, "accounts").await[0]["publicKey"], account);
        let again = client.token("net.example", &["LOW_LEVEL_API"]).await;
        assert_ne!(again, token);
        assert_eq!(client.get("/auth").token(&token).send().await.status(), 401);
        assert_eq!(client.post("/structured-data").token(&again).json(&draft).send().await.handle(), 1);
    }
}

#[tokio::test]
async fn invalid_control_bodies_are_refused_with_a_reason_and_change_nothing() {
    let (launcher, client) = launcher();
    for body in ["", "{", r#"{"policy":"maybe"}"#, r#"{"policy":"ask","x":1}"#, "[]"] {
        let answer = client.put("/__mock/consent").body("text/plain", body).send().await;
        assert_eq!(answer.status(), 400, "{body}");
        assert!(answer.error().1.starts_with("not the body of this route: "), "{body}");
    }
    assert_eq!(launcher.consent(), safe_mock::Consent::Allow);
}

#[tokio::test]
async fn the_index_lists_every_route_and_each_of_them_exists() {
    let (_, client) = launcher();
    let index = client.get("/__mock").send().await.json();
    let routes = index["routes"].as_array().unwrap();
    assert!(routes.len() > 10);
    for entry in routes {
        let (method, path) = entry["route"].as_str().unwrap().split_once(' ').unwrap();
        // Its answer has no end; see `window`.
        if path == "/__mock/events" {
            continue;
        }
        let path = path.replace("{id}", "1").replace("{number}", "99");
        let answer = client.request(method.parse().unwrap(), &path).send().await;
        // A route says what it does not have.
        assert!(!answer.text().contains("Endpoint Not Found"), "{method} {path}");
    }
    let nope = client.get("/__mock/nope").send().await;
    assert_eq!(nope.status(), 404);
    assert!(nope.text().contains("Endpoint Not Found"));
}

#[tokio::test]
async fn without_control_there_is_no_control_plane() {
    let client = Client::in_process(&Builder::default().control(false).build());
    for path in ["/__mock", "/__mock/accounts", "/__mock/journal"] {
        assert_eq!(client.get(path).send().await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_page_of_a_foreign_origin_controls_nothing() {
    let (_, client) = launcher();
    let token = client.token("net.example", &[]).await;
    let answer = client.post("/__mock/reset").header(header::ORIGIN, "https://evil.example").send().await;
    assert_eq!(answer.status(), 403);
    assert_eq!(client.get("/auth").token(&token).send().await.status(), 200);
    assert_eq!(client.post("/__mock/reset").header(header::ORIGIN, "http://localhost:3000").send().await.status(), 200);
}
