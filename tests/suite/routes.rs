//! The rules of the launcher's server that its recordings do not show (launcher behaviour §2, §3, §6 and §7).

use http::{Method, header};
use safe_mock::{Builder, Consent, Launcher};
use serde_json::json;
use suite::call::{Answer, Door, application, name};

const JSON: Option<&str> = Some("application/json; charset=utf-8");
const TEXT: Option<&str> = Some("text/plain; charset=utf-8");

fn launcher() -> (Launcher, Door) {
    let launcher = Builder::default().build();
    let door = Door::in_process(&launcher);
    (launcher, door)
}

async fn with_token() -> (Door, String) {
    let (_, door) = launcher();
    let token = door.token("net.example", &["LOW_LEVEL_API"]).await;
    (door, token)
}

async fn created(door: &Door, token: &str, text: &str) -> u64 {
    let draft = json!({"name": name(text), "data": "aGVsbG8="});
    door.post("/structured-data").token(token).json(&draft).send().await.handle()
}

fn shown(answer: &Answer) -> (u16, Option<&str>, String) {
    (answer.status(), answer.kind(), answer.text())
}

const NOT_FOUND: &str = r#"{"errorCode":404,"description":"Endpoint Not Found"}"#;

#[tokio::test]
async fn unknown_paths_and_known_ones_with_another_method_are_the_same_404() {
    let (_, door) = launcher();
    let calls = [
        (Method::GET, "/nope"),
        (Method::GET, "/"),
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
        let answer = door.request(method.clone(), path).send().await;
        assert_eq!(shown(&answer), (404, JSON, NOT_FOUND.to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn the_five_unauthorised_answers_differ_as_they_did() {
    let (launcher, door) = launcher();
    let stale = door.get("/health").header(header::AUTHORIZATION, "Bearer a.b.c").send().await;
    assert_eq!(shown(&stale), (401, TEXT, "Unauthorized".to_owned()));

    launcher.set_consent(Consent::Deny);
    let denied = door.post("/auth").json(&application("a", &[])).send().await;
    assert_eq!(shown(&denied), (401, Some("text/html; charset=utf-8"), "Unauthorised".to_owned()));

    let texts = [
        (door.get("/auth"), "Unauthorised"),
        (door.delete("/auth"), "Unauthorised"),
        (door.post("/structured-data"), "Unauthorised access"),
        (door.patch("/structured-data/1"), "Unauthorised access"),
        (door.delete("/structured-data/unclaim/1"), "Unauthorised access"),
        (door.get("/data-id/1"), "Unauthorised access"),
        (door.get("/cipher-opts/SYMMETRIC"), "Unauthorised access"),
        (door.put("/structured-data/1"), "Unauthorized"),
        (door.post("/structured-data/1"), "Unauthorized"),
        (door.delete("/structured-data/1"), "Unauthorized"),
    ];
    for (call, text) in texts {
        let answer = call.send().await;
        assert_eq!((answer.status(), answer.error()), (401, (400, text.to_owned())));
    }
}

#[tokio::test]
async fn a_bad_token_beats_everything_but_a_form_that_is_too_large() {
    let (_, door) = launcher();
    let bad = |call: suite::call::Call<'static>| call.header(header::AUTHORIZATION, "Bearer x.y.z");
    let door: &'static Door = Box::leak(Box::new(door));
    for call in [door.get("/nope"), door.post("/auth").body("application/json", "[1,"), door.get("/HEALTH/x")] {
        assert_eq!(bad(call).send().await.status(), 401);
    }
    let form = "a=".to_owned() + &"b".repeat(102_400);
    let answer = bad(door.post("/auth")).body("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(answer.status(), 404);
}

#[tokio::test]
async fn an_unreadable_body_beats_the_missing_session() {
    let (_, door) = launcher();
    assert_eq!(door.post("/structured-data").body("application/json", "[1,").send().await.status(), 404);
    assert_eq!(door.post("/structured-data").body("text/plain", "[1,").send().await.status(), 401);
}

#[tokio::test]
async fn json_of_102400_bytes_is_read_and_one_byte_more_is_not() {
    let (_, door) = launcher();
    let body = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
    assert_eq!(door.post("/auth").body("application/json", body(102_400)).send().await.status(), 400);
    assert_eq!(door.post("/auth").body("application/json", body(102_401)).send().await.status(), 404);
}

#[tokio::test]
async fn raw_bodies_are_bounded_by_the_setting() {
    let door = Door::in_process(&Builder::default().body_bytes_max(64).build());
    let answer = door.post("/data-id").body("application/octet-stream", vec![0; 65]).send().await;
    assert_eq!((answer.status(), answer.error().1), (413, "Body is larger than 64 bytes".to_owned()));
    assert_eq!(door.post("/data-id").body("application/octet-stream", vec![0; 64]).send().await.status(), 200);
}

#[tokio::test]
async fn a_form_is_read_on_raw_routes_and_half_works_on_json_ones() {
    let (door, token) = with_token().await;
    let form = "application/x-www-form-urlencoded";
    let encoded = name("form").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let held = door.post("/data-id/structured-data").body(form, format!("name={encoded}&typeTag=500")).send().await;
    assert_eq!(held.status(), 200);
    let created = door.post("/structured-data").token(&token).body(form, format!("name={encoded}")).send().await;
    assert_eq!(created.error(), (400, "body.hasOwnProperty is not a function".to_owned()));
    assert_eq!(door.post("/data-id").body(form, "x").send().await.error().0, -1511);
}

#[tokio::test]
async fn null_bodies_answer_as_they_did() {
    let (door, token) = with_token().await;
    let null = json!(null);
    assert_eq!(door.post("/auth").json(&null).send().await.status(), 404);
    let texts = [
        (door.post("/data-id/structured-data"), "Cannot read property 'name' of null"),
        (door.post("/structured-data"), "Cannot read property 'name' of null"),
        (door.patch("/structured-data/1"), "Cannot read property 'cipherOpts' of null"),
    ];
    for (call, text) in texts {
        assert_eq!(call.token(&token).json(&null).send().await.error(), (400, text.to_owned()));
    }
}

#[tokio::test]
async fn options_lists_the_methods_of_each_path() {
    let (_, door) = launcher();
    for (path, list) in [
        ("/auth", "POST,GET,HEAD,DELETE"),
        ("/structured-data", "POST"),
        ("/structured-data/5", "POST,GET,HEAD,PUT,PATCH,DELETE"),
        ("/data-id", "POST"),
        ("/data-id/5", "GET,HEAD,DELETE"),
        ("/data-id/structured-data", "POST,GET,HEAD,DELETE"),
        ("/0.5/cipher-opts/x/", "GET,HEAD,DELETE"),
    ] {
        let answer = door.request(Method::OPTIONS, path).send().await;
        assert_eq!(shown(&answer), (200, Some("text/html; charset=utf-8"), list.to_owned()), "{path}");
        assert_eq!(answer.header("allow"), Some(list), "{path}");
    }
}

#[tokio::test]
async fn head_does_what_get_does_and_keeps_the_body() {
    let (launcher, door) = launcher();
    let id = door.post("/data-id/structured-data").json(&json!({"name": name("head")})).send().await.handle();
    let token = door.token("net.example", &["LOW_LEVEL_API"]).await;
    let handle = created(&door, &token, "head").await;
    door.put(&format!("/structured-data/{handle}")).token(&token).send().await;
    let before = launcher.handles().structured_data.live;
    let answer = door.request(Method::HEAD, &format!("/structured-data/handle/{id}")).send().await;
    assert_eq!((answer.status(), answer.kind(), answer.bytes().len()), (200, JSON, 0));
    assert_eq!(launcher.handles().structured_data.live, before + 1);
}

#[tokio::test]
async fn a_literal_word_is_a_parameter_for_the_other_methods() {
    let (door, token) = with_token().await;
    let no_digits =
        |place: u8| format!("error setting argument {place} - writeUInt64: no digits we found in input String");
    for (call, place) in [
        (door.get("/structured-data/handle"), 1),
        (door.get("/structured-data/unclaim/5"), 1),
        (door.put("/structured-data/deserialise"), 1),
        (door.delete("/structured-data/serialise"), 1),
        (door.get("/data-id/structured-data"), 0),
        (door.get("/structured-data/metadata/abc"), 1),
        (door.delete("/structured-data/abc"), 1),
    ] {
        assert_eq!(call.token(&token).send().await.error(), (400, no_digits(place)));
    }
    assert_eq!(door.get("/structured-data/metadata/abc").send().await.error().1, no_digits(0));
}

#[tokio::test]
async fn lenient_handles_are_read_as_c_reads_numbers() {
    let (door, token) = with_token().await;
    for index in 0..12 {
        created(&door, &token, &format!("number {index}")).await;
    }
    for path in [
        "/structured-data/8",
        "/structured-data/%208",
        "/structured-data/010",
        "/structured-data/0x8",
        "/structured-data/8abc",
    ] {
        assert_eq!(door.get(path).send().await.text(), "hello", "{path}");
    }
    assert_eq!(door.get("/structured-data/-1").send().await.error().0, -1513);
}

#[tokio::test]
async fn empty_content_has_no_type() {
    let (door, token) = with_token().await;
    let draft = json!({"name": name("empty")});
    let handle = door.post("/structured-data").token(&token).json(&draft).send().await.handle();
    let answer = door.get(&format!("/structured-data/{handle}/undefined")).send().await;
    assert_eq!(shown(&answer), (200, None, String::new()));
    assert_eq!(answer.header("content-length"), Some("0"));
}

#[tokio::test]
async fn names_that_are_not_32_bytes_are_refused() {
    let (door, token) = with_token().await;
    for name in ["", "YQ==", &"A".repeat(43 * 2)] {
        let held = door.post("/data-id/structured-data").json(&json!({"name": name})).send().await;
        assert_eq!(held.error(), (400, "Invalid id specified".to_owned()), "{name}");
    }
    let created = door.post("/structured-data").token(&token).json(&json!({"name": "YQ=="})).send().await;
    assert_eq!(created.error(), (400, "Invalid id specified".to_owned()));
}

#[tokio::test]
async fn plain_cipher_options_are_open_and_unknown_types_are_answered() {
    let (door, token) = with_token().await;
    assert_eq!(door.get("/cipher-opts/plain").send().await.status(), 200);
    let answer = door.get("/cipher-opts/ROT13").token(&token).send().await;
    assert_eq!(answer.error(), (400, "Invalid encryption type specified".to_owned()));
}

#[tokio::test]
async fn content_without_cipher_options_is_plain_however_many_handles_come_and_go() {
    let (door, token) = with_token().await;
    for _ in 0..101 {
        door.get("/cipher-opts/PLAIN").send().await;
    }
    created(&door, &token, "still works").await;
}

#[tokio::test]
async fn a_token_of_another_launcher_a_changed_one_and_another_algorithm_open_nothing() {
    let (door, token) = with_token().await;
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
        let answer = door.get("/auth").token(&wrong).send().await;
        assert_eq!(shown(&answer), (401, TEXT, "Unauthorized".to_owned()), "{wrong}");
    }
    assert_eq!(door.get("/auth").token(&token).send().await.status(), 200);
}

#[tokio::test]
async fn large_versions_travel_as_text() {
    let (door, token) = with_token().await;
    let draft = json!({"name": name("large"), "version": "9007199254740993"});
    let handle = door.post("/structured-data").token(&token).json(&draft).send().await.handle();
    let metadata = door.get(&format!("/structured-data/metadata/{handle}")).send().await;
    assert_eq!(metadata.text(), r#"{"isOwner":false,"version":"9007199254740993"}"#);
}

#[tokio::test]
async fn a_full_network_says_so_and_loses_nothing() {
    let network = safe_mock::Network::with_bytes_max(2_000);
    let door = Door::in_process(&Builder::default().network(&network).build());
    let token = door.token("net.example", &["LOW_LEVEL_API"]).await;
    let mut codes = Vec::new();
    for index in 0..8 {
        let handle = created(&door, &token, &format!("record {index}")).await;
        codes.push(door.put(&format!("/structured-data/{handle}")).token(&token).send().await.error().0);
    }
    let stored = codes.iter().take_while(|code| **code == 0).count();
    assert!(stored > 0 && codes[stored..].iter().all(|code| *code == -28), "{codes:?}");
    assert_eq!(network.records().len(), stored);
}
