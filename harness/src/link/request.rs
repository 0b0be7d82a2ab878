//! What a request is about, read off its method, path and body.

use ::http::Method;
use serde::Deserialize;

use crate::event::Noun;

/// The part of the path that says the API's version. Peers use this one.
const BASE: &str = "/0.5/";

/// A request, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) noun: Noun,
    /// The handle in its path.
    pub(super) target: Option<u64>,
    /// The record's name in its body.
    pub(super) name: Option<String>,
}

impl Asked {
    pub(super) fn read(method: &Method, path: &str, body: &[u8]) -> Self {
        let path = path.strip_prefix(BASE).unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (noun, target) = match (method.as_str(), parts.as_slice()) {
            ("POST", ["auth"]) => (Noun::Authorise, None),
            ("POST", ["data-id", "structured-data"]) => (Noun::NameRecord, None),
            ("POST", ["structured-data"]) => (Noun::CreateRecord, None),
            ("GET", ["structured-data", "handle", handle]) => (Noun::FetchRecord, Some(*handle)),
            ("DELETE", ["structured-data", "handle", handle]) => (Noun::DropRecord, Some(*handle)),
            ("DELETE", ["data-id", handle]) => (Noun::DropDataId, Some(*handle)),
            ("PUT", ["structured-data", handle]) => (Noun::PutRecord, Some(*handle)),
            ("GET", ["structured-data", handle] | ["structured-data", handle, _]) => (Noun::ReadRecord, Some(*handle)),
            _ => (Noun::Other, None),
        };
        Self { noun, target: target.and_then(|handle| handle.parse().ok()), name: name_in(body) }
    }
}

fn name_in(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_slice::<Named>(body).ok().map(|named| named.name)
}

/// The handle in a launcher's answer: a number, or above 2^53 a decimal string (the launcher's behaviour page, §2.5).
pub(super) fn handle_in(body: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Handle {
        Number(u64),
        Text(String),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Given {
        handle_id: Handle,
    }
    match serde_json::from_slice::<Given>(body).ok()?.handle_id {
        Handle::Number(handle) => Some(handle),
        Handle::Text(handle) => handle.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_of_a_peer_is_told_from_the_others() {
        for (method, path, noun, target) in [
            (Method::POST, "/0.5/auth", Noun::Authorise, None),
            (Method::POST, "/0.5/data-id/structured-data", Noun::NameRecord, None),
            (Method::GET, "/0.5/structured-data/handle/3", Noun::FetchRecord, Some(3)),
            (Method::GET, "/0.5/structured-data/5/undefined", Noun::ReadRecord, Some(5)),
            (Method::POST, "/0.5/structured-data/", Noun::CreateRecord, None),
            (Method::PUT, "/0.5/structured-data/6", Noun::PutRecord, Some(6)),
            (Method::DELETE, "/0.5/data-id/3", Noun::DropDataId, Some(3)),
            (Method::DELETE, "/0.5/structured-data/handle/5", Noun::DropRecord, Some(5)),
            (Method::DELETE, "/0.5/structured-data/5", Noun::Other, None),
            (Method::GET, "/elsewhere", Noun::Other, None),
        ] {
            assert_eq!(Asked::read(&method, path, b""), Asked { noun, target, name: None }, "{method} {path}");
        }
    }

    #[test]
    fn the_name_of_a_record_is_read_from_the_body() {
        let asked = Asked::read(&Method::POST, "/0.5/structured-data/", br#"{"name":"n=","typeTag":500,"data":""}"#);
        assert_eq!(asked.name.as_deref(), Some("n="));
    }

    #[test]
    fn a_handle_is_read_from_a_number_and_from_a_text() {
        assert_eq!(handle_in(br#"{"handleId":7,"isOwner":true}"#), Some(7));
        assert_eq!(handle_in(br#"{"handleId":"9007199254740993"}"#), Some(9_007_199_254_740_993));
        assert_eq!(handle_in(b"OK"), None);
    }
}
