//! Web pages that call: origins, and preflights that need no token.

use http::{Method, header};
use safe_mock::{Builder, Origins};
use serde_json::json;
use suite::call::{Answer, Client, name};

const PAGE: &str = "http://localhost:5173";

async fn preflight(client: &Client, origin: &str) -> Answer {
    client
        .request(Method::OPTIONS, "/0.5/structured-data/5")
        .header(header::ORIGIN, origin)
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "PUT")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "authorization,content-type")
        .header(header::AUTHORIZATION, "Bearer not.a.token")
        .header(header::HeaderName::from_static("access-control-request-private-network"), "true")
        .send()
        .await
}

#[tokio::test]
async fn a_page_may_read_the_headers_of_an_answer() {
    let client = Client::in_process(&Builder::default().build());
    let answer = client.get("/health").header(header::ORIGIN, PAGE).send().await;
    assert_eq!(answer.header("access-control-expose-headers"), Some("*"));
}

#[tokio::test]
async fn a_page_of_this_machine_may_call_before_any_token_is_checked() {
    let client = Client::in_process(&Builder::default().build());
    let answer = preflight(&client, PAGE).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization, content-type"));
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    assert_eq!(answer.header("vary"), Some("origin"));
}

#[tokio::test]
async fn a_page_can_read_every_answer_errors_included() {
    let client = Client::in_process(&Builder::default().build());
    for path in ["/health", "/nope", "/structured-data/7"] {
        let answer = client.get(path).header(header::ORIGIN, PAGE).send().await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_may_not_call_changes_nothing_and_is_told_which_flag_lets_it_call() {
    let launcher = Builder::default().build();
    let client = Client::in_process(&launcher);
    let draft = json!({"name": name("foreign"), "data": ""});
    for origin in ["https://example.net", "null"] {
        let refused = |answer: Answer| {
            let told = answer.error().1;
            assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (403, None), "{origin}");
            assert!(told.ends_with(&format!("--origin {origin} to let them call")), "{told}");
        };
        refused(preflight(&client, origin).await);
        for path in ["/structured-data/deserialise", "/data-id", "/data-id/structured-data", "/auth", "/nope"] {
            refused(client.post(path).header(header::ORIGIN, origin).json(&draft).send().await);
        }
        refused(client.get("/cipher-opts/PLAIN").header(header::ORIGIN, origin).send().await);
    }
    assert_eq!((launcher.handles().live(), launcher.sessions().len()), (0, 0));
}

#[tokio::test]
async fn configured_origins_replace_the_default() {
    let origins = Origins::new(["https://example.net".parse().unwrap()]);
    let client = Client::in_process(&Builder::default().origins(origins).build());
    assert_eq!(preflight(&client, "https://example.net").await.status(), 204);
    assert_eq!(preflight(&client, PAGE).await.status(), 403);
}

#[tokio::test]
async fn a_page_may_send_whatever_its_libraries_ask_for() {
    let client = Client::in_process(&Builder::default().build());
    let preflight = async |method: &str, headers: &str| {
        let ask = client.request(Method::OPTIONS, "/auth").header(header::ORIGIN, PAGE);
        let ask = ask.header(header::ACCESS_CONTROL_REQUEST_METHOD, method);
        ask.header(header::ACCESS_CONTROL_REQUEST_HEADERS, headers).send().await
    };
    let asked = "cache-control,range,sentry-trace, Traceparent ,x-requested-with";
    let answer = preflight("PURGE", asked).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("cache-control, range, sentry-trace, traceparent, x-requested-with")
    );
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE, PURGE"));

    let answer = preflight("P (U) T", "a b,,*,x:y,é,ok").await;
    assert_eq!(answer.header("access-control-allow-headers"), None);
    let answer = preflight("P (U) T", "a b,,x:y,ok").await;
    assert_eq!(answer.header("access-control-allow-headers"), Some("ok"));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, PUT, PATCH, DELETE"));
    let many = preflight("GET", &"x-a,".repeat(5_000)).await;
    assert!(many.header("access-control-allow-headers").unwrap().len() < 1_000);
}

#[tokio::test]
async fn options_without_a_preflight_header_lists_methods() {
    let client = Client::in_process(&Builder::default().build());
    let answer = client.request(Method::OPTIONS, "/auth").header(header::ORIGIN, PAGE).send().await;
    assert_eq!((answer.status(), answer.text()), (200, "POST,GET,HEAD,DELETE".to_owned()));
}
