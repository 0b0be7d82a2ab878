//! The scorecard for CI viewers: `JUnit` XML, a suite for each scenario and a case for each check.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::card::{Mark, Scorecard, ScoredCheck, ScoredScenario};
use crate::format::printable;

/// The scorecard as one `JUnit` XML document, with a newline at the end.
pub(crate) fn scorecard_junit(card: &Scorecard) -> String {
    let mut whole = Report::new("harness score");
    whole.set_time(Duration::from_secs_f64(card.wall_ms / 1e3));
    whole.add_test_suites(card.scenarios.iter().map(|scenario| suite(scenario, card.strict)));
    // A write to memory does not fail.
    whole.to_string().unwrap_or_default()
}

fn suite(scenario: &ScoredScenario, is_strict: bool) -> TestSuite {
    let mut suite = TestSuite::new(scenario.scenario.as_str());
    suite.set_time(Duration::from_secs_f64(scenario.wall_ms / 1e3));
    if let Some(repeat) = &scenario.repeat {
        suite.add_property(Property::new("repeat", printable(repeat)));
    }
    if scenario.checks.is_empty() {
        suite.add_test_case(case("scenario", scenario.mark, &scenario.sentence, is_strict));
    }
    let of_check = |check: &ScoredCheck| case(&check.check, check.mark, &check.sentence, is_strict);
    suite.add_test_cases(scenario.checks.iter().map(of_check));
    suite
}

fn case(name: &str, mark: Mark, sentence: &str, is_strict: bool) -> TestCase {
    let sentence = printable(sentence);
    let status = match mark {
        Mark::Failed => failure(&sentence),
        Mark::Lenient if is_strict => failure(&sentence),
        // Viewers know no third mark: of what is lenient, the sentence is in the output.
        Mark::Passed | Mark::Lenient => TestCaseStatus::success(),
        Mark::NotApplicable => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(sentence.as_str());
            status
        }
    };
    let is_success = matches!(status, TestCaseStatus::Success { .. });
    let mut case = TestCase::new(name, status);
    if is_success {
        let lenient = if mark == Mark::Lenient { "lenient: " } else { "" };
        case.set_system_out(format!("{lenient}{sentence}"));
    }
    case
}

fn failure(sentence: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("check").set_message(sentence);
    status
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::text::tests::a_card;

    #[test]
    fn each_check_is_a_case_and_what_does_not_apply_is_skipped() {
        let xml = scorecard_junit(&a_card());
        let document = roxmltree::Document::parse(&xml).unwrap();
        let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
        assert_eq!(["testsuite", "testcase", "failure", "skipped"].map(count), [4, 4, 1, 1]);
        assert!(xml.contains("lenient: the first peer"), "{xml}");
    }
}
