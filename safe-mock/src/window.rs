//! The window of the launcher, at `/__mock/`: rooms, requests, apps, faults and records in a browser. Its files are part of
//! the program, and it loads nothing from other hosts. It asks the control plane alone, as `curl` can.

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderValue, header};

use crate::page_file::{PageFile, serve};

/// Where the window is.
pub const PATH: &str = "/__mock/";

static PAGE: PageFile = PageFile::new("/", include_bytes!("../window/index.html"));

/// Its files, beside the page.
pub(crate) static FILES: [PageFile; 26] = [
    PageFile::new("/window/style.css", include_bytes!("../window/style.css")),
    PageFile::new("/window/parts.css", include_bytes!("../window/parts.css")),
    PageFile::new("/window/lists.css", include_bytes!("../window/lists.css")),
    PageFile::new("/window/main.js", include_bytes!("../window/main.js")),
    PageFile::new("/window/api.js", include_bytes!("../window/api.js")),
    PageFile::new("/window/dom.js", include_bytes!("../window/dom.js")),
    PageFile::new("/window/live.js", include_bytes!("../window/live.js")),
    PageFile::new("/window/rows.js", include_bytes!("../window/rows.js")),
    PageFile::new("/window/rooms.js", include_bytes!("../window/rooms.js")),
    PageFile::new("/window/rooms-list.js", include_bytes!("../window/rooms-list.js")),
    PageFile::new("/window/rooms-detail.js", include_bytes!("../window/rooms-detail.js")),
    PageFile::new("/window/rooms-description.js", include_bytes!("../window/rooms-description.js")),
    PageFile::new("/window/rooms-steps.js", include_bytes!("../window/rooms-steps.js")),
    PageFile::new("/window/rooms.css", include_bytes!("../window/rooms.css")),
    PageFile::new("/window/timeline.css", include_bytes!("../window/timeline.css")),
    PageFile::new("/window/timeline.js", include_bytes!("../window/timeline.js")),
    PageFile::new("/window/timeline-layout.js", include_bytes!("../window/timeline-layout.js")),
    PageFile::new("/window/timeline-words.js", include_bytes!("../window/timeline-words.js")),
    PageFile::new("/window/requests.js", include_bytes!("../window/requests.js")),
    PageFile::new("/window/requests-entry.js", include_bytes!("../window/requests-entry.js")),
    PageFile::new("/window/journal.js", include_bytes!("../window/journal.js")),
    PageFile::new("/window/apps.js", include_bytes!("../window/apps.js")),
    PageFile::new("/window/faults.js", include_bytes!("../window/faults.js")),
    PageFile::new("/window/faults-words.js", include_bytes!("../window/faults-words.js")),
    PageFile::new("/window/network.js", include_bytes!("../window/network.js")),
    PageFile::new("/window/network-record.js", include_bytes!("../window/network-record.js")),
];

/// The routes of its files, for the router of the control plane.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let to_page = get(async || Redirect::permanent(PATH));
    serve(Router::new().route("/window", to_page.clone()).route("/window/", to_page), &FILES)
}

/// What an address answers that has a page for browsers and `listing` for all others.
pub(crate) enum Shown {
    /// The page.
    Page,
    /// A redirect to the page, whose relative paths need its own path.
    WayToPage,
}

impl Shown {
    /// The answer to a client with these headers.
    pub fn or(self, headers: &HeaderMap, listing: impl FnOnce() -> Response) -> Response {
        let mut response = match self {
            _ if !is_browser(headers) => listing(),
            Self::Page => PAGE.answer(),
            Self::WayToPage => Redirect::temporary(PATH).into_response(),
        };
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
        response
    }
}

/// Whether a client asks for HTML, by name: a browser that opens an address does, `curl` and `fetch` do not.
fn is_browser(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|kinds| kinds.to_ascii_lowercase().contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_file::judged::{asked, text, urls};

    fn all() -> impl Iterator<Item = &'static PageFile> {
        FILES.iter().chain([&PAGE])
    }

    #[test]
    fn every_file_that_the_window_asks_for_is_part_of_the_program() {
        // The page stands beside the folder of its files.
        let asked = asked(all()).into_iter().map(|name| name.trim_start_matches("window/"));
        // The demo page has a test of its own.
        let asked: Vec<_> = asked.filter(|name| *name != "demo/").collect();
        assert!(asked.contains(&"style.css") && asked.contains(&"rooms.js"), "{asked:?}");
        for name in asked {
            assert!(FILES.iter().any(|file| file.path == format!("/window/{name}")), "{name}");
        }
    }

    #[test]
    fn its_files_name_no_other_machine() {
        for file in all() {
            assert_eq!(urls(file), 0, "{}", file.path);
        }
    }

    #[test]
    fn what_is_foreign_is_shown_as_text_and_never_read_as_html() {
        for file in all() {
            for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval("] {
                assert!(!text(file).contains(way), "{way} in {}", file.path);
            }
        }
    }
}
