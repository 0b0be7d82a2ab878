//! What a launcher reads of records that others made: appendable data, data maps and long names.

use std::cell::Cell;

use http::Method;
use sha2::{Digest, Sha256};

use crate::fuzzer::Target;
use crate::stage::{Stage, field, outcome};

/// The outcomes of requests of the app, one after the other.
fn outcomes(stage: &Stage, requests: &[(Method, String)]) -> String {
    let answers = requests.iter().map(|(method, path)| outcome(&stage.with_token(method.clone(), path, b"[]")));
    answers.collect::<Vec<_>>().join(", ")
}

#[test]
fn appendable_data() {
    let stage = Stage::new();
    Target::new("appendable_data", &[]).run(|input| {
        let handle = match stage.held("/appendable-data/deserialise", input) {
            Ok(handle) => handle,
            Err(refused) => return refused,
        };
        let serialised = |handle: u64| {
            stage.with_token(Method::GET, &format!("/appendable-data/serialise/{handle}"), b"").into_body()
        };
        let again = stage.held("/appendable-data/deserialise", &serialised(handle)).unwrap();
        assert_eq!(serialised(handle), serialised(again));
        let of = |what: &str| format!("/appendable-data/{what}{handle}");
        let item = |what: &str| format!("/appendable-data/{what}{handle}/0");
        outcomes(
            &stage,
            &[
                (Method::GET, of("metadata/")),
                (Method::GET, of("validate-size/")),
                (Method::GET, of("encrypt-key/")),
                (Method::GET, item("")),
                (Method::GET, item("deleted-data/")),
                (Method::GET, item("sign-key/")),
                (Method::GET, item("filter/")),
                (Method::PUT, of("")),
                (Method::POST, of("")),
                (Method::DELETE, item("")),
                (Method::PUT, item("restore/")),
                (Method::PUT, of("toggle-filter/")),
                (Method::DELETE, of("clear-data/")),
                (Method::POST, of("")),
            ],
        )
    });
}

/// Structured data of some type with this content, as a launcher serialises it: without owner and signature.
fn structured_data(tag: u64, name: [u8; 32], content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    [&tag.to_le_bytes()[..], &name, &length, content, &[0; 24]].concat()
}

/// A data map is the content of an immutable record, which an app can store as a version of structured data.
#[test]
fn data_map() {
    let stage = Stage::new();
    Target::new("data_map", &[]).run(|input| {
        let sealed = [&0_u32.to_le_bytes()[..], &(input.len() as u64).to_le_bytes(), input].concat();
        let name = Sha256::digest(&sealed);
        let draft = serde_json::json!({"name": suite::call::name("draft"), "typeTag": 501, "data": input.to_vec()});
        let drafted = stage.with_token(Method::POST, "/structured-data", draft.to_string().as_bytes());
        if drafted.status() != 200 {
            return outcome(&drafted);
        }
        let id = stage.held("/data-id", &[&1_u32.to_le_bytes()[..], &name].concat()).unwrap();
        let opened = stage.with_token(Method::GET, &format!("/immutable-data/reader/{id}"), b"");
        let Some(reader) = field(&opened, "handleId").as_u64() else { return outcome(&opened) };
        format!(
            "{}, {}",
            field(&opened, "size").is_u64(),
            outcome(&stage.with_token(Method::GET, &format!("/immutable-data/{reader}"), b""))
        )
    });
}

#[test]
fn long_name() {
    let stage = Stage::new();
    // Each input has a name of its own: a name that was deleted cannot be used again.
    let last = Cell::new(0_u64);
    Target::new("long_name", &[]).run(|input| {
        last.set(last.get() + 1);
        let name = format!("fuzzed-{}", last.get());
        let record = Sha256::digest(&name).into();
        let stored = stage.held("/structured-data/deserialise", &structured_data(5, record, input));
        let Ok(handle) = stored else { return format!("{stored:?}") };
        let requests = [
            (Method::PUT, format!("/structured-data/{handle}")),
            (Method::GET, format!("/dns/{name}")),
            (Method::GET, format!("/dns/www/{name}")),
            (Method::GET, format!("/dns/www/{name}/index.html")),
            (Method::POST, format!("/dns/{name}")),
            (Method::DELETE, format!("/dns/www/{name}")),
        ];
        outcomes(&stage, &requests)
    });
}
