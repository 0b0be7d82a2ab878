//! The demo page, under `/__mock/demo/`: a chat of two browsers, or of a browser and a program, that meet over this
//! launcher. It shows each request. Its files are part of the program, and it loads nothing from other hosts.
//!
//! It uses the API alone, as every other page.

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{self, HeaderName};

/// Where the page is.
pub const PATH: &str = "/__mock/demo/";

/// The page runs its own scripts only, and connects to its own launcher only. The browser enforces both.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// A file of the page.
struct File {
    /// Its path in the control plane.
    path: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

const FILES: [File; 9] = [
    File { path: "/demo/", kind: HTML, content: include_bytes!("../demo/index.html") },
    File { path: "/demo/style.css", kind: CSS, content: include_bytes!("../demo/style.css") },
    File { path: "/demo/page.js", kind: JAVASCRIPT, content: include_bytes!("../demo/page.js") },
    File { path: "/demo/view.js", kind: JAVASCRIPT, content: include_bytes!("../demo/view.js") },
    File { path: "/demo/meeting.js", kind: JAVASCRIPT, content: include_bytes!("../demo/meeting.js") },
    File { path: "/demo/launcher.js", kind: JAVASCRIPT, content: include_bytes!("../demo/launcher.js") },
    File { path: "/demo/room.js", kind: JAVASCRIPT, content: include_bytes!("../demo/room.js") },
    File { path: "/demo/simplepeer.min.js", kind: JAVASCRIPT, content: include_bytes!("../demo/simplepeer.min.js") },
    File { path: "/demo/simplepeer.LICENSE", kind: TEXT, content: include_bytes!("../demo/simplepeer.LICENSE") },
];

/// The routes of the page, for the router of the control plane.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    // Without the slash at the end, the relative paths of the page would miss its files.
    let router = Router::new().route("/demo", get(async || Redirect::permanent(PATH)));
    FILES.iter().fold(router, |router, file| router.route(file.path, get(async || answer(file))))
}

fn answer(file: &'static File) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, file.kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // The next program on this port may serve another page.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, file.content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &File) -> &'static str {
        std::str::from_utf8(file.content).unwrap()
    }

    #[test]
    fn every_file_that_the_page_asks_for_is_part_of_the_program() {
        let own = FILES.iter().filter(|file| !file.path.contains("simplepeer"));
        let asked = own.flat_map(|file| text(file).split(['"', '\'']).filter_map(|word| word.strip_prefix("./")));
        let asked: Vec<&str> = asked.collect();
        assert!(asked.contains(&"style.css") && asked.contains(&"room.js"), "{asked:?}");
        for name in asked {
            assert!(FILES.iter().any(|file| file.path == format!("/demo/{name}")), "{name}");
        }
    }

    #[test]
    fn our_files_name_no_other_machine() {
        for file in FILES.iter().filter(|file| !file.path.contains("simplepeer")) {
            let urls = text(file).matches("://").count();
            assert_eq!(urls, 0, "{}", file.path);
        }
    }

    #[test]
    fn the_licence_of_what_others_wrote_comes_along() {
        let licence = FILES.iter().find(|file| file.path.ends_with(".LICENSE")).map(text).unwrap();
        assert!(licence.contains("MIT") && licence.contains("Feross Aboukhadijeh"), "{licence}");
    }
}
