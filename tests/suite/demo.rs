//! The demo page: where it is, where it is not, and what it may do.

use http::header;
use safe_mock::Builder;
use suite::call::Door;

const PAGE: &str = "/__mock/demo/";

#[tokio::test]
async fn the_page_may_run_and_reach_only_what_came_with_it() {
    let door = Door::in_process(&Builder::default().demo(true).build());
    let page = door.get(PAGE).send().await;
    assert_eq!((page.status(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    for source in policy.split([' ', ';']).filter(|word| !word.is_empty() && !word.ends_with("-src")) {
        let known = ["'none'", "'self'", "data:", "base-uri", "form-action", "frame-ancestors"];
        assert!(known.contains(&source), "{source}");
    }
    let script = door.get("/__mock/demo/page.js").send().await;
    assert_eq!((script.status(), script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
}

#[tokio::test]
async fn without_the_slash_the_browser_is_sent_on() {
    let door = Door::in_process(&Builder::default().demo(true).build());
    let answer = door.get("/__mock/demo").send().await;
    assert_eq!((answer.status(), answer.header("location")), (308, Some(PAGE)));
}

#[tokio::test]
async fn a_page_of_another_origin_gets_none_of_it() {
    let door = Door::in_process(&Builder::default().demo(true).build());
    let answer = door.get(PAGE).header(header::ORIGIN, "https://example.net").send().await;
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn there_is_no_page_unless_asked_for_and_none_without_the_control_plane() {
    for builder in [Builder::default(), Builder::default().demo(true).control(false)] {
        let door = Door::in_process(&builder.build());
        for path in [PAGE, "/__mock/demo", "/__mock/demo/page.js"] {
            assert_eq!(door.get(path).send().await.status(), 404, "{path}");
        }
    }
}
