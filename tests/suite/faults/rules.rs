//! Rules as values: added, bounded, refused, serialised, and in the control plane.

use std::time::Duration;

use safe_mock::fault::{Fault, InvalidRule, Rule, When};
use serde_json::json;

use super::app::*;

#[tokio::test]
async fn a_dropped_guard_removes_its_rule_and_a_kept_rule_stays() {
    let app = App::new().await;
    let guard = app.add(refuse());
    assert_eq!((app.health().await, guard.strikes()), (NO_ANSWER, 1));
    drop(guard);
    assert_eq!((app.health().await, app.launcher.faults()), (200, vec![]));
    let id = app.add(refuse()).keep();
    assert_eq!(app.health().await, NO_ANSWER);
    assert!(app.launcher.remove_fault(id) && !app.launcher.remove_fault(id));
    assert_eq!(app.health().await, 200);
    // A guard whose rule was removed already removes no other.
    let old = app.add(refuse());
    app.launcher.clear_faults();
    let new = app.add(refuse());
    drop(old);
    assert_eq!((app.health().await, new.strikes()), (NO_ANSWER, 1));
}

#[tokio::test]
async fn a_guard_that_expects_strikes_checks_them_when_it_is_dropped() {
    let app = App::new().await;
    let met = app.add(refuse().times(1)).expect(1..);
    assert_eq!(app.health().await, NO_ANSWER);
    drop(met);
    let missed = app.add(refuse()).expect(1..=2);
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(missed)));
    let message = *dropped.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("struck 0 calls, expected 1..=2"), "{message}");
    assert_eq!(app.launcher.faults(), [], "the rule is removed nevertheless");
}

#[tokio::test]
async fn rules_are_bounded() {
    let app = App::new().await;
    let guards: Vec<_> = (0..safe_mock::fault::RULES_MAX).map(|_| app.add(refuse())).collect();
    assert_eq!(app.launcher.add_fault(refuse()).err(), Some(InvalidRule::TooMany(256)));
    drop(guards);
    assert_eq!(app.health().await, 200);
}

#[tokio::test]
async fn invalid_rules_are_refused_with_a_reason_and_change_nothing() {
    let app = App::new().await;
    for (rule, reason) in [
        (json!({"fault": "refuse", "matching": {"chance": 2}}), "`chance` is 2, and must lie between 0 and 1"),
        (json!({"fault": "refuse", "matching": {"chance": -0.1}}), "`chance` is -0.1"),
        (json!({"fault": "refuse", "matching": {"nth": 0}}), "`nth` is 0, and calls are counted from 1"),
        (json!({"fault": "refuse", "matching": {"every_nth": 0}}), "`every_nth` is 0"),
        (json!({"fault": "refuse", "matching": {"record": "room"}}), "`record` is `room`, which is not 32 bytes"),
        (json!({"fault": "refuse", "matching": {"method": "BREW"}}), "`method` is `BREW`"),
        (
            json!({"fault": "refuse", "matching": {"call": "brew"}}),
            "unknown variant `brew`, expected one of `authorise`",
        ),
        (json!({"fault": "refuse", "matching": {"colour": 1}}), "unknown field `colour`"),
        (json!({"fault": "refuse", "until": {"times": 0}}), "`times` is 0"),
        (json!({"fault": "refuse", "until": {"tomes": 1}}), "unknown field `tomes`"),
        (json!({"fault": "refuse", "colour": 1}), "unknown field `colour`"),
        (json!({"fault": "explode"}), "unknown variant `explode`, expected one of `delay`"),
        (json!({"fault": {"fail": {"error": "OutOfCoffee"}}}), "unknown variant `OutOfCoffee`"),
        (json!({"fault": {"fail": {"error": "LowBalance", "code": 1}}}), "unknown field `code`"),
        (json!({"fault": {"delay": {"by": {"uniform": {"min_ms": 2, "max_ms": 1}}}}}), "ranges from 2 ms to 1 ms"),
        (json!({"fault": {"delay": {"by": {"fixed_ms": 99_999_999_999_u64}}}}), "longer than a day"),
        (json!({"fault": {"stale_read": {"by_ms": 99_999_999_999_u64}}}), "longer than a day"),
        (json!({"matching": {}}), "missing field `fault`"),
    ] {
        let answer = app.client.post("/__mock/faults").body("application/json", rule.to_string()).send().await;
        assert_eq!(answer.status(), 400, "{rule}");
        assert!(answer.error().1.contains(reason), "{rule}: {}", answer.error().1);
    }
    assert_eq!(app.launcher.faults(), []);
    assert_eq!(app.launcher.add_fault(refuse().times(0)).err(), Some(InvalidRule::NeverStrikes));
    assert_eq!((app.health().await, app.launcher.faults()), (200, vec![]));
}

#[tokio::test]
async fn every_fault_reads_back_as_it_was_written() {
    for fault in [
        json!("refuse"),
        json!("reset"),
        json!("lose_answer"),
        json!("close_halfway"),
        json!("empty_answer"),
        json!("cut_answer"),
        json!("malformed_answer"),
        json!({"fail": {"error": "NetworkOther"}}),
        json!({"delay": {"by": {"fixed_ms": 5}, "when": "after"}}),
        json!({"delay": {"by": {"uniform": {"min_ms": 1, "max_ms": 2}}, "when": "before"}}),
        json!({"delay": {"by": {"long_tailed": {"median_ms": 1, "max_ms": 2}}, "when": "before"}}),
        json!({"stale_read": {"by_ms": 5}}),
        json!({"slow_visibility": {"by_ms": 5}}),
        json!({"revoke_session": {"when": "after"}}),
        json!({"lose_handles": {"when": "before"}}),
        json!({"restart_launcher": {"when": "after"}}),
        json!({"cut_off": {"after_ms": 5}}),
    ] {
        let read: Fault = serde_json::from_value(fault.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), fault);
        let written = fault.as_str().or_else(|| fault.as_object()?.keys().next().map(String::as_str));
        assert_eq!(written, Some(read.name()));
    }
    let rule: Rule = serde_json::from_str(r#"{"fault": {"restart_launcher": {}}}"#).unwrap();
    assert_eq!(rule, Rule::new(Fault::RestartLauncher { when: When::Before }));
}

#[tokio::test]
async fn the_control_plane_adds_lists_and_removes_rules() {
    let app = App::new().await;
    let rule = json!({
        "matching": {"call": "health", "nth": 2},
        "fault": {"fail": {"error": "LowBalance"}},
        "until": {"times": 1},
    });
    let add = async || app.client.post("/__mock/faults").json(&rule).send().await.json()["id"].as_u64().unwrap();
    let list = async || app.client.get("/__mock/faults").send().await.json();
    let id = add().await;
    assert_eq!(list().await, json!([{"id": id, "rule": rule, "matched": 0, "strikes": 0, "spent": false}]));
    assert_eq!(app.struck(3).await, [false, true, false]);
    assert_eq!(list().await[0], json!({"id": id, "rule": rule, "matched": 2, "strikes": 1, "spent": true}));
    let entry = app.client.get("/__mock/journal?path=health&status=400").send().await.json();
    assert_eq!(entry["entries"][0]["fault"], json!("fail"));

    let path = format!("/__mock/faults/{id}");
    assert_eq!(app.client.delete(&path).send().await.status(), 200);
    assert_eq!((app.client.delete(&path).send().await.status(), list().await), (404, json!([])));
    add().await;
    assert_eq!((app.client.delete("/__mock/faults").send().await.status(), list().await), (200, json!([])));
    // The control plane works even if a rule strikes every call.
    app.add(refuse()).keep();
    add().await;
    assert_eq!((app.health().await, app.client.post("/__mock/reset").send().await.status()), (NO_ANSWER, 200));
    assert_eq!((app.health().await, list().await), (200, json!([])));
}

#[tokio::test]
async fn the_control_plane_restarts_partitions_and_loses_handles() {
    let app = App::new().await;
    let handle = app.draft("far").await;
    let link = async || app.client.get("/__mock/link").send().await.json();
    assert_eq!(link().await, json!({"joined": true, "after_ms": 0}));
    for (body, code) in [(json!({"joined": false}), -37), (json!({"joined": true}), 0)] {
        assert_eq!(app.client.put("/__mock/link").json(&body).send().await.status(), 200);
        assert_eq!((app.put(handle).await.error().0, &link().await["joined"]), (code, &body["joined"]));
    }
    for body in [
        json!({}),
        json!({"joined": "no"}),
        json!({"joined": false, "x": 1}),
        json!({"joined": false, "after_ms": 86_400_001}),
    ] {
        assert_eq!(app.client.put("/__mock/link").json(&body).send().await.status(), 400, "{body}");
    }
    assert_eq!(app.client.delete("/__mock/handles").send().await.status(), 200);
    assert_eq!((app.put(handle).await.error().0, app.check().await), (-1513, 200));
    assert_eq!(app.client.post("/__mock/restart").send().await.status(), 200);
    assert_eq!((app.check().await, app.stored()), (401, 1));
    app.launcher.partition(Duration::ZERO);
    app.launcher.reset();
    assert_eq!(link().await["joined"], json!(true));
}
