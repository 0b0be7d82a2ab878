//! The canonical form of a path, which the table of calls has (launcher behaviour §2.1): no mount, no trailing slash,
//! literal words in lower case. Parameters keep their case.

use std::borrow::Cow;

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

/// The canonical form of a path; the path itself if it has none.
pub fn form(path: &str) -> Cow<'_, str> {
    canonical(path).map_or(Cow::Borrowed(path), Cow::Owned)
}

/// The canonical form, unless the path has it already or has none.
fn canonical(path: &str) -> Option<String> {
    let mounted = MOUNTS.iter().find_map(|mount| path.strip_prefix(mount)).filter(|rest| rest.starts_with('/'));
    // One more slash belongs to a mount, as it did in the original launcher.
    let rest = mounted.map(|rest| rest.strip_prefix('/').filter(|rest| rest.starts_with('/')).unwrap_or(rest));
    let rest = rest.unwrap_or(path);
    let (noun, tail) = rest.strip_prefix('/').map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
    let noun = noun.to_ascii_lowercase();
    if noun == "health" {
        // Any sub-path, but at the root alone.
        return mounted.is_none().then(|| "/health".to_owned());
    }
    let tail = tail_of(&noun, tail);
    let mut form = format!("/{noun}");
    if rest.len() > form.len() {
        form.push('/');
        form.push_str(&tail);
    }
    if form.ends_with('/') && form.len() > 1 && may_lose_slash(&form) {
        form.pop();
    }
    (form != path).then_some(form)
}

/// The path behind a noun, with its literal words in lower case.
fn tail_of(noun: &str, tail: &str) -> String {
    let Some((first, rest)) = tail.split_once('/') else {
        // A literal word or a handle; case makes no difference to a handle. A long name keeps its case.
        return if noun == "dns" { tail.to_owned() } else { tail.to_ascii_lowercase() };
    };
    if noun == "dns" {
        return tail.to_owned();
    }
    let first = first.to_ascii_lowercase();
    let (second, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_literal = match (noun, first.as_str()) {
        ("nfs", "file") => second.eq_ignore_ascii_case("metadata"),
        ("appendable-data", "sign-key") => second.eq_ignore_ascii_case("deleted-data"),
        _ => false,
    };
    if is_literal && rest.len() > second.len() {
        return format!("{first}/{}/{path}", second.to_ascii_lowercase());
    }
    format!("{first}/{rest}")
}

/// Whether a slash at the end makes no difference. In the path of a file it does (wider behaviour §5.1 and §7.9).
fn may_lose_slash(form: &str) -> bool {
    let mut segments = form.split('/').skip(1);
    match (segments.next(), segments.next()) {
        (Some("nfs"), Some("directory" | "file")) => false,
        (Some("dns"), _) => segments.count() <= 2,
        _ => true,
    }
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
    decoded(raw).map(Some)
}

/// What stands behind the first `count` segments of a path, percent-decoded: an escaped slash separates as any other does
/// (wider behaviour §1.1).
///
/// # Errors
/// It has a malformed escape.
pub fn behind(path: &str, count: usize) -> Result<String, Failure> {
    let raw = path.strip_prefix('/').unwrap_or(path).splitn(count + 1, '/').nth(count);
    decoded(raw.unwrap_or_default())
}

fn decoded(raw: &str) -> Result<String, Failure> {
    let mut escapes = raw.split('%').skip(1);
    if !escapes.all(|escape| escape.len() >= 2 && escape.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit)) {
        return Err(Failure::NotFound);
    }
    let text = percent_decode_str(raw).decode_utf8().map_err(|_| Failure::NotFound)?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn names_and_paths_of_files_keep_their_case_and_their_slashes() {
        for (path, canonical) in [
            ("/0.5/NFS/Directory/APP/A/b/", "/nfs/directory/APP/A/b/"),
            ("/nfs/directory/app/", "/nfs/directory/app/"),
            ("/nfs/directory/app", "/nfs/directory/app"),
            ("/nfs/MoveDir/", "/nfs/movedir"),
            ("/nfs/file/MetaData/app/A", "/nfs/file/metadata/app/A"),
            ("/nfs/file/app/MetaData/A", "/nfs/file/app/MetaData/A"),
            ("/DNS/", "/dns"),
            ("/dns/LongName/", "/dns/LongName"),
            ("/dns/WWW/LongName/", "/dns/WWW/LongName"),
            ("/dns/WWW/LongName/A/", "/dns/WWW/LongName/A/"),
            ("/dns/WWW/LongName//", "/dns/WWW/LongName//"),
            ("/appendable-data/Sign-Key/Deleted-Data/5/6", "/appendable-data/sign-key/deleted-data/5/6"),
        ] {
            assert_eq!(form(path), canonical, "{path}");
        }
    }

    #[test]
    fn the_path_behind_some_segments_is_decoded_as_a_whole() {
        assert_eq!(behind("/nfs/file/app/a%2Fb//c%20d", 3).ok(), Some("a/b//c d".to_owned()));
        assert_eq!(behind("/nfs/file/app/", 3).ok(), Some(String::new()));
        assert!(matches!(behind("/nfs/file/app/%zz", 3), Err(Failure::NotFound)));
    }

    #[test]
    fn health_is_at_the_root_with_any_tail() {
        assert_eq!(form("/Health/foo/bar"), "/health");
        assert_eq!(form("/0.5/health"), "/0.5/health");
    }
}
