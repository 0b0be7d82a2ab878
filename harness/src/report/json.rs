//! Reports for scripts.

use serde::Serialize;

use super::model::Report;

/// The report as JSON, in one object over several lines, with a newline at the end.
pub fn json(report: &Report) -> String {
    pretty(report)
}

/// Any report as JSON, in one object over several lines, with a newline at the end.
pub(crate) fn pretty(report: &impl Serialize) -> String {
    // Reports have string keys and finite numbers, so JSON can always hold them.
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::check::test_run::good_run;
    use crate::record::{CountTime, EventKind, Resource};
    use crate::report::model::tests::report_of;
    use crate::report::text::tests::a_report;
    use crate::report::{CommandReport, SCHEMA};
    use crate::scenario::{KnownGap, PeerIndex};

    #[test]
    fn the_json_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(json(&a_report()));
    }

    const DOCUMENTATION: &str = include_str!("../../../docs/report.md");

    /// The rows of the document's tables: field, type, unit.
    fn documented() -> Vec<[&'static str; 3]> {
        let is_of_a_field = |line: &&str| line.starts_with("| `") && line.matches('|').count() == 5;
        let rows = DOCUMENTATION.lines().filter(is_of_a_field);
        let cells = |row: &'static str| {
            let mut cells = row.split('|').skip(1).map(|cell| cell.trim().trim_matches('`'));
            std::array::from_fn(|_| cells.next().unwrap_or_default())
        };
        rows.map(cells).collect()
    }

    /// Every field of a report by its path, with its type.
    fn fields(path: &str, value: &Value, found: &mut BTreeSet<(String, &'static str)>) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !path.is_empty() && !path.ends_with("[]") {
            found.insert((path.to_owned(), kind));
        }
        match value {
            Value::Array(values) => values.iter().for_each(|value| fields(&format!("{path}[]"), value, found)),
            Value::Object(members) => {
                let below = |name: &String| if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                members.iter().for_each(|(name, value)| fields(&below(name), value, found));
            }
            _ => {}
        }
    }

    /// The fields of two runs that have all of them: a pair that met and one that did not, a check that failed and one that could
    /// not be judged.
    fn fields_of_a_real_report() -> BTreeSet<(String, &'static str)> {
        let mut bad = good_run();
        bad.remove(PeerIndex::First, |what| {
            matches!(what, EventKind::Applied(..) | EventKind::Opened | EventKind::Met(_))
        });
        bad.add(PeerIndex::First, 30_000, EventKind::Failed("the deadline passed".to_owned()));
        bad.scenario.known_gap =
            Some(KnownGap { why: "not implemented".to_owned(), checks: vec!["outcomes".to_owned()] });
        bad.count(Resource::Sockets, CountTime::Before, Err("they cannot be counted".to_owned()));
        let mut found = BTreeSet::new();
        for run in [good_run(), bad] {
            let mut report = report_of(&run);
            let (command, ended) = ("npm test".to_owned(), "exited with code 1".to_owned());
            report.command = Some(CommandReport { command, passed: false, ended });
            let report: Value = serde_json::from_str(&json(&report)).unwrap();
            fields("", &report, &mut found);
        }
        found
    }

    #[test]
    fn every_field_of_a_report_is_documented_and_every_documented_field_exists() {
        let names = |found: &BTreeSet<(String, &str)>| found.iter().map(|(name, _)| name.clone()).collect();
        let real: BTreeSet<String> = names(&fields_of_a_real_report());
        let documented: BTreeSet<String> = documented().iter().map(|[field, ..]| (*field).to_owned()).collect();
        assert_eq!(documented, real);
    }

    #[test]
    fn each_field_has_the_type_that_is_documented() {
        let documented = documented();
        for (field, kind) in fields_of_a_real_report() {
            let [_, types, _] = documented.iter().find(|[name, ..]| *name == field).unwrap();
            assert!(types.split(" or ").any(|word| word == kind), "{field} is documented as {types}, and is a {kind}");
        }
    }

    #[test]
    fn fields_in_milliseconds_and_no_others_are_documented_as_such() {
        for [field, _, unit] in documented() {
            assert_eq!(field.ends_with("_ms"), unit == "ms", "{field}");
        }
    }

    #[test]
    fn the_documented_schema_is_the_one_that_is_written() {
        assert!(DOCUMENTATION.contains(&format!("`schema` is {SCHEMA}.")));
    }
}
