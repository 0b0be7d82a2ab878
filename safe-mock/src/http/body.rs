//! Request bodies, all of them bounded (launcher behaviour §2.4).

use std::io::Read;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use flate2::read::{GzDecoder, ZlibDecoder};
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode;
use serde_json::{Map, Value};

use super::reply::Failure;
use crate::launcher::Launcher;

/// The launcher's limit for bodies that it parses, in bytes after decompression.
const PARSED_BYTES_MAX: usize = 102_400;

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
    media_type(headers).is_some_and(|(kind, _)| kind == "application/x-www-form-urlencoded")
}

/// Reads a whole body. The server bounds the time that this takes (see `idle`).
///
/// # Errors
/// It is larger than `bytes_max`, or ends early.
async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Failure> {
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
    parse(&parts.headers, &read_bounded(content).await?)
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
    if is_form(headers) {
        return Ok(Parsed { value: Value::Object(parse_form(bytes)), is_form: true });
    }
    let empty = Parsed { value: Value::Object(Map::new()), is_form: false };
    let Some((kind, charset)) = media_type(headers) else { return Ok(empty) };
    if kind != "application/json" || bytes.is_empty() {
        return Ok(empty);
    }
    if charset.is_some_and(|charset| charset != "utf-8") {
        return Err(Failure::NotFound);
    }
    let bytes = decompress(headers, bytes)?;
    if bytes.is_empty() {
        return Ok(empty);
    }
    let value = serde_json::from_slice(&bytes).map_err(|_| Failure::NotFound)?;
    Ok(Parsed { value, is_form: false })
}

/// The media type and its charset, in lower case.
fn media_type(headers: &HeaderMap) -> Option<(String, Option<String>)> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let (kind, parameters) = text.split_once(';').unwrap_or((&text, ""));
    let charset = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim() == "charset")
        .map(|(_, value)| value.trim().trim_matches('"').to_owned());
    Some((kind.trim().to_owned(), charset))
}

fn decompress(headers: &HeaderMap, bytes: &Bytes) -> Result<Bytes, Failure> {
    let encoding = headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase());
    match encoding.as_deref() {
        None | Some(b"identity") => Ok(bytes.clone()),
        Some(b"gzip") => decompress_bounded(GzDecoder::new(&bytes[..])),
        Some(b"deflate") => decompress_bounded(ZlibDecoder::new(&bytes[..])),
        Some(_) => Err(Failure::NotFound),
    }
}

fn decompress_bounded(reader: impl Read) -> Result<Bytes, Failure> {
    let mut out = Vec::new();
    reader.take(PARSED_BYTES_MAX as u64 + 1).read_to_end(&mut out).map_err(|_| Failure::NotFound)?;
    if out.len() > PARSED_BYTES_MAX { Err(Failure::NotFound) } else { Ok(out.into()) }
}

/// Flat `key=value` pairs; every value is text.
fn parse_form(bytes: &[u8]) -> Map<String, Value> {
    let decode = |part: &[u8]| {
        let spaced: Vec<u8> = part.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
        percent_decode(&spaced).decode_utf8_lossy().into_owned()
    };
    let pairs = bytes.split(|&byte| byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut halves = pair.splitn(2, |&byte| byte == b'=');
            let (key, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
            (decode(key), Value::String(decode(value)))
        })
        .collect()
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
    fn any_other_type_counts_as_an_empty_object() {
        assert_eq!(value("text/plain", r#"{"a":1}"#), Some(json!({})));
        assert_eq!(value("application/json", ""), Some(json!({})));
        assert_eq!(parse(&HeaderMap::new(), &Bytes::from_static(b"[1,")).unwrap().value, json!({}));
    }

    #[test]
    fn a_form_has_text_values() {
        let form = value("application/x-www-form-urlencoded", "typeTag=500&name=a%2Bb+c&flag");
        assert_eq!(form, Some(json!({"typeTag": "500", "name": "a+b c", "flag": ""})));
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
