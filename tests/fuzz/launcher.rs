//! What a launcher reads from its clients: bodies, paths and headers, each through a launcher in process.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ORIGIN, RANGE};
use http::{HeaderName, HeaderValue, Method, Response};
use safe_mock::{HostName, Origin, Origins, PayloadType};
use serde_json::{Value, json};
use signaling::{Answer, AnswerId, Offer};

use crate::fuzzer::Target;
use crate::stage::{Stage, field, outcome};

#[test]
fn data_id() {
    let stage = Stage::new();
    Target::new("data_id", &[]).run(|input| match stage.held("/data-id", input) {
        Ok(handle) => {
            let bytes = stage.get(&format!("/data-id/{handle}")).into_body();
            assert!(input.starts_with(&bytes), "{bytes:?}");
            outcome(&stage.get(&format!("/structured-data/handle/{handle}")))
        }
        Err(refused) => refused,
    });
}

#[test]
fn structured_data() {
    let stage = Stage::new();
    Target::new("structured_data", &[]).run(|input| {
        let handle = match stage.held("/structured-data/deserialise", input) {
            Ok(handle) => handle,
            Err(refused) => return refused,
        };
        let bytes = |handle| stage.get(&format!("/structured-data/serialise/{handle}")).into_body();
        let again = stage.held("/structured-data/deserialise", &bytes(handle)).unwrap();
        assert_eq!(bytes(handle), bytes(again));
        let path = format!("/structured-data/{handle}");
        let mut outcomes = Vec::new();
        for (method, path) in [
            (Method::GET, path.clone()),
            (Method::GET, format!("{path}/0")),
            (Method::GET, format!("{path}/1")),
            (Method::GET, format!("/structured-data/metadata/{handle}")),
            (Method::PUT, path.clone()),
            (Method::POST, path.clone()),
            (Method::PATCH, path.clone()),
            (Method::DELETE, path.clone()),
            (Method::DELETE, format!("/structured-data/unclaim/{handle}")),
        ] {
            outcomes.push(outcome(&stage.with_token(method, &path, br#"{"data":"aGk="}"#)));
        }
        outcomes.join(", ")
    });
}

/// The sealed content of structured data, and the list of versions.
#[test]
fn content() {
    let stage = Stage::new();
    Target::new("content", &[]).run(|input| {
        let outcomes = [500_u64, 501, 15_000].map(|tag| {
            let mut bytes = [&tag.to_le_bytes()[..], &[7; 32], &(input.len() as u64).to_le_bytes(), input].concat();
            bytes.extend([0; 24]);
            match stage.held("/structured-data/deserialise", &bytes) {
                Ok(handle) => ["", "/0"]
                    .map(|version| outcome(&stage.get(&format!("/structured-data/{handle}{version}"))))
                    .join(", "),
                Err(refused) => refused,
            }
        });
        outcomes.join(", ")
    });
}

/// The offer or answer that the journal tells: what `signaling` reads, by the same names.
#[test]
fn journal_payload() {
    let stage = Stage::new();
    Target::new("journal_payload", &["\"payload\"", "\"offer\"", "\"answer\"", "\"sdp\"", "\"targetId\""]).run(
        |input| {
            let body = json!({"name": STANDARD.encode([7; 32]), "data": STANDARD.encode(input)}).to_string();
            stage.with_token(Method::POST, "/structured-data", body.as_bytes());
            let told = stage.launcher.requests().pop().unwrap().payload;
            let read = match (Offer::from_json(input), Answer::from_json(input)) {
                (Ok(offer), _) => Some((PayloadType::Offer, offer.answer_id, offer.sdp)),
                (_, Ok(answer)) => Some((PayloadType::Answer, answer.answer_id, answer.sdp)),
                _ => None,
            };
            match (told, read) {
                (Some(told), Some((kind, answer_id, sdp))) => {
                    assert_eq!((told.kind, told.answer_id.as_str()), (kind, answer_id.as_str()));
                    assert_eq!(told.sdp_hash, sdp.hash().as_str());
                    format!("{kind:?}")
                }
                (Some(told), None) => AnswerId::new(told.answer_id).unwrap_err().to_string(),
                (None, read) => {
                    assert_eq!(read, None);
                    "none".to_owned()
                }
            }
        },
    );
}

fn percent_encoded(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| ['%', hexadecimal(byte >> 4), hexadecimal(byte & 15)]).collect()
}

fn hexadecimal(digit: u8) -> char {
    char::from(b"0123456789ABCDEF"[usize::from(digit)])
}

#[test]
fn number() {
    let stage = Stage::new();
    let name = STANDARD.encode([7; 32]);
    let draft = json!({"name": name, "data": "aGk="}).to_string();
    let handle = field(&stage.with_token(Method::POST, "/structured-data", draft.as_bytes()), "handleId").to_string();
    Target::new("number", &["0x", "Infinity", "NaN", "e", "undefined"]).with_inputs([handle.clone().into()]).run(
        |input| {
            let text = String::from_utf8_lossy(input);
            let escaped = percent_encoded(input);
            let read = stage.get(&format!("/structured-data/{escaped}"));
            if *text == *handle {
                assert_eq!(read.body(), "hi");
            } else if let Ok(number) = text.parse::<u64>()
                && number.to_string() == *text
            {
                assert_eq!(field(&read, "errorCode"), -1513, "{number}");
            }
            let tag = json!({"name": name, "typeTag": text, "version": text, "cipherOpts": text}).to_string();
            let [held, created] = ["/data-id/structured-data", "/structured-data"]
                .map(|path| outcome(&stage.with_token(Method::POST, path, tag.as_bytes())));
            let version = outcome(&stage.get(&format!("/structured-data/{handle}/{escaped}")));
            format!("{}, {held}, {created}, {version}", outcome(&read))
        },
    );
}

const NO_ROUTE: &str = "Endpoint Not Found";

#[test]
fn path() {
    let stage = Stage::new();
    let words = &[
        "/",
        "//",
        "/0.5",
        "/health",
        "/auth",
        "/data-id",
        "/structured-data",
        "/cipher-opts",
        "/immutable-data",
        "handle",
        "%2F",
    ];
    Target::new("path", words).run(|input| {
        let path = format!("/{}", String::from_utf8_lossy(input));
        if path.contains("__mock") {
            return String::new();
        }
        let ask = |method: &Method, path: &str| {
            stage.ask(method.clone(), path, &[], b"").map_or_else(|| "no path".to_owned(), |answer| outcome(&answer))
        };
        let outcomes =
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS].map(|method| {
                let plain = ask(&method, &path);
                let is_root_only = ["/health", "/0.5", "/0.6"].iter().any(|word| path.to_lowercase().starts_with(word));
                // The control plane answers reads of the root itself.
                let is_of_control =
                    path.split(['?', '#']).next() == Some("/") && matches!(method, Method::GET | Method::HEAD);
                if !is_root_only && !is_of_control && !path.starts_with("//") {
                    // The answers themselves depend on the handles of earlier inputs.
                    let mounted = ask(&method, &format!("/0.5{path}"));
                    assert_eq!(mounted.ends_with(NO_ROUTE), plain.ends_with(NO_ROUTE), "{method} {path}");
                }
                plain
            });
        outcomes.join(", ")
    });
}

#[test]
fn token() {
    let stage = Stage::new();
    let signed = stage.token.rsplit_once('.').unwrap().0.to_owned();
    let valid = format!("Bearer {}", stage.token);
    Target::new("token", &["Bearer ", ".", "=", "+", "/", "eyJhbGciOiJub25lIn0"]).with_inputs([valid.into()]).run(
        |input| {
            let Some(answer) = stage.ask(Method::GET, "/auth", &[(AUTHORIZATION, input)], b"") else {
                return "no header".to_owned();
            };
            if answer.status() == 200 {
                let token = String::from_utf8_lossy(input);
                assert!(token[7..].rsplit_once('.').is_some_and(|(part, _)| part == signed), "{token}");
            }
            outcome(&answer)
        },
    );
}

#[test]
fn origin() {
    let stage = Stage::new();
    let words =
        &["http://", "https://", "localhost", "127.0.0.1", "[::1]", ".", ":80", "@", "null", "file://", "*", "/"];
    Target::new("origin", words).run(|input| {
        let configured = std::str::from_utf8(input).ok().and_then(|text| text.parse::<Origin>().ok());
        if let Some(configured) = &configured {
            assert_eq!(configured.to_string().parse().as_ref(), Ok(configured));
        }
        let Some(answer) = stage.ask(Method::GET, "/health", &[(ORIGIN, input)], b"") else {
            return "no header".to_owned();
        };
        let allowed = answer.headers().get("access-control-allow-origin");
        if let Some(allowed) = allowed {
            assert_eq!(allowed.as_bytes(), input);
        }
        format!("{} {} {}", allowed.is_some(), answer.status(), configured.is_some())
    });
}

/// A range is answered with that part of the content, or refused.
#[test]
fn range() {
    const CONTENT: &[u8] = b"0123456789abcdefg";
    let stage = Stage::new();
    let handle =
        |answer: Response<Bytes>| serde_json::from_slice::<Value>(answer.body()).unwrap()["handleId"].as_u64().unwrap();
    let writer = handle(stage.get("/immutable-data/writer"));
    stage.with_token(Method::POST, &format!("/immutable-data/{writer}"), CONTENT);
    let id = handle(stage.with_token(Method::PUT, &format!("/immutable-data/{writer}/plain"), b""));
    let reader = format!("/immutable-data/{}", handle(stage.get(&format!("/immutable-data/reader/{id}"))));
    Target::new("range", &["bytes=", "BYTES=", "-", ",", "0", "17", "1e1", ".", "+", " ", "0x", "infinity"]).run(
        |input| {
            let Some(answer) = stage.ask(Method::GET, &reader, &[(RANGE, input)], b"") else {
                return "no header".to_owned();
            };
            if answer.status().is_success() {
                let text = |name: HeaderName| answer.headers()[name].to_str().unwrap().to_owned();
                let range = text(CONTENT_RANGE);
                let (start, end) = range["bytes ".len()..range.len() - "/17".len()].split_once('-').unwrap();
                assert_eq!(answer.body(), &CONTENT[start.parse().unwrap()..end.parse().unwrap()]);
                assert_eq!(text(CONTENT_LENGTH), answer.body().len().to_string());
            }
            outcome(&answer)
        },
    );
}

/// What means this machine, means it to a launcher that was given it too.
#[test]
fn host() {
    let words = &["localhost", ".localhost", "127.0.0.1", "[::1]", "::ffff:", ".", ":80", "@", "0x", "evil.example"];
    Target::new("host", words).run(|input| {
        let Ok(name) = std::str::from_utf8(input).unwrap_or_default().parse::<HostName>() else {
            return "no host".to_owned();
        };
        let shown = name.to_string();
        assert_eq!(shown.parse().as_ref(), Ok(&name));
        let page: Origin = format!("http://{shown}").parse().unwrap();
        assert_eq!(page.to_string(), format!("http://{shown}"));
        let allowed = Origins::default().allow(&HeaderValue::from_str(&page.to_string()).unwrap());
        assert!(
            !allowed
                || shown.ends_with("localhost")
                || shown.ends_with(".1")
                || shown.contains("::")
                || shown == "0.0.0.0"
        );
        format!("{allowed}")
    });
}

const JSON: &str = "application/json";

#[test]
fn json_body() {
    let stage = Stage::new();
    let words =
        &["{", "}", "[", "]", ":", ",", "\\u", "\\ud83d", "null", "true", "\"app\"", "\"length\"", "\"Buffer\"", "e9"];
    Target::new("json_body", words).run(|input| {
        let answers = ["/auth", "/data-id/structured-data"].map(|path| stage.post(path, JSON, input));
        let another = serde_json::from_slice::<Value>(input).ok();
        // `null` is the one value that `/auth` answers as what is not JSON.
        if another.is_some_and(|value| !value.is_null()) {
            assert_ne!(answers[0].status(), 404);
        }
        let [created, patched] = [(Method::POST, "/structured-data"), (Method::PATCH, "/structured-data/1")]
            .map(|(method, path)| outcome(&stage.with_token(method, path, input)));
        format!("{}, {}, {created}, {patched}", outcome(&answers[0]), outcome(&answers[1]))
    });
}

#[test]
fn form_body() {
    let stage = Stage::new();
    Target::new("form_body", &["&", "=", "%", "+", "name=", "typeTag=", "%F0%9F"]).run(|input| {
        let answer = stage.post("/data-id/structured-data", "application/x-www-form-urlencoded", input);
        let is_small = input.len() <= 102_400 && input.split(|byte| *byte == b'&').count() <= 1_000;
        assert!(!is_small || answer.status() != 404, "{answer:?}");
        outcome(&answer)
    });
}

#[test]
fn compressed_body() {
    let stage = Stage::new();
    Target::new("compressed_body", &[]).run(|input| {
        let outcomes = ["gzip", "deflate"].map(|encoding| {
            let headers = [(CONTENT_TYPE, JSON.as_bytes()), (CONTENT_ENCODING, encoding.as_bytes())];
            outcome(&stage.ask(Method::POST, "/auth", &headers, input).unwrap())
        });
        outcomes.join(", ")
    });
}

#[test]
fn content_type() {
    let stage = Stage::new();
    let words = &["application/json", "application/x-www-form-urlencoded", ";", "charset=", "utf-8", "\"", "\\"];
    Target::new("content_type", words).run(|input| {
        let answer = stage.ask(Method::POST, "/auth", &[(CONTENT_TYPE, input)], b"{\"app\":");
        answer.map_or_else(|| "no header".to_owned(), |answer| outcome(&answer))
    });
}
