//! What a launcher holds for others is bounded in bytes, and what it lists comes in pages.

use std::collections::BTreeSet;

use safe_mock::{Builder, Consent, Launcher, MockLauncher, Network};
use serde_json::{Value, json};
use suite::call::{Client, application, name};

/// The lowest bound.
const MEMORY: usize = 8 << 20;

fn launcher() -> (Launcher, Client) {
    let launcher = Builder::default().memory_bytes_max(MEMORY).build();
    let client = Client::in_process(&launcher);
    (launcher, client)
}

/// Serialised structured data without owners and signatures.
fn serialised(content: usize) -> Vec<u8> {
    let number = |number: usize| u64::try_from(number).unwrap().to_le_bytes().to_vec();
    [number(500), vec![1; 32], number(content), vec![7; content], number(0), number(0), number(0)].concat()
}

async fn deserialise(client: &Client, content: usize) -> (u16, Value) {
    let answer =
        client.post("/structured-data/deserialise").body("application/octet-stream", serialised(content)).send().await;
    (answer.status(), answer.json())
}

/// Every item of a list, page by page, and the largest number of items that a page had.
async fn pages(client: &Client, path: &str, list: impl Fn(&Value) -> &Value) -> (Vec<Value>, usize) {
    let (mut all, mut items_max) = (Vec::new(), 0);
    let mut next = path.to_owned();
    loop {
        let answer = client.get(&next).send().await;
        assert_eq!(answer.status(), 200, "{next}");
        let body = answer.json();
        let items = list(&body).as_array().unwrap();
        items_max = items_max.max(items.len());
        all.extend(items.iter().cloned());
        let Some(link) = answer.header("link") else { break };
        let query = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).unwrap();
        next = format!("{}{query}", path.split('?').next().unwrap());
    }
    (all, items_max)
}

#[tokio::test]
async fn whatever_is_sent_a_launcher_holds_no_more_than_its_memory() {
    let (launcher, client) = launcher();
    let long = "n".repeat(90_000);
    for number in 0..40 {
        let mut body = application(&number.to_string(), &["LOW_LEVEL_API"]);
        body["app"]["name"] = json!(long);
        assert_eq!(client.post("/auth").json(&body).send().await.status(), 200);
        assert_eq!(deserialise(&client, 1_000_000).await.0, 200);
        for _ in 0..4 {
            client.get(&format!("/{}", &long[..60_000])).send().await;
        }
        assert!(launcher.memory_bytes() <= MEMORY, "{}", launcher.memory_bytes());
    }
    assert!(launcher.memory_bytes() > MEMORY / 2);
    assert!(launcher.sessions().len() < 40 && launcher.handles().live() < 40);
}

#[tokio::test]
async fn apps_that_wait_to_be_let_in_share_a_bound_and_one_more_is_denied() {
    let (launcher, client) = launcher();
    launcher.set_consent(Consent::Ask);
    let mut asking = Vec::new();
    for number in 0..10 {
        let mut body = application(&number.to_string(), &[]);
        body["app"]["name"] = json!("n".repeat(90_000));
        let client = client.clone();
        asking.push(tokio::spawn(async move { client.post("/auth").json(&body).send().await.status() }));
    }
    while !asking.iter().any(tokio::task::JoinHandle::is_finished) {
        tokio::task::yield_now().await;
    }
    let waiting = launcher.questions().len();
    assert!(waiting > 0 && waiting < 10, "{waiting}");
    assert!(launcher.memory_bytes() <= MEMORY);
    launcher.set_consent(Consent::Deny);
    for asked in asking {
        assert_eq!(asked.await.unwrap(), 401);
    }
    assert_eq!(launcher.questions().len(), 0);
}

#[tokio::test]
async fn callers_without_a_session_end_no_session_and_lose_no_data_id() {
    let (_, client) = launcher();
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let id =
        client.post("/data-id/structured-data").token(&token).json(&json!({"name": name("a")})).send().await.handle();
    for _ in 0..20 {
        assert_eq!(deserialise(&client, 1_000_000).await.0, 200);
    }
    assert_eq!(client.get("/auth").token(&token).send().await.status(), 200);
    assert_eq!(client.get(&format!("/data-id/{id}")).token(&token).send().await.status(), 200);
}

#[tokio::test]
async fn an_object_that_is_larger_than_the_launcher_holds_is_refused_and_displaces_nothing() {
    let (launcher, client) = launcher();
    assert_eq!(deserialise(&client, 1_000).await.0, 200);
    let (status, body) = deserialise(&client, MEMORY / 2).await;
    assert_eq!((status, body["errorCode"].as_i64()), (400, Some(400)));
    assert_eq!(body["description"], json!("Larger than this launcher holds; see --memory-bytes-max"));
    assert_eq!(launcher.handles().live(), 1);
}

#[tokio::test]
async fn repeated_owners_in_crafted_bytes_take_no_memory() {
    let (launcher, client) = launcher();
    let number = |number: u64| number.to_le_bytes().to_vec();
    let owner = [number(32), vec![9; 32]].concat();
    let bytes =
        [number(500), vec![1; 32], number(0), number(0), number(100_000), owner.repeat(100_000), number(0)].concat();
    let answer = client.post("/structured-data/deserialise").body("text/plain", bytes).send().await;
    assert_eq!(answer.status(), 200);
    assert!(launcher.memory_bytes() < 10_000, "{}", launcher.memory_bytes());
}

#[tokio::test]
async fn versions_count_with_their_lists_and_stay_within_the_bound_of_the_network() {
    let network = Network::with_bytes_max(200_000);
    let client = Client::in_process(&Builder::default().network(&network).build());
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let draft = json!({"name": name("versions"), "typeTag": 501, "data": "aGk="});
    let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
    let mut versions = 1_usize;
    let refused = loop {
        let body = json!({"data": format!("{versions:08}")});
        let answer = client.patch(&format!("/structured-data/{handle}")).token(&token).json(&body).send().await;
        if answer.status() != 200 {
            break answer.error().0;
        }
        versions += 1;
    };
    assert_eq!(refused, -28);
    assert!(network.bytes() <= 200_000);
    // Each list has 32 bytes for each version before it, as in the original launcher.
    assert!(16 * versions * versions < network.bytes() && versions > 50, "{versions}");
    let metadata = client.get(&format!("/structured-data/metadata/{handle}")).token(&token).send().await;
    assert_eq!(metadata.json()["dataVersionLength"], json!(versions));
    let first = client.get(&format!("/structured-data/{handle}/0")).token(&token).send().await;
    assert_eq!(first.text(), "hi");
}

#[tokio::test]
async fn sessions_and_accounts_come_in_pages_oldest_first() {
    let (launcher, client) = launcher();
    for number in 0..2_300_u64 {
        client.token(&number.to_string(), &[]).await;
        if number % 1_000 == 999 {
            client.post("/__mock/accounts").send().await;
        }
    }
    let (sessions, items_max) = pages(&client, "/__mock/sessions", |body| body).await;
    assert_eq!(items_max, 1_000);
    let ids: Vec<_> = sessions.iter().map(|session| session["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..=2_300).collect::<Vec<_>>());
    assert_eq!(launcher.sessions().len(), 2_300);
    let (some, items_max) = pages(&client, "/__mock/sessions?limit=7&after=2200", |body| body).await;
    assert_eq!((some.len(), items_max), (100, 7));
    for limit in 1..4 {
        let (accounts, _) = pages(&client, &format!("/__mock/accounts?limit={limit}"), |body| body).await;
        let ids: Vec<_> = accounts.iter().map(|account| (account["id"].as_u64(), &account["loggedIn"])).collect();
        let [yes, no] = [json!(true), json!(false)];
        assert_eq!(ids, [(Some(1), &no), (Some(2), &no), (Some(3), &yes)]);
    }
}

#[tokio::test]
async fn a_page_of_long_names_ends_after_a_megabyte() {
    let launcher = MockLauncher::start().await.unwrap();
    let client = Client::over_tcp(&launcher);
    for number in 0..15 {
        let mut body = application(&number.to_string(), &[]);
        body["app"]["name"] = json!("n".repeat(90_000));
        client.post("/auth").json(&body).send().await;
    }
    let mut sessions = 0;
    let mut query = String::new();
    loop {
        let answer = reqwest::get(format!("{}/__mock/sessions{query}", launcher.url())).await.unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        let page = answer.bytes().await.unwrap();
        assert!(page.len() < (1 << 20) + 100_000, "{}", page.len());
        sessions += serde_json::from_slice::<Vec<Value>>(&page).unwrap().len();
        let Some(link) = link else { break };
        query = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
    assert_eq!((sessions, launcher.sessions().len()), (15, 15));
    assert_ne!(query, "");
    launcher.shutdown().await;
}

#[tokio::test]
async fn stored_records_come_in_pages_by_name() {
    let (launcher, client) = launcher();
    store(&client, 1_100).await;
    let (records, items_max) = pages(&client, "/__mock/network", |body| &body["records"]).await;
    assert_eq!((records.len(), items_max), (1_100, 1_000));
    let names: BTreeSet<_> = records.iter().map(|record| record["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 1_100);
    assert_eq!(launcher.network().records().len(), 1_100);
    let page = client.get("/__mock/network?limit=2").send().await.json();
    let after = page["next"].as_str().unwrap();
    assert_eq!(page["records"][1]["name"], json!(after));
    let (rest, _) = pages(&client, &format!("/__mock/network?limit=300&after={after}"), |body| &body["records"]).await;
    assert_eq!(rest, records[2..]);
    assert_eq!(client.get("/__mock/network?after=xyz").send().await.status(), 400);
}

/// Stores records, by handles that are dropped.
async fn store(client: &Client, count: usize) {
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    for number in 0..count {
        let draft = json!({"name": name(&number.to_string()), "data": ""});
        let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
        assert_eq!(client.put(&format!("/structured-data/{handle}")).token(&token).send().await.status(), 200);
    }
}

#[tokio::test]
async fn the_journal_comes_in_pages_latest_first_and_a_link_keeps_the_query() {
    let launcher = Builder::default().journal_entries_max(5_000).build();
    let client = Client::in_process(&launcher);
    for number in 0..3_000 {
        client.get(if number % 3 == 0 { "/health/a%20b" } else { "/health" }).send().await;
    }
    let (entries, items_max) =
        pages(&client, "/__mock/journal?path=a%2520b&after=90&limit=400", |body| &body["entries"]).await;
    assert_eq!((entries.len(), items_max), (970, 400));
    assert!(entries.iter().all(|entry| entry["path"] == json!("/health/a%20b")));
    let numbers: BTreeSet<_> = entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect();
    assert_eq!((numbers.len(), numbers.first(), numbers.last()), (970, Some(&91), Some(&2_998)));
    let first = client.get("/__mock/journal").send().await;
    assert_eq!(first.json()["entries"].as_array().map(Vec::len), Some(1_000));
    assert_eq!(launcher.requests().len(), 3_000);
}

#[tokio::test]
async fn waiting_apps_and_handles_have_a_limit() {
    let (launcher, client) = launcher();
    launcher.set_consent(Consent::Ask);
    let mut asking = tokio::task::JoinSet::new();
    for number in 0..5 {
        let client = client.clone();
        asking.spawn(async move { client.post("/auth").json(&application(&number.to_string(), &[])).send().await });
    }
    while launcher.questions().len() < 5 {
        tokio::task::yield_now().await;
    }
    let (waiting, items_max) = pages(&client, "/__mock/consent?limit=2", |body| &body["waiting"]).await;
    assert_eq!((waiting.len(), items_max), (5, 2));
    for _ in 0..5 {
        deserialise(&client, 10).await;
    }
    let handles = client.get("/__mock/handles?limit=2").send().await.json();
    assert_eq!(handles["structuredData"], json!({"live": 5, "numbers": [5, 4]}));
    for path in ["sessions?limit=x", "handles?after=1", "network?color=red", "consent?limit=-1", "accounts?x"] {
        assert_eq!(client.get(&format!("/__mock/{path}")).send().await.status(), 400, "{path}");
    }
}

#[tokio::test]
async fn while_a_reset_drops_many_records_other_requests_are_answered() {
    let (launcher, client) = launcher();
    store(&client, 2_500).await;
    let order = std::cell::RefCell::new(Vec::new());
    let reset = async {
        assert_eq!(client.post("/__mock/reset").send().await.status(), 200);
        order.borrow_mut().push("reset");
    };
    let other = async {
        assert!(launcher.network().records().is_empty());
        assert_eq!(client.get("/health").send().await.status(), 200);
        order.borrow_mut().push("health");
    };
    tokio::join!(reset, other);
    assert_eq!(*order.borrow(), ["health", "reset"]);
}

#[tokio::test]
async fn a_body_for_the_control_plane_has_at_most_64_kilobytes() {
    let (launcher, client) = launcher();
    let rule = json!({"fault": "refuse", "matching": {"peer": "p".repeat(70_000)}});
    assert_eq!(client.post("/__mock/faults").json(&rule).send().await.status(), 413);
    assert_eq!(launcher.faults(), []);
}
