//! The report for scripts.

use super::model::Report;

/// The report as JSON, in one object over several lines, with a newline at the end.
pub fn json(report: &Report) -> String {
    // A report has string keys and finite numbers, so that it can always be written.
    let mut json = serde_json::to_string_pretty(report).unwrap_or_default();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::tests::a_report;

    #[test]
    fn the_json_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(json(&a_report()));
    }
}
