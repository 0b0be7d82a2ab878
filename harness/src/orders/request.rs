//! What a request is about, read off its method, path and body, and whether it touches the network.
//!
//! Knows the launcher's API by its form, and shares no code with the peers that are watched.

use std::fmt;

use bytes::Bytes;
use http::Request;
use serde::Deserialize;
use signaling::{RecordName, RoomName};

/// The part of the path that says the API's version. Peers use this one.
const BASE: &str = "/0.5/";

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// A session.
    Authorise,
    /// A handle of a name.
    Name,
    /// A snapshot from the network.
    Fetch,
    /// The content of a snapshot.
    Read,
    /// A snapshot that the network does not know.
    Create,
    /// A snapshot into the network, as new.
    Store,
    /// A snapshot into the network, in place of what is there.
    Change,
    /// A snapshot out of the network.
    Delete,
    /// A handle given back.
    Drop,
    /// Something that peers do not ask for as far as is known here.
    Other,
}

impl Deed {
    fn of(method: &str, path: &str) -> Self {
        let path = path.strip_prefix(BASE).unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match (method, parts.as_slice()) {
            ("POST", ["auth"]) => Self::Authorise,
            ("POST", ["data-id", "structured-data"]) => Self::Name,
            ("POST", ["structured-data"]) => Self::Create,
            ("GET", ["structured-data", "handle", _]) => Self::Fetch,
            ("DELETE", ["structured-data", "handle", _] | ["data-id", _]) => Self::Drop,
            ("PUT", ["structured-data", _]) => Self::Store,
            ("POST", ["structured-data", _]) => Self::Change,
            ("DELETE", ["structured-data", _] | ["structured-data", "unclaim", _]) => Self::Delete,
            ("GET", ["structured-data", _] | ["structured-data", _, "undefined"]) => Self::Read,
            _ => Self::Other,
        }
    }

    /// Whether it may read or write what both peers see. Of what is not known here, that is assumed.
    ///
    /// Content that is read or made stays in the launcher because peers store unversioned data; a version of versioned data
    /// would lie in the network.
    pub fn touches_network(self) -> bool {
        match self {
            Self::Fetch | Self::Store | Self::Change | Self::Delete | Self::Other => true,
            Self::Authorise | Self::Name | Self::Read | Self::Create | Self::Drop => false,
        }
    }
}

/// What a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// The record of the room, where an offer is.
    Room,
    /// Another record, where an answer is.
    Answer,
    /// No record at all.
    Nothing,
}

/// A request, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// What is to be done.
    pub deed: Deed,
    /// To what.
    pub item: Item,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deed = match self.deed {
            Deed::Authorise => return f.write_str("ask for a session"),
            Deed::Drop => return f.write_str("give a handle back"),
            Deed::Other => return f.write_str("ask for something else"),
            Deed::Name => "name",
            Deed::Fetch => "fetch",
            Deed::Read => "read",
            Deed::Create => "make",
            Deed::Store => "store",
            Deed::Change => "change",
            Deed::Delete => "delete",
        };
        let item = match (self.item, self.deed) {
            (Item::Room, Deed::Store | Deed::Change | Deed::Create) => "the offer in the room",
            (Item::Room, _) => "the room",
            (Item::Answer, _) => "the answer",
            (Item::Nothing, _) => "a record",
        };
        write!(f, "{deed} {item}")
    }
}

/// Understands the requests of one peer, which sends one after the other: a handle is of the record that it named last.
#[derive(Debug)]
pub(super) struct Reader {
    room: RecordName,
    item: Item,
}

impl Reader {
    pub(super) fn new(room: &RoomName) -> Self {
        Self { room: RecordName::of_room(room), item: Item::Nothing }
    }

    pub(super) fn read(&mut self, request: &Request<Bytes>) -> Asked {
        if let Some(name) = name_in(request.body()) {
            self.item = if name == self.room.as_str() { Item::Room } else { Item::Answer };
        }
        Asked { deed: Deed::of(request.method().as_str(), request.uri().path()), item: self.item }
    }
}

fn name_in(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_slice::<Named>(body).ok().map(|named| named.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str, body: &str) -> Request<Bytes> {
        let uri = format!("http://launcher-1/0.5/{path}");
        Request::builder().method(method).uri(uri).body(Bytes::from(body.to_owned())).unwrap()
    }

    #[test]
    fn the_requests_that_touch_the_network_are_told_from_those_that_do_not() {
        for (method, path, deed, touches) in [
            ("POST", "auth", Deed::Authorise, false),
            ("POST", "data-id/structured-data", Deed::Name, false),
            ("GET", "structured-data/handle/3", Deed::Fetch, true),
            ("GET", "structured-data/5/undefined", Deed::Read, false),
            ("POST", "structured-data/", Deed::Create, false),
            ("PUT", "structured-data/6", Deed::Store, true),
            ("POST", "structured-data/6", Deed::Change, true),
            ("DELETE", "structured-data/6", Deed::Delete, true),
            ("DELETE", "structured-data/unclaim/6", Deed::Delete, true),
            ("DELETE", "structured-data/handle/6", Deed::Drop, false),
            ("DELETE", "data-id/3", Deed::Drop, false),
            ("GET", "structured-data/metadata/5", Deed::Other, true),
            ("PATCH", "structured-data/5", Deed::Other, true),
        ] {
            let found = Deed::of(method, request(method, path, "").uri().path());
            assert_eq!((found, found.touches_network()), (deed, touches), "{method} {path}");
        }
    }

    #[test]
    fn a_request_is_about_the_record_that_was_named_last() {
        let room = RoomName::new("room1").unwrap();
        let mut reader = Reader::new(&room);
        let mut told = |method, path, body: &str| reader.read(&request(method, path, body)).to_string();
        let of_room = format!(r#"{{"name":"{}","typeTag":500}}"#, RecordName::of_room(&room));
        assert_eq!(told("POST", "auth", r#"{"app":{"name":"an app"}}"#), "ask for a session");
        assert_eq!(told("POST", "data-id/structured-data", &of_room), "name the room");
        assert_eq!(told("GET", "structured-data/handle/0", ""), "fetch the room");
        assert_eq!(told("POST", "structured-data/", &of_room), "make the offer in the room");
        assert_eq!(told("PUT", "structured-data/1", ""), "store the offer in the room");
        assert_eq!(told("POST", "data-id/structured-data", r#"{"name":"another="}"#), "name the answer");
        assert_eq!(told("GET", "structured-data/handle/2", ""), "fetch the answer");
        assert_eq!(told("DELETE", "data-id/2", ""), "give a handle back");
    }
}
