//! Routes of the original launcher that are not served here: its window used them (launcher behaviour §2.1). The answer is that to an
//! unknown route, with a header and a line in the log that say why.

use axum::response::Response;
use http::{HeaderValue, Method};

use super::mock_headers::NOT_EMULATED;
use crate::call::Call;

/// Such routes. They are at the root alone.
const ROUTES: [&str; 2] = ["/inviteToken", "/openExternal"];

/// The route of the original launcher that a request asks for, if it is not served here.
pub fn route(call: Call, method: &Method, path: &str) -> Option<&'static str> {
    let is_read = call == Call::Unknown && matches!(*method, Method::GET | Method::HEAD);
    let path = path.strip_suffix('/').unwrap_or(path);
    ROUTES.into_iter().find(|route| is_read && route.eq_ignore_ascii_case(path))
}

/// Marks the answer.
pub fn mark(response: &mut Response, route: &'static str) {
    tracing::warn!("{route} is a route of the original launcher that is not emulated here: see docs/fidelity.md");
    response.headers_mut().insert(NOT_EMULATED, HeaderValue::from_static(route));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_routes_are_at_the_root_in_any_case() {
        let of = |method, path| route(Call::Unknown, &method, path);
        assert_eq!(of(Method::GET, "/invitetoken/"), Some("/inviteToken"));
        assert_eq!(of(Method::HEAD, "/openExternal"), Some("/openExternal"));
        for path in ["/0.5/inviteToken", "/inviteToken/x", "//openExternal", "/nope", "/"] {
            assert_eq!(of(Method::GET, path), None, "{path}");
        }
        assert_eq!(of(Method::POST, "/inviteToken"), None);
    }
}
