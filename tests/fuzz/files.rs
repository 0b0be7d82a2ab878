//! What a person writes: scenarios, orders and fault rules.

use harness::Scenario;
use harness::orders::Schedule;
use safe_mock::fault::Rule;

use crate::fuzzer::Target;

#[test]
fn scenario() {
    let words = &["[[peers]]", "[[", "]]", "{", "}", "=", "\"\"\"", "faults", "expect", "true", "inf", "1979-05-27"];
    Target::new("scenario", words).run(|input| match Scenario::from_toml(&String::from_utf8_lossy(input)) {
        Ok(scenario) => {
            assert_eq!(Scenario::from_toml(&scenario.to_toml()).as_ref(), Ok(&scenario));
            String::new()
        }
        Err(error) => error.lines().last().unwrap_or_default().chars().take(60).collect(),
    });
}

#[test]
fn orders() {
    Target::new("orders", &["1", "2", "t"]).run(|input| {
        let text = String::from_utf8_lossy(input);
        match text.parse::<Schedule>() {
            Ok(schedule) => {
                assert_eq!(schedule.to_string(), text);
                "read".to_owned()
            }
            Err(_) => "refused".to_owned(),
        }
    });
}

#[test]
fn fault_rule() {
    let words = &[
        "\"matching\"",
        "\"fault\"",
        "\"until\"",
        "\"delay\"",
        "\"call\"",
        "\"put\"",
        "{",
        "}",
        "[",
        "]",
        "\"times\"",
        "\"for_ms\"",
    ];
    Target::new("fault_rule", words).run(|input| match serde_json::from_slice::<Rule>(input) {
        Ok(rule) => {
            let json = serde_json::to_vec(&rule).unwrap();
            assert_eq!(serde_json::from_slice::<Rule>(&json).unwrap(), rule);
            "read".to_owned()
        }
        Err(error) => error.to_string().split(" at line").next().unwrap_or_default().to_owned(),
    });
}
