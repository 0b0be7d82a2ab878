//! The canonical form of a path, which the table of calls has (launcher behaviour §2.1): no mount, no trailing slash,
//! literal words in lower case. Parameters keep their case.

use axum::extract::Request;
use http::Uri;
use http::uri::PathAndQuery;
use percent_encoding::percent_decode_str;

use super::reply::Failure;

/// The API is the same at the root and under each of these.
const MOUNTS: [&str; 2] = ["/0.5", "/0.6"];

/// Makes the path of a request canonical. A path without a canonical form stays, and has no route.
pub fn canonicalise(request: &mut Request) {
    if let Some(path) = canonical(request.uri().path())
        && let Ok(path) = PathAndQuery::try_from(path)
    {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
}

/// The canonical form, unless the path has it already or has none.
fn canonical(path: &str) -> Option<String> {
    let mounted = MOUNTS.iter().find_map(|mount| path.strip_prefix(mount)).filter(|rest| rest.starts_with('/'));
    // One more slash belongs to a mount, as it did in the original launcher.
    let rest = mounted.map(|rest| rest.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(rest));
    let rest = rest.unwrap_or(path);
    let mut segments = rest.strip_prefix('/')?.splitn(3, '/');
    let first = segments.next()?.to_ascii_lowercase();
    if first == "health" {
        // Any sub-path, but at the root alone.
        return mounted.is_none().then(|| "/health".to_owned());
    }
    let mut form = format!("/{first}");
    if let Some(second) = segments.next() {
        form.push('/');
        // A literal word or a handle. Case makes no difference to a handle.
        form.push_str(&second.to_ascii_lowercase());
    }
    if let Some(tail) = segments.next() {
        form.push('/');
        form.push_str(tail);
    }
    if form.len() > 1 && form.ends_with('/') {
        form.pop();
    }
    (form != path).then_some(form)
}

/// Segment `index` of a path, counted from 0 and percent-decoded.
///
/// # Errors
/// There is none, or it has a malformed escape: both are unknown paths (§2.1).
pub fn segment(path: &str, index: usize) -> Result<String, Failure> {
    optional_segment(path, index)?.ok_or(Failure::NotFound)
}

/// As [`segment`], of a path that may be shorter.
///
/// # Errors
/// It has a malformed escape.
pub fn optional_segment(path: &str, index: usize) -> Result<Option<String>, Failure> {
    let Some(raw) = path.trim_start_matches('/').split('/').nth(index) else { return Ok(None) };
    let mut escapes = raw.split('%').skip(1);
    if !escapes.all(|escape| escape.len() >= 2 && escape.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit)) {
        return Err(Failure::NotFound);
    }
    let text = percent_decode_str(raw).decode_utf8().map_err(|_| Failure::NotFound)?;
    Ok(Some(text.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(path: &str) -> String {
        canonical(path).unwrap_or_else(|| path.to_owned())
    }

    #[test]
    fn mounts_case_and_one_trailing_slash_make_no_difference() {
        for path in ["/structured-data/handle/5", "/0.5/structured-data/handle/5/", "/0.6/Structured-Data/HANDLE/5"] {
            assert_eq!(form(path), "/structured-data/handle/5");
        }
        assert_eq!(form("/AUTH/"), "/auth");
    }

    #[test]
    fn a_version_keeps_its_case() {
        assert_eq!(form("/STRUCTURED-DATA/5/Infinity"), "/structured-data/5/Infinity");
    }

    #[test]
    fn mounts_do_not_nest_and_slashes_do_not_double() {
        assert_eq!(form("/0.5/0.6/auth"), "/0.6/auth");
        assert_eq!(form("//structured-data/5"), "//structured-data/5");
        assert_eq!(form("/structured-data/5//"), "/structured-data/5/");
        assert_eq!(form("/0.57/auth"), "/0.57/auth");
    }

    #[test]
    fn a_mount_may_end_with_a_slash() {
        assert_eq!(form("/0.5//auth"), "/auth");
        assert_eq!(form("/0.6//Structured-Data/5/"), "/structured-data/5");
        assert_eq!(form("/0.5///auth"), "//auth");
        assert_eq!(form("/0.5//"), "/");
        assert_eq!(form("/0.5//health"), "/0.5//health");
    }

    #[test]
    fn health_is_at_the_root_with_any_tail() {
        assert_eq!(form("/Health/foo/bar"), "/health");
        assert_eq!(form("/0.5/health"), "/0.5/health");
    }
}
