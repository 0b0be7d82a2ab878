//! Calls that were refused, struck by a fault, or broken off.

use http::{Method, header};
use safe_mock::fault::{Call, Fault, Matcher, NetworkError, Rule, When};
use safe_mock::{Network, Origins};
use serde_json::json;
use suite::call::name;

use super::play::{App, builder, client, draft, told};

fn record() -> String {
    name("record")
}

/// Two apps on one network, of which the first has stored a record; and its handle.
async fn stored() -> (App, App, u64) {
    let network = Network::new();
    let [alice, bob] = [App::on(&network).await, App::on(&network).await];
    let handle = alice.draft(&name("record"), b"content").await;
    alice.send(Method::PUT, &format!("/structured-data/{handle}")).await;
    (alice, bob, handle)
}

#[tokio::test]
async fn a_write_that_the_network_refuses_is_told_by_what_it_would_have_stored() {
    let (alice, bob, handle) = stored().await;
    let own = bob.draft(&name("record"), b"other").await;
    bob.send(Method::PUT, &format!("/structured-data/{own}")).await;
    assert_eq!(told(&bob.last()), ("put".into(), 400, record(), Some(0), Some(-23), None));
    assert_eq!(bob.last().content.unwrap().bytes, 5);
    for (method, word) in [(Method::POST, "post"), (Method::DELETE, "delete")] {
        bob.send(method, &format!("/structured-data/{own}")).await;
        assert_eq!(told(&bob.last()), (word.into(), 400, record(), Some(1), Some(-25), None));
    }
    bob.send(Method::DELETE, &format!("/structured-data/unclaim/{own}")).await;
    assert_eq!(told(&bob.last()), ("unclaim".into(), 400, record(), Some(1), Some(-25), None));
    alice.send(Method::PUT, &format!("/structured-data/{handle}")).await;
    assert_eq!(told(&alice.last()), ("put".into(), 400, record(), Some(0), Some(-23), None));
}

#[tokio::test]
async fn the_last_version_has_no_next_one_that_could_be_told() {
    let app = App::alone().await;
    let draft = json!({"name": name("record"), "data": "", "version": u64::MAX.to_string()});
    let handle = app.send_json(Method::POST, "/structured-data", &draft).await.handle();
    app.send(Method::POST, &format!("/structured-data/{handle}")).await;
    assert_eq!(told(&app.last()), ("post".into(), 400, record(), None, Some(-25), None));
    app.send(Method::PUT, &format!("/structured-data/{handle}")).await;
    assert_eq!(told(&app.last()), ("put".into(), 200, record(), Some(u64::MAX), None, None));
}

#[tokio::test]
async fn a_call_that_is_refused_before_it_looks_at_its_handle_is_told_with_its_record() {
    let (alice, _, handle) = stored().await;
    let path = format!("/structured-data/{handle}");
    alice.client.put(&path).send().await;
    assert_eq!(told(&alice.last()), ("put".into(), 401, record(), None, Some(400), None));
    assert_eq!((alice.last().handle, alice.last().session), (Some(handle), None));
    alice.client.put(&path).token("not.a.token").send().await;
    assert_eq!(told(&alice.last()), ("put".into(), 401, record(), None, None, None));
    let token = alice.client.token("powerless", &[]).await;
    alice.client.patch(&path).token(&token).json(&json!({"data": ""})).send().await;
    assert_eq!(told(&alice.last()), ("patch".into(), 403, record(), None, Some(400), None));
}

#[tokio::test]
async fn a_handle_that_is_not_live_leads_to_no_record() {
    let app = App::alone().await;
    app.send(Method::PUT, "/structured-data/77").await;
    assert_eq!(told(&app.last()), ("put".into(), 400, String::new(), None, Some(-1513), None));
    assert_eq!(app.last().handle, Some(77));
    app.send(Method::PUT, "/structured-data/x").await;
    assert_eq!((app.last().handle, app.last().error_code), (None, Some(400)));
}

#[tokio::test]
async fn a_draft_that_is_refused_is_told_by_the_record_in_its_body() {
    let app = App::alone().await;
    let mut body = draft(&name("record"), b"content");
    body["typeTag"] = json!(7);
    app.send_json(Method::POST, "/structured-data", &body).await;
    assert_eq!(told(&app.last()), ("create".into(), 400, record(), None, Some(400), None));
    body = json!({"name": name("record"), "data": "", "cipherOpts": 77});
    app.send_json(Method::POST, "/structured-data", &body).await;
    assert_eq!(told(&app.last()), ("create".into(), 400, record(), Some(0), Some(-1517), None));
    assert_eq!((app.last().content, app.last().given), (None, None));
}

#[tokio::test]
async fn a_connection_that_broke_before_the_call_has_status_0_and_no_version() {
    let (alice, _, handle) = stored().await;
    for fault in [Fault::Refuse, Fault::Reset] {
        let name = fault.name().to_owned();
        let _guard = alice.launcher.add_fault(Rule::new(fault)).unwrap();
        alice.send(Method::POST, &format!("/structured-data/{handle}")).await;
        assert_eq!(told(&alice.last()), ("post".into(), 0, record(), None, None, Some(name)));
        assert_eq!((alice.last().handle, alice.last().session), (Some(handle), None));
    }
}

#[tokio::test]
async fn a_lost_answer_is_told_with_what_it_would_have_said() {
    let (alice, bob, handle) = stored().await;
    let lost = |app: &App| app.launcher.add_fault(Rule::new(Fault::LoseAnswer).on(Matcher::mutating())).unwrap();
    let _guards = [lost(&alice), lost(&bob)];
    alice.send(Method::POST, &format!("/structured-data/{handle}")).await;
    assert_eq!(told(&alice.last()), ("post".into(), 0, record(), Some(1), None, Some("lose_answer".into())));
    let own = bob.draft(&name("record"), b"other").await;
    bob.send(Method::PUT, &format!("/structured-data/{own}")).await;
    assert_eq!(told(&bob.last()), ("put".into(), 0, record(), Some(0), Some(-23), Some("lose_answer".into())));
}

#[tokio::test]
async fn a_call_that_a_fault_fails_or_robs_of_its_handle_is_told_with_its_record() {
    let (alice, _, handle) = stored().await;
    let path = format!("/structured-data/{handle}");
    let fail = Rule::new(Fault::Fail { error: NetworkError::LowBalance }).times(1);
    let _guard = alice.launcher.add_fault(fail).unwrap();
    alice.send(Method::POST, &path).await;
    assert_eq!(told(&alice.last()), ("post".into(), 400, record(), None, Some(-24), Some("fail".into())));
    assert_eq!(alice.last().session, Some(1));
    let lose = Rule::new(Fault::LoseHandles { when: When::Before }).times(1);
    let _guard = alice.launcher.add_fault(lose).unwrap();
    alice.send(Method::POST, &path).await;
    assert_eq!(told(&alice.last()), ("post".into(), 400, record(), None, Some(-1513), Some("lose_handles".into())));
}

#[tokio::test(start_paused = true)]
async fn a_write_without_the_network_is_told_by_what_it_would_have_stored() {
    let (alice, _, handle) = stored().await;
    alice.launcher.partition(std::time::Duration::from_mins(2));
    alice.send(Method::POST, &format!("/structured-data/{handle}")).await;
    assert_eq!(told(&alice.last()), ("post".into(), 400, record(), Some(1), Some(-37), Some("cut_off".into())));
    assert_eq!(alice.last().took, std::time::Duration::from_mins(2));
}

#[tokio::test]
async fn a_call_of_a_page_that_may_not_call_is_told_and_is_not_carried_out() {
    let launcher = builder().origins(Origins::new(vec![])).build();
    let client = client(&launcher);
    let path = "/0.5/structured-data/handle/5/";
    client.get(path).header(header::ORIGIN, "https://evil.example").send().await;
    let entry = launcher.requests().pop().unwrap();
    assert_eq!((entry.call, entry.handle, entry.path.as_str()), (Some(Call::Fetch), Some(5), path));
    assert_eq!((entry.status, entry.error_code), (403, Some(400)));
}
