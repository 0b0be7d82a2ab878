//! What the journal leaves out, how it is cleared, and how it is asked.

use http::{Method, header};
use safe_mock::{Builder, Launcher};
use serde_json::{Value, json};
use suite::call::{Client, name};

use super::play::{App, PEER, ROOM, builder, client};

/// Sends a preflight, a plain `OPTIONS`, a request to the control plane, a refused one, and one to the API.
async fn ask(client: &Client) {
    let preflight = client.request(Method::OPTIONS, "/auth").header(header::ORIGIN, "http://localhost:3000");
    assert_eq!(preflight.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST").send().await.status(), 204);
    assert_eq!(client.request(Method::OPTIONS, "/auth").send().await.status(), 200);
    assert_eq!(client.get("/__mock/sessions").send().await.status(), 200);
    let refused = client.get("/__mock/sessions").header(header::ORIGIN, "https://evil.example").send().await;
    assert_eq!(refused.status(), 403);
    assert_eq!(client.get("/health").send().await.status(), 200);
}

fn calls(launcher: &Launcher) -> Vec<(String, Option<String>)> {
    let call = |entry: safe_mock::JournalEntry| (entry.path, entry.call.map(|call| call.to_string()));
    launcher.requests().into_iter().map(call).collect()
}

fn told(path: &str, call: Option<&str>) -> (String, Option<String>) {
    (path.to_owned(), call.map(str::to_owned))
}

#[tokio::test]
async fn control_calls_and_preflights_are_left_out_unless_the_journal_is_asked_for_all() {
    let launcher = builder().build();
    ask(&client(&launcher)).await;
    assert_eq!(calls(&launcher), [told("/auth", Some("options")), told("/health", Some("health"))]);
    assert_eq!(launcher.requests()[1].number, 2);

    let launcher = builder().journal_all(true).build();
    ask(&client(&launcher)).await;
    let all = [
        told("/auth", None),
        told("/auth", Some("options")),
        told("/__mock/sessions", None),
        told("/__mock/sessions", None),
        told("/health", Some("health")),
    ];
    assert_eq!(calls(&launcher), all);
    let summary = launcher.journal_summary();
    assert_eq!((summary.written, summary.calls.values().sum()), (5, 2_u64));
}

#[tokio::test]
async fn a_preflight_that_is_refused_is_left_out_too() {
    let launcher = builder().build();
    let client = client(&launcher);
    let preflight = client.request(Method::OPTIONS, "/auth").header(header::ORIGIN, "https://evil.example");
    assert_eq!(preflight.header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST").send().await.status(), 403);
    assert_eq!(calls(&launcher), []);
}

#[tokio::test]
async fn without_a_control_plane_its_paths_are_unknown_calls() {
    let launcher = builder().control(false).build();
    assert_eq!(client(&launcher).get("/__mock/sessions").send().await.status(), 404);
    assert_eq!(calls(&launcher), [told("/__mock/sessions", Some("unknown"))]);
}

#[tokio::test]
async fn a_cleared_journal_is_empty_and_its_numbers_and_counts_go_on() {
    let launcher = builder().build();
    let client = client(&launcher);
    for _ in 0..3 {
        client.get("/health").send().await;
    }
    assert_eq!(client.delete("/__mock/journal").send().await.status(), 200);
    assert_eq!(launcher.requests(), []);
    client.get("/health").send().await;
    let page = client.get("/__mock/journal").send().await.json();
    assert_eq!(page["entries"][0]["number"], json!(4));
    assert_eq!((&page["written"], &page["forgotten"], &page["calls"]), (&json!(4), &json!(0), &json!({"health": 4})));
    launcher.clear_journal();
    assert_eq!((launcher.requests(), launcher.journal_summary().written), (vec![], 4));
    client.post("/__mock/reset").send().await;
    assert_eq!(launcher.journal_summary().written, 4);
}

async fn found(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.get(&format!("/__mock/journal?{query}")).send().await;
    assert_eq!(answer.status(), 200, "{query}: {}", answer.text());
    answer.json()["entries"].as_array().unwrap().iter().map(|entry| entry["number"].clone()).collect()
}

#[tokio::test]
async fn entries_are_found_by_call_record_room_app_and_peer() {
    let launcher = Builder::default().build();
    let app = App::at(&launcher, "first").await;
    let other = App::at(&launcher, "second").await;
    // A name with the characters that a query writes in another way.
    let record = "/+8".repeat(14) + "8=";
    app.draft(&record, b"").await;
    other.draft(&name("other"), b"").await;
    app.client.get("/health").header(PEER, "alice").header(ROOM, "room 1").send().await;
    let numbers = |numbers: &[u64]| numbers.iter().map(|number| json!(number)).collect::<Vec<_>>();
    for (query, expected) in [
        ("call=create".to_owned(), &[3, 4][..]),
        (format!("record={record}"), &[3]),
        (format!("record={}", record.replace('+', "%2B").replace('/', "%2F")), &[3]),
        (format!("record={}", name("nobody's")), &[]),
        ("app=second".to_owned(), &[2, 4]),
        ("app=second&call=create".to_owned(), &[4]),
        ("peer=alice".to_owned(), &[5]),
        ("room=room+1".to_owned(), &[5]),
        ("room=room%201&peer=bob".to_owned(), &[]),
        ("status=200&limit=1".to_owned(), &[5]),
        ("before=3".to_owned(), &[1, 2]),
    ] {
        assert_eq!(found(&app.client, &query).await, numbers(expected), "{query}");
    }
    for query in ["call=store", "record=room1", "peers=alice"] {
        assert_eq!(app.client.get(&format!("/__mock/journal?{query}")).send().await.status(), 400, "{query}");
    }
}
