//! Appending many items to one record: what a fetch and an append send does not grow with the items.

use http::Method;
use safe_mock::Builder;
use serde_json::json;
use suite::call::{Client, name};
use tokio::time::Instant;

use crate::statistics::Figure;

/// How many items are appended.
const ITEMS: usize = 10_000;

/// After how many appended items the record is fetched again, as another app would.
const FETCHED_EVERY: usize = 100;

/// The time of an append in the first and the last tenth, and what the format makes a serialisation send.
///
/// An append sends a handle, and a fetch sends metadata alone. Only to serialise sends every item: 148 bytes for each that points to
/// appendable data, which the format forces.
pub async fn many_items() -> Vec<Figure> {
    let client = Client::in_process(&Builder::default().build());
    let token = client.token("bench", &["LOW_LEVEL_API"]).await;
    let named = |text: &str| json!({ "name": name(text) });
    let draft = client.post("/appendable-data").token(&token).json(&named("list")).send().await.handle();
    assert_eq!(client.put(&format!("/appendable-data/{draft}")).token(&token).send().await.status(), 200);
    let id = client.post("/data-id/appendable-data").json(&named("list")).send().await.handle();
    let fetch = format!("/appendable-data/handle/{id}");
    let mut copy = client.get(&fetch).token(&token).send().await.handle();
    let (mut fetched_bytes, mut tenths) = (0, Vec::new());
    let mut began = Instant::now();
    for index in 0..ITEMS {
        let pointer = client.post("/data-id/appendable-data").json(&named(&index.to_string())).send().await.handle();
        let append = client.put(&format!("/appendable-data/{copy}/{pointer}")).token(&token).send().await;
        assert_eq!(append.status(), 200);
        client.delete(&format!("/data-id/{pointer}")).send().await;
        if index % FETCHED_EVERY == 0 {
            client.delete(&format!("/appendable-data/handle/{copy}")).send().await;
            let fetched = client.get(&fetch).token(&token).send().await;
            fetched_bytes = fetched.bytes().len();
            copy = fetched.handle();
        }
        if (index + 1) % (ITEMS / 10) == 0 {
            tenths.push(began.elapsed() / u32::try_from(ITEMS / 10).unwrap());
            began = Instant::now();
        }
    }
    let last = client.get(&fetch).token(&token).send().await.handle();
    // Without the body, which is larger than what the client takes.
    let serialised =
        client.request(Method::HEAD, &format!("/appendable-data/serialise/{last}")).token(&token).send().await;
    let all = serialised.header("content-length").unwrap().to_owned();
    let each = format!("{:.0?} and {:.0?}", tenths[0], tenths[9]);
    vec![
        Figure::new(format!("append to one record: first and last tenth of {ITEMS}"), each, "the same"),
        Figure::new("a fetch of that record sends".to_owned(), format!("{fetched_bytes} bytes"), "no item"),
        Figure::new("to serialise it sends, as the format forces".to_owned(), format!("{all} bytes"), "148 an item"),
    ]
}
