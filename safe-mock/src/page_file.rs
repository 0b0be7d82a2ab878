//! The files of the launcher's own pages, which are part of the program: how they are served, and what a browser lets them do.

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{self, HeaderName};

/// A page runs its own scripts only, and connects to its own launcher only. The browser enforces both.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of a page.
#[derive(Debug)]
pub(crate) struct PageFile {
    /// Its path in the control plane.
    pub path: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

impl PageFile {
    /// A file by the end of its name: HTML, CSS or JavaScript, or text.
    pub const fn new(path: &'static str, content: &'static [u8]) -> Self {
        let kind = match path.as_bytes() {
            [.., b'/'] | [.., b'h', b't', b'm', b'l'] => "text/html; charset=utf-8",
            [.., b'.', b'c', b's', b's'] => "text/css; charset=utf-8",
            [.., b'.', b'j', b's'] => "text/javascript; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        Self { path, kind, content }
    }

    /// The answer to a request for it.
    pub fn answer(&'static self) -> Response {
        let headers: [(HeaderName, &str); 5] = [
            (header::CONTENT_TYPE, self.kind),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            // The next program on this port may serve another page.
            (header::CACHE_CONTROL, "no-cache"),
        ];
        (headers, self.content).into_response()
    }
}

/// Adds a route for each file.
pub(crate) fn serve<S: Clone + Send + Sync + 'static>(router: Router<S>, files: &'static [PageFile]) -> Router<S> {
    files.iter().fold(router, |router, file| router.route(file.path, get(async || file.answer())))
}

/// What a test of a page asks of all its files.
#[cfg(test)]
pub(crate) mod judged {
    use super::PageFile;

    /// The text of a file.
    pub fn text(file: &PageFile) -> &'static str {
        std::str::from_utf8(file.content).unwrap()
    }

    /// The relative paths of other files that these files ask for.
    pub fn asked<'a>(files: impl Iterator<Item = &'a PageFile>) -> Vec<&'static str> {
        files.flat_map(|file| text(file).split(['"', '\'']).filter_map(|word| word.strip_prefix("./"))).collect()
    }

    /// The names of the window's files that these files ask for, from a page beside the window's folder.
    pub fn asked_of_window<'a>(files: impl Iterator<Item = &'a PageFile>) -> Vec<&'static str> {
        files
            .flat_map(|file| text(file).split(['"', '\'']).filter_map(|word| word.strip_prefix("../window/")))
            .collect()
    }

    /// How often a file names a URL of another machine. The names of XML, which no browser asks for, do not count.
    pub fn urls(file: &PageFile) -> usize {
        text(file).matches("://").count() - text(file).matches("http://www.w3.org/").count()
    }
}
