//! Directories and files over the API: what a sequence of requests leaves, and input of every wrong kind.

use http::{HeaderName, Method, header};
use proptest::prelude::*;
use proptest::sample::select;
use safe_mock::{Builder, Launcher, Network};
use serde_json::{Value, json};
use suite::call::{Answer, Client, application};

const METADATA: HeaderName = HeaderName::from_static("metadata");

/// An app at a launcher, with the drive.
struct Fixture {
    launcher: Launcher,
    client: Client,
    token: String,
}

impl Fixture {
    async fn new() -> Self {
        Self::on(Builder::default().build()).await
    }

    async fn on(launcher: Launcher) -> Self {
        let client = Client::in_process(&launcher);
        let token = client.token("net.example.files", &["SAFE_DRIVE_ACCESS"]).await;
        Self { launcher, client, token }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.client.request(method, path).token(&self.token).json(body).send().await
    }

    async fn get(&self, path: &str) -> Answer {
        self.client.get(path).token(&self.token).send().await
    }

    async fn directory(&self, path: &str) {
        let answer = self.send(Method::POST, &format!("/nfs/directory/app/{path}"), &json!({})).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
    }

    async fn file(&self, path: &str, content: &[u8]) -> Answer {
        let call = self.client.post(&format!("/nfs/file/app/{path}")).token(&self.token);
        call.body("application/json", content.to_vec()).send().await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.client.delete(path).token(&self.token).send().await
    }

    /// Everything that the app root lists, directory by directory.
    async fn tree(&self) -> Vec<Value> {
        let (mut waiting, mut found) = (vec![String::new()], Vec::new());
        while let Some(path) = waiting.pop() {
            let listing = self.get(&format!("/nfs/directory/app/{path}")).await.json();
            for directory in listing["subDirectories"].as_array().unwrap() {
                let name = escaped(directory["name"].as_str().unwrap());
                // A name with a slash is listed, and no path leads to it.
                if !name.contains("%2F") {
                    waiting.push(format!("{path}/{name}"));
                }
            }
            found.push(listing);
        }
        found
    }
}

/// A name as one segment of a path.
fn escaped(name: &str) -> String {
    name.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_sent_whatever_its_size() {
    let app = Fixture::new().await;
    for (name, bytes) in [("empty", 0), ("small.txt", 1), ("inline", 3_071), ("chunk", 3_072), ("large.bin", 200_000)] {
        let content: Vec<u8> = (0..bytes).map(|byte: usize| byte.to_le_bytes()[0] ^ byte.to_le_bytes()[1]).collect();
        assert_eq!(app.file(name, &content).await.text(), "OK");
        let answer = app.get(&format!("/nfs/file/app/{name}")).await;
        assert_eq!((answer.status(), answer.bytes() == &content), (200, true), "{name}");
        assert_eq!(answer.header("content-range"), Some(format!("bytes 0-{bytes}/{bytes}").as_str()));
        assert_eq!(answer.header("metadata"), Some(""));
        let part = app.client.get(&format!("/nfs/file/app/{name}")).token(&app.token);
        let part = part.header(header::RANGE, "bytes=0-2").send().await;
        assert_eq!((part.status(), &part.bytes()[..]), (206, &content[..bytes.min(2)]), "{name}");
        let head = app.client.request(Method::HEAD, &format!("/nfs/file/app/{name}")).token(&app.token).send().await;
        assert_eq!(
            (head.status(), head.header("content-length"), head.bytes().len()),
            (200, Some(bytes.to_string().as_str()), 0)
        );
    }
    assert_eq!(app.file("small.txt", b"again").await.error().0, -505);
    assert_eq!(app.get("/nfs/file/app/small.txt").await.kind(), Some("text/plain"));
}

#[tokio::test]
async fn the_not_found_codes_differ_by_operation() {
    let app = Fixture::new().await;
    let missing = json!({"name": "n"});
    let passing = |from: &str| json!({"srcRootPath": "app", "srcPath": from, "destRootPath": "drive", "destPath": "/"});
    for (method, path, body, code) in [
        (Method::GET, "/nfs/directory/app/x", &missing, -1502),
        (Method::PUT, "/nfs/directory/app/x", &missing, -1502),
        (Method::DELETE, "/nfs/directory/app/x", &missing, -504),
        (Method::DELETE, "/nfs/directory/app/x/y", &missing, -1502),
        (Method::DELETE, "/nfs/directory/app///", &missing, -1503),
        (Method::POST, "/nfs/directory/app/x/y", &json!({}), -1502),
        (Method::POST, "/nfs/directory/app///", &json!({}), -1503),
        (Method::POST, "/nfs/movedir", &passing("/x"), -1502),
        (Method::GET, "/nfs/file/app/x", &missing, -1503),
        (Method::GET, "/nfs/file/app/x/y", &missing, -1502),
        (Method::GET, "/nfs/file/app///", &missing, -1502),
        (Method::PUT, "/nfs/file/metadata/app/x", &missing, -1503),
        (Method::PUT, "/nfs/file/metadata/app/x/y", &missing, -1502),
        (Method::DELETE, "/nfs/file/app/x", &missing, -507),
        (Method::DELETE, "/nfs/file/app/x/y", &missing, -1502),
        (Method::POST, "/nfs/movefile", &passing("/x"), -1502),
        (Method::POST, "/nfs/movefile", &passing("//"), -1502),
    ] {
        let answer = app.send(method.clone(), path, body).await;
        assert_eq!((answer.status(), answer.error().0), (404, code), "{method} {path}");
    }
}

#[tokio::test]
async fn the_drive_needs_its_permission_and_is_shared_by_the_apps_of_an_account() {
    let app = Fixture::new().await;
    let plain = app.client.token("net.example.plain", &["LOW_LEVEL_API"]).await;
    for (method, path) in [
        (Method::GET, "/nfs/directory/drive/"),
        (Method::POST, "/nfs/directory/Drive/a"),
        (Method::DELETE, "/nfs/directory/DRIVE/a"),
        (Method::GET, "/nfs/file/drive/a"),
        (Method::DELETE, "/nfs/file/drive///"),
    ] {
        let answer = app.client.request(method.clone(), path).token(&plain).send().await;
        assert_eq!((answer.status(), answer.error().0), (400, -1504), "{method} {path}");
    }
    let other = app.client.token("net.example.other", &["SAFE_DRIVE_ACCESS"]).await;
    assert_eq!(app.send(Method::POST, "/nfs/directory/drive/shared", &json!({})).await.status(), 200);
    let seen = app.client.get("/nfs/directory/drive/").token(&other).send().await.json();
    assert_eq!((&seen["info"]["name"], &seen["subDirectories"][0]["name"]), (&json!("SAFEDrive"), &json!("shared")));
    assert_eq!(app.client.get("/nfs/directory/app/").token(&other).send().await.json()["subDirectories"], json!([]));
}

#[tokio::test]
async fn a_copied_directory_shares_nothing_with_its_source() {
    let app = Fixture::new().await;
    app.directory("a").await;
    app.directory("a/b").await;
    app.directory("c").await;
    assert_eq!(app.file("a/b/f", b"content").await.status(), 200);
    let copy =
        json!({"srcRootPath": "app", "srcPath": "/a", "destRootPath": "app", "destPath": "/c", "action": "copy"});
    assert_eq!(app.send(Method::POST, "/nfs/movedir", &copy).await.status(), 200);
    assert_eq!(app.delete("/nfs/directory/app/a/b").await.status(), 200);
    assert_eq!(app.get("/nfs/file/app/c/a/b/f").await.text(), "content");
    assert_eq!(app.get("/nfs/file/app/a/b/f").await.error().0, -1502);
}

#[tokio::test]
async fn a_directory_is_not_moved_into_itself_and_no_two_have_one_name() {
    let app = Fixture::new().await;
    for path in ["a", "a/b", "c"] {
        app.directory(path).await;
    }
    for (from, to, code) in [("/a", "/a/b", -1502), ("/a", "/a", -1502), ("/a", "/", -502), ("//", "/a", -1502)] {
        let body = json!({"srcRootPath": "app", "srcPath": from, "destRootPath": "app", "destPath": to});
        assert_eq!(app.send(Method::POST, "/nfs/movedir", &body).await.error().0, code, "{from} to {to}");
    }
    assert_eq!(app.send(Method::PUT, "/nfs/directory/app/a", &json!({"name": "c"})).await.error().0, -502);
    assert_eq!(app.get("/nfs/directory/app/a/b").await.status(), 200);
}

#[tokio::test]
async fn the_root_is_not_moved_wherever_to() {
    let app = Fixture::new().await;
    let body = json!({"srcRootPath": "app", "srcPath": "/", "destRootPath": "app", "destPath": "  "});
    assert_eq!(app.send(Method::POST, "/nfs/movedir", &body).await.error().1, "Cannot move root directory");
}

#[tokio::test]
async fn a_body_that_is_not_parsed_may_be_long() {
    let app = Fixture::new().await;
    let long = "x".repeat(200_000);
    let created =
        app.client.post("/nfs/directory/app/a").token(&app.token).body("text/plain", long.clone()).send().await;
    assert_eq!(created.status(), 200);
    let refused = app.client.post("/nfs/directory/app/b").body("text/plain", long).send().await;
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn accounts_have_roots_of_their_own_and_a_reset_empties_those_of_all_launchers() {
    let network = Network::new();
    let first = Fixture::on(Builder::default().network(&network).build()).await;
    let second = Fixture::on(Builder::default().network(&network).build()).await;
    first.directory("mine").await;
    assert_eq!(second.get("/nfs/directory/app/mine").await.error().0, -1502);
    // A reset of one launcher empties the network, and the roots of the other are new.
    second.directory("yours").await;
    first.launcher.reset();
    assert_eq!(second.get("/nfs/directory/app/").await.json()["info"]["name"], "suite-Root-Dir");
    assert_eq!(second.get("/nfs/directory/app/yours").await.error().0, -1502);
}

#[tokio::test]
async fn a_restart_keeps_the_directories_of_an_app() {
    let app = Fixture::new().await;
    app.directory("kept").await;
    app.launcher.restart();
    let token = app.client.token("net.example.files", &[]).await;
    assert_eq!(app.client.get("/nfs/directory/app/kept").token(&token).send().await.status(), 200);
}

#[tokio::test]
async fn names_may_be_long_and_of_any_script() {
    let app = Fixture::new().await;
    let mut count = 0;
    for name in [
        "..",
        ".",
        " a ",
        "\u{0}",
        "a\u{0}b",
        "\u{65e5}\u{672c}",
        "\u{1f600}",
        "a%2Fb",
        "constructor",
        "__proto__",
        "a\r\n",
    ] {
        let path = escaped(name);
        app.directory(&path).await;
        assert_eq!(app.file(&path, b"x").await.status(), 200, "{name:?}");
        let listing = app.get(&format!("/nfs/directory/app/{path}")).await.json();
        assert_eq!(listing["info"]["name"], name);
        assert_eq!(app.get(&format!("/nfs/file/app/{path}")).await.text(), "x", "{name:?}");
        count += 1;
    }
    for length in [1, 255, 10_000, 50_000] {
        let name = "n".repeat(length);
        assert_eq!(app.send(Method::PUT, "/nfs/directory/app/%2E%2E", &json!({"name": name})).await.status(), 200);
        assert_eq!(app.get(&format!("/nfs/directory/app/{name}")).await.json()["info"]["name"], name);
        assert_eq!(
            app.send(Method::PUT, &format!("/nfs/directory/app/{name}"), &json!({"name": ".."})).await.status(),
            200
        );
    }
    let long = json!({"metadata": "m".repeat(100_000)});
    assert_eq!(app.send(Method::PUT, "/nfs/directory/app/constructor", &long).await.status(), 200);
    assert_eq!(app.get("/nfs/directory/app/constructor").await.json()["info"]["metadata"], long["metadata"]);
    assert_eq!(app.get("/nfs/directory/app/").await.json()["subDirectories"].as_array().unwrap().len(), count);
    // A slash in a new name makes a directory unreachable, and it is still listed.
    assert_eq!(app.send(Method::PUT, "/nfs/directory/app/%2E", &json!({"name": "x/y"})).await.status(), 200);
    assert_eq!(app.get("/nfs/directory/app/x/y").await.error().0, -1502);
}

#[tokio::test]
async fn a_tree_may_be_deep_and_is_copied_and_deleted_whole() {
    let app = Fixture::new().await;
    let depth = 400;
    let mut path = String::new();
    for _ in 0..depth {
        path.push_str("/d");
        app.directory(&path).await;
    }
    app.directory("copy").await;
    let copy =
        json!({"srcRootPath": "app", "srcPath": "/d", "destRootPath": "app", "destPath": "/copy", "action": "Copy"});
    assert_eq!(app.send(Method::POST, "/nfs/movedir", &copy).await.status(), 200);
    assert_eq!(app.delete("/nfs/directory/app/d").await.status(), 200);
    assert_eq!(app.get(&format!("/nfs/directory/app/copy{path}")).await.status(), 200);
    assert_eq!(app.get(&format!("/nfs/directory/app/copy{path}/d")).await.status(), 404);
}

#[tokio::test]
async fn metadata_of_a_file_comes_back_as_it_was_sent() {
    let app = Fixture::new().await;
    for (number, metadata) in ["", "{\"a\": 1}", "with  two blanks", "e30="].iter().enumerate() {
        let call = app.client.post(&format!("/nfs/file/app/{number}")).token(&app.token).header(METADATA, metadata);
        assert_eq!(call.body("text/plain", "x").send().await.status(), 200);
        assert_eq!(app.get(&format!("/nfs/file/app/{number}")).await.header("metadata"), Some(*metadata));
    }
    let change = json!({"metadata": "\u{65e5}\r\n"});
    assert_eq!(app.send(Method::PUT, "/nfs/file/metadata/app/0", &change).await.status(), 200);
    let answer = app.get("/nfs/file/app/0").await;
    assert_eq!((answer.status(), answer.header("metadata")), (200, None));
}

fn strange_path() -> impl Strategy<Value = String> {
    let root =
        select(vec!["app", "APP", "drive", "nowhere", "undefined", "constructor", "%61pp", "%zz", "", "metadata"]);
    let name =
        select(vec!["a", "b", "", "..", ".", "%2F", "%00", "%20", "%ff", "%C3%BC", "%", "f.txt", "a%2Fb", "%25"]);
    (root, proptest::collection::vec(name, 0..5)).prop_map(|(root, names)| format!("{root}/{}", names.join("/")))
}

fn strange_value() -> impl Strategy<Value = Value> {
    let leaf = || {
        let texts =
            select(vec!["app", "drive", "/", "/a", "a/b", " ", "", "copy", "move", "constructor", "\u{0}", "\u{fc}"]);
        prop_oneof![
            4 => texts.prop_map(Value::from),
            1 => Just(Value::Null),
            1 => any::<bool>().prop_map(Value::from),
            1 => any::<i64>().prop_map(Value::from),
            1 => Just(json!([])),
            1 => Just(json!({"a": 1})),
        ]
    };
    let key =
        select(vec!["name", "metadata", "isPrivate", "srcRootPath", "srcPath", "destRootPath", "destPath", "action"]);
    prop_oneof![
        6 => proptest::collection::btree_map(key.prop_map(str::to_owned), leaf(), 0..8)
            .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        1 => leaf(),
    ]
}

fn strange_request() -> impl Strategy<Value = (Method, String)> {
    prop_oneof![
        select(vec![Method::POST, Method::GET, Method::PUT, Method::DELETE, Method::HEAD]).prop_flat_map(|method| {
            strange_path().prop_map(move |path| (method.clone(), format!("/nfs/directory/{path}")))
        }),
        select(vec![Method::POST, Method::GET, Method::DELETE, Method::HEAD])
            .prop_flat_map(|method| strange_path().prop_map(move |path| (method.clone(), format!("/nfs/file/{path}")))),
        strange_path().prop_map(|path| (Method::PUT, format!("/nfs/file/metadata/{path}"))),
        select(vec!["/nfs/movedir", "/nfs/movefile"]).prop_map(|path| (Method::POST, path.to_owned())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn whatever_is_refused_loses_nothing(requests in proptest::collection::vec((strange_request(), strange_value()), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = Fixture::new().await;
            for path in ["a", "a/b", "b"] {
                app.directory(path).await;
            }
            app.file("a/f.txt", b"content").await;
            let mut before = app.tree().await;
            for ((method, path), body) in &requests {
                let answer = app.send(method.clone(), path, body).await;
                assert!(answer.status() < 500, "{method} {path} {body}: {answer:?}");
                let after = app.tree().await;
                if answer.status() >= 400 || matches!(*method, Method::GET | Method::HEAD) {
                    assert_eq!(before, after, "{method} {path} {body}: {}", answer.status());
                }
                before = after;
            }
        });
    }
}

#[tokio::test]
async fn an_app_has_its_root_by_id_and_vendor_and_not_by_name() {
    let app = Fixture::new().await;
    app.directory("mine").await;
    let mut renamed = application("net.example.files", &[]);
    renamed["app"]["name"] = json!("renamed");
    let token = app.client.post("/auth").json(&renamed).send().await.json()["token"].as_str().unwrap().to_owned();
    let root = app.client.get("/nfs/directory/app/").token(&token).send().await.json();
    assert_eq!((&root["info"]["name"], &root["subDirectories"][0]["name"]), (&json!("suite-Root-Dir"), &json!("mine")));
    assert_eq!(root["info"]["isPrivate"], true);
}

#[tokio::test]
async fn the_control_plane_shows_a_directory_with_its_entries() {
    let app = Fixture::new().await;
    app.directory("site").await;
    app.file("index.html", b"content").await;
    let records = app.client.get("/__mock/network").send().await.json()["records"].as_array().unwrap().clone();
    assert!(records.len() == 2 && records.iter().all(|record| record["state"] == "directory"));
    let mut shown = Vec::new();
    for record in records {
        let path = format!("/__mock/network/{}", escaped(record["name"].as_str().unwrap()));
        shown.push(app.client.get(&path).send().await.json()["directory"].clone());
    }
    let root = shown.iter().find(|directory| directory["name"] == "suite-Root-Dir").unwrap();
    assert_eq!((&root["isPrivate"], &root["directoryCount"], &root["fileCount"]), (&json!(true), &json!(1), &json!(1)));
    assert_eq!(root["files"], json!([{"name": "index.html", "bytes": 7}]));
    assert_eq!(root["directories"][0]["name"], "site");
}
