//! What the original launcher made of input that its clients never sent: tried side by side, beyond the recordings.

use http::Method;
use safe_mock::Builder;
use serde_json::{Value, json};
use suite::call::{Answer, Client, name};

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

async fn with_token() -> (Client, String) {
    let client = Client::in_process(&Builder::default().build());
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    (client, token)
}

fn app(field: &str, value: &Value) -> Value {
    let mut app = json!({"name": "a", "id": "b", "vendor": "c", "version": "d"});
    app[field] = value.clone();
    json!({"app": app, "permissions": []})
}

/// Serialised structured data as another program might have made it.
fn crafted(tag: u64, content: &[u8], owners: u64) -> Vec<u8> {
    let mut bytes = tag.to_le_bytes().to_vec();
    bytes.extend([7; 32]);
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend(content);
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend(owners.to_le_bytes());
    for owner in 0..owners {
        bytes.extend(32_u64.to_le_bytes());
        bytes.extend([u8::try_from(owner).unwrap() + 1; 32]);
    }
    bytes.extend(0_u64.to_le_bytes());
    bytes
}

async fn held(client: &Client, token: &str, bytes: Vec<u8>) -> u64 {
    client.post("/structured-data/deserialise").token(token).body(BYTES, bytes).send().await.handle()
}

async fn created(client: &Client, token: &str, data: Value) -> Answer {
    let draft = json!({"name": name("odd"), "data": data});
    let answer = client.post("/structured-data").token(token).json(&draft).send().await;
    if answer.status() != 200 {
        return answer;
    }
    client.get(&format!("/structured-data/{}", answer.handle())).send().await
}

#[tokio::test]
async fn an_app_may_have_a_version_of_any_type_and_no_blank_name() {
    let (client, _) = with_token().await;
    for version in [json!(1), json!(true), json!([1]), json!({"major": 1})] {
        assert_eq!(client.post("/auth").json(&app("version", &version)).send().await.status(), 200, "{version}");
    }
    let blank = client.post("/auth").json(&app("name", &json!([]))).send().await;
    assert_eq!((blank.status(), blank.error()), (400, (400, "Values cannot be empty".to_owned())));
}

#[tokio::test]
async fn content_and_names_may_be_what_a_buffer_can_be_made_of() {
    let (client, token) = with_token().await;
    for (data, content) in [
        (json!({"type": "Buffer", "data": [104, 105]}), &b"hi"[..]),
        (json!({"length": 2}), &[0, 0]),
        (json!(["104", "0x69"]), b"hi"),
        (json!("aGk=aGk="), b"hi"),
    ] {
        assert_eq!(created(&client, &token, data.clone()).await.bytes(), content, "{data}");
    }
    for name in [json!({"type": "Buffer", "data": vec![1; 32]}), json!({"length": 32}), json!(vec!["1"; 32])] {
        let answer = client.post("/data-id/structured-data").json(&json!({"name": name})).send().await;
        assert_eq!(answer.status(), 200, "{name}");
    }
    assert_eq!(created(&client, &token, json!({"length": 1e300})).await.error().0, 400);
}

#[tokio::test]
async fn json_is_parsed_as_javascript_does() {
    let (client, _) = with_token().await;
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let wrapped = |inner: &str| {
        let body = app("name", &json!("a")).to_string();
        format!("{{\"more\":{inner},{}", &body[1..]).into_bytes()
    };
    let deep_object = "{\"a\":".repeat(3_000) + "1" + &"}".repeat(3_000);
    for body in [
        [b"\xef\xbb\xbf".to_vec(), wrapped("1")].concat(),
        wrapped("\"\\ud83d\""),
        wrapped("1e999"),
        wrapped(&deep(3_000)),
        wrapped(&deep_object),
    ] {
        let shown = String::from_utf8_lossy(&body[..40]).into_owned();
        assert_eq!(client.post("/auth").body(JSON, body).send().await.status(), 200, "{shown}");
    }
    assert_eq!(client.post("/auth").body(JSON, wrapped(&deep(20_000))).send().await.status(), 404);
}

#[tokio::test]
async fn bytes_that_are_not_utf8_become_the_replacement_character() {
    let launcher = Builder::default().build();
    let client = Client::in_process(&launcher);
    let body = app("name", &json!("a?b")).to_string().into_bytes();
    let body = body.into_iter().map(|byte| if byte == b'?' { 0xff } else { byte }).collect::<Vec<_>>();
    assert_eq!(client.post("/auth").body(JSON, body).send().await.status(), 200);
    assert_eq!(launcher.sessions()[0].app.name, "a\u{fffd}b");
}

#[tokio::test]
async fn large_type_tags_are_custom_ones() {
    let (client, token) = with_token().await;
    for tag in [json!(1e16), json!(1.5e18), json!(1e20), json!("100000000000000000000"), json!([[15_000]])] {
        let draft = json!({"name": name("odd"), "typeTag": tag});
        assert_eq!(client.post("/structured-data").token(&token).json(&draft).send().await.status(), 200, "{tag}");
    }
    let draft = json!({"name": name("odd"), "typeTag": 1e21});
    let refused = client.post("/structured-data").token(&token).json(&draft).send().await;
    assert_eq!(refused.error(), (400, "Invalid tag type specified".to_owned()));
}

#[tokio::test]
async fn content_of_a_foreign_type_cannot_be_replaced() {
    let (client, token) = with_token().await;
    for tag in [0, 499, 502, 600, 14_999] {
        let handle = held(&client, &token, crafted(tag, b"", 1)).await;
        // The type is checked before the cipher options.
        for body in [json!({"data": "aGk="}), json!({"data": "aGk=", "cipherOpts": 999})] {
            let answer = client.patch(&format!("/structured-data/{handle}")).token(&token).json(&body).send().await;
            assert_eq!(answer.error(), (-1521, "FfiError::InvalidStructuredDataTypeTag".to_owned()), "{tag}");
        }
    }
}

#[tokio::test]
async fn structured_data_of_two_owners_cannot_be_changed() {
    let (client, token) = with_token().await;
    for tag in [500, 15_000] {
        let handle = held(&client, &token, crafted(tag, b"", 2)).await;
        let path = format!("/structured-data/{handle}");
        for call in [client.post(&path), client.delete(&path), client.patch(&path).json(&json!({"data": "aGk="}))] {
            let answer = call.token(&token).send().await;
            assert_eq!((answer.status(), answer.error()), (400, (-11, "CoreError::RoutingError".to_owned())), "{tag}");
        }
        let unknown = client.patch(&path).token(&token).json(&json!({"data": "aGk=", "cipherOpts": 999}));
        assert_eq!(unknown.send().await.error().0, -1517);
    }
}

#[tokio::test]
async fn a_version_of_versioned_data_without_versions_is_not_found() {
    let (client, token) = with_token().await;
    let handle = held(&client, &token, crafted(501, &[0; 72], 1)).await;
    let answer = client.get(&format!("/structured-data/{handle}/0")).send().await;
    assert_eq!((answer.status(), answer.error().0), (404, -18));
}

#[tokio::test]
async fn a_mount_may_end_with_a_slash() {
    let (client, token) = with_token().await;
    for (path, status) in [("/0.5//auth", 200), ("/0.6//auth/", 200), ("/0.5///auth", 404), ("//auth", 404)] {
        assert_eq!(client.get(path).token(&token).send().await.status(), status, "{path}");
    }
    assert_eq!(client.get("/0.5//health").send().await.status(), 404);
}

#[tokio::test]
async fn a_malformed_content_type_counts_as_none() {
    let (client, _) = with_token().await;
    for kind in ["application/json;", "application/json; charset=", "application/json; charset"] {
        let answer = client.post("/auth").body(kind, app("name", &json!("a")).to_string()).send().await;
        assert_eq!(answer.error(), (400, "Fields are missing".to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_form_of_more_than_a_thousand_fields_is_answered_before_an_invalid_token() {
    let (client, _) = with_token().await;
    for (fields, status) in [(1_000, 401), (1_001, 404)] {
        let form = vec!["a=1"; fields].join("&");
        let call = client.request(Method::GET, "/nope").token("a.b.c");
        let answer = call.body("application/x-www-form-urlencoded", form).send().await;
        assert_eq!(answer.status(), status, "{fields}");
    }
}

#[tokio::test]
async fn a_token_with_a_signature_in_standard_base64_is_valid() {
    let (client, token) = with_token().await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = signature.replace('-', "+").replace('_', "/");
    for token in [format!("{signed}.{signature}"), format!("{signed}.{signature}=")] {
        assert_eq!(client.get("/auth").token(&token).send().await.status(), 200, "{token}");
    }
}

#[tokio::test]
async fn cipher_options_are_named_in_the_upper_case_of_unicode() {
    let (client, _) = with_token().await;
    assert_eq!(client.get("/cipher-opts/pla%C4%B1n").send().await.status(), 200);
}
