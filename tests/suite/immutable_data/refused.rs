//! Wrong input: each is refused with the code of the original launcher, and nothing is lost.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use http::header::RANGE;
use safe_mock::{Builder, RecordState};
use serde_json::json;
use suite::call::{Answer, Client, name};

async fn client() -> (Client, String, String) {
    let client = Client::in_process(&Builder::default().build());
    let low = client.token("app", &["LOW_LEVEL_API"]).await;
    let plain = client.token("app", &[]).await;
    (client, low, plain)
}

async fn send(client: &Client, token: Option<&str>, method: &str, path: &str) -> Answer {
    let mut call = client.request(method.parse().unwrap(), path);
    if method == "POST" {
        call = call.body("text/plain", "content");
    }
    if let Some(token) = token {
        call = call.token(token);
    }
    call.send().await
}

#[tokio::test]
async fn writing_needs_a_session_and_its_permission_before_anything_else() {
    let (client, _, plain) = client().await;
    for (method, path) in [
        ("GET", "/immutable-data/writer"),
        ("POST", "/immutable-data/undefined"),
        ("PUT", "/immutable-data/undefined/undefined"),
        ("DELETE", "/immutable-data/writer/undefined"),
        ("DELETE", "/appendable-data/encrypt-key/undefined"),
    ] {
        let answer = send(&client, None, method, path).await;
        assert_eq!((answer.status(), answer.error()), (401, (400, "Unauthorised access".into())), "{method} {path}");
        let answer = send(&client, Some(&plain), method, path).await;
        assert_eq!(answer.status(), 403, "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_no_number_is_refused_before_unknown_handles() {
    let (client, low, _) = client().await;
    for (method, path, argument) in [
        ("POST", "/immutable-data/undefined", 0),
        ("PUT", "/immutable-data/null/1234", 1),
        ("PUT", "/immutable-data/1234/%20", 2),
        ("DELETE", "/immutable-data/writer/x", 0),
        ("GET", "/immutable-data/reader/undefined", 1),
        ("GET", "/immutable-data/undefined", 0),
        ("DELETE", "/immutable-data/reader/null", 0),
        ("DELETE", "/appendable-data/encrypt-key/null", 0),
        ("GET", "/cipher-opts/ASYMMETRIC/x", 0),
    ] {
        let answer = send(&client, Some(&low), method, path).await;
        let text = format!("error setting argument {argument} - writeUInt64: no digits we found in input String");
        assert_eq!((answer.status(), answer.error()), (400, (400, text)), "{method} {path}");
    }
    for (method, path, code) in [
        ("POST", "/immutable-data/1234", -1516),
        ("PUT", "/immutable-data/1234/1234", -1516),
        ("PUT", "/immutable-data/1234/undefined", -1516),
        ("DELETE", "/immutable-data/writer/1234", -1516),
        ("GET", "/immutable-data/reader/1234", -1514),
        ("GET", "/immutable-data/1234", -1516),
        ("DELETE", "/immutable-data/reader/1234", -1516),
        ("DELETE", "/appendable-data/encrypt-key/1234", -1518),
        ("GET", "/cipher-opts/asymmetric/1234", -1518),
    ] {
        let answer = send(&client, Some(&low), method, path).await;
        assert_eq!((answer.status(), answer.error().0), (400, code), "{method} {path}");
    }
    let path = "/immutable-data/1234";
    assert_eq!(send(&client, Some(&low), "PUT", path).await.status(), 404);
}

#[tokio::test]
async fn a_writer_is_no_reader_and_a_reader_is_no_writer() {
    let (client, low, _) = client().await;
    let writer = send(&client, Some(&low), "GET", "/immutable-data/writer").await.handle();
    let id = send(&client, Some(&low), "PUT", &format!("/immutable-data/{writer}/plain")).await.handle();
    let reader = send(&client, Some(&low), "GET", &format!("/immutable-data/reader/{id}")).await.handle();
    for (method, path) in [
        ("GET", format!("/immutable-data/{writer}")),
        ("DELETE", format!("/immutable-data/reader/{writer}")),
        ("POST", format!("/immutable-data/{reader}")),
        ("PUT", format!("/immutable-data/{reader}/plain")),
        ("DELETE", format!("/immutable-data/writer/{reader}")),
    ] {
        assert_eq!(send(&client, Some(&low), method, &path).await.error().0, -1516, "{method} {path}");
    }
    assert_eq!(send(&client, None, "GET", &format!("/immutable-data/{reader}")).await.status(), 200);
    assert_eq!(send(&client, Some(&low), "POST", &format!("/immutable-data/{writer}")).await.status(), 200);
}

#[tokio::test]
async fn a_data_id_of_nothing_of_another_kind_or_of_other_bytes_has_no_reader() {
    let launcher = Builder::default().build();
    let client = Client::in_process(&launcher);
    let low = client.token("app", &["LOW_LEVEL_API"]).await;
    let reader = async |id: u64| {
        let answer = send(&client, Some(&low), "GET", &format!("/immutable-data/reader/{id}")).await;
        (answer.status(), answer.error().0)
    };
    let draft = json!({"name": name("taken"), "typeTag": 501, "data": "AAAA"});
    let hold = async |name: &str| {
        let body = json!({"name": name, "typeTag": 501});
        client.post("/data-id/structured-data").json(&body).send().await.handle()
    };
    let id = hold(&name("taken")).await;
    assert_eq!(reader(id).await, (404, -18));
    let drafted = client.post("/structured-data").token(&low).json(&draft).send().await.handle();
    client.put(&format!("/structured-data/{drafted}")).token(&low).send().await;
    assert_eq!(reader(id).await, (400, -5));
    // The records of versions are immutable data, and no content of a writer.
    let versions = launcher.network().records().into_iter().filter(|record| record.state == RecordState::Immutable);
    let names: Vec<_> = versions.map(|record| STANDARD.decode(record.name).unwrap()).collect();
    assert_eq!(names.len(), 2);
    for name in names {
        let serialised = [&1_u32.to_le_bytes()[..], &name].concat();
        let id = client.post("/data-id").body("application/octet-stream", serialised).send().await.handle();
        assert_eq!(reader(id).await, (400, -1511));
    }
}

#[tokio::test]
async fn a_range_of_another_unit_has_another_answer_than_a_range_that_is_none() {
    let (client, low, _) = client().await;
    let writer = send(&client, Some(&low), "GET", "/immutable-data/writer").await.handle();
    send(&client, Some(&low), "POST", &format!("/immutable-data/{writer}")).await;
    let id = send(&client, Some(&low), "PUT", &format!("/immutable-data/{writer}/plain")).await.handle();
    let reader = send(&client, None, "GET", &format!("/immutable-data/reader/{id}")).await.handle();
    let read = async |range: &str| {
        let answer = client.get(&format!("/immutable-data/{reader}")).header(RANGE, range).send().await;
        (answer.status(), answer.error().1)
    };
    assert_eq!(read("lines=0-1").await, (400, "invalid range specified".into()));
    for range in ["bytes=-5", "bytes=", "bytes=8-", "bytes=0-1,2-3", "bytes=\u{e4}-"] {
        assert_eq!(read(range).await, (416, "Invalid range specified".into()), "{range}");
    }
    assert_eq!(read("bytes=7-").await, (206, String::new()));
    let head = client.request(Method::HEAD, &format!("/immutable-data/{reader}")).header(RANGE, "bytes=1-3");
    let head = head.send().await;
    assert_eq!((head.status(), head.header("content-length"), head.bytes().len()), (206, Some("2"), 0));
    assert_eq!(head.header("content-range"), Some("bytes 1-3/7"));
}
