//! What a handler asks of a request: who calls, which segment of the path, and the body.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
use bytes::Bytes;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use super::body::{self, Parsed};
use super::reply::{Failure, NoSession};
use crate::fault::Sight;
use crate::launcher::{AccountId, Launcher, Permission, Session};

/// Who calls: an app with a session, or nobody known. The token was checked before (see `authorization`).
#[derive(Clone)]
pub struct Caller {
    /// The session, if there is one.
    pub session: Option<Arc<Session>>,
    /// How the call sees the network.
    pub sight: Sight,
}

impl Caller {
    /// The session, if there is one.
    pub fn known(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// The account that acts, if there is one.
    pub fn account(&self) -> Option<AccountId> {
        self.known().map(|session| session.account().id())
    }

    /// The session.
    ///
    /// # Errors
    /// There is none; what that answers depends on the route (launcher behaviour §2.3).
    pub fn session(&self, otherwise: NoSession) -> Result<&Session, Failure> {
        self.known().ok_or(Failure::NoSession(otherwise))
    }

    /// The session of an app that was granted the low-level API.
    ///
    /// # Errors
    /// There is no session, or it was not granted that.
    pub fn low_level(&self) -> Result<&Session, Failure> {
        let session = self.session(NoSession::UnauthorisedAccess)?;
        if session.may(Permission::LowLevelApi) { Ok(session) } else { Err(Failure::NoPermission) }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self { session: None, sight: Sight::default() }))
    }
}

/// Segment `N` of the path, counted from 0 and percent-decoded.
///
/// By index, because one handler serves routes in which the segment is a literal or a parameter.
pub struct Segment<const N: usize>(pub String);

impl<S: Sync, const N: usize> FromRequestParts<S> for Segment<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        segment(parts, N).and_then(|text| text.map(Self).ok_or(Failure::NotFound))
    }
}

impl<S: Sync, const N: usize> OptionalFromRequestParts<S> for Segment<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Failure> {
        Ok(segment(parts, N)?.map(Self))
    }
}

/// A malformed escape is an unknown path (§2.1).
fn segment(parts: &Parts, index: usize) -> Result<Option<String>, Failure> {
    let Some(raw) = parts.uri.path().trim_start_matches('/').split('/').nth(index) else { return Ok(None) };
    let mut escapes = raw.split('%').skip(1);
    if !escapes.all(|escape| escape.len() >= 2 && escape.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit)) {
        return Err(Failure::NotFound);
    }
    let text = percent_decode_str(raw).decode_utf8().map_err(|_| Failure::NotFound)?;
    Ok(Some(text.into_owned()))
}

/// A parsed body: JSON, a form, or `{}`.
pub struct ParsedBody(pub Parsed);

impl FromRequest<Launcher> for ParsedBody {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Launcher) -> Result<Self, Failure> {
        let (parts, content) = request.into_parts();
        let bytes = match body::read(content, body::PARSED_BYTES_MAX).await {
            Err(Failure::BodyTooLarge(_)) => return Err(Failure::NotFound),
            read => read?,
        };
        body::parse(&parts.headers, &bytes).map(Self)
    }
}

/// The body as it stands, whatever its type.
pub struct RawBody(pub Bytes);

impl FromRequest<Launcher> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, launcher: &Launcher) -> Result<Self, Failure> {
        let config = launcher.config();
        body::read(request.into_body(), config.body_bytes_max).await.map(Self)
    }
}
