//! However large what arrives is, an entry stays small, and the journal within its bounds.

use http::Method;
use proptest::prelude::*;
use safe_mock::{JournalEntry, JournalPage, MockLauncher};
use serde_json::json;
use suite::call::name;

use super::play::{App, PEER, ROOM, builder, client, draft, named};

/// The largest entry, as JSON without escapes: path, answer id, three texts of the app, peer and room.
const ENTRY_BYTES_MAX: usize = 6_500;

fn size(entry: &JournalEntry) -> usize {
    serde_json::to_string(entry).unwrap().len()
}

#[tokio::test]
async fn huge_names_bodies_and_headers_make_no_huge_entry() {
    let launcher = builder().build();
    let client = client(&launcher);
    let long = "n".repeat(60_000);
    let token = client.post("/auth").json(&named(&long[..30_000], &long)).send().await.json()["token"].clone();
    let app = App { launcher: launcher.clone(), client, token: token.as_str().unwrap().to_owned() };
    let offer = json!({"payload": {"type": "offer", "sdp": long[..20_000]}, "targetId": long[..20_000]});
    app.draft(&name("offer"), offer.to_string().as_bytes()).await;
    app.client.get(&format!("/{long}")).token(&app.token).header(PEER, &long).header(ROOM, &long).send().await;
    app.send(Method::from_bytes(&b"X".repeat(10_000)).unwrap(), &format!("/structured-data/{long}")).await;
    let entries = launcher.requests();
    assert_eq!(entries.len(), 4);
    for entry in &entries {
        assert!(size(entry) <= ENTRY_BYTES_MAX, "{}: {entry:?}", size(entry));
    }
    assert!(entries[1].payload.as_ref().unwrap().answer_id.ends_with("n... (20000 bytes)"));
    assert!(entries[2].peer.as_ref().unwrap().ends_with("n... (60000 bytes)"));
}

#[tokio::test]
async fn headers_that_are_no_text_are_told_as_far_as_they_can_be_read() {
    let launcher = builder().build();
    client(&launcher).get("/health").header(PEER, "Zo\u{eb}").send().await;
    assert_eq!(launcher.requests()[0].peer.as_deref(), Some("Zo\u{eb}"));
}

#[tokio::test]
async fn a_full_journal_says_how_much_it_has_forgotten_and_still_counts_it() {
    let launcher = builder().journal_entries_max(10).build();
    let client = client(&launcher);
    for _ in 0..25 {
        client.get("/health").send().await;
    }
    client.get("/nowhere").send().await;
    let page = client.get("/__mock/journal").send().await.json();
    assert_eq!((&page["written"], &page["forgotten"]), (&json!(26), &json!(16)));
    assert_eq!(page["calls"], json!({"health": 25, "unknown": 1}));
    assert_eq!((page["entries"].as_array().map(Vec::len), &page["entries"][0]["number"]), (Some(10), &json!(17)));
}

#[tokio::test]
async fn a_page_of_large_entries_ends_after_a_megabyte() {
    let launcher = MockLauncher::start().await.unwrap();
    let client = client(&launcher);
    for _ in 0..900 {
        client.get(&format!("/{}", "n".repeat(10_000))).send().await;
    }
    let answer = reqwest::get(format!("{}/__mock/journal", launcher.url())).await.unwrap();
    let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned()).unwrap();
    let answer = answer.bytes().await.unwrap();
    assert!(answer.len() < (1 << 20) + 10_000, "{}", answer.len());
    let page: JournalPage = serde_json::from_slice(&answer).unwrap();
    assert!((300..900).contains(&page.entries.len()), "{}", page.entries.len());
    assert_eq!(page.before, Some(page.entries[0].number));
    assert_eq!(link, format!("<?before={}>; rel=\"next\"", page.entries[0].number));
    assert_eq!(launcher.requests().len(), 900);
    launcher.shutdown().await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_sent_no_entry_has_its_content_or_its_token(
        content in "[a-z]{12,2000}",
        sealed: bool,
        peer in "[!-~]{0,300}",
        segment in "[a-z0-9]{0,300}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = App::alone().await;
            let options = app.send(Method::GET, "/cipher-opts/SYMMETRIC").await.handle();
            let mut body = draft(&name("record"), content.as_bytes());
            if sealed {
                body["cipherOpts"] = json!(options);
            }
            let handle = app.send_json(Method::POST, "/structured-data", &body).await.handle();
            for method in [Method::PUT, Method::GET, Method::POST] {
                let path = format!("/structured-data/{handle}");
                let call = app.client.request(method, &path).token(&app.token).header(PEER, &peer);
                assert_eq!(call.send().await.status(), 200);
            }
            app.send(Method::GET, &format!("/structured-data/{handle}/{segment}")).await;
            for entry in app.launcher.requests() {
                let shown = serde_json::to_string(&entry).unwrap();
                let token = app.token.rsplit('.').next().unwrap();
                assert!(!shown.contains(&content) && !shown.contains(token), "{shown}");
                assert!(size(&entry) <= ENTRY_BYTES_MAX, "{shown}");
                assert_eq!(serde_json::from_str::<JournalEntry>(&shown).unwrap(), entry);
            }
        });
    }
}
