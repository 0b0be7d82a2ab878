//! What a request is about, read off its method, path and body; and what its answer says.

use ::http::{Method, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use super::event::RequestKind;
use crate::linearizability::Content;

/// The part of the path that says the API's version. Peers use this one.
const BASE: &str = "/0.5/";

/// In which header a launcher of ours names the faults that struck a request.
const FAULT_HEADER: &str = "x-mock-fault";

/// A request, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) kind: RequestKind,
    /// The handle in its path.
    pub(super) target: Option<u64>,
    /// The record's name in its body.
    pub(super) name: Option<String>,
    /// The version in its body.
    pub(super) version: Option<u64>,
    /// The content in its body.
    pub(super) content: Option<Content>,
}

/// The body of a request about a record. Names and contents are base64 (the launcher's behaviour page, §7).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    name: Option<String>,
    version: Option<u64>,
    data: Option<String>,
}

impl Asked {
    pub(super) fn read(method: &Method, path: &str, body: &[u8]) -> Self {
        let path = path.strip_prefix(BASE).unwrap_or_default();
        let visits: Vec<&str> = path.split('/').filter(|visit| !visit.is_empty()).collect();
        let (kind, target) = match (method.as_str(), visits.as_slice()) {
            ("POST", ["auth"]) => (RequestKind::Authorise, None),
            ("POST", ["data-id", "structured-data"]) => (RequestKind::NameRecord, None),
            ("POST", ["structured-data"]) => (RequestKind::CreateRecord, None),
            ("GET", ["structured-data", "handle", handle]) => (RequestKind::FetchRecord, Some(*handle)),
            ("DELETE", ["structured-data", "handle", handle]) => (RequestKind::DropRecord, Some(*handle)),
            ("DELETE", ["data-id", handle]) => (RequestKind::DropDataId, Some(*handle)),
            ("PUT", ["structured-data", handle]) => (RequestKind::StoreRecord, Some(*handle)),
            ("POST", ["structured-data", handle]) => (RequestKind::UpdateRecord, Some(*handle)),
            ("PATCH", ["structured-data", handle]) => (RequestKind::ChangeRecord, Some(*handle)),
            ("DELETE", ["structured-data", handle]) => (RequestKind::DeleteRecord, Some(*handle)),
            ("GET", ["structured-data", handle] | ["structured-data", handle, _]) => {
                (RequestKind::ReadRecord, Some(*handle))
            }
            _ => (RequestKind::Other, None),
        };
        let Body { name, version, data } = serde_json::from_slice(body).unwrap_or_default();
        let content = data.and_then(|data| STANDARD.decode(data).ok());
        Self {
            kind,
            target: target.and_then(|handle| handle.parse().ok()),
            name,
            version,
            content: content.map(|content| Content::of(&content)),
        }
    }
}

/// A launcher's answer, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The handle that it gives.
    pub(super) handle: Option<u64>,
    /// The version of the record that it fetched.
    pub(super) version: Option<u64>,
    /// The code of its error.
    pub(super) code: Option<i64>,
    /// The faults that it names.
    pub(super) fault: Option<String>,
}

/// A number: above 2^53 a launcher writes it as a decimal string (the launcher's behaviour page, §2.5).
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(u64),
    Text(String),
}

impl Number {
    fn value(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

impl Told {
    pub(super) fn read(answer: &Response<Bytes>) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Answer {
            handle_id: Option<Number>,
            version: Option<Number>,
            error_code: Option<i64>,
        }
        // The content of a record may be JSON of this form, and is nothing that the launcher says.
        let Answer { handle_id, version, error_code } = serde_json::from_slice(answer.body()).unwrap_or_default();
        let fault = answer.headers().get(FAULT_HEADER).and_then(|fault| fault.to_str().ok());
        Self {
            handle: handle_id.and_then(Number::value),
            version: version.and_then(Number::value),
            code: error_code.filter(|_| answer.status().as_u16() != 200),
            fault: fault.map(ToOwned::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_of_a_peer_is_told_from_the_others() {
        for (method, path, kind, target) in [
            (Method::POST, "/0.5/auth", RequestKind::Authorise, None),
            (Method::POST, "/0.5/data-id/structured-data", RequestKind::NameRecord, None),
            (Method::GET, "/0.5/structured-data/handle/3", RequestKind::FetchRecord, Some(3)),
            (Method::GET, "/0.5/structured-data/5/undefined", RequestKind::ReadRecord, Some(5)),
            (Method::POST, "/0.5/structured-data/", RequestKind::CreateRecord, None),
            (Method::PUT, "/0.5/structured-data/6", RequestKind::StoreRecord, Some(6)),
            (Method::POST, "/0.5/structured-data/6", RequestKind::UpdateRecord, Some(6)),
            (Method::PATCH, "/0.5/structured-data/6", RequestKind::ChangeRecord, Some(6)),
            (Method::DELETE, "/0.5/data-id/3", RequestKind::DropDataId, Some(3)),
            (Method::DELETE, "/0.5/structured-data/handle/5", RequestKind::DropRecord, Some(5)),
            (Method::DELETE, "/0.5/structured-data/5", RequestKind::DeleteRecord, Some(5)),
            (Method::GET, "/elsewhere", RequestKind::Other, None),
        ] {
            let expected = Asked { kind, target, ..Asked::default() };
            assert_eq!(Asked::read(&method, path, b""), expected, "{method} {path}");
        }
    }

    #[test]
    fn the_name_the_version_and_the_content_of_a_record_are_read_from_the_body() {
        let body = br#"{"name":"n=","typeTag":500,"data":"aGk=","version":3}"#;
        let asked = Asked::read(&Method::POST, "/0.5/structured-data/", body);
        assert_eq!(asked.name.as_deref(), Some("n="));
        assert_eq!((asked.version, asked.content), (Some(3), Some(Content::of(b"hi"))));
    }

    fn told(status: u16, body: &'static [u8]) -> Told {
        Told::read(&Response::builder().status(status).body(Bytes::from_static(body)).unwrap())
    }

    #[test]
    fn a_handle_is_read_from_a_number_and_from_a_text() {
        assert_eq!(told(200, br#"{"handleId":7,"isOwner":true,"version":2}"#).handle, Some(7));
        assert_eq!(told(200, br#"{"handleId":7,"isOwner":true,"version":2}"#).version, Some(2));
        assert_eq!(told(200, br#"{"handleId":"9007199254740993"}"#).handle, Some(9_007_199_254_740_993));
        assert_eq!(told(200, b"OK"), Told::default());
    }

    #[test]
    fn the_code_of_an_error_and_the_fault_behind_it_are_read() {
        assert_eq!(told(400, br#"{"errorCode":-23,"description":"taken"}"#).code, Some(-23));
        assert_eq!(told(200, br#"{"errorCode":-23}"#).code, None);
        let struck = Response::builder().header(FAULT_HEADER, "delay+fail").body(Bytes::new()).unwrap();
        assert_eq!(Told::read(&struck).fault.as_deref(), Some("delay+fail"));
    }
}
