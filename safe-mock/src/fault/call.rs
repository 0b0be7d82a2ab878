//! Calls: what a request asks the launcher for, in one word.
//!
//! The one place where a word is derived from a route. `tests` holds it against the words of the route table.

use http::Method;
use serde::{Deserialize, Serialize};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `POST /auth`: to be let in.
    Authorise,
    /// `GET /auth`: whether the token is good.
    Check,
    /// `DELETE /auth`: to end the session.
    Revoke,
    /// `POST /data-id/structured-data`: a handle to a name.
    HoldDataId,
    /// `POST /data-id`: a handle to a serialised data id.
    DeserialiseDataId,
    /// `GET /data-id/{handle}`: its bytes.
    SerialiseDataId,
    /// `DELETE /data-id/{handle}`: to let go of it.
    DropDataId,
    /// `POST /structured-data`: a draft.
    Create,
    /// `PUT /structured-data/{handle}`: to save it as new.
    Put,
    /// `POST /structured-data/{handle}`: to save it as the next version.
    Post,
    /// `PATCH /structured-data/{handle}`: another content for the draft.
    Patch,
    /// `DELETE /structured-data/{handle}`: to delete it from the network.
    Delete,
    /// `DELETE /structured-data/unclaim/{handle}`: to empty its name for ever.
    Unclaim,
    /// `GET /structured-data/handle/{id}`: a snapshot from the network.
    Fetch,
    /// `POST /structured-data/deserialise`: a snapshot from bytes.
    Deserialise,
    /// `GET /structured-data/metadata/{handle}`: what is known of a snapshot.
    Metadata,
    /// `GET /structured-data/data-id/{handle}`: a handle to its data id.
    DataIdOf,
    /// `GET /structured-data/serialise/{handle}`: its bytes.
    Serialise,
    /// `GET /structured-data/validate-size/{handle}`: whether it is small enough.
    ValidateSize,
    /// `GET /structured-data/{handle}/{version}`: its content.
    Read,
    /// `DELETE /structured-data/handle/{handle}`: to let go of a snapshot.
    DropHandle,
    /// `GET /cipher-opts/{type}`: a choice of encryption.
    ChooseCipherOptions,
    /// `DELETE /cipher-opts/{handle}`: to let go of it.
    DropCipherOptions,
    /// `/health`.
    Health,
    /// No route of the launcher.
    Unknown,
}

/// The handle in the path of a call, by what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    /// A data id behind a handle.
    DataId(&'a str),
    /// A snapshot behind a handle.
    StructuredData(&'a str),
    /// A name in the body.
    Body,
    /// None.
    Nothing,
}

impl Call {
    /// What `method` on `path` asks for; the path is in the form that the route table has.
    pub fn of(method: &Method, path: &str) -> Self {
        let mut segments = path.trim_start_matches('/').split('/');
        let [noun, word, tail, beyond] = std::array::from_fn(|_| segments.next());
        let is_get = method == Method::GET || method == Method::HEAD;
        match (noun.unwrap_or_default(), word, tail, beyond) {
            ("health", ..) => Self::Health,
            ("auth", None, ..) => match *method {
                Method::POST => Self::Authorise,
                Method::DELETE => Self::Revoke,
                _ if is_get => Self::Check,
                _ => Self::Unknown,
            },
            ("data-id", None, ..) if method == Method::POST => Self::DeserialiseDataId,
            ("data-id", Some("structured-data"), None, _) if method == Method::POST => Self::HoldDataId,
            ("data-id", Some(_), None, _) if is_get => Self::SerialiseDataId,
            ("data-id", Some(_), None, _) if method == Method::DELETE => Self::DropDataId,
            ("structured-data", None, ..) if method == Method::POST => Self::Create,
            ("structured-data", Some(word), None, _) => Self::by_handle(method, word),
            ("structured-data", Some(word), Some(_), None) => Self::by_word(method, word),
            ("cipher-opts", Some(_), _, None) if is_get => Self::ChooseCipherOptions,
            ("cipher-opts", Some(_), None, _) if method == Method::DELETE => Self::DropCipherOptions,
            _ => Self::Unknown,
        }
    }

    /// One segment after `/structured-data`.
    fn by_handle(method: &Method, word: &str) -> Self {
        match *method {
            Method::PUT => Self::Put,
            Method::PATCH => Self::Patch,
            Method::DELETE => Self::Delete,
            Method::POST if word == "deserialise" => Self::Deserialise,
            Method::POST => Self::Post,
            Method::GET | Method::HEAD => Self::Read,
            _ => Self::Unknown,
        }
    }

    /// Two segments after `/structured-data`.
    fn by_word(method: &Method, word: &str) -> Self {
        match (method, word) {
            (&Method::DELETE, "handle") => Self::DropHandle,
            (&Method::DELETE, "unclaim") => Self::Unclaim,
            (&Method::GET | &Method::HEAD, word) => match word {
                "handle" => Self::Fetch,
                "metadata" => Self::Metadata,
                "data-id" => Self::DataIdOf,
                "serialise" => Self::Serialise,
                "validate-size" => Self::ValidateSize,
                _ => Self::Read,
            },
            _ => Self::Unknown,
        }
    }

    /// Whether it changes what is stored under a name: put, post, delete and unclaim.
    pub fn is_mutating(self) -> bool {
        matches!(self, Self::Put | Self::Post | Self::Delete | Self::Unclaim)
    }

    /// Whether it is always carried out by the network, and not by the launcher alone: fetch and what is mutating.
    pub fn is_for_the_network(self) -> bool {
        self == Self::Fetch || self.is_mutating()
    }

    /// Whether the network may have something to store for it: what is mutating, and drafts, whose versioned contents are
    /// stored at once.
    pub(crate) fn writes(self) -> bool {
        self.is_mutating() || matches!(self, Self::Create | Self::Patch)
    }

    /// Where the request says which record it is about.
    pub(crate) fn subject(self, path: &str) -> Subject<'_> {
        let segment = |index| path.trim_start_matches('/').split('/').nth(index).unwrap_or_default();
        match self {
            Self::HoldDataId | Self::Create => Subject::Body,
            Self::SerialiseDataId | Self::DropDataId => Subject::DataId(segment(1)),
            Self::Fetch => Subject::DataId(segment(2)),
            Self::Put | Self::Post | Self::Patch | Self::Delete | Self::Read => Subject::StructuredData(segment(1)),
            Self::Unclaim
            | Self::Metadata
            | Self::DataIdOf
            | Self::Serialise
            | Self::ValidateSize
            | Self::DropHandle => Subject::StructuredData(segment(2)),
            _ => Subject::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_has_its_word() {
        for (method, path, call) in [
            ("POST", "/auth", Call::Authorise),
            ("GET", "/auth", Call::Check),
            ("DELETE", "/auth", Call::Revoke),
            ("POST", "/data-id/structured-data", Call::HoldDataId),
            ("POST", "/data-id", Call::DeserialiseDataId),
            ("GET", "/data-id/5", Call::SerialiseDataId),
            ("DELETE", "/data-id/5", Call::DropDataId),
            ("DELETE", "/data-id/structured-data", Call::DropDataId),
            ("POST", "/structured-data", Call::Create),
            ("PUT", "/structured-data/5", Call::Put),
            ("PUT", "/structured-data/handle", Call::Put),
            ("POST", "/structured-data/5", Call::Post),
            ("PATCH", "/structured-data/5", Call::Patch),
            ("DELETE", "/structured-data/5", Call::Delete),
            ("DELETE", "/structured-data/unclaim/5", Call::Unclaim),
            ("GET", "/structured-data/handle/5", Call::Fetch),
            ("DELETE", "/structured-data/handle/5", Call::DropHandle),
            ("POST", "/structured-data/deserialise", Call::Deserialise),
            ("GET", "/structured-data/metadata/5", Call::Metadata),
            ("GET", "/structured-data/data-id/5", Call::DataIdOf),
            ("GET", "/structured-data/serialise/5", Call::Serialise),
            ("GET", "/structured-data/validate-size/5", Call::ValidateSize),
            ("GET", "/structured-data/5", Call::Read),
            ("GET", "/structured-data/5/undefined", Call::Read),
            ("GET", "/structured-data/unclaim/5", Call::Read),
            ("GET", "/cipher-opts/plain", Call::ChooseCipherOptions),
            ("GET", "/cipher-opts/asymmetric/5", Call::ChooseCipherOptions),
            ("DELETE", "/cipher-opts/5", Call::DropCipherOptions),
            ("GET", "/health", Call::Health),
            ("PUT", "/auth", Call::Unknown),
            ("GET", "/structured-data/handle/5/6", Call::Unknown),
            ("GET", "/", Call::Unknown),
        ] {
            assert_eq!(Call::of(&method.parse().unwrap(), path), call, "{method} {path}");
        }
    }

    #[test]
    fn the_subject_is_the_handle_in_the_path() {
        let subject = |method: Method, path| Call::of(&method, path).subject(path);
        assert_eq!(subject(Method::PUT, "/structured-data/5"), Subject::StructuredData("5"));
        assert_eq!(subject(Method::GET, "/structured-data/handle/5"), Subject::DataId("5"));
        assert_eq!(subject(Method::DELETE, "/structured-data/handle/5"), Subject::StructuredData("5"));
        assert_eq!(subject(Method::POST, "/data-id/structured-data"), Subject::Body);
        assert_eq!(subject(Method::GET, "/auth"), Subject::Nothing);
    }
}
