//! Compares `docs/scenarios.md` with the scenario files that the harness reads: its examples are played, and its tables are
//! complete and true.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use harness::scenario::{
    Death, DeathTime, ExpectedEnd, Join, KnownGap, Launchers, Mutation, Peer, PlacedFault, PlannedDeath, SCHEMA, Visit,
};
use harness::{Clock, Scenario, Settings};
use safe_mock::fault::{Call, Fault, Latency, Matcher, NetworkError, Rule, Until, When};
use serde_json::{Value, json};
use signaling::{OnStaleOffer, PollRule};

const DOCUMENT: &str = include_str!("../../docs/scenarios.md");

/// The tables of values, by their first heading, and the place of such a value in [`filled`].
const FORMS: [(&str, &str); 13] = [
    ("`launchers`", "/launchers"),
    ("`schedule`", "/schedule"),
    ("`planted`", "/planted"),
    ("`when_gone`", "/when_gone"),
    ("`joins`", "/peers/0/visits/0/joins"),
    ("`how`", "/peers/0/visits/0/dies/how"),
    ("`when`", "/peers/0/visits/0/dies/when"),
    ("`ends`", "/peers/0/visits/0/ends"),
    ("`call`", "/faults/0/rule/matching/call"),
    ("`fault`", "/faults/0/rule/fault"),
    ("`when` of a fault", "/faults/0/rule/fault/delay/when"),
    ("`by`", "/faults/0/rule/fault/delay/by"),
    ("`error`", "/faults/1/rule/fault/fail/error"),
];

/// The blocks of code in one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    DOCUMENT.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The rows of all tables whose first heading is this, without their headings, cell by cell.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let cells = |line: &'static str| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>();
    let tables = DOCUMENT.split("\n\n").filter(|visit| visit.starts_with('|'));
    let wanted = tables.filter(|table| cells(table.lines().next().unwrap())[0] == heading);
    wanted.flat_map(|table| table.lines().skip(2).map(cells)).collect()
}

/// A row of the tables of keys.
struct Key {
    path: &'static str,
    kind: &'static str,
    /// The least and the greatest number, or number of elements.
    bounds: Option<(i64, Option<i64>)>,
    default: &'static str,
}

fn keys() -> Vec<Key> {
    let key = |row: Vec<&'static str>| {
        let (kind, range) = row[1].split_once(", ").unwrap_or((row[1], ""));
        let mut numbers = range.split(' ').map(str::parse);
        let least = numbers.next().and_then(Result::ok);
        let most = numbers.find_map(Result::ok);
        let bounds = least.map(|least| (least, most));
        Key { path: row[0].trim_matches('`'), kind, bounds, default: row[2].trim_matches('`') }
    };
    rows("key").into_iter().map(key).collect()
}

/// A scenario in which every key has a value. All fields are written out, so that a new one cannot be forgotten.
fn filled() -> Scenario {
    let visit = Visit {
        joins: Join::AfterMs(5),
        dies: Some(PlannedDeath { how: Death::Stop, when: DeathTime::AfterMs(9) }),
        ends: Some(ExpectedEnd::Either),
        stays_ms: Some(3),
    };
    let matching = Matcher {
        method: Some("GET".to_owned()),
        call: Some(Call::Fetch),
        mutating: Some(false),
        peer: Some("first peer".to_owned()),
        room: Some("kitchen".to_owned()),
        record: Some(format!("{}=", "A".repeat(43))),
        nth: Some(8),
        from_nth: Some(2),
        every_nth: Some(2),
        chance: Some(0.5),
    };
    let late = Fault::Delay { by: Latency::Fixed(Duration::from_millis(4)), when: When::After };
    let until = Until { times: Some(2), expires_after: Some(Duration::from_millis(900)) };
    let poor = Rule { fault: Fault::Fail { error: NetworkError::LowBalance }, ..Rule::new(Fault::Refuse) };
    Scenario {
        schema: SCHEMA,
        name: "filled".to_owned(),
        proves: "every key has a value".to_owned(),
        pairs: 2,
        seed: Some(7),
        launchers: Launchers::TwoForEachPair,
        poll_interval_ms: 500,
        schedule: PollRule::BackOff { factor: 2.0, longest: std::time::Duration::from_secs(4) },
        deadline_s: 10,
        when_gone: OnStaleOffer::NextGeneration,
        needs_virtual_time: true,
        known_gap: Some(KnownGap { why: "not implemented".to_owned(), checks: vec!["roles".to_owned()] }),
        planted: Some(Mutation::KeepsHandles),
        peers: vec![Peer {
            program: vec!["node".to_owned(), "peer.js".to_owned()],
            launcher: Some(2),
            own_account: true,
            identity: Some("a page".to_owned()),
            visits: vec![visit],
        }],
        faults: vec![
            PlacedFault {
                launcher: Some(1),
                pair: Some(2),
                each_step: false,
                rule: Rule { matching, fault: late, until },
            },
            PlacedFault { launcher: None, pair: None, each_step: true, rule: poor },
        ],
    }
}

/// [`filled`] as it is written.
fn written(scenario: &Scenario) -> Value {
    serde_json::to_value(scenario).unwrap()
}

/// A scenario, valid or not.
fn parsed(value: Value) -> Result<Scenario, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// A valid scenario, or its error.
fn read(value: Value) -> Result<Scenario, String> {
    let scenario = parsed(value)?;
    scenario.check().map_err(|error| error.to_string())?;
    Ok(scenario)
}

/// [`filled`] with another value at a place.
fn filled_with(pointer: &str, value: Value) -> Value {
    let mut scenario = written(&filled());
    let (table, key) = pointer.rsplit_once('/').unwrap();
    scenario.pointer_mut(table).unwrap()[key] = value;
    scenario
}

/// [`filled`] with nothing at a place.
fn filled_without(pointer: &str) -> Value {
    let mut scenario = written(&filled());
    let (table, key) = pointer.rsplit_once('/').unwrap();
    assert!(scenario.pointer_mut(table).unwrap().as_object_mut().unwrap().remove(key).is_some(), "{pointer}");
    scenario
}

/// Every key in a value by its path, with its first place. The content of a `string or table` is not a key.
fn places(path: &str, pointer: &str, value: &Value, forms: &BTreeSet<&str>, found: &mut BTreeMap<String, String>) {
    if !path.is_empty() && !path.ends_with("[]") {
        found.entry(path.to_owned()).or_insert_with(|| pointer.to_owned());
    }
    match value {
        Value::Object(members) if !forms.contains(path) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                places(&below, &format!("{pointer}/{name}"), member, forms, found);
            }
        }
        Value::Array(elements) => {
            for (element, index) in elements.iter().zip(0..) {
                places(&format!("{path}[]"), &format!("{pointer}/{index}"), element, forms, found);
            }
        }
        _ => {}
    }
}

/// The place of each key in [`filled`].
fn places_of_keys() -> BTreeMap<String, String> {
    let keys = keys();
    let forms = keys.iter().filter(|key| key.kind == "string or table").map(|key| key.path).collect();
    let mut found = BTreeMap::new();
    places("", "", &written(&filled()), &forms, &mut found);
    found
}

/// A value as a cell of a table shows it.
fn value_in(cell: &str) -> Value {
    let line = format!("value = {}", cell.trim_matches('`'));
    let table: toml::Table = toml::from_str(&line).unwrap();
    serde_json::to_value(&table["value"]).unwrap()
}

/// The names that are valid at a place, as the parser's error lists them.
fn names_expected_by(refusal: &str) -> BTreeSet<String> {
    let (_, expected) = refusal.split_once("expected").unwrap();
    expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// Every example of the document as a whole file: those that are whole, and the first file with each part.
fn examples() -> Vec<String> {
    let first: toml::Table = toml::from_str(blocks("toml")[0]).unwrap();
    let whole = |block: &'static str| {
        let visit: toml::Table = toml::from_str(block).unwrap();
        if visit.contains_key("schema") {
            return block.to_owned();
        }
        let mut file = first.clone();
        file.extend(visit);
        toml::to_string(&file).unwrap()
    };
    blocks("toml").into_iter().map(whole).collect()
}

#[tokio::test]
async fn every_example_is_a_scenario_that_passes() {
    let settings = Settings::default().seed(7).clock(Clock::Virtual);
    for example in examples() {
        let scenario = Scenario::from_toml(&example).unwrap_or_else(|error| panic!("{example}\n{error}"));
        let report = harness::run(&scenario, &settings).await.unwrap();
        assert!(report.passed, "{example}\n{}", harness::report::text(&report));
    }
}

#[test]
fn every_key_is_documented_and_every_documented_key_exists() {
    let documented: BTreeSet<String> = keys().iter().map(|key| key.path.to_owned()).collect();
    let real: BTreeSet<String> = places_of_keys().into_keys().collect();
    assert_eq!(documented, real);
    assert_eq!(read(written(&filled())), Ok(filled()));
}

#[test]
fn each_key_has_the_type_that_is_documented() {
    let (filled, places) = (written(&filled()), places_of_keys());
    for Key { path, kind, .. } in keys() {
        let real = match filled.pointer(&places[path]).unwrap() {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "table",
        };
        assert!(kind.split(" or ").any(|documented| documented == real), "{path} is a {real}, not a {kind}");
    }
}

#[test]
fn an_absent_key_is_refused_or_has_the_documented_default() {
    let places = places_of_keys();
    for Key { path, default, .. } in keys() {
        let place = &places[path];
        let without = parsed(filled_without(place));
        if default == "required" {
            let refusal = without.unwrap_err();
            assert!(refusal.contains("missing field"), "{path}: {refusal}");
            continue;
        }
        let standing = written(&without.unwrap_or_else(|error| panic!("{path}: {error}"))).pointer(place).cloned();
        match standing {
            Some(value) => assert_eq!(value, value_in(default), "{path}"),
            None => assert!(["", "false"].contains(&default), "{path} is absent by default"),
        }
    }
}

/// A value of the same type that is so large, or has so many elements.
fn sized(value: &Value, size: i64) -> Option<Value> {
    let count = || usize::try_from(size).ok();
    match value {
        Value::String(_) => Some(json!("a".repeat(count()?))),
        Value::Array(elements) => Some(json!(vec![elements[0].clone(); count()?])),
        _ => Some(json!(size)),
    }
}

#[test]
fn the_documented_bounds_are_accepted_and_nothing_beyond_them() {
    let (filled, places) = (written(&filled()), places_of_keys());
    for Key { path, bounds, .. } in keys() {
        let Some((least, most)) = bounds else { continue };
        let place = &places[path];
        let sized = |size| sized(filled.pointer(place).unwrap(), size);
        for size in [Some(least), most].into_iter().flatten() {
            let said = read(filled_with(place, sized(size).unwrap()));
            assert!(said.is_ok(), "{path} of {size}: {said:?}");
        }
        for beyond in [Some(least - 1), most.map(|most| most + 1)].into_iter().flatten().filter_map(sized) {
            assert!(read(filled_with(place, beyond)).is_err(), "{path} can go beyond {least} and {most:?}");
        }
    }
}

#[test]
fn every_value_is_documented_and_every_documented_value_exists() {
    for (heading, place) in FORMS {
        let refusal = parsed(filled_with(place, json!("no-such"))).unwrap_err();
        let mut documented = BTreeSet::new();
        for row in rows(heading) {
            let value = value_in(row[0]);
            let scenario =
                parsed(filled_with(place, value.clone())).unwrap_or_else(|error| panic!("{}: {error}", row[0]));
            assert_eq!(written(&scenario).pointer(place), Some(&value), "{heading}");
            let Some((name, settings)) = value.as_object().and_then(|table| table.iter().next()) else {
                documented.insert(value.as_str().unwrap().to_owned());
                continue;
            };
            if let Some(settings) = settings.as_object() {
                let refusal = parsed(filled_with(place, json!({name: {"no-such": 1}}))).unwrap_err();
                let shown: BTreeSet<String> = settings.keys().cloned().collect();
                assert_eq!(shown, names_expected_by(&refusal), "{name}");
            }
            documented.insert(name.clone());
        }
        assert_eq!(documented, names_expected_by(&refusal), "{heading}");
    }
}

#[test]
fn each_call_is_the_request_that_is_documented() {
    for row in rows("`call`") {
        let Some((method, path)) = row[1].trim_matches('`').split_once(' ') else { continue };
        let Some(path) = Some(path).filter(|path| path.starts_with('/')) else { continue };
        let call = Call::parse(&method.parse().unwrap(), path);
        assert_eq!(serde_json::to_value(call).unwrap(), value_in(row[0]), "{method} {path}");
    }
}

#[test]
fn the_optional_keys_of_a_fault_are_as_documented() {
    assert!(DOCUMENT.contains(
        "`when` may be absent, and is `\"before\"` by default; `after_ms` may be absent, and is 0 by default."
    ));
    for (short, whole) in [
        (json!({"revoke_session": {}}), json!({"revoke_session": {"when": "before"}})),
        (json!({"delay": {"by": {"fixed_ms": 1}}}), json!({"delay": {"by": {"fixed_ms": 1}, "when": "before"}})),
        (json!({"cut_off": {}}), json!({"cut_off": {"after_ms": 0}})),
    ] {
        let place = "/faults/0/rule/fault";
        let scenario = read(filled_with(place, short)).unwrap();
        assert_eq!(written(&scenario).pointer(place), Some(&whole));
    }
}

#[test]
fn the_errors_in_the_document_are_those_of_the_program() {
    let folder = std::env::temp_dir().join(format!("harness-scenario-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mistakes = [("joins = { after_ms = 5000 }", "joins = \"never\""), ("pairs = 3", "pairs = 0")];
    let shown = blocks("text");
    assert_eq!(shown.len(), mistakes.len());
    for ((right, wrong), shown) in mistakes.into_iter().zip(shown) {
        assert!(DOCUMENT.contains(&format!("`{wrong}` in place of `{right}`")));
        let first = blocks("toml")[0];
        assert_eq!(first.matches(right).count(), 1);
        std::fs::write(folder.join("mine.toml"), first.replace(right, wrong)).unwrap();
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_harness"));
        let output = program.args(["run", "--file", "mine.toml"]).current_dir(&folder).output().unwrap();
        assert_eq!(output.status.code(), Some(i32::from(harness::exit_code::NOT_RUN)));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), shown);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn every_scenario_that_the_document_of_rooms_names_exists() {
    let is_name =
        |text: &&str| text.contains('-') && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let named: Vec<_> = include_str!("../../docs/rooms.md").split('`').skip(1).step_by(2).filter(is_name).collect();
    assert!(named.len() > 9, "{named:?}");
    for name in named {
        assert!(Scenario::find(name).is_some(), "{name}");
    }
}
