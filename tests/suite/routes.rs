//! The rules of the original launcher's server that its recordings do not cover (launcher behaviour §2, §3, §6 and §7).

use http::{Method, header};
use safe_mock::{Builder, Consent, Launcher};
use serde_json::json;
use suite::call::{Answer, Client, application, name};

const JSON: Option<&str> = Some("application/json; charset=utf-8");
const TEXT: Option<&str> = Some("text/plain; charset=utf-8");

fn launcher() -> (Launcher, Client) {
    let launcher = Builder::default().build();
    let client = Client::in_process(&launcher);
    (launcher, client)
}

async fn with_token() -> (Client, String) {
    let (_, client) = launcher();
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    (client, token)
}

async fn created(client: &Client, token: &str, text: &str) -> u64 {
    let draft = json!({"name": name(text), "data": "aGVsbG8="});
    client.post("/structured-data").token(token).json(&draft).send().await.handle()
}

fn shown(answer: &Answer) -> (u16, Option<&str>, String) {
    (answer.status(), answer.kind(), answer.text())
}

const NOT_FOUND: &str = r#"{"errorCode":404,"description":"Endpoint Not Found"}"#;

#[tokio::test]
async fn unknown_paths_and_known_ones_with_another_method_are_the_same_404() {
    let (_, client) = launcher();
    let calls = [
        (Method::GET, "/nope"),
        // To read the root is a question for the control plane; see `window`.
        (Method::PUT, "/"),
        (Method::PUT, "/auth"),
        (Method::GET, "/0.5/0.6/auth"),
        (Method::GET, "/0.5/health"),
        (Method::GET, "//structured-data/5"),
        (Method::GET, "/structured-data/5//"),
        (Method::GET, "/structured-data/5/6/7"),
        (Method::GET, "/structured-data/%zz"),
        (Method::DELETE, "/data-id/%ff"),
        (Method::POST, "/structured-data/handle/5"),
        (Method::GET, "/openExternal"),
        (Method::OPTIONS, "/nope"),
    ];
    for (method, path) in calls {
        let answer = client.request(method.clone(), path).send().await;
        assert_eq!(shown(&answer), (404, JSON, NOT_FOUND.to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn the_five_unauthorised_answers_are_those_of_the_original_launcher() {
    let (launcher, client) = launcher();
    let stale = client.get("/health").header(header::AUTHORIZATION, "Bearer a.b.c").send().await;
    assert_eq!(shown(&stale), (401, TEXT, "Unauthorized".to_owned()));

    launcher.set_consent(Consent::Deny);
    let denied = client.post("/auth").json(&application("a", &[])).send().await;
    assert_eq!(shown(&denied), (401, Some("text/html; charset=utf-8"), "Unauthorised".to_owned()));

    let texts = [
        (client.get("/auth"), "Unauthorised"),
        (client.delete("/auth"), "Unauthorised"),
        (client.post("/structured-data"), "Unauthorised access"),
        (client.patch("/structured-data/1"), "Unauthorised access"),
        (client.delete("/structured-data/unclaim/1"), "Unauthorised access"),
        (client.get("/data-id/1"), "Unauthorised access"),
        (client.get("/cipher-opts/SYMMETRIC"), "Unauthorised access"),
        (client.put("/structured-data/1"), "Unauthorized"),
        (client.post("/structured-data/1"), "Unauthorized"),
        (client.delete("/structured-data/1"), "Unauthorized"),
    ];
    for (call, text) in texts {
        let answer = call.send().await;
        assert_eq!((answer.status(), answer.error()), (401, (400, text.to_owned())));
    }
}

#[tokio::test]
async fn an_invalid_token_is_answered_before_everything_but_a_form_that_is_too_large() {
    let (_, client) = launcher();
    let bad = |call: suite::call::Call<'static>| call.header(header::AUTHORIZATION, "Bearer x.y.z");
    let client: &'static Client = Box::leak(Box::new(client));
    for call in [client.get("/nope"), client.post("/auth").body("application/json", "[1,"), client.get("/HEALTH/x")] {
        assert_eq!(bad(call).send().await.status(), 401);
    }
    let form = "a=".to_owned() + &"b".repeat(102_400);
    let answer = bad(client.post("/auth")).body("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn an_unreadable_body_is_answered_before_the_missing_session() {
    let (_, client) = launcher();
    assert_eq!(client.post("/structured-data").body("application/json", "[1,").send().await.status(), 404);
    assert_eq!(client.post("/structured-data").body("text/plain", "[1,").send().await.status(), 401);
}

#[tokio::test]
async fn json_of_102400_bytes_is_read_and_one_byte_more_is_not() {
    let (_, client) = launcher();
    let body = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
    assert_eq!(client.post("/auth").body("application/json", body(102_400)).send().await.status(), 400);
    assert_eq!(client.post("/auth").body("application/json", body(102_401)).send().await.status(), 404);
}

#[tokio::test]
async fn raw_bodies_are_bounded_by_the_setting() {
    let client = Client::in_process(&Builder::default().body_bytes_max(64).build());
    let answer = client.post("/data-id").body("application/octet-stream", vec![0; 65]).send().await;
    assert_eq!((answer.status(), answer.error().1), (413, "Body is larger than 64 bytes".to_owned()));
    assert_eq!(client.post("/data-id").body("application/octet-stream", vec![0; 64]).send().await.status(), 200);
}

#[tokio::test]
async fn a_form_is_read_on_raw_routes_and_half_works_on_json_ones() {
    let (client, token) = with_token().await;
    let form = "application/x-www-form-urlencoded";
    let encoded = name("form").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let held = client.post("/data-id/structured-data").body(form, format!("name={encoded}&typeTag=500")).send().await;
    assert_eq!(held.status(), 200);
    let created = client.post("/structured-data").token(&token).body(form, format!("name={encoded}")).send().await;
    assert_eq!(created.error(), (400, "body.hasOwnProperty is not a function".to_owned()));
    assert_eq!(client.post("/data-id").body(form, "x").send().await.error().0, -1511);
}

#[tokio::test]
async fn null_bodies_have_the_answers_of_the_original_launcher() {
    let (client, token) = with_token().await;
    let null = json!(null);
    assert_eq!(client.post("/auth").json(&null).send().await.status(), 404);
    let texts = [
        (client.post("/data-id/structured-data"), "Cannot read property 'name' of null"),
        (client.post("/structured-data"), "Cannot read property 'name' of null"),
        (client.patch("/structured-data/1"), "Cannot read property 'cipherOpts' of null"),
    ];
    for (call, text) in texts {
        assert_eq!(call.token(&token).json(&null).send().await.error(), (400, text.to_owned()));
    }
}

#[tokio::test]
async fn options_lists_the_methods_of_each_path() {
    let (_, client) = launcher();
    for (path, list) in [
        ("/auth", "POST,GET,HEAD,DELETE"),
        ("/structured-data", "POST"),
        ("/structured-data/5", "POST,GET,HEAD,PUT,PATCH,DELETE"),
        ("/data-id", "POST"),
        ("/data-id/5", "GET,HEAD,DELETE"),
        ("/data-id/structured-data", "POST,GET,HEAD,DELETE"),
        ("/0.5/cipher-opts/x/", "GET,HEAD,DELETE"),
    ] {
        let answer = client.request(Method::OPTIONS, path).send().await;
        assert_eq!(shown(&answer), (200, Some("text/html; charset=utf-8"), list.to_owned()), "{path}");
        assert_eq!(answer.header("allow"), Some(list), "{path}");
    }
}

#[tokio::test]
async fn head_does_what_get_does_and_keeps_the_body() {
    let (launcher, client) = launcher();
    let id = client.post("/data-id/structured-data").json(&json!({"name": name("head")})).send().await.handle();
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let handle = created(&client, &token, "head").await;
    client.put(&format!("/structured-data/{handle}")).token(&token).send().await;
    let before = launcher.handles().structured_data.live;
    let answer = client.request(Method::HEAD, &format!("/structured-data/handle/{id}")).send().await;
    assert_eq!((answer.status(), answer.kind(), answer.bytes().len()), (200, JSON, 0));
    assert_eq!(launcher.handles().structured_data.live, before + 1);
}

#[tokio::test]
async fn a_literal_word_is_a_parameter_for_the_other_methods() {
    let (client, token) = with_token().await;
    let no_digits =
        |place: u8| format!("error setting argument {place} - writeUInt64: no digits we found in input String");
    for (call, place) in [
        (client.get("/structured-data/handle"), 1),
        (client.get("/structured-data/unclaim/5"), 1),
        (client.put("/structured-data/deserialise"), 1),
        (client.delete("/structured-data/serialise"), 1),
        (client.get("/data-id/structured-data"), 0),
        (client.get("/structured-data/metadata/abc"), 1),
        (client.delete("/structured-data/abc"), 1),
    ] {
        assert_eq!(call.token(&token).send().await.error(), (400, no_digits(place)));
    }
    assert_eq!(client.get("/structured-data/metadata/abc").send().await.error().1, no_digits(0));
}

#[tokio::test]
async fn lenient_handles_are_read_as_c_reads_numbers() {
    let (client, token) = with_token().await;
    for index in 0..12 {
        created(&client, &token, &format!("number {index}")).await;
    }
    for path in [
        "/structured-data/8",
        "/structured-data/%208",
        "/structured-data/010",
        "/structured-data/0x8",
        "/structured-data/8abc",
    ] {
        assert_eq!(client.get(path).send().await.text(), "hello", "{path}");
    }
    assert_eq!(client.get("/structured-data/-1").send().await.error().0, -1513);
}

#[tokio::test]
async fn empty_content_has_no_type() {
    let (client, token) = with_token().await;
    let draft = json!({"name": name("empty")});
    let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
    let answer = client.get(&format!("/structured-data/{handle}/undefined")).send().await;
    assert_eq!(shown(&answer), (200, None, String::new()));
    assert_eq!(answer.header("content-length"), Some("0"));
}

#[tokio::test]
async fn names_that_are_not_32_bytes_are_refused() {
    let (client, token) = with_token().await;
    for name in ["", "YQ==", &"A".repeat(43 * 2)] {
        let held = client.post("/data-id/structured-data").json(&json!({"name": name})).send().await;
        assert_eq!(held.error(), (400, "Invalid id specified".to_owned()), "{name}");
    }
    let created = client.post("/structured-data").token(&token).json(&json!({"name": "YQ=="})).send().await;
    assert_eq!(created.error(), (400, "Invalid id specified".to_owned()));
}

#[tokio::test]
async fn plain_cipher_options_are_open_and_unknown_types_are_answered() {
    let (client, token) = with_token().await;
    assert_eq!(client.get("/cipher-opts/plain").send().await.status(), 200);
    let answer = client.get("/cipher-opts/ROT13").token(&token).send().await;
    assert_eq!(answer.error(), (400, "Invalid encryption type specified".to_owned()));
}

#[tokio::test]
async fn content_without_cipher_options_is_plain_even_if_all_handles_are_lost() {
    let (client, token) = with_token().await;
    for _ in 0..101 {
        client.get("/cipher-opts/PLAIN").send().await;
    }
    created(&client, &token, "still works").await;
}

#[tokio::test]
async fn a_token_of_another_launcher_a_changed_token_and_another_algorithm_are_invalid() {
    let (client, token) = with_token().await;
    let (_, stranger) = with_token().await;
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    // {"alg":"none","typ":"JWT"}
    parts[0] = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0".to_owned();
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    let swapped = parts.join(".");
    let mut changed = token.clone();
    changed.replace_range(
        token.len() - 5..token.len() - 4,
        if token.as_bytes()[token.len() - 5] == b'A' { "B" } else { "A" },
    );
    for wrong in [stranger, changed, swapped, unsigned] {
        let answer = client.get("/auth").token(&wrong).send().await;
        assert_eq!(shown(&answer), (401, TEXT, "Unauthorized".to_owned()), "{wrong}");
    }
    assert_eq!(client.get("/auth").token(&token).send().await.status(), 200);
}

#[tokio::test]
async fn large_versions_are_sent_as_text() {
    let (client, token) = with_token().await;
    let draft = json!({"name": name("large"), "version": "9007199254740993"});
    let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
    let metadata = client.get(&format!("/structured-data/metadata/{handle}")).send().await;
    assert_eq!(metadata.text(), r#"{"isOwner":false,"version":"9007199254740993"}"#);
}

#[tokio::test]
async fn a_full_network_answers_network_full_and_loses_nothing() {
    let network = safe_mock::Network::with_bytes_max(2_000);
    let client = Client::in_process(&Builder::default().network(&network).build());
    let token = client.token("net.example", &["LOW_LEVEL_API"]).await;
    let mut codes = Vec::new();
    for index in 0..8 {
        let handle = created(&client, &token, &format!("record {index}")).await;
        codes.push(client.put(&format!("/structured-data/{handle}")).token(&token).send().await.error().0);
    }
    let stored = codes.iter().take_while(|code| **code == 0).count();
    assert!(stored > 0 && codes[stored..].iter().all(|code| *code == -28), "{codes:?}");
    assert_eq!(network.records().len(), stored);
}
