//! Every answer, and the one table from a failure to its status, code and text (launcher behaviour §2.5, §2.6 and §9).

use std::borrow::Cow;

use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};

use super::guard::Refusal;
use crate::launcher::shared::ConsentDenied;
use crate::launcher::{Handle, LauncherError};
use crate::network::{GetError, MutationError};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

/// The largest integer that JavaScript represents exactly. Larger numbers are sent as text (§2.5).
const SAFE_INTEGER_MAX: u64 = 1 << 53;

/// The result of a handler.
pub type Reply = Result<Response, Failure>;

/// The outcome of a call.
pub struct Outcome {
    /// Its answer.
    pub response: Response,
    /// Whether it failed because the network did not answer in time.
    pub network_timed_out: bool,
}

/// A 64-bit number on the wire.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub u64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= SAFE_INTEGER_MAX { serializer.serialize_u64(self.0) } else { serializer.collect_str(&self.0) }
    }
}

fn response(status: StatusCode, kind: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// Success without a result.
pub fn done() -> Response {
    response(StatusCode::OK, TEXT, "OK")
}

/// Success with a result.
pub fn json(value: &impl Serialize) -> Response {
    // Only a map with keys that are not text fails to serialise, and no answer has one.
    response(StatusCode::OK, JSON, serde_json::to_vec(value).unwrap_or_default())
}

/// Success with a result for a reader: one field a line.
pub fn pretty_json(value: &impl Serialize) -> Response {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    response(StatusCode::OK, JSON, text)
}

/// Success with a new handle.
pub fn handle<T>(handle: Handle<T>) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        handle_id: Number,
    }
    json(&Body { handle_id: Number(handle.number()) })
}

/// Success with bytes. An empty body has no content type.
pub fn bytes(bytes: impl Into<Bytes>) -> Response {
    let bytes = bytes.into();
    if bytes.is_empty() { Response::default() } else { response(StatusCode::OK, BYTES, bytes) }
}

/// The methods of a path, in the launcher's order.
pub fn options(list: &str) -> Response {
    let mut response = response(StatusCode::OK, HTML, list.to_owned());
    // The names of methods are valid in a header.
    response.headers_mut().extend(HeaderValue::from_str(list).ok().map(|list| (header::ALLOW, list)));
    response
}

/// The answer to a `HEAD`: without its body, and with the length that the body would have.
pub fn without_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact() {
        response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    }
    response.map(|_| Body::empty())
}

/// The error text for a caller without a session. It depends on the route (§2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSession {
    /// `GET` and `DELETE /auth`.
    Unauthorised,
    /// Everything that needs `LOW_LEVEL_API`.
    UnauthorisedAccess,
    /// Saving and deleting.
    Unauthorized,
}

impl NoSession {
    fn text(self) -> &'static str {
        match self {
            Self::Unauthorised => "Unauthorised",
            Self::UnauthorisedAccess => "Unauthorised access",
            Self::Unauthorized => "Unauthorized",
        }
    }
}

/// Why a request was not carried out.
#[derive(Debug)]
pub enum Failure {
    /// An invalid token.
    BadToken,
    /// The route needs a session, and its answer is text (wider behaviour §1.4).
    NoToken,
    /// The user did not let the app in.
    ConsentDenied(ConsentDenied),
    /// The route needs a session.
    NoSession(NoSession),
    /// The route needs a permission that the app was not granted.
    NoPermission,
    /// A check of the request failed.
    Refused(Cow<'static, str>),
    /// The control plane has no item of this number or name.
    Absent(&'static str),
    /// The operation failed.
    Launcher(LauncherError),
    /// No such route, or a body or path that cannot be parsed.
    NotFound,
    /// A `Range` header that asks for no part of the content.
    InvalidRange,
    /// The body is larger than this many bytes.
    BodyTooLarge(usize),
    /// The launcher was called by a host or a web page that may not call.
    Foreign(Refusal),
}

impl From<LauncherError> for Failure {
    fn from(error: LauncherError) -> Self {
        Self::Launcher(error)
    }
}

impl Failure {
    /// The `errorCode` of its answer; `None` if the answer has none.
    pub fn code(&self) -> Option<i32> {
        match self {
            Self::BadToken | Self::NoToken | Self::ConsentDenied(_) => None,
            Self::NotFound | Self::Absent(_) => Some(404),
            Self::Launcher(error) => Some(code(*error).0),
            Self::NoSession(_)
            | Self::NoPermission
            | Self::Refused(_)
            | Self::InvalidRange
            | Self::BodyTooLarge(_)
            | Self::Foreign(_) => Some(400),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let refused = |status, text: &str| described(status, 400, text);
        match self {
            Self::BadToken | Self::NoToken => response(StatusCode::UNAUTHORIZED, TEXT, "Unauthorized"),
            Self::ConsentDenied(_) => response(StatusCode::UNAUTHORIZED, HTML, "Unauthorised"),
            Self::NoSession(route) => refused(StatusCode::UNAUTHORIZED, route.text()),
            Self::NoPermission => refused(StatusCode::FORBIDDEN, "Low level api access is not granted"),
            Self::Refused(text) => refused(StatusCode::BAD_REQUEST, &text),
            Self::InvalidRange => refused(StatusCode::RANGE_NOT_SATISFIABLE, "Invalid range specified"),
            Self::Absent(text) => described(StatusCode::NOT_FOUND, 404, text),
            Self::NotFound => described(StatusCode::NOT_FOUND, 404, "Endpoint Not Found"),
            Self::BodyTooLarge(max) => {
                refused(StatusCode::PAYLOAD_TOO_LARGE, &format!("Body is larger than {max} bytes"))
            }
            Self::Foreign(refusal @ Refusal::Twice(_)) => refused(StatusCode::BAD_REQUEST, &refusal.to_string()),
            Self::Foreign(refusal) => refused(StatusCode::FORBIDDEN, &refusal.to_string()),
            Self::Launcher(error) => {
                let (code, name) = code(error);
                described(status(name), code, name)
            }
        }
    }
}

fn described(status: StatusCode, code: i32, description: &str) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body<'a> {
        error_code: i32,
        description: &'a str,
    }
    let body = serde_json::to_vec(&Body { error_code: code, description }).unwrap_or_default();
    response(status, JSON, body)
}

/// The status follows from the name (§2.6).
fn status(name: &str) -> StatusCode {
    let name = name.to_ascii_lowercase();
    let is_absence = ["notfound", "nosuchdata", "invalidpath"].iter().any(|word| name.contains(word));
    if is_absence { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST }
}

/// The code and the name of a failed operation (§9).
fn code(error: LauncherError) -> (i32, &'static str) {
    match error {
        LauncherError::ContentUndecodable | LauncherError::DirectoryDeleted => {
            (-2, "CoreError::UnsuccessfulEncodeDecode")
        }
        LauncherError::PrivateDirectory => (-3, "CoreError::AsymmetricDecipherFailure"),
        LauncherError::SealedForAnother => (-4, "CoreError::SymmetricDecipherFailure"),
        LauncherError::UnexpectedData => (-5, "CoreError::ReceivedUnexpectedData"),
        LauncherError::NobodyLoggedIn => (-9, "CoreError::OperationForbiddenForClient"),
        LauncherError::ItemForAnother | LauncherError::SeveralOwners => (-11, "CoreError::RoutingError"),
        LauncherError::TooLarge => (400, "Larger than this launcher holds; see --memory-bytes-max"),
        LauncherError::TooMuchContent => {
            (400, "More content under way than this launcher holds; see --content-bytes-max")
        }
        LauncherError::OperationAborted => (-15, "CoreError::OperationAborted"),
        LauncherError::Get(error) => match error {
            GetError::NoSuchAccount => (-17, "CoreError::GetFailure::GetError::NoSuchAccount"),
            GetError::NoSuchData => (-18, "CoreError::GetFailure::GetError::NoSuchData"),
            GetError::NetworkOther => (-19, "CoreError::GetFailure::GetError::NetworkOther"),
        },
        LauncherError::Mutation(error) => match error {
            MutationError::NoSuchAccount => (-20, "CoreError::MutationFailure::MutationError::NoSuchAccount"),
            MutationError::AccountExists => (-21, "CoreError::MutationFailure::MutationError::AccountExists"),
            MutationError::NoSuchData => (-22, "CoreError::MutationFailure::MutationError::NoSuchData"),
            MutationError::DataExists => (-23, "CoreError::MutationFailure::MutationError::DataExists"),
            MutationError::LowBalance => (-24, "CoreError::MutationFailure::MutationError::LowBalance"),
            MutationError::InvalidSuccessor => (-25, "CoreError::MutationFailure::MutationError::InvalidSuccessor"),
            MutationError::InvalidOperation => (-26, "CoreError::MutationFailure::MutationError::InvalidOperation"),
            MutationError::NetworkOther => (-27, "CoreError::MutationFailure::MutationError::NetworkOther"),
            MutationError::NetworkFull => (-28, "CoreError::MutationFailure::MutationError::NetworkFull"),
            MutationError::DataTooLarge => (-29, "CoreError::MutationFailure::MutationError::DataTooLarge"),
        },
        LauncherError::RequestTimeout => (-37, "CoreError::RequestTimeout"),
        LauncherError::DirectoryExists => (-502, "NfsError::DirectoryAlreadyExistsWithSameName"),
        LauncherError::NoDirectory => (-504, "NfsError::DirectoryNotFound"),
        LauncherError::FileExists => (-505, "NfsError::FileAlreadyExistsWithSameName"),
        LauncherError::NoFile => (-507, "NfsError::FileNotFound"),
        LauncherError::PathNotFound => (-1502, "FfiError::PathNotFound"),
        LauncherError::InvalidPath => (-1503, "FfiError::InvalidPath"),
        LauncherError::PermissionDenied => (-1504, "FfiError::PermissionDenied"),
        LauncherError::NameTaken => (-1001, "DnsError::DnsNameAlreadyRegistered"),
        LauncherError::UnknownName => (-1002, "DnsError::DnsRecordNotFound"),
        LauncherError::ServiceExists => (-1003, "DnsError::ServiceAlreadyExists"),
        LauncherError::UnknownService => (-1004, "DnsError::ServiceNotFound"),
        LauncherError::TooManyNames => (400, "More long names than this launcher keeps"),
        LauncherError::Undecodable => (-1511, "FfiError::UnsuccessfulEncodeDecode"),
        LauncherError::UnknownStructuredData => (-1513, "FfiError::InvalidStructDataHandle"),
        LauncherError::UnknownDataId => (-1514, "FfiError::InvalidDataIdHandle"),
        LauncherError::UnknownWriter | LauncherError::UnknownReader => (-1516, "FfiError::InvalidSelfEncryptorHandle"),
        LauncherError::UnknownAppendableData => (-1515, "FfiError::InvalidAppendableDataHandle"),
        LauncherError::UnknownCipherOptions => (-1517, "FfiError::InvalidCipherOptHandle"),
        LauncherError::UnknownEncryptKey => (-1518, "FfiError::InvalidEncryptKeyHandle"),
        LauncherError::UnknownSignKey => (-1519, "FfiError::InvalidSignKeyHandle"),
        LauncherError::SealedNeedsApp => (-1520, "FfiError::OperationForbiddenForApp"),
        LauncherError::WrongTypeTag => (-1521, "FfiError::InvalidStructuredDataTypeTag"),
        LauncherError::NoSuchVersion => (-1522, "FfiError::InvalidVersionNumber"),
        LauncherError::NoSuchIndex => (-1524, "FfiError::InvalidIndex"),
        LauncherError::NotPrivate => (-1525, "FfiError::UnsupportedOperation"),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[test]
    fn only_the_two_absences_are_404() {
        for (error, expected) in [
            (LauncherError::Get(GetError::NoSuchData), 404),
            (LauncherError::Mutation(MutationError::NoSuchData), 404),
            (LauncherError::Mutation(MutationError::DataExists), 400),
            (LauncherError::UnknownStructuredData, 400),
        ] {
            assert_eq!(Failure::Launcher(error).into_response().status().as_u16(), expected, "{error}");
        }
    }

    #[tokio::test]
    async fn the_code_of_a_failure_is_that_of_its_answer() {
        for failure in [
            || Failure::BadToken,
            || Failure::NoToken,
            || Failure::ConsentDenied(ConsentDenied::ByUser),
            || Failure::NoSession(NoSession::Unauthorised),
            || Failure::NoPermission,
            || Failure::Refused("why".into()),
            || Failure::Absent("why"),
            || Failure::Launcher(LauncherError::UnknownDataId),
            || Failure::NotFound,
            || Failure::InvalidRange,
            || Failure::BodyTooLarge(1),
            || Failure::Foreign(Refusal::OtherSite),
        ] {
            let body = failure().into_response().into_body().collect().await.unwrap().to_bytes();
            let answered: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
            assert_eq!(failure().code().map(i64::from), answered["errorCode"].as_i64(), "{:?}", failure());
        }
    }

    #[test]
    fn large_numbers_travel_as_text() {
        let text = |number| serde_json::to_string(&Number(number)).unwrap();
        assert_eq!(text(SAFE_INTEGER_MAX), "9007199254740992");
        assert_eq!(text(SAFE_INTEGER_MAX + 1), "\"9007199254740993\"");
    }
}
