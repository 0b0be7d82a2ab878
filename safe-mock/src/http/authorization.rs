//! The check of the `Authorization` header, on every path (launcher behaviour §2.2 and §2.3).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use http::{HeaderMap, header};

use super::body;
use super::caller::Caller;
use super::reply::Failure;
use crate::call::Call;
use crate::fault::NetworkView;
use crate::launcher::{Launcher, Session};

/// Checks the token. Returns the caller, and the request.
///
/// # Errors
/// A form cannot be read, or the token is invalid.
pub async fn admit(
    launcher: &Launcher,
    call: Call,
    mut request: Request,
    view: NetworkView,
) -> Result<(Caller, Request), Failure> {
    // A form is read before anything else happens (§2.2, step 1).
    if !call.takes_bytes() && body::is_form(request.headers()) {
        let (parts, content) = request.into_parts();
        let form = body::read_bounded(content).await.map_err(|_| Failure::NotFound)?;
        body::parse(&parts.headers, &form)?;
        request = Request::from_parts(parts, Body::from(form));
    }
    let session = session(launcher, request.headers())?;
    Ok((Caller::new(launcher, session, view), request))
}

/// The session of the token; `None` without a token.
///
/// # Errors
/// The token is invalid.
pub fn session(launcher: &Launcher, headers: &HeaderMap) -> Result<Option<Arc<Session>>, Failure> {
    let Some(value) = headers.get(header::AUTHORIZATION).filter(|value| !value.is_empty()) else { return Ok(None) };
    let token = value.to_str().ok().and_then(bearer).ok_or(Failure::BadToken)?;
    launcher.state().sessions.opened_by(token).map(Some).ok_or(Failure::BadToken)
}

/// The token of `Bearer TOKEN`: one space, at index 6, and no other.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.contains(' ')).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_space_and_the_bearer_scheme_carry_a_token() {
        assert_eq!(bearer("Bearer a.b.c"), Some("a.b.c"));
        assert_eq!(bearer("bEARER a.b.c"), Some("a.b.c"));
        for header in ["Bearer", "Bearer  a.b.c", "Bearer a.b.c ", " Bearer a.b.c", "Basic xyz", "Token a.b.c"] {
            assert_eq!(bearer(header), None, "{header}");
        }
    }
}
