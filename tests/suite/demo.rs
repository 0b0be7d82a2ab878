//! The demo page: its routes, and its content security policy.

use http::header;
use safe_mock::Builder;
use suite::call::Client;

const PAGE: &str = "/__mock/demo/";

#[tokio::test]
async fn the_page_may_run_its_own_scripts_and_connect_to_its_own_launcher_only() {
    let client = Client::in_process(&Builder::default().demo(true).build());
    let page = client.get(PAGE).send().await;
    assert_eq!((page.status(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    for source in policy.split([' ', ';']).filter(|word| !word.is_empty() && !word.ends_with("-src")) {
        let known = ["'none'", "'self'", "data:", "base-uri", "form-action", "frame-ancestors"];
        assert!(known.contains(&source), "{source}");
    }
    let script = client.get("/__mock/demo/page.js").send().await;
    assert_eq!((script.status(), script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
}

#[tokio::test]
async fn without_the_slash_the_browser_is_redirected() {
    let client = Client::in_process(&Builder::default().demo(true).build());
    let answer = client.get("/__mock/demo").send().await;
    assert_eq!((answer.status(), answer.header("location")), (308, Some(PAGE)));
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_load_it() {
    let client = Client::in_process(&Builder::default().demo(true).build());
    let answer = client.get(PAGE).header(header::ORIGIN, "https://example.net").send().await;
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn there_is_no_page_by_default_and_none_without_the_control_plane() {
    for builder in [Builder::default(), Builder::default().demo(true).control(false)] {
        let client = Client::in_process(&builder.build());
        for path in [PAGE, "/__mock/demo", "/__mock/demo/page.js"] {
            assert_eq!(client.get(path).send().await.status(), 404, "{path}");
        }
    }
}
