//! Invalid bodies, headers, paths and tokens of every kind: the answer is below 500, and the launcher keeps running.

use http::{Method, header};
use proptest::prelude::*;
use proptest::sample::select;
use safe_mock::Builder;
use serde_json::{Value, json};
use suite::call::{Client, name};

const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

fn path() -> impl Strategy<Value = String> {
    let word = select(vec![
        "auth",
        "data-id",
        "structured-data",
        "immutable-data",
        "writer",
        "reader",
        "cipher-opts",
        "health",
        "0.5",
        "0.6",
        "handle",
        "metadata",
        "serialise",
        "deserialise",
        "unclaim",
        "validate-size",
        "SYMMETRIC",
        "ASYMMETRIC",
        "PLAIN",
        "",
        "1",
        "2",
        "-1",
        "0x1",
        "%20",
        "%zz",
        "%ff",
        "undefined",
        "Infinity",
        "NaN",
        "18446744073709551616",
        "1e400",
        "__mock",
        "consent",
        "sessions",
        "journal",
        "💥",
    ]);
    let segment = prop_oneof![6 => word.prop_map(str::to_owned), 1 => "[!-~]{0,12}"];
    proptest::collection::vec(segment, 0..5).prop_map(|segments| {
        let raw = format!("/{}", segments.join("/"));
        // What is invalid in a request line is sent escaped.
        raw.chars()
            .flat_map(|c| {
                if c.is_ascii_graphic() && !"#<>\"{}|\\^`".contains(c) {
                    vec![c]
                } else {
                    format!("%{:02X}", c as u32 & 0xff).chars().collect()
                }
            })
            .collect()
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!(name("wrong input"))),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = select(vec![
            "name",
            "typeTag",
            "data",
            "version",
            "cipherOpts",
            "app",
            "permissions",
            "id",
            "vendor",
            "policy",
            "decision",
        ]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(key.prop_map(str::to_owned), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = (String, Vec<u8>)> {
    let kind = select(vec![
        "application/json",
        "application/json; charset=utf-8",
        "application/json; charset=utf-16",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "application/json;;=;",
        "",
    ]);
    let content = prop_oneof![
        4 => value().prop_map(|value| value.to_string().into_bytes()),
        1 => any::<Vec<u8>>(),
        1 => Just(b"[1,".to_vec()),
        1 => Just(Vec::new()),
    ];
    (kind.prop_map(str::to_owned), content)
}

fn authorization(token: &str) -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        2 => Just(None),
        4 => Just(Some(format!("Bearer {token}"))),
        1 => "[ -~]{0,40}".prop_map(Some),
        1 => "[A-Za-z0-9_-]{0,20}\\.[A-Za-z0-9_-]{0,20}\\.[A-Za-z0-9_-]{0,20}".prop_map(|token| Some(format!("Bearer {token}"))),
    ]
}

/// The status of one request to a launcher with one object of each kind, and whether it still answers afterwards.
async fn ask(
    method: Method,
    path: &str,
    kind: &str,
    content: Vec<u8>,
    authorization: Option<String>,
    client: &Client,
) -> u16 {
    let mut call = client.request(method, path).header(header::CONTENT_ENCODING, "identity");
    if let Some(value) = authorization {
        call = call.header(header::AUTHORIZATION, &value);
    }
    let status = call.body(kind, content).send().await.status();
    assert_eq!(client.get("/health").send().await.status(), 200);
    status
}

#[test]
fn no_request_is_answered_with_a_5xx_or_a_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::in_process(&Builder::default().seed(1).build());
    let token = runtime.block_on(client.token("net.example", &["LOW_LEVEL_API"]));
    runtime.block_on(async {
        let draft = json!({"name": name("wrong input"), "typeTag": 501, "data": "aGk="});
        client.post("/structured-data").token(&token).json(&draft).send().await.handle();
        client.post("/data-id/structured-data").json(&draft).send().await.handle();
    });
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) };
    proptest!(config, |(method in select(METHODS.to_vec()), path in path(), (kind, content) in body(), authorization in authorization(&token))| {
        // With the policy `ask` a request would wait indefinitely.
        prop_assume!(!path.to_lowercase().contains("consent") && !path.contains("logout"));
        let status = runtime.block_on(ask(method, &path, &kind, content, authorization, &client));
        prop_assert!(status < 500, "{status}");
    });
}

#[tokio::test]
async fn deserialised_garbage_with_impossible_lengths_is_refused() {
    let client = Client::in_process(&Builder::default().build());
    for content in [vec![0xff; 48], vec![0xff; 8], [vec![0; 40], vec![0xff; 16]].concat()] {
        let answer = client.post("/structured-data/deserialise").body("application/octet-stream", content).send().await;
        assert_eq!(answer.error().0, -1511);
    }
}
