//! Long names and services: two accounts, wrong input, and routes that are not emulated (wider behaviour §7).

use std::collections::{BTreeMap, BTreeSet};

use http::{Method, header};
use proptest::prelude::*;
use safe_mock::{Builder, Network};
use serde_json::{Value, json};
use suite::call::{Answer, Client};

/// Two users, each with a launcher and an app, on one network.
struct Users {
    clients: [Client; 2],
    tokens: [String; 2],
}

impl Users {
    async fn new() -> Self {
        let network = Network::new();
        let launchers = [1, 2].map(|_| Builder::default().network(&network).build());
        let clients = launchers.map(|launcher| Client::in_process(&launcher));
        let tokens = [clients[0].token("net.example", &[]).await, clients[1].token("net.example", &[]).await];
        Self { clients, tokens }
    }

    async fn send(&self, user: usize, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let call = self.clients[user].request(method, path).token(&self.tokens[user]);
        if let Some(body) = body { call.json(body) } else { call }.send().await
    }

    async fn get(&self, user: usize, path: &str) -> Answer {
        self.send(user, Method::GET, path, None).await
    }
}

fn registration(name: &str, service: &str, home: &str) -> Value {
    json!({"longName": name, "serviceName": service, "rootPath": "app", "serviceHomeDirPath": home})
}

#[tokio::test]
async fn a_page_is_read_by_name_by_another_user_and_its_service_keeps_the_directory_that_moves() {
    let users = Users::new().await;
    for (path, private) in [("site", false), ("secret", true), ("other", false)] {
        let body = json!({"isPrivate": private});
        let answer = users.send(0, Method::POST, &format!("/nfs/directory/app/{path}"), Some(&body)).await;
        assert_eq!(answer.status(), 200);
    }
    let page = users.clients[0].post("/nfs/file/app/site/index.html").token(&users.tokens[0]);
    let page = page.header("metadata".parse().unwrap(), "e30=").body("text/html", "<h1>Hello</h1>");
    assert_eq!(page.send().await.status(), 200);
    let body = registration("my-shop", "www", "/site");
    assert_eq!(users.send(0, Method::POST, "/dns", Some(&body)).await.text(), "OK");
    let body = registration("my-shop", "mine", "/secret");
    assert_eq!(users.send(0, Method::PUT, "/dns", Some(&body)).await.text(), "OK");

    let file = users.get(1, "/dns/www/my-shop/index.html").await;
    assert_eq!((file.status(), file.text().as_str(), file.kind()), (200, "<h1>Hello</h1>", Some("text/html")));
    assert_eq!(file.header("metadata"), Some("e30="));
    let part = users.clients[1].get("/dns/www/my-shop/index.html").header(header::RANGE, "bytes=4-9").send().await;
    assert_eq!((part.status(), part.text().as_str()), (206, "Hello"));
    let unit = users.clients[1].get("/dns/www/my-shop/index.html").header(header::RANGE, "items=0-1").send().await;
    assert_eq!((unit.status(), unit.error().1.as_str()), (416, "Invalid range specified"));
    assert_eq!(users.get(1, "/dns/www/my-shop/nope").await.error().0, -1503);
    assert_eq!(users.get(1, "/dns/www/my-shop/no/index.html").await.error().0, -1502);
    assert_eq!(users.get(1, "/dns/www/my-shop//").await.error().0, -1503);
    assert_eq!(users.get(1, "/dns/my-shop").await.json(), json!(["mine", "www"]));
    assert_eq!(users.get(1, "/dns").await.json(), json!([]));

    // The owner's account reads what is private, also for a caller without a session (§7.9).
    assert_eq!(users.get(1, "/dns/mine/my-shop").await.error().0, -3);
    assert_eq!(users.clients[0].get("/dns/mine/my-shop").send().await.json()["info"]["name"], "secret");

    let passing = json!({"srcRootPath": "app", "srcPath": "/site", "destRootPath": "app", "destPath": "/other"});
    assert_eq!(users.send(0, Method::POST, "/nfs/movedir", Some(&passing)).await.status(), 200);
    assert_eq!(users.get(1, "/dns/www/my-shop/index.html").await.status(), 200);
    assert_eq!(users.send(0, Method::DELETE, "/nfs/directory/app/other/site", None).await.status(), 200);
    assert_eq!(users.get(1, "/dns/www/my-shop").await.error().0, -2);
}

#[tokio::test]
async fn a_network_that_another_launcher_emptied_has_no_names() {
    let network = Network::new();
    let launchers = [1, 2].map(|_| Builder::default().network(&network).build());
    let client = Client::in_process(&launchers[0]);
    let token = client.token("net.example", &[]).await;
    assert_eq!(client.post("/dns/shop").token(&token).send().await.status(), 200);
    launchers[1].reset();
    assert_eq!(client.get("/dns").token(&token).send().await.json(), json!([]));
    assert_eq!(client.post("/dns/shop").token(&token).send().await.status(), 200);
    assert_eq!(client.get("/dns").token(&token).send().await.json(), json!(["shop"]));
}

#[tokio::test]
async fn wrong_input_is_refused_in_the_order_of_the_original_launcher() {
    let users = Users::new().await;
    let full = registration("shop", "www", "/");
    for (field, value, text) in [
        ("longName", json!(""), "Invalid request. 'longName' is empty or not present"),
        ("longName", json!(12345), "Invalid request. 'longName' not a valid input"),
        (
            "longName",
            json!("x".repeat(100_000).chars().take(50_000).collect::<String>()),
            "Invalid request. 'longName' not a valid input",
        ),
        ("serviceName", json!("ab"), "Invalid request. 'serviceName' not a valid input"),
        ("serviceName", json!(null), "Invalid request. 'serviceName' is empty or not present"),
        ("serviceHomeDirPath", json!(0), "Invalid request. 'serviceHomeDirPath' is empty or not present"),
        ("rootPath", json!("constructor"), "Invalid request. 'rootPath' not a valid input"),
        ("rootPath", json!(7), "Endpoint Not Found"),
    ] {
        let mut body = full.clone();
        body[field] = value;
        for method in [Method::POST, Method::PUT] {
            let answer = users.send(0, method, "/dns", Some(&body)).await;
            assert_eq!(answer.error().1, text, "{field}");
        }
    }
    let unknown = users.clients[0].post("/dns").json(&full).send().await;
    assert_eq!((unknown.status(), unknown.text().as_str()), (401, "Unauthorized"));
    for path in ["/dns/-ab", "/dns/ABC", "/dns/a%2Fb", "/dns/%00%00%00", "/dns/..."] {
        assert_eq!(users.send(0, Method::POST, path, None).await.status(), 400, "{path}");
    }
    assert_eq!(users.send(0, Method::POST, "/dns/%zz", None).await.status(), 404);
    assert_eq!(users.get(0, "/dns").await.json(), json!([]));
}

#[tokio::test]
async fn a_route_that_is_not_emulated_has_its_answer_and_a_header() {
    let client = Client::in_process(&Builder::default().build());
    for (path, header) in [
        ("/inviteToken?token=x", Some("/inviteToken")),
        ("/openExternal", Some("/openExternal")),
        ("/0.5/openExternal", None),
        ("/nope", None),
    ] {
        let answer = client.get(path).send().await;
        assert_eq!(answer.text(), r#"{"errorCode":404,"description":"Endpoint Not Found"}"#);
        assert_eq!(answer.header("x-mock-not-emulated"), header, "{path}");
    }
}

#[derive(Debug, Clone)]
enum Operation {
    Create(usize),
    Register(usize, usize),
    Add(usize, usize),
    DeleteService(usize, usize),
    Delete(usize),
}

fn operation() -> impl Strategy<Value = (usize, Operation)> {
    let kinds = prop_oneof![
        (0..3_usize).prop_map(Operation::Create),
        (0..3_usize, 0..2_usize).prop_map(|(name, service)| Operation::Register(name, service)),
        (0..3_usize, 0..2_usize).prop_map(|(name, service)| Operation::Add(name, service)),
        (0..3_usize, 0..2_usize).prop_map(|(name, service)| Operation::DeleteService(name, service)),
        (0..3_usize).prop_map(Operation::Delete),
    ];
    (0..2_usize, kinds)
}

/// What is registered: the owner and the services of each name, none of a deleted one.
#[derive(Default)]
struct Model {
    names: BTreeMap<usize, Option<(usize, BTreeSet<usize>)>>,
    own: [Vec<usize>; 2],
}

impl Model {
    /// The error code of an operation, 0 if it succeeds.
    fn apply(&mut self, user: usize, operation: &Operation) -> i64 {
        match *operation {
            Operation::Create(name) => self.create(user, name),
            Operation::Register(name, service) => match self.create(user, name) {
                0 => self.change(user, name, |services| if services.insert(service) { 0 } else { -1003 }),
                code => code,
            },
            Operation::Add(name, service) => {
                self.change(user, name, |services| if services.insert(service) { 0 } else { -1003 })
            }
            Operation::DeleteService(name, service) => {
                self.change(user, name, |services| if services.remove(&service) { 0 } else { -1004 })
            }
            Operation::Delete(name) => {
                let code = self.change(user, name, |_| 0);
                if code == 0 {
                    self.names.insert(name, None);
                    self.own[user].retain(|own| *own != name);
                }
                code
            }
        }
    }

    fn create(&mut self, user: usize, name: usize) -> i64 {
        match self.names.get(&name) {
            Some(Some(_)) => -1001,
            Some(None) => -25,
            None => {
                self.names.insert(name, Some((user, BTreeSet::new())));
                self.own[user].push(name);
                0
            }
        }
    }

    fn change(&mut self, user: usize, name: usize, change: impl FnOnce(&mut BTreeSet<usize>) -> i64) -> i64 {
        match self.names.get_mut(&name) {
            Some(Some((owner, services))) if *owner == user => change(services),
            _ => -1002,
        }
    }
}

async fn carry_out(users: &Users, user: usize, operation: &Operation) -> i64 {
    let (name, service) = (|name: usize| format!("name-{name}"), |service: usize| format!("service-{service}"));
    let answer = match *operation {
        Operation::Create(n) => users.send(user, Method::POST, &format!("/dns/{}", name(n)), None).await,
        Operation::Register(n, s) => {
            users.send(user, Method::POST, "/dns", Some(&registration(&name(n), &service(s), "/"))).await
        }
        Operation::Add(n, s) => {
            users.send(user, Method::PUT, "/dns", Some(&registration(&name(n), &service(s), "/"))).await
        }
        Operation::DeleteService(n, s) => {
            users.send(user, Method::DELETE, &format!("/dns/{}/{}", service(s), name(n)), None).await
        }
        Operation::Delete(n) => users.send(user, Method::DELETE, &format!("/dns/{}", name(n)), None).await,
    };
    answer.error().0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn names_follow_a_model_under_any_calls_of_two_accounts(operations in proptest::collection::vec(operation(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let users = Users::new().await;
            let mut model = Model::default();
            for (user, operation) in &operations {
                let code = carry_out(&users, *user, operation).await;
                prop_assert_eq!(code, model.apply(*user, operation), "{:?} by {}", operation, user);
            }
            for user in 0..2 {
                let own: Vec<_> = model.own[user].iter().map(|name| format!("name-{name}")).collect();
                prop_assert_eq!(users.get(user, "/dns").await.json(), json!(own));
                for (name, state) in &model.names {
                    let answer = users.get(user, &format!("/dns/name-{name}")).await;
                    if let Some((_, services)) = state {
                            let services: Vec<_> = services.iter().map(|service| format!("service-{service}")).collect();
                            prop_assert_eq!(answer.json(), json!(services));
                    } else {
                        prop_assert_eq!(answer.error().0, -2);
                    }
                }
            }
            Ok(())
        })?;
    }
}
