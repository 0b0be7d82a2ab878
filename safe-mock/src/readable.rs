//! JSON of the control plane for a reader at a terminal: one field a line. Scripts get it as it is.

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use http_body_util::BodyExt;

/// The header by which a browser tells a script that asks from a person that opens an address.
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

/// How far one level is indented.
const INDENT: &str = "  ";

/// Answers a reader with one field a line, and everybody else with what `next` answers.
pub async fn readable(request: Request, next: Next) -> Response {
    let for_reader = is_reader(request.headers());
    let is_head = request.method() == Method::HEAD;
    let mut response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !for_reader || !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return response;
    }
    response.headers_mut().remove(header::CONTENT_LENGTH);
    if is_head {
        return response;
    }
    let (head, body) = response.into_parts();
    match body.collect().await {
        Ok(body) => Response::from_parts(head, Body::from(indented(&body.to_bytes()))),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Whether a person reads the answer: at a terminal, where `curl` takes anything, or in a browser that opens the address. A script asks
/// for JSON by name, or its browser says that it is one, or it says nothing.
fn is_reader(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
    let mode = headers.get(FETCH_MODE).and_then(|mode| mode.to_str().ok());
    match mode {
        Some(mode) => mode == "navigate",
        None => accepted == "*/*" || accepted.contains("text/html"),
    }
}

/// JSON with one field a line. Names, numbers and texts stay as they are, byte by byte.
fn indented(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let line = |out: &mut Vec<u8>, depth: usize| {
        out.push(b'\n');
        out.extend_from_slice(INDENT.repeat(depth).as_bytes());
    };
    for (at, byte) in json.iter().copied().enumerate() {
        if in_text {
            out.push(byte);
            in_text = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                if !matches!(json.get(at + 1), Some(b'}' | b']')) {
                    depth += 1;
                    line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                if !matches!(at.checked_sub(1).and_then(|before| json.get(before)), Some(b'{' | b'[')) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            b'"' => {
                out.push(byte);
                in_text = true;
            }
            // What is indented already is so anew.
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => out.push(byte),
        }
    }
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_as_serde_writes_it_with_the_bytes_of_texts_and_numbers_untouched() {
        for value in [
            json!({}),
            json!([]),
            json!("a"),
            json!({"a": [], "b": {}, "c": [1, {"d": null}], "e": ["{\"x\": [1, 2]}", "\\", "\\\""]}),
            json!([[[]], [{}], 1.5e-9, u64::MAX, true]),
        ] {
            let wanted = format!("{}\n", serde_json::to_string_pretty(&value).unwrap());
            let shown = indented(&serde_json::to_vec(&value).unwrap());
            assert_eq!(String::from_utf8(shown.clone()).unwrap(), wanted);
            assert_eq!(serde_json::from_slice::<Value>(&shown).unwrap(), value);
        }
    }

    #[test]
    fn what_is_indented_already_stays_so() {
        let text = serde_json::to_vec_pretty(&json!({"a": {"b": [1, 2], "c": [], "d": {}}})).unwrap();
        assert_eq!(indented(&text), [text, b"\n".to_vec()].concat());
    }

    #[test]
    fn a_reader_is_told_from_a_script() {
        let asked = |accepted: Option<&'static str>, mode: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.extend(accepted.map(|kinds| (header::ACCEPT, HeaderValue::from_static(kinds))));
            headers.extend(mode.map(|mode| (FETCH_MODE, HeaderValue::from_static(mode))));
            is_reader(&headers)
        };
        assert!(asked(Some("*/*"), None), "curl");
        assert!(asked(Some("text/html,*/*;q=0.8"), Some("navigate")), "an address that is opened");
        assert!(!asked(Some("*/*"), Some("cors")), "a script of a page");
        assert!(!asked(Some("application/json"), None));
        assert!(!asked(None, None));
    }
}
