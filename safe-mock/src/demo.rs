//! The demo page, under `/__mock/demo/`: a chat of two browsers, or of a browser and a program, that meet over this
//! launcher. It shows both peers in one picture, and each request. Its files are part of the program, and it loads nothing from
//! other hosts. It shares the look of the window, and its time-line.
//!
//! The peers use the API alone, as every other page. The control plane is asked for the picture, and for the consent of the user.

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::page_file::{PageFile, serve};

/// Where the page is.
pub const PATH: &str = "/__mock/demo/";

static FILES: [PageFile; 16] = [
    PageFile::new("/demo/", include_bytes!("../demo/index.html")),
    PageFile::new("/demo/style.css", include_bytes!("../demo/style.css")),
    PageFile::new("/demo/page.js", include_bytes!("../demo/page.js")),
    PageFile::new("/demo/view.js", include_bytes!("../demo/view.js")),
    PageFile::new("/demo/meeting.js", include_bytes!("../demo/meeting.js")),
    PageFile::new("/demo/launcher.js", include_bytes!("../demo/launcher.js")),
    PageFile::new("/demo/problems.js", include_bytes!("../demo/problems.js")),
    PageFile::new("/demo/ticks.js", include_bytes!("../demo/ticks.js")),
    PageFile::new("/demo/room.js", include_bytes!("../demo/room.js")),
    PageFile::new("/demo/control.js", include_bytes!("../demo/control.js")),
    PageFile::new("/demo/consent.js", include_bytes!("../demo/consent.js")),
    PageFile::new("/demo/following.js", include_bytes!("../demo/following.js")),
    PageFile::new("/demo/picture.js", include_bytes!("../demo/picture.js")),
    PageFile::new("/demo/copy.js", include_bytes!("../demo/copy.js")),
    PageFile::new("/demo/simplepeer.min.js", include_bytes!("../demo/simplepeer.min.js")),
    PageFile::new("/demo/simplepeer.LICENSE", include_bytes!("../demo/simplepeer.LICENSE")),
];

/// The routes of the page, for the router of the control plane.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    // Without the slash at the end, the relative paths of the page would miss its files.
    let router = Router::new().route("/demo", get(async || Redirect::permanent(PATH)));
    serve(router, &FILES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_file::judged::{asked, asked_of_window, text, urls};
    use crate::window;

    fn own() -> impl Iterator<Item = &'static PageFile> {
        FILES.iter().filter(|file| !file.path.contains("simplepeer"))
    }

    #[test]
    fn every_file_that_the_page_asks_for_is_part_of_the_program() {
        let asked = asked(own());
        assert!(asked.contains(&"style.css") && asked.contains(&"room.js"), "{asked:?}");
        for name in asked {
            assert!(FILES.iter().any(|file| file.path == format!("/demo/{name}")), "{name}");
        }
    }

    #[test]
    fn every_file_that_the_page_shares_with_the_window_is_part_of_the_program() {
        let asked = asked_of_window(own());
        assert!(asked.contains(&"style.css") && asked.contains(&"timeline.js"), "{asked:?}");
        for name in asked {
            assert!(window::FILES.iter().any(|file| file.path == format!("/window/{name}")), "{name}");
        }
    }

    #[test]
    fn our_files_name_no_other_machine() {
        for file in own() {
            assert_eq!(urls(file), 0, "{}", file.path);
        }
    }

    #[test]
    fn the_licence_of_what_others_wrote_comes_along() {
        let licence = FILES.iter().find(|file| file.path.ends_with(".LICENSE")).map(text).unwrap();
        assert!(licence.contains("MIT") && licence.contains("Feross Aboukhadijeh"), "{licence}");
    }
}
