//! What a request asks for, read from its method, path and body. This is the one place in the harness that knows the paths
//! of the launcher's API. The code under test has a table of its own.

use ::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;

use crate::linearizability::Content;

/// The part of the path that says the API's version. Peers use this one.
const BASE: &str = "/0.5/";

/// The kinds of request that a peer sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RequestKind {
    /// `POST auth`: asks for a session.
    Authorise,
    /// `POST data-id/structured-data`: makes a data id out of a name. Each poll begins with one.
    NameRecord,
    /// `GET structured-data/handle/{data id}`: fetches a record from the network.
    FetchRecord,
    /// `GET structured-data/{handle}/{version}`: reads the content of a fetched record.
    ReadRecord,
    /// `POST structured-data`: creates a record at the launcher.
    CreateRecord,
    /// `PATCH structured-data/{handle}`: changes the content of a record at the launcher.
    ChangeRecord,
    /// `PUT structured-data/{handle}`: stores a record on the network, as new.
    StoreRecord,
    /// `POST structured-data/{handle}`: updates a record on the network to the next version.
    UpdateRecord,
    /// `DELETE structured-data/{handle}` or `…/unclaim/{handle}`: deletes a record from the network. It leaves a tombstone.
    DeleteRecord,
    /// `DELETE data-id/{handle}`: drops the handle of a data id.
    DropDataId,
    /// `DELETE structured-data/handle/{handle}`: drops the handle of a record.
    DropRecord,
    /// Any other request. Peers send none.
    #[default]
    Other,
}

impl RequestKind {
    /// The kind of a request.
    pub fn of<B>(request: &Request<B>) -> Self {
        kind_and_handle(request.method().as_str(), request.uri().path()).0
    }

    /// Whether it changes what the network stores under a name.
    pub fn is_mutating(self) -> bool {
        matches!(self, Self::StoreRecord | Self::UpdateRecord | Self::DeleteRecord)
    }

    /// Whether it may read or write what other peers see. That is assumed of a request that no peer sends.
    ///
    /// Content that is created or read stays at the launcher, because peers store unversioned data; versions of versioned
    /// data lie on the network. A change counts as one that may touch the network: a launcher could store its content at
    /// once, and peers in a fresh room change nothing.
    pub fn touches_network(self) -> bool {
        match self {
            Self::FetchRecord
            | Self::ChangeRecord
            | Self::StoreRecord
            | Self::UpdateRecord
            | Self::DeleteRecord
            | Self::Other => true,
            Self::Authorise
            | Self::NameRecord
            | Self::ReadRecord
            | Self::CreateRecord
            | Self::DropDataId
            | Self::DropRecord => false,
        }
    }
}

/// The kind of a request, and the handle in its path. A path in which the handle is no number is that of another request.
fn kind_and_handle(method: &str, path: &str) -> (RequestKind, Option<u64>) {
    let path = path.strip_prefix(BASE).unwrap_or_default();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let (kind, handle) = match (method, segments.as_slice()) {
        ("POST", ["auth"]) => return (RequestKind::Authorise, None),
        ("POST", ["data-id", "structured-data"]) => return (RequestKind::NameRecord, None),
        ("POST", ["structured-data"]) => return (RequestKind::CreateRecord, None),
        ("GET", ["structured-data", "handle", handle]) => (RequestKind::FetchRecord, handle),
        ("DELETE", ["structured-data", "handle", handle]) => (RequestKind::DropRecord, handle),
        ("DELETE", ["data-id", handle]) => (RequestKind::DropDataId, handle),
        ("PUT", ["structured-data", handle]) => (RequestKind::StoreRecord, handle),
        ("POST", ["structured-data", handle]) => (RequestKind::UpdateRecord, handle),
        ("PATCH", ["structured-data", handle]) => (RequestKind::ChangeRecord, handle),
        ("DELETE", ["structured-data", handle] | ["structured-data", "unclaim", handle]) => {
            (RequestKind::DeleteRecord, handle)
        }
        ("GET", ["structured-data", handle] | ["structured-data", handle, _]) => (RequestKind::ReadRecord, handle),
        _ => return (RequestKind::Other, None),
    };
    handle.parse().map_or((RequestKind::Other, None), |handle| (kind, Some(handle)))
}

/// What a request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ParsedRequest {
    pub(crate) kind: RequestKind,
    /// The handle in its path.
    pub(crate) target: Option<u64>,
    /// The record's name in its body.
    pub(crate) name: Option<String>,
    /// The version in its body.
    pub(crate) version: Option<u64>,
    /// The content in its body.
    pub(crate) content: Option<Content>,
}

/// The body of a request about a record. Names and contents are base64 (the launcher's behaviour page, §7).
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    name: Option<String>,
    version: Option<u64>,
    data: Option<String>,
}

impl ParsedRequest {
    pub(crate) fn parse(request: &Request<Bytes>) -> Self {
        let (kind, target) = kind_and_handle(request.method().as_str(), request.uri().path());
        let Body { name, version, data } = serde_json::from_slice(request.body()).unwrap_or_default();
        let content = data.and_then(|data| STANDARD.decode(data).ok());
        Self { kind, target, name, version, content: content.map(|content| Content::of(&content)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str, body: &'static str) -> Request<Bytes> {
        Request::builder().method(method).uri(path).body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    #[test]
    fn every_kind_of_request_is_recognised_by_its_method_and_path() {
        for (method, path, kind, target) in [
            ("POST", "auth", RequestKind::Authorise, None),
            ("POST", "data-id/structured-data", RequestKind::NameRecord, None),
            ("GET", "structured-data/handle/3", RequestKind::FetchRecord, Some(3)),
            ("GET", "structured-data/5/undefined", RequestKind::ReadRecord, Some(5)),
            ("GET", "structured-data/5/2", RequestKind::ReadRecord, Some(5)),
            ("POST", "structured-data/", RequestKind::CreateRecord, None),
            ("PUT", "structured-data/6", RequestKind::StoreRecord, Some(6)),
            ("POST", "structured-data/6", RequestKind::UpdateRecord, Some(6)),
            ("PATCH", "structured-data/6", RequestKind::ChangeRecord, Some(6)),
            ("DELETE", "data-id/3", RequestKind::DropDataId, Some(3)),
            ("DELETE", "structured-data/handle/5", RequestKind::DropRecord, Some(5)),
            ("DELETE", "structured-data/5", RequestKind::DeleteRecord, Some(5)),
            ("DELETE", "structured-data/unclaim/5", RequestKind::DeleteRecord, Some(5)),
            ("POST", "structured-data/deserialise", RequestKind::Other, None),
            ("GET", "structured-data/metadata/5", RequestKind::Other, None),
            ("GET", "../elsewhere", RequestKind::Other, None),
        ] {
            let request = request(method, &format!("http://launcher/0.5/{path}"), "");
            let expected = ParsedRequest { kind, target, ..ParsedRequest::default() };
            assert_eq!(ParsedRequest::parse(&request), expected, "{method} {path}");
            assert_eq!(RequestKind::of(&request), kind, "{method} {path}");
        }
        assert_eq!(RequestKind::of(&request("GET", "/elsewhere", "")), RequestKind::Other);
    }

    #[test]
    fn the_requests_that_touch_the_network_and_those_that_change_it_are_known() {
        for (method, path, touches, mutates) in [
            ("POST", "auth", false, false),
            ("POST", "data-id/structured-data", false, false),
            ("GET", "structured-data/handle/3", true, false),
            ("GET", "structured-data/5/undefined", false, false),
            ("POST", "structured-data/", false, false),
            ("PUT", "structured-data/6", true, true),
            ("POST", "structured-data/6", true, true),
            ("DELETE", "structured-data/6", true, true),
            ("DELETE", "structured-data/unclaim/6", true, true),
            ("DELETE", "structured-data/handle/6", false, false),
            ("DELETE", "data-id/3", false, false),
            ("GET", "structured-data/metadata/5", true, false),
            ("PATCH", "structured-data/5", true, false),
        ] {
            let kind = RequestKind::of(&request(method, &format!("/0.5/{path}"), ""));
            assert_eq!((kind.touches_network(), kind.is_mutating()), (touches, mutates), "{method} {path}");
        }
    }

    #[test]
    fn the_name_the_version_and_the_content_of_a_record_are_read_from_the_body() {
        let body = r#"{"name":"n=","typeTag":500,"data":"aGk=","version":3}"#;
        let parsed = ParsedRequest::parse(&request("POST", "/0.5/structured-data/", body));
        assert_eq!(parsed.name.as_deref(), Some("n="));
        assert_eq!((parsed.version, parsed.content), (Some(3), Some(Content::of(b"hi"))));
    }
}
