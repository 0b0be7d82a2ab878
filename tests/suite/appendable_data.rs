//! Appendable data: a model of it beside random calls of two accounts, and wrong input of every kind.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;
use proptest::prelude::*;
use safe_mock::{Builder, Network};
use serde_json::{Value, json};
use suite::call::{Client, name};

#[derive(Debug, Clone, Copy)]
enum Operation {
    Append(u8),
    Fetch,
    Remove(usize),
    RemoveDeleted(usize),
    Restore(usize),
    Clear,
    ClearDeleted,
    Toggle,
    AddKey(usize),
    Post,
}

fn operation() -> impl Strategy<Value = Operation> {
    let index = 0..3_usize;
    prop_oneof![
        4 => (0..4_u8).prop_map(Operation::Append),
        3 => Just(Operation::Fetch),
        1 => index.clone().prop_map(Operation::Remove),
        1 => index.clone().prop_map(Operation::RemoveDeleted),
        1 => index.prop_map(Operation::Restore),
        1 => Just(Operation::Clear),
        1 => Just(Operation::ClearDeleted),
        1 => Just(Operation::Toggle),
        1 => (0..2_usize).prop_map(Operation::AddKey),
        3 => Just(Operation::Post),
    ]
}

/// Appendable data as it is stored, and as a copy: items by the names that they point to, of which each account has its own.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    version: u64,
    is_white_list: bool,
    keys: BTreeSet<usize>,
    items: BTreeSet<String>,
    deleted: BTreeSet<String>,
}

/// Moves the item of an index from one set to another. The code of the answer: 0 is success.
fn pass(from: &mut BTreeSet<String>, to: Option<&mut BTreeSet<String>>, index: usize) -> i64 {
    let Some(item) = from.iter().nth(index).cloned() else { return -1524 };
    from.remove(&item);
    if let Some(to) = to {
        to.insert(item.clone());
    }
    0
}

impl Model {
    /// What an operation of an account makes of the stored data and of its copy. Account 0 is the owner.
    fn apply(stored: &mut Self, copy: &mut Self, account: usize, operation: Operation) -> i64 {
        match operation {
            Operation::Fetch => *copy = stored.clone(),
            Operation::Append(pointer) => {
                let item = hex(account, pointer);
                let admitted = stored.keys.contains(&account) == stored.is_white_list;
                let is_new = !stored.items.contains(&item) && !stored.deleted.contains(&item);
                if copy.version != stored.version || !admitted || !is_new {
                    return -25;
                }
                stored.items.insert(item);
            }
            Operation::Remove(index) => return pass(&mut copy.items, Some(&mut copy.deleted), index),
            Operation::RemoveDeleted(index) => return pass(&mut copy.deleted, None, index),
            Operation::Restore(index) => return pass(&mut copy.deleted, Some(&mut copy.items), index),
            Operation::Clear => copy.deleted.append(&mut copy.items),
            Operation::ClearDeleted => copy.deleted.clear(),
            Operation::Toggle => {
                copy.is_white_list = !copy.is_white_list;
                copy.keys.clear();
            }
            Operation::AddKey(of) => {
                copy.keys.insert(of);
            }
            Operation::Post => {
                if account != 0 || copy.version != stored.version {
                    return -25;
                }
                copy.version += 1;
                copy.items.clear();
                let items = stored.items.difference(&copy.deleted).cloned().collect();
                *stored = Self { items, ..copy.clone() };
            }
        }
        0
    }

    fn metadata(&self, is_owner: bool) -> Value {
        json!({
            "isOwner": is_owner,
            "version": self.version,
            "filterType": if self.is_white_list { "WhiteList" } else { "BlackList" },
            "filterLength": self.keys.len(),
            "dataLength": self.items.len(),
            "deletedDataLength": self.deleted.len(),
        })
    }
}

/// The name of a pointer of an account, in digits of the order of its bytes.
fn hex(account: usize, pointer: u8) -> String {
    format!("{account}{pointer}")
}

/// The same as 32 bytes in base64: digits of text are in the order of their bytes.
fn pointer_name(account: usize, pointer: u8) -> String {
    STANDARD.encode(format!("{:0<32}", hex(account, pointer)))
}

/// An app of one account, with its handles.
struct App {
    client: Client,
    token: String,
    id: u64,
    copy: u64,
    keys: Vec<u64>,
}

impl App {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let call = self.client.request(method, path).token(&self.token);
        let answer = match &body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        };
        answer.json()
    }

    async fn handle(&self, method: Method, path: &str, body: Option<Value>) -> u64 {
        self.call(method, path, body).await["handleId"].as_u64().unwrap()
    }

    /// Carries out an operation. Returns the code of the answer, 0 on success.
    async fn carry_out(&mut self, account: usize, operation: Operation) -> i64 {
        let copy = self.copy;
        let path = |rest: String| format!("/appendable-data/{rest}");
        let answer = match operation {
            Operation::Fetch => {
                self.call(Method::DELETE, &path(format!("handle/{copy}")), None).await;
                self.copy = self.handle(Method::GET, &path(format!("handle/{}", self.id)), None).await;
                return 0;
            }
            Operation::Append(pointer) => {
                let name = json!({"name": pointer_name(account, pointer)});
                let id = self.handle(Method::POST, "/data-id/structured-data", Some(name)).await;
                self.call(Method::PUT, &path(format!("{copy}/{id}")), None).await
            }
            Operation::Remove(n) => self.call(Method::DELETE, &path(format!("{copy}/{n}")), None).await,
            Operation::RemoveDeleted(n) => {
                self.call(Method::DELETE, &path(format!("deleted-data/{copy}/{n}")), None).await
            }
            Operation::Restore(n) => self.call(Method::PUT, &path(format!("restore/{copy}/{n}")), None).await,
            Operation::Clear => self.call(Method::DELETE, &path(format!("clear-data/{copy}")), None).await,
            Operation::ClearDeleted => {
                self.call(Method::DELETE, &path(format!("clear-deleted-data/{copy}")), None).await
            }
            Operation::Toggle => self.call(Method::PUT, &path(format!("toggle-filter/{copy}")), None).await,
            Operation::AddKey(of) => {
                let keys = json!([self.keys[of]]);
                self.call(Method::PUT, &path(format!("filter/{copy}")), Some(keys)).await
            }
            Operation::Post => self.call(Method::POST, &path(copy.to_string()), None).await,
        };
        answer["errorCode"].as_i64().unwrap_or(0)
    }
}

/// Two accounts on one network, of which the first has stored appendable data.
async fn accounts() -> [App; 2] {
    let network = Network::new();
    let mut apps = Vec::new();
    let mut keys = Vec::new();
    for account in 0..2 {
        let client = Client::in_process(&Builder::default().network(&network).build());
        let token = client.token("appendable", &["LOW_LEVEL_API"]).await;
        let mut app = App { client, token, id: 0, copy: 0, keys: Vec::new() };
        if account == 0 {
            let draft = app.handle(Method::POST, "/appendable-data", Some(json!({"name": name("model")}))).await;
            app.call(Method::PUT, &format!("/appendable-data/{draft}"), None).await;
        }
        app.id = app.handle(Method::POST, "/data-id/appendable-data", Some(json!({"name": name("model")}))).await;
        app.copy = app.handle(Method::GET, &format!("/appendable-data/handle/{}", app.id), None).await;
        let own = app.handle(Method::GET, "/sign-key", None).await;
        let serialised = app.client.get(&format!("/sign-key/serialise/{own}")).token(&app.token).send().await;
        keys.push(serialised.bytes().clone());
        apps.push(app);
    }
    for app in &mut apps {
        for key in &keys {
            let call = app.client.post("/sign-key/deserialise").token(&app.token);
            app.keys.push(call.body("application/octet-stream", key.to_vec()).send().await.handle());
        }
    }
    apps.try_into().unwrap_or_else(|_| unreachable!("there are two"))
}

async fn play(operations: Vec<(usize, Operation)>) {
    let mut apps = accounts().await;
    let (mut stored, mut copies) = (Model::default(), [Model::default(), Model::default()]);
    for (account, operation) in operations {
        let expected = Model::apply(&mut stored, &mut copies[account], account, operation);
        let app = &mut apps[account];
        assert_eq!(app.carry_out(account, operation).await, expected, "{operation:?} of {account}: {stored:?}");
        let metadata = app.call(Method::GET, &format!("/appendable-data/metadata/{}", app.copy), None).await;
        assert_eq!(metadata, copies[account].metadata(account == 0), "after {operation:?} of {account}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn two_accounts_append_and_curate_as_the_model_says(
        operations in prop::collection::vec((0..2_usize, operation()), 1..40),
    ) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(play(operations));
    }
}

#[tokio::test]
async fn wrong_input_is_refused_and_loses_nothing() {
    let [app, _] = accounts().await;
    let copy = app.copy;
    let before = app.call(Method::GET, &format!("/appendable-data/metadata/{copy}"), None).await;
    let bodies = [
        json!(null),
        json!({}),
        json!([]),
        json!("text"),
        json!(7),
        json!({"name": 11}),
        json!({"name": "YQ=="}),
        json!({"name": name("x"), "isPrivate": "yes"}),
        json!({"name": name("x"), "isPrivate": 1}),
        json!({"name": name("x"), "filterType": "WHITE_LIST", "filterKeys": "12"}),
        json!({"name": name("x"), "filterKeys": [[]]}),
        json!({"name": name("x"), "filterKeys": [987_654_321]}),
    ];
    let live = || async { app.call(Method::GET, "/__mock/handles", None).await["appendableData"]["live"].clone() };
    for body in bodies {
        let answer = app.call(Method::POST, "/appendable-data", Some(body.clone())).await;
        assert!(answer["errorCode"].is_i64(), "{body}: {answer}");
    }
    for keys in [json!({}), json!("12"), json!([null]), json!([true]), json!(["abc"]), json!([987_654_321])] {
        for method in [Method::PUT, Method::DELETE] {
            let answer = app.call(method, &format!("/appendable-data/filter/{copy}"), Some(keys.clone())).await;
            assert!(answer["errorCode"].is_i64(), "{keys}: {answer}");
        }
    }
    for index in ["abc", "undefined", "-1", "0", "18446744073709551616"] {
        for (method, path) in [
            (Method::GET, format!("{copy}/{index}")),
            (Method::GET, format!("deleted-data/{copy}/{index}")),
            (Method::GET, format!("sign-key/{copy}/{index}")),
            (Method::GET, format!("sign-key/deleted-data/{copy}/{index}")),
            (Method::GET, format!("filter/{copy}/{index}")),
            (Method::DELETE, format!("{copy}/{index}")),
            (Method::DELETE, format!("deleted-data/{copy}/{index}")),
            (Method::PUT, format!("restore/{copy}/{index}")),
            (Method::PUT, format!("{copy}/{index}")),
        ] {
            let answer = app.call(method, &format!("/appendable-data/{path}"), None).await;
            assert!(answer["errorCode"].is_i64(), "{path}: {answer}");
        }
    }
    for handle in ["abc", "0", "987654321"] {
        for (method, path) in [
            (Method::DELETE, format!("/appendable-data/clear-data/{handle}")),
            (Method::DELETE, format!("/appendable-data/clear-deleted-data/{handle}")),
            (Method::PUT, format!("/appendable-data/toggle-filter/{handle}")),
            (Method::GET, format!("/appendable-data/serialise/{handle}")),
            (Method::GET, format!("/appendable-data/encrypt-key/{handle}")),
            (Method::GET, format!("/sign-key/serialise/{handle}")),
            (Method::DELETE, format!("/sign-key/{handle}")),
        ] {
            let answer = app.call(method, &path, None).await;
            assert!(answer["errorCode"].is_i64(), "{path}: {answer}");
        }
    }
    assert_eq!(app.call(Method::GET, &format!("/appendable-data/metadata/{copy}"), None).await, before);
    // The draft that was saved, and the copy: what was refused left no handle.
    assert_eq!(live().await, 2);
}
