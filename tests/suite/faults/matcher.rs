//! Which calls a rule matches.

use std::time::Duration;

use http::Method;
use safe_mock::Builder;
use safe_mock::fault::{Call, Fault, Latency, Matcher, NetworkError, Rule, When};
use serde_json::json;
use suite::call::name;

use super::app::*;

#[tokio::test]
async fn a_rule_strikes_only_the_calls_that_meet_every_field() {
    let app = App::new().await;
    let matching = Matcher::default;
    let alice = Matcher { peer: Some("alice".into()), room: Some("kitchen".into()), ..matching() };
    let ask = async |peer: &str, room: &str| {
        app.client.get("/health").header(PEER, peer).header(ROOM, room).send().await.status()
    };
    {
        let guard = app.add(refuse().on(alice));
        for (peer, room, status) in [
            ("alice", "kitchen", NO_ANSWER),
            ("bob", "kitchen", 200),
            ("alice", "hall", 200),
            ("Alice", "kitchen", 200),
        ] {
            assert_eq!(ask(peer, room).await, status, "{peer} in {room}");
        }
        assert_eq!(app.health().await, 200);
        assert_eq!((guard.view().unwrap().matched, guard.strikes()), (1, 1));
    }
    {
        let _guard = app.add(refuse().on(Matcher { method: Some("get".into()), ..matching() }));
        assert_eq!((app.health().await, app.client.post("/health").send().await.status()), (NO_ANSWER, 200));
    }
    {
        let _guard = app.add(Rule::new(fail(NetworkError::LowBalance)).on(Matcher::mutating()));
        let handle = app.draft("unpaid").await;
        assert_eq!((app.put(handle).await.error().0, app.metadata(handle).await.status()), (-24, 200));
    }
    for mount in ["", "/0.5", "/0.6"] {
        let _guard = app.add(refuse().on(Matcher::call(Call::Check)));
        let path = format!("{mount}/AUTH/");
        assert_eq!(app.client.get(&path).token(&app.token).send().await.status(), NO_ANSWER, "{path}");
        assert_eq!(app.client.delete(&path).send().await.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn a_fault_rule_strikes_no_path_without_a_route() {
    let app = App::new().await;
    let calls = [Call::Authorise, Call::Read, Call::Fetch, Call::Create, Call::Put, Call::Delete, Call::DropDataId];
    let mut matchings: Vec<_> = calls.into_iter().map(Matcher::call).collect();
    matchings.push(Matcher::mutating());
    let guards: Vec<_> = matchings.into_iter().map(|matching| app.add(refuse().on(matching))).collect();
    for (method, path) in [
        (Method::GET, "/structured-data//5"),
        (Method::GET, "/structured-data/handle//"),
        (Method::PUT, "//structured-data/5"),
        (Method::DELETE, "/structured-data/unclaim//5"),
        (Method::DELETE, "/data-id//"),
        (Method::POST, "//auth"),
        (Method::POST, "//structured-data"),
    ] {
        assert_eq!(app.client.request(method.clone(), path).send().await.status(), 404, "{method} {path}");
    }
    for view in guards.iter().map(|guard| guard.view().unwrap()) {
        assert_eq!(view.matched, 0, "{:?}", view.rule);
    }
    // A path without a route is "unknown", and a rule without fields matches it too.
    let guards = [app.add(refuse().on(Matcher::call(Call::Unknown))), app.add(Rule::new(Fault::EmptyAnswer))];
    assert_eq!(app.client.get("/structured-data//5").send().await.status(), NO_ANSWER);
    assert_eq!(guards.map(|guard| guard.view().unwrap().matched), [1, 1]);
}

#[tokio::test]
async fn a_rule_for_a_record_strikes_every_call_about_it() {
    let app = App::new().await;
    let (handle, other) = (app.draft("mine").await, app.draft("other").await);
    let (id, other_id) = (app.data_id("mine").await, app.data_id("other").await);
    let guard = app.add(
        Rule::new(fail(NetworkError::LowBalance)).on(Matcher { record: Some(name("mine")), ..Matcher::default() }),
    );
    let draft = |text: &str| json!({"name": name(text), "data": ""});
    for path in ["/structured-data", "/data-id/structured-data"] {
        let ask = async |text: &str| app.client.post(path).token(&app.token).json(&draft(text)).send().await.error().0;
        assert_eq!((ask("mine").await, ask("other").await), (-24, 0), "{path}");
    }
    assert_eq!((app.fetch(id).await.error().0, app.fetch(other_id).await.error().0), (-24, -18));
    assert_eq!((app.put(handle).await.error().0, app.put(other).await.error().0), (-24, 0));
    assert_eq!((app.metadata(handle).await.error().0, app.metadata(other).await.error().0), (-24, 0));
    for (path, code) in [(format!("/structured-data/handle/{handle}"), -24), (format!("/data-id/{other_id}"), 0)] {
        assert_eq!(app.client.delete(&path).token(&app.token).send().await.error().0, code, "{path}");
    }
    assert_eq!(app.check().await, 200);
    assert_eq!(guard.strikes(), 6);
}

#[tokio::test]
async fn calls_are_counted_from_one() {
    let app = App::new().await;
    for (matching, struck) in [
        (Matcher { nth: Some(3), ..Matcher::default() }, [false, false, true, false, false, false]),
        (Matcher { from_nth: Some(3), ..Matcher::default() }, [false, false, true, true, true, true]),
        (Matcher { every_nth: Some(2), ..Matcher::default() }, [false, true, false, true, false, true]),
        (
            Matcher { from_nth: Some(3), every_nth: Some(2), ..Matcher::default() },
            [false, false, false, true, false, true],
        ),
    ] {
        let guard = app.add(refuse().on(matching.clone()));
        assert_eq!(app.struck(6).await, struck, "{matching:?}");
        assert_eq!(guard.view().unwrap().matched, 6);
        // Calls that the rule does not match are not counted.
        drop(guard);
        let _guard = app.add(refuse().on(Matcher { call: Some(Call::Health), ..matching }));
        app.check().await;
        assert_eq!(app.struck(6).await, struck);
    }
    let guard = app.add(refuse().times(2));
    assert_eq!(app.struck(4).await, [true, true, false, false]);
    let view = guard.view().unwrap();
    assert_eq!((view.matched, view.strikes, view.spent), (2, 2, true));
}

#[tokio::test]
async fn random_numbers_come_from_the_seed_and_another_rule_does_not_change_them() {
    let by_chance = |chance| refuse().on(Matcher { chance: Some(chance), ..Matcher::call(Call::Health) });
    let app = async |seed| App::of(Builder::default().seed(seed)).await;
    let first = app(7).await;
    let _guard = first.add(by_chance(0.3));
    let struck = first.struck(200).await;
    let count = struck.iter().filter(|struck| **struck).count();
    assert!((40..80).contains(&count), "{count}");

    let second = app(7).await;
    let _guard = second.add(by_chance(0.3));
    let jitter = Fault::Delay {
        by: Latency::Uniform { min: Duration::ZERO, max: Duration::from_millis(1) },
        when: When::Before,
    };
    let _other = second.add(Rule::new(jitter).on(Matcher::call(Call::Check)));
    let mut again = Vec::new();
    for _ in 0..200 {
        second.check().await;
        again.extend(second.struck(1).await);
    }
    assert_eq!(again, struck);
    // A rule does not change the other random numbers of the launcher either.
    let next = async |app: &App| {
        app.client.token("next", &[]).await;
        app.launcher.log_in_new_account().public_key
    };
    let untouched = app(7).await;
    assert_eq!(next(&untouched).await, next(&second).await);

    let third = app(8).await;
    let _guard = third.add(by_chance(0.3));
    assert_ne!(third.struck(200).await, struck);

    for (chance, expected) in [(0.0, false), (1.0, true)] {
        let certain = app(7).await;
        let _guard = certain.add(by_chance(chance));
        assert_eq!(certain.struck(100).await, vec![expected; 100]);
    }
}
