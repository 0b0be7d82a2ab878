//! Web pages that call: origins, and preflights that need no token.

use http::{Method, header};
use safe_mock::{Builder, Origins};
use suite::call::{Answer, Door};

const PAGE: &str = "http://localhost:5173";

async fn preflight(door: &Door, origin: &str) -> Answer {
    door.request(Method::OPTIONS, "/0.5/structured-data/5")
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type")
        .header(header::AUTHORIZATION, "Bearer not.a.token")
        .header(header::HeaderName::from_static("access-control-request-private-network"), "true")
        .send()
        .await
}

#[tokio::test]
async fn a_page_of_this_machine_may_call_before_any_token_is_looked_at() {
    let door = Door::in_process(&Builder::default().build());
    let answer = preflight(&door, PAGE).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE"));
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("authorization, content-type, x-mock-peer, x-mock-room")
    );
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    assert_eq!(answer.header("vary"), Some("origin"));
}

#[tokio::test]
async fn a_page_can_read_every_answer_errors_included() {
    let door = Door::in_process(&Builder::default().build());
    for path in ["/health", "/nope", "/structured-data/7"] {
        let answer = door.get(path).header(header::ORIGIN, PAGE).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{path}");
    }
}

#[tokio::test]
async fn a_foreign_page_gets_the_launchers_own_answers() {
    let door = Door::in_process(&Builder::default().build());
    for origin in ["https://example.net", "null"] {
        let answer = preflight(&door, origin).await;
        assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (401, None), "{origin}");
        let answer = door.get("/health").header(header::ORIGIN, origin).send().await;
        assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (200, None), "{origin}");
    }
}

#[tokio::test]
async fn configured_origins_replace_the_default() {
    let origins = Origins::new(["https://example.net".parse().unwrap()]);
    let door = Door::in_process(&Builder::default().origins(origins).build());
    assert_eq!(preflight(&door, "https://example.net").await.status(), 204);
    assert_eq!(preflight(&door, PAGE).await.status(), 401);
}

#[tokio::test]
async fn options_that_is_no_preflight_lists_methods() {
    let door = Door::in_process(&Builder::default().build());
    let answer = door.request(Method::OPTIONS, "/auth").header(header::ORIGIN, PAGE).send().await;
    assert_eq!((answer.status(), answer.text()), (200, "POST,GET,HEAD,DELETE".to_owned()));
}
