//! The report for CI viewers: `JUnit` XML, one testsuite for each run, with a testcase for each check and each pair.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};
use signaling::Printable;

use super::model::{CheckReport, CommandReport, NotChecked, Report};
use super::pair::PairReport;
use crate::format::{counted, printable};

/// The name of the whole document.
const NAME: &str = "harness";

/// The reports of some runs as one `JUnit` XML document, with a newline at the end.
///
/// Times are of the runs' clocks, so with the virtual clock, the same run gives the same bytes.
pub fn junit(reports: &[Report]) -> String {
    let mut whole = quick_junit::Report::new(NAME);
    whole.set_time(reports.iter().map(|report| length(report.elapsed_ms)).sum());
    whole.add_test_suites(reports.iter().map(suite));
    // A write to memory does not fail.
    let xml = whole.to_string().unwrap_or_default();
    // The schema of Jenkins (xUnit plugin, junit-10.xsd) allows this attribute for a suite, not for the root. The first one is
    // the root's.
    xml.replacen(&format!(" skipped=\"{}\"", whole.skipped), "", 1)
}

fn suite(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(held(&report.scenario));
    suite.set_time(length(report.elapsed_ms));
    for (name, value) in [
        ("scenario", report.scenario.clone()),
        ("seed", report.seed.to_string()),
        ("clock", report.clock.clone()),
        ("poll_interval_ms", report.poll_interval_ms.to_string()),
        ("repeat", report.repeat.clone()),
    ] {
        suite.add_property(Property::new(name, held(&value)));
    }
    let class = |kind: &str| held(&format!("{}.{kind}", report.scenario));
    let judged = report.checks.iter().map(|check| of_check(check, report));
    let others = report.not_checked.iter().map(of_unjudged);
    let pairs = report.pairs.iter().zip(1..).map(|(pair, number)| of_pair(pair, number, report));
    let command = report.command.as_ref().map(|command| of_command(command, report));
    suite.add_test_cases(judged.chain(others).chain(command).map(|mut case| {
        // A check takes no time on the run's clock.
        case.set_classname(class("checks")).set_time(Duration::ZERO);
        case
    }));
    suite.add_test_cases(pairs.map(|mut case| {
        case.set_classname(class("pairs"));
        case
    }));
    suite
}

/// How the command ended that was judged.
fn of_command(command: &CommandReport, report: &Report) -> TestCase {
    let ended = format!("`{}` {}", command.command, command.ended);
    if command.passed {
        let mut case = TestCase::new("command", TestCaseStatus::success());
        case.set_system_out(held(&ended));
        return case;
    }
    let text = format!("{ended}\nTo repeat: {}", report.repeat);
    TestCase::new("command", failure("command", &ended, &text, report))
}

fn of_check(check: &CheckReport, report: &Report) -> TestCase {
    let is_lenient = check.passed && check.lenient;
    let is_failure = is_lenient && report.is_strict;
    if check.passed && !is_failure {
        let mut case = TestCase::new(held(&check.name), TestCaseStatus::success());
        let lenient = if is_lenient { "lenient: " } else { "" };
        case.set_system_out(held(&format!("{lenient}{} {}", check.promise, check.detail)));
        return case;
    }
    let text = format!("{}\nBut: {}\nTo repeat: {}", check.promise, check.detail, report.repeat);
    TestCase::new(held(&check.name), failure("check", &check.detail, &text, report))
}

fn of_unjudged(check: &NotChecked) -> TestCase {
    let mut status = TestCaseStatus::skipped();
    status.set_message(on_one_line(&check.why));
    TestCase::new(held(&check.name), status)
}

/// A pair fails if a check failed for it. A pair that did not connect, and for which no check failed, did what its scenario
/// expects.
fn of_pair(pair: &PairReport, number: usize, report: &Report) -> TestCase {
    let summary = summary(pair);
    let status = if pair.breaches.is_empty() {
        TestCaseStatus::success()
    } else {
        let breaches = pair.breaches.iter().map(|breach| format!("{}: {}", breach.check, breach.detail));
        let breaches = breaches.collect::<Vec<_>>().join("\n");
        let text = format!("{breaches}\n{summary}\nTo repeat: {}", report.repeat);
        failure("pair", &breaches.replace('\n', "; "), &text, report)
    };
    // The number, not the room: the room's name depends on the seed, and viewers follow a test by its name.
    let mut case = TestCase::new(format!("pair {number}"), status);
    case.set_time(pair.connect_ms.map_or_else(|| lifetime(pair), length));
    if pair.breaches.is_empty() {
        case.set_system_out(held(&summary));
    }
    case
}

fn summary(pair: &PairReport) -> String {
    let connected = if pair.connected { "connected" } else { "not connected" };
    let mut summary = format!("room {}: {connected}, {}", pair.room, counted(pair.polls, "poll"));
    for error in &pair.errors {
        summary.push('\n');
        summary.push_str(error);
    }
    summary
}

/// The time from the first event of a pair to the last.
fn lifetime(pair: &PairReport) -> Duration {
    match (pair.events.first(), pair.events.last()) {
        (Some(first), Some(last)) => last.at.saturating_sub(first.at),
        _ => Duration::ZERO,
    }
}

/// A failure of a known gap is skipped, so that viewers do not report it as new.
fn failure(kind: &str, message: &str, text: &str, report: &Report) -> TestCaseStatus {
    if report.is_known_gap() {
        let mut status = TestCaseStatus::skipped();
        status.set_message(on_one_line(&format!("known gap: {message}")));
        return status;
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(kind).set_message(on_one_line(message)).set_description(held(text));
    status
}

/// The text without characters that XML cannot hold, all of which are unprintable.
fn held(text: &str) -> String {
    printable(text)
}

/// The text for an attribute, in which a parser would turn a newline into a space.
fn on_one_line(text: &str) -> String {
    Printable(text).to_string()
}

fn length(millis: f64) -> Duration {
    Duration::from_secs_f64(millis / 1e3)
}

#[cfg(test)]
mod tests {
    use roxmltree::{Document, Node};

    use super::*;
    use crate::report::Breach;
    use crate::report::text::tests::{a_bad_report, a_report};

    /// What the schema of Jenkins' xUnit plugin (junit-10.xsd) allows for an element: required attributes, optional attributes,
    /// and child elements.
    struct Rule {
        element: &'static str,
        must: &'static [&'static str],
        may: &'static [&'static str],
        holds: &'static [&'static str],
    }

    const RULES: [Rule; 8] = [
        Rule {
            element: "testsuites",
            must: &[],
            may: &["name", "time", "tests", "failures", "errors"],
            holds: &["testsuite"],
        },
        Rule {
            element: "testsuite",
            must: &["name", "tests", "failures", "errors"],
            may: &[
                "group",
                "time",
                "skipped",
                "timestamp",
                "hostname",
                "id",
                "package",
                "file",
                "log",
                "url",
                "version",
            ],
            holds: &["testsuite", "properties", "testcase", "system-out", "system-err"],
        },
        Rule { element: "properties", must: &[], may: &[], holds: &["property"] },
        Rule { element: "property", must: &["name", "value"], may: &[], holds: &[] },
        Rule {
            element: "testcase",
            must: &["name"],
            may: &["time", "classname", "group"],
            holds: &["skipped", "error", "failure", "system-out", "system-err"],
        },
        Rule { element: "failure", must: &[], may: &["type", "message"], holds: &[] },
        Rule { element: "skipped", must: &[], may: &["type", "message"], holds: &[] },
        Rule { element: "system-out", must: &[], may: &[], holds: &[] },
    ];

    /// The errors of a document by the schema, and by its viewers.
    fn faults(xml: &str) -> Vec<String> {
        let document = match Document::parse(xml) {
            Ok(document) => document,
            Err(error) => return vec![error.to_string()],
        };
        let root = document.root_element();
        let mut faults = Vec::new();
        if root.tag_name().name() != "testsuites" {
            faults.push("the root is not testsuites".to_owned());
        }
        for node in root.descendants().filter(Node::is_element) {
            let element = node.tag_name().name();
            match RULES.iter().find(|rule| rule.element == element) {
                Some(rule) => faults.extend(broken(rule, node).into_iter().map(|fault| format!("{element}: {fault}"))),
                None => faults.push(format!("{element}: no such element")),
            }
        }
        faults
    }

    fn broken(rule: &Rule, node: Node<'_, '_>) -> Vec<String> {
        let mut faults = Vec::new();
        let missing = rule.must.iter().filter(|name| !node.has_attribute(**name));
        faults.extend(missing.map(|name| format!("no {name}")));
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            if !rule.must.contains(&name) && !rule.may.contains(&name) {
                faults.push(format!("no attribute {name}"));
            }
            let is_good = match name {
                "time" => is_a_time(value),
                "tests" | "failures" | "errors" | "skipped" => value.parse() == Ok(count(node, name)),
                _ => true,
            };
            if !is_good {
                faults.push(format!("{name} is not {value}"));
            }
        }
        for child in node.children() {
            match child.tag_name().name() {
                "" if !rule.holds.is_empty() && child.text().is_some_and(|text| !text.trim().is_empty()) => {
                    faults.push("no text".to_owned());
                }
                "" => {}
                name if !rule.holds.contains(&name) => faults.push(format!("no {name} in it")),
                _ => {}
            }
        }
        faults
    }

    /// `SUREFIRE_TIME`, in the form that every reader accepts: seconds with three decimal places.
    fn is_a_time(text: &str) -> bool {
        let digits = |text: &str| !text.is_empty() && text.chars().all(|character| character.is_ascii_digit());
        text.split_once('.').is_some_and(|(whole, visit)| digits(whole) && digits(visit) && visit.len() == 3)
    }

    /// How many testcases below a node are of the kind that the attribute counts.
    fn count(node: Node<'_, '_>, attribute: &str) -> usize {
        let wanted = match attribute {
            "failures" => "failure",
            "errors" => "error",
            other => other,
        };
        let cases = node.descendants().filter(|node| node.has_tag_name("testcase"));
        cases.filter(|case| wanted == "tests" || case.children().any(|child| child.has_tag_name(wanted))).count()
    }

    #[test]
    fn the_junit_of_a_good_run_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(junit(&[a_report()]));
    }

    #[test]
    fn the_junit_of_a_bad_run_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(junit(&[a_bad_report()]));
    }

    #[test]
    fn a_document_keeps_to_the_schema() {
        for reports in [vec![], vec![a_report()], vec![a_bad_report()], vec![a_report(), a_bad_report()]] {
            let xml = junit(&reports);
            assert_eq!(faults(&xml), [""; 0], "{xml}");
        }
    }

    #[test]
    fn a_break_of_the_schema_is_found() {
        let good = junit(&[a_bad_report()]);
        for (from, to, fault) in [
            ("<property name=\"seed\" ", "<property ", "property: no name"),
            (" time=\"2.043\"", " time=\"2,043\"", "testcase: time is not 2,043"),
            ("failures=\"2\" errors", "failures=\"3\" errors", "testsuites: failures is not 3"),
            ("skipped=\"1\"", "skipped=\"0\"", "testsuite: skipped is not 0"),
            ("<testsuite name", "<testsuite uuid=\"1\" name", "testsuite: no attribute uuid"),
            ("<properties>", "<properties><failure/>", "properties: no failure in it"),
            ("<properties>", "<properties>words", "properties: no text"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{from}");
            let faults = faults(&bad);
            assert!(faults.iter().any(|found| found == fault), "{fault}: {faults:?}");
        }
    }

    #[test]
    fn a_viewer_shows_a_failure_where_the_report_has_one_and_nowhere_else() {
        let xml = junit(&[a_bad_report()]);
        let document = Document::parse(&xml).unwrap();
        let failed = document.descendants().filter(|node| node.has_tag_name("failure"));
        let names: Vec<_> = failed.filter_map(|node| node.parent()?.attribute("name")).collect();
        assert_eq!(names, ["round_trips", "pair 2"]);

        let mut expected = a_report();
        expected.pairs[0].connected = false;
        assert!(!junit(&[expected]).contains("<failure"), "the run passed, so the scenario expects this");
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_made_visible_and_others_stay() {
        let nasty = "a\u{0}\u{1b}[1m\u{202e}\u{fffe}\r \"<&>' ]]> \u{85} 日本\nend";
        let mut report = a_bad_report();
        report.pairs[1].breaches = vec![Breach { check: nasty.to_owned(), detail: nasty.to_owned() }];
        report.pairs[1].errors = vec![nasty.to_owned()];
        report.checks[1].detail = nasty.to_owned();
        report.checks[1].name = nasty.to_owned();
        report.not_checked[0].why = nasty.to_owned();
        report.repeat = nasty.to_owned();
        let xml = junit(&[report]);
        assert_eq!(faults(&xml), [""; 0], "{xml}");
        let document = Document::parse(&xml).unwrap();
        let seen = r#"a\0\u{1b}[1m\u{202e}\u{fffe}\r "<&>' ]]> \u{85} 日本"#;
        let texts: Vec<_> = document.descendants().filter(|node| node.has_tag_name("failure")).collect();
        assert!(texts.iter().all(|node| node.text().unwrap().contains(&format!("{seen}\nend"))), "{xml}");
        let skipped = document.descendants().find(|node| node.has_tag_name("skipped")).unwrap();
        assert_eq!(skipped.attribute("message"), Some(format!(r"{seen}\nend").as_str()));
    }
}
