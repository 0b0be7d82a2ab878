//! Request bodies, all of them bounded (launcher behaviour §2.4).

use std::io::Read;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use flate2::bufread::{GzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode;
use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::json;
use super::reply::Failure;
use crate::launcher::Launcher;

/// The launcher's limit for bodies that it parses, in bytes after decompression.
pub const PARSED_BYTES_MAX: usize = 102_400;

/// The launcher's limit for `&` in a form, which it counted before it parsed.
const FORM_SEPARATORS_MAX: usize = 999;

/// A parsed body.
#[derive(Debug)]
pub struct Parsed {
    /// Its value; an empty object if there is no body, or one of a type that is not parsed.
    pub value: Value,
    /// Whether it was a form. The object of a form has no methods in JavaScript, which one route depends on (§2.4).
    pub is_form: bool,
}

/// Whether the body is a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|(kind, _)| kind == FORM)
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Reads a whole body. The server bounds the time that this takes (see `idle`).
///
/// # Errors
/// It is larger than `bytes_max`, or ends early.
pub async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Failure> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Failure::BodyTooLarge(bytes_max)),
        Err(_broken) => Err(Failure::Refused("The body broke off".into())),
    }
}

/// The parsed body of a request: JSON, a form, or `{}`.
///
/// # Errors
/// `NotFound` for a body that is too large or cannot be parsed.
pub async fn parsed(request: Request) -> Result<Parsed, Failure> {
    let (parts, content) = request.into_parts();
    // Any other body counts as `{}`, however long it is.
    let is_parsed = media_type(&parts.headers).is_some_and(|(kind, _)| kind == FORM || kind == JSON);
    let content = if is_parsed { read_bounded(content).await? } else { Bytes::new() };
    parse(&parts.headers, &content)
}

/// The body of a request as it stands, whatever its type.
///
/// # Errors
/// It is larger than the setting of the launcher, or ends early.
pub async fn raw(launcher: &Launcher, request: Request) -> Result<Bytes, Failure> {
    read(request.into_body(), launcher.config().body_bytes_max).await
}

/// Reads a body that will be parsed.
///
/// # Errors
/// `NotFound` for a body that is too large; the body ends early.
pub async fn read_bounded(body: Body) -> Result<Bytes, Failure> {
    match read(body, PARSED_BYTES_MAX).await {
        Err(Failure::BodyTooLarge(_)) => Err(Failure::NotFound),
        read => read,
    }
}

/// Parses a body as the original launcher did: JSON and forms. Everything else counts as `{}`.
///
/// # Errors
/// `NotFound` for everything that cannot be parsed, as in the original launcher (§2.6).
pub fn parse(headers: &HeaderMap, bytes: &Bytes) -> Result<Parsed, Failure> {
    let empty = Parsed { value: Value::Object(Map::new()), is_form: false };
    let Some((kind, charset)) = media_type(headers).filter(|(kind, _)| kind == FORM || kind == JSON) else {
        return Ok(empty);
    };
    if !matches!(charset.as_deref(), None | Some("" | "utf-8")) {
        return Err(Failure::NotFound);
    }
    let bytes = decompress(headers, bytes)?;
    // As Node decodes it: without a byte-order mark, and with U+FFFD for what is not UTF-8.
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
    if kind == FORM {
        return Ok(Parsed { value: Value::Object(parse_form(&text)?), is_form: true });
    }
    if text.is_empty() {
        return Ok(empty);
    }
    let value = json::parse(&text).map_err(|json::NotJson| Failure::NotFound)?;
    Ok(Parsed { value, is_form: false })
}

/// The media type and its charset, in lower case; `None` if any part of the header is malformed, as in
/// `application/json;` (§2.4).
fn media_type(headers: &HeaderMap) -> Option<(String, Option<String>)> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let (kind, mut rest) = text.split_at(text.find(';').unwrap_or(text.len()));
    let mut charset = None;
    while !rest.is_empty() {
        let (name, value);
        (name, value, rest) = parameter(rest)?;
        if name == "charset" {
            charset = Some(value);
        }
    }
    Some((kind.trim_matches(' ').to_owned(), charset))
}

/// The name and the value of `; name=value`, and what follows.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = token(text.strip_prefix(';')?.trim_start_matches(' '))?;
    let rest = rest.trim_start_matches(' ').strip_prefix('=')?.trim_start_matches(' ');
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted_text(quoted)?,
        None => token(rest).map(|(value, rest)| (value.to_owned(), rest))?,
    };
    Some((name, value, rest.trim_start_matches(' ')))
}

/// The characters that a name or a value may have without quotes, at least one, and what follows.
fn token(text: &str) -> Option<(&str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The text up to the closing quote, and what follows.
fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

fn decompress(headers: &HeaderMap, bytes: &Bytes) -> Result<Bytes, Failure> {
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    match encoding.as_deref() {
        None | Some(b"identity" | b"") => Ok(bytes.clone()),
        Some(b"gzip") => gunzip(bytes),
        Some(b"deflate") => {
            let mut out = Vec::new();
            decompress_bounded(ZlibDecoder::new(&bytes[..]), &mut out)?;
            Ok(out.into())
        }
        Some(_) => Err(Failure::NotFound),
    }
}

/// All members of gzip, one after the other. Zeros may follow the last one, and nothing else.
fn gunzip(bytes: &[u8]) -> Result<Bytes, Failure> {
    let mut out = Vec::new();
    let mut rest = bytes;
    loop {
        let mut member = GzDecoder::new(rest);
        decompress_bounded(&mut member, &mut out)?;
        rest = member.into_inner();
        if matches!(rest.first(), None | Some(0)) {
            return Ok(out.into());
        }
    }
}

fn decompress_bounded(reader: impl Read, out: &mut Vec<u8>) -> Result<(), Failure> {
    let allowed = (PARSED_BYTES_MAX - out.len()) as u64;
    reader.take(allowed + 1).read_to_end(out).map_err(|_| Failure::NotFound)?;
    if out.len() > PARSED_BYTES_MAX { Err(Failure::NotFound) } else { Ok(()) }
}

/// Flat `key=value` pairs; every value is text, or an array of the texts of a repeated key.
fn parse_form(text: &str) -> Result<Map<String, Value>, Failure> {
    if text.bytes().filter(|byte| *byte == b'&').count() > FORM_SEPARATORS_MAX {
        return Err(Failure::NotFound);
    }
    let decode = |part: &str| percent_decode(part.replace('+', " ").as_bytes()).decode_utf8_lossy().into_owned();
    let mut fields = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = Value::String(decode(value));
        match fields.entry(decode(key)) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(mut place) => match place.get_mut() {
                Value::Array(values) => values.push(value),
                first => *first = Value::Array(vec![first.take(), value]),
            },
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn headers(content_type: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))])
    }

    fn value(content_type: &'static str, body: &'static str) -> Option<Value> {
        parse(&headers(content_type), &Bytes::from_static(body.as_bytes())).ok().map(|parsed| parsed.value)
    }

    #[test]
    fn json_is_parsed_whatever_its_top_level_is() {
        assert_eq!(value("application/json", r#"{"a":1}"#), Some(json!({"a": 1})));
        assert_eq!(value("Application/JSON; charset=UTF-8", "null"), Some(Value::Null));
        assert_eq!(value("application/json", "[1,"), None);
        assert_eq!(value("application/json; charset=latin1", "1"), None);
    }

    #[test]
    fn a_malformed_content_type_counts_as_none() {
        for kind in [
            "application/json;",
            "application/json; ",
            "application/json; charset=",
            "application/json; charset",
            "application/json;;charset=utf-8",
            "application/json; charset=utf-8;",
            "application/json; charset=\"utf-8",
            "application/json; charset=utf-8 x",
        ] {
            assert_eq!(value(kind, "[1,"), Some(json!({})), "{kind}");
        }
        for kind in [
            "application/json;charset=utf-8",
            "application/json ; charset = UTF-8 ; a=b",
            "application/json; charset=\"utf-8\"",
            "application/json; charset=\"\"",
            "application/json; charset=\"u\\tf-8\"",
        ] {
            assert_eq!(value(kind, "[1]"), Some(json!([1])), "{kind}");
        }
    }

    #[test]
    fn text_is_decoded_as_node_does() {
        for (kind, bytes, read) in [
            (JSON, &b"\xef\xbb\xbf[1]"[..], json!([1])),
            (JSON, b"\xef\xbb\xbf", json!({})),
            (JSON, b"[\"a\xff\"]", json!(["a\u{fffd}"])),
            (FORM, b"\xef\xbb\xbfa=1", json!({"a": "1"})),
            (FORM, b"a=\xff&b=%ff&c=%zz", json!({"a": "\u{fffd}", "b": "\u{fffd}", "c": "%zz"})),
        ] {
            assert_eq!(parse(&headers(kind), &Bytes::from_static(bytes)).unwrap().value, read, "{bytes:?}");
        }
        assert_eq!(value(JSON, "\u{feff}\u{feff}1"), None);
    }

    #[test]
    fn any_other_type_counts_as_an_empty_object() {
        assert_eq!(value("text/plain", r#"{"a":1}"#), Some(json!({})));
        assert_eq!(value("application/json", ""), Some(json!({})));
        assert_eq!(parse(&HeaderMap::new(), &Bytes::from_static(b"[1,")).unwrap().value, json!({}));
    }

    #[test]
    fn a_form_has_text_values() {
        let form = value("application/x-www-form-urlencoded", "typeTag=500&name=a%2Bb+c&flag");
        assert_eq!(form, Some(json!({"typeTag": "500", "name": "a+b c", "flag": ""})));
        assert_eq!(value(FORM, "a=1&a=2&b=3&a=&&"), Some(json!({"a": ["1", "2", ""], "b": "3"})));
    }

    #[test]
    fn a_form_has_at_most_a_thousand_fields() {
        let form = |fields: usize| parse(&headers(FORM), &vec!["a=1"; fields].join("&").into());
        assert!(form(1_000).is_ok());
        assert!(matches!(form(1_001), Err(Failure::NotFound)));
    }

    #[test]
    fn gzip_may_have_several_members_and_zeros_behind_them() {
        let member = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        let read = |bytes: Vec<u8>| {
            let mut headers = headers(JSON);
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            parse(&headers, &bytes.into()).ok().map(|parsed| parsed.value)
        };
        assert_eq!(read([member("[1,"), member("2]")].concat()), Some(json!([1, 2])));
        assert_eq!(read([member("[1]"), vec![0, 7]].concat()), Some(json!([1])));
        assert_eq!(read([member("[1]"), b"junk".to_vec()].concat()), None);
        assert_eq!(read(member("[1]")[..15].to_vec()), None);
        let half = format!("{:60000}", "");
        assert_eq!(read([member(&half), member(&half)].concat()), None);
    }

    #[test]
    fn compressed_json_is_parsed_up_to_the_limit() {
        let compressed = |text: &str, gzip: bool| {
            let level = Compression::default();
            let bytes = if gzip {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(text.as_bytes()).unwrap();
                encoder.finish().unwrap()
            } else {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(text.as_bytes()).unwrap();
                encoder.finish().unwrap()
            };
            let mut headers = headers("application/json");
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(if gzip { "gzip" } else { "deflate" }));
            parse(&headers, &bytes.into()).ok().map(|parsed| parsed.value)
        };
        let bomb = format!("\"{}\"", "a".repeat(PARSED_BYTES_MAX));
        for gzip in [true, false] {
            assert_eq!(compressed("[1]", gzip), Some(json!([1])));
            assert_eq!(compressed(&bomb, gzip), None);
        }
    }
}
