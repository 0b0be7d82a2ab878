//! What a request is for, as people read it: its kind, and whether it is about the room or about an answer.

use std::fmt;

use ::http::Request;
use bytes::Bytes;
use signaling::{RecordName, RoomName};

use super::request::{ParsedRequest, RequestKind};

/// Which record a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The record of the room, which holds an offer.
    Room,
    /// Another record, which holds an answer.
    Answer,
    /// No record.
    Other,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Intent {
    /// What it asks for.
    pub kind: RequestKind,
    /// Which record it is about.
    pub about: About,
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.kind {
            RequestKind::Authorise => return f.write_str("ask for a session"),
            RequestKind::DropDataId | RequestKind::DropRecord => return f.write_str("drop a handle"),
            RequestKind::Other => return f.write_str("send a request that no peer sends"),
            RequestKind::NameRecord => "name",
            RequestKind::FetchRecord => "fetch",
            RequestKind::ReadRecord => "read",
            RequestKind::CreateRecord => "create",
            RequestKind::ChangeRecord => "change",
            RequestKind::StoreRecord => "store",
            RequestKind::UpdateRecord => "update",
            RequestKind::DeleteRecord => "delete",
        };
        let writes = matches!(
            self.kind,
            RequestKind::CreateRecord
                | RequestKind::ChangeRecord
                | RequestKind::StoreRecord
                | RequestKind::UpdateRecord
        );
        let record = match self.about {
            About::Room if writes => "the offer in the room",
            About::Room => "the room",
            About::Answer => "the answer",
            About::Other => "a record",
        };
        write!(f, "{verb} {record}")
    }
}

/// Reads the requests of one peer, which sends one after the other: a handle is of the record that was named last.
#[derive(Debug)]
pub(crate) struct IntentReader {
    room: RecordName,
    about: About,
}

impl IntentReader {
    /// Reads the requests of a peer in this room.
    pub(crate) fn new(room: &RoomName) -> Self {
        Self { room: RecordName::of_room(room), about: About::Other }
    }

    pub(crate) fn read(&mut self, request: &Request<Bytes>) -> Intent {
        let ParsedRequest { kind, name, .. } = ParsedRequest::parse(request);
        if let Some(name) = name {
            self.about = if name == self.room.as_str() { About::Room } else { About::Answer };
        }
        Intent { kind, about: self.about }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_about_the_record_that_was_named_last() {
        let room = RoomName::new("room1").unwrap();
        let mut reader = IntentReader::new(&room);
        let mut said = |method: &str, path: &str, body: &str| {
            let uri = format!("http://launcher-1/0.5/{path}");
            let request = Request::builder().method(method).uri(uri).body(Bytes::from(body.to_owned()));
            reader.read(&request.unwrap()).to_string()
        };
        let of_room = format!(r#"{{"name":"{}","typeTag":500}}"#, RecordName::of_room(&room));
        assert_eq!(said("POST", "auth", r#"{"app":{"name":"an app"}}"#), "ask for a session");
        assert_eq!(said("POST", "data-id/structured-data", &of_room), "name the room");
        assert_eq!(said("GET", "structured-data/handle/0", ""), "fetch the room");
        assert_eq!(said("POST", "structured-data/", &of_room), "create the offer in the room");
        assert_eq!(said("PUT", "structured-data/1", ""), "store the offer in the room");
        assert_eq!(said("PATCH", "structured-data/1", ""), "change the offer in the room");
        assert_eq!(said("POST", "structured-data/1", ""), "update the offer in the room");
        assert_eq!(said("POST", "data-id/structured-data", r#"{"name":"another="}"#), "name the answer");
        assert_eq!(said("GET", "structured-data/handle/2", ""), "fetch the answer");
        assert_eq!(said("DELETE", "data-id/2", ""), "drop a handle");
    }
}
