//! The page of one run, and the parts of it that a page of several runs has too.

use std::time::Duration;

use maud::Markup;

use super::checks::checks;
use super::headline::{Failure, Headline, Outcome};
use super::lanes::LanesWriter;
use super::page::{Page, Section};
use super::pairs::pairs;
use super::timing::timing;
use crate::format::{counted, length};
use crate::report::model::{CheckReport, Report};
use crate::report::pair::Breach;

/// The most diagnoses in the head; those of further pairs are with the pairs.
const DIAGNOSES_MAX: usize = 3;

/// The most further findings of a failure that the head of the page has.
const FINDINGS_MAX: usize = 50;

/// How long the name of a record is, in base64.
const NAME_CHARS: usize = 44;

/// The most pairs to which a failure links.
const LINKS_MAX: usize = 12;

/// The page of one run.
pub(crate) fn run_page(report: &Report) -> String {
    let mut lanes = LanesWriter::default();
    let prefix = "";
    let sections = sections(report, prefix, &mut lanes);
    let headline = headline(report, prefix);
    let title = format!("{}: {}", report.scenario, headline.sentence);
    Page { title, headline, sections, lanes: Some(lanes.embedded()) }.html()
}

/// The checks, the pairs and the plots of a run. The ids of its pairs begin with the prefix.
pub(super) fn sections(report: &Report, prefix: &str, lanes: &mut LanesWriter) -> Vec<Section> {
    let section = |id, title: &str, body: Markup| Section { id, title: title.to_owned(), body };
    let mut sections = vec![section("checks", "Checks", checks(report, prefix.is_empty()))];
    if !report.pairs.is_empty() {
        let title = if report.witness == "launchers" { "Rooms" } else { "Pairs" };
        sections.push(section("pairs", title, pairs(report, prefix, lanes)));
    }
    sections.extend(timing(report).map(|body| section("timing", "Timing", body)));
    sections
}

/// The head of a run.
pub(super) fn headline(report: &Report, prefix: &str) -> Headline {
    let outcome = match (report.passed, report.is_known_gap()) {
        (true, true) => Outcome::KnownGap,
        (passed, _) => Outcome::of(passed),
    };
    Headline {
        outcome,
        about: about(report),
        sentence: sentence(report),
        failures: failures(report, prefix),
        notes: notes(report),
        repeat: Some(report.repeat.clone()),
        facts: facts(report),
    }
}

fn about(report: &Report) -> String {
    match report.witness.as_str() {
        "launchers" => format!("what launchers saw of {}", counted(report.pairs.len(), "room")),
        _ => format!("scenario {}", report.scenario),
    }
}

/// What happened, in one sentence.
pub(super) fn sentence(report: &Report) -> String {
    let (pairs, failed) = (report.pairs.len(), report.failed().count());
    let noun = if report.witness == "launchers" { "room" } else { "pair" };
    let met = match (report.connected(), pairs) {
        (1, 1) => format!("The {noun} connected"),
        (0, 1) => format!("The {noun} did not connect"),
        (2, 2) => format!("Both {noun}s connected"),
        (all, pairs) if all == pairs => format!("All {} connected", counted(pairs, noun)),
        (connected, pairs) => format!("{connected} of {} connected", counted(pairs, noun)),
    };
    let checks = report.checks.len();
    let command = report.command.as_ref().filter(|command| !command.passed);
    match (failed, command) {
        (0, Some(command)) => format!("{met}, and the command {}", command.ended),
        (0, None) if report.passed && report.connected() < pairs => {
            format!("{met}, as the scenario expects, and {} passed", counted(checks, "check"))
        }
        (0, None) if report.passed => format!("{met}, and {} passed", counted(checks, "check")),
        (0, None) => format!("{met}, and a check was lenient"),
        (failed, _) => {
            let names: Vec<&str> = report.failed().map(|check| check.name.as_str()).collect();
            format!("{failed} of {} failed: {}. {met}", counted(checks, "check"), names.join(", "))
        }
    }
}

fn failures(report: &Report, prefix: &str) -> Vec<Failure> {
    let command = report.command.iter().filter(|command| !command.passed).map(|command| Failure {
        what: command.command.clone(),
        detail: command.ended.clone(),
        ..Failure::default()
    });
    let judged = |check: &CheckReport, what: String| Failure {
        what,
        detail: findings(report, check),
        expected: Some(check.promise.clone()),
        links: links(report, &check.name, prefix),
        repeat: None,
    };
    let failed = report.failed().map(|check| judged(check, check.name.clone()));
    let lenient = report.lenient().filter(|_| report.is_strict);
    command.chain(failed).chain(lenient.map(|check| judged(check, format!("{} (lenient)", check.name)))).collect()
}

/// What the check found, with what it found for each pair in place of a number of further findings. The names of records are with the
/// pairs.
fn findings(report: &Report, check: &CheckReport) -> String {
    let is_number = |part: &str| part.starts_with("and ") && part.ends_with(" more");
    let mut parts: Vec<&str> = check.detail.split("; ").collect();
    if parts.last().is_some_and(|last| is_number(last)) {
        let of_check = |found: &&Breach| found.check == check.name;
        let breaches = report.pairs.iter().flat_map(|pair| &pair.breaches).filter(of_check);
        let of_pairs = breaches.flat_map(|found| found.detail.split("; "));
        let further: Vec<&str> = of_pairs.filter(|part| !is_number(part) && !parts.contains(part)).collect();
        if !further.is_empty() {
            parts.pop();
            parts.extend(further.into_iter().take(FINDINGS_MAX));
        }
    }
    parts.into_iter().map(without_names).collect::<Vec<_>>().join("; ")
}

/// The text without the names of records, which are in brackets.
fn without_names(text: &str) -> String {
    let is_name = |text: &str| text.len() == NAME_CHARS && text.ends_with('=');
    let mut rest = text;
    let mut short = String::new();
    while let Some((before, after)) = rest.split_once(" (") {
        short.push_str(before);
        match after.split_once(')') {
            Some((name, further)) if is_name(name) => rest = further,
            _ => {
                short.push_str(" (");
                rest = after;
            }
        }
    }
    short + rest
}

/// The pairs for which a check failed.
fn links(report: &Report, check: &str, prefix: &str) -> Vec<(String, String)> {
    let blamed =
        report.pairs.iter().zip(1..).filter(|(pair, _)| pair.breaches.iter().any(|found| found.check == check));
    blamed.take(LINKS_MAX).map(|(_, number)| (format!("pair {number}"), format!("{prefix}pair-{number}"))).collect()
}

fn notes(report: &Report) -> Vec<String> {
    let gap = report.known_gap.iter().map(|gap| {
        if gap.is_closed {
            format!("A known gap is closed: {}. Remove known_gap from the scenario.", gap.why)
        } else {
            format!("Known gap: {}.", gap.why)
        }
    });
    let numbered = report.pairs.iter().zip(1..).filter(|_| !report.passed);
    let diagnoses =
        numbered.flat_map(|(pair, number)| pair.diagnoses.iter().map(move |why| format!("Why, pair {number}: {why}")));
    gap.chain(diagnoses.take(DIAGNOSES_MAX)).chain(report.notes.iter().cloned()).collect()
}

fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let time = |millis: f64| length(Duration::from_secs_f64(millis / 1e3));
    let launchers = if report.one_launcher { "one for both peers" } else { "one for each peer" };
    vec![
        ("Pairs", report.pairs.len().to_string()),
        ("Clock", report.clock.clone()),
        ("Seed", report.seed.to_string()),
        ("Polls", format!("{}, every {}", report.schedule, time(report.poll_interval_ms))),
        ("Launchers", launchers.to_owned()),
        ("ICE", report.ice.clone()),
        (
            "Took",
            match report.clock.as_str() {
                "virtual" => format!("{} of virtual time, in {}", time(report.elapsed_ms), time(report.wall_ms)),
                _ => time(report.wall_ms),
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use signaling::Message;

    use super::*;
    use crate::check::test_run::good_run;
    use crate::record::EventKind;
    use crate::report::html::page::tests::{in_lines, without_assets};
    use crate::report::model::tests::report_of;
    use crate::report::pair::PairReport;
    use crate::report::text::tests::{a_bad_report, a_report};
    use crate::scenario::PeerIndex;

    const HOSTILE: &str = "</script><img src=x onerror=alert(1)>\u{202e}<!--";

    /// The page without its styles and scripts, an element a line.
    fn markup(report: &Report) -> String {
        in_lines(&without_assets(&run_page(report)))
    }

    #[test]
    fn the_page_of_a_good_run_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(markup(&report_of(&good_run())));
    }

    #[test]
    fn the_page_of_a_bad_run_stays_as_it_was_reviewed() {
        insta::assert_snapshot!(markup(&a_bad_report()));
    }

    #[test]
    fn what_failed_is_before_everything_else_and_its_command_can_be_copied() {
        let page = markup(&a_bad_report());
        let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text} is not in {page}"));
        let order = [
            "1 of 2 checks failed",
            "no answer of pair 2 arrived",
            "<button",
            "id=\"checks\"",
            "id=\"pair-2\"",
            "id=\"pair-1\"",
        ];
        assert!(order.windows(2).all(|two| at(two[0]) < at(two[1])), "{page}");
    }

    #[test]
    fn what_was_found_is_whole_in_the_head_and_has_no_name_of_a_record() {
        let name = format!("{}=", "A/".repeat(21) + "B");
        let found = |number: usize| format!("the first peer of pair {number} left its offer (of 2 s) ({name}) there");
        let mut report = a_bad_report();
        report.pairs = vec![report.pairs[1].clone(); 9];
        for (pair, number) in report.pairs.iter_mut().zip(1..) {
            pair.breaches = vec![Breach { check: "round_trips".to_owned(), detail: found(number) }];
        }
        report.checks[1].detail = format!("{}; and 7 more", [1, 2].map(found).join("; "));
        let [failure] = failures(&report, "").try_into().unwrap();
        let expected = |number| format!("the first peer of pair {number} left its offer (of 2 s) there");
        assert_eq!(failure.detail, (1..=9).map(expected).collect::<Vec<_>>().join("; "));
        let page = markup(&report);
        assert!(page.contains("6 more findings"), "{page}");
        assert!(page.contains(&name), "the names are with the pairs: {page}");
    }

    #[test]
    fn hostile_text_is_never_markup() {
        let mut run = good_run();
        run.add(PeerIndex::First, 2_044, EventKind::Sent(Message::text(HOSTILE)));
        run.add(PeerIndex::First, 2_045, EventKind::Failed(HOSTILE.to_owned()));
        run.add(PeerIndex::First, 2_046, EventKind::Logged(HOSTILE.to_owned()));
        let mut report = report_of(&run);
        for text in [&mut report.scenario, &mut report.repeat, &mut report.schedule, &mut report.pairs[0].room] {
            HOSTILE.clone_into(text);
        }
        report.notes.push(HOSTILE.to_owned());
        let page = run_page(&report);
        assert!(!page.contains("<img") && !page.contains('\u{202e}'), "{page}");
        let scripts = page.matches("<script").count();
        assert_eq!(page.matches("</script").count(), scripts);
        assert!(page.contains("&lt;/script&gt;&lt;img src=x") && page.contains("\\u003c/script>\\u003cimg"), "{page}");
    }

    #[test]
    fn a_thousand_pairs_take_less_than_ten_megabytes() {
        let mut report = report_of(&good_run());
        report.pairs = vec![report.pairs[0].clone(); 1_000];
        let page = run_page(&report);
        assert!(page.len() < 10_000_000, "{}", page.len());
        assert_eq!(page.matches("data-lanes=").count(), 1_000);
        assert!(page.contains("1000 pairs connected without a failure"));
    }

    #[test]
    fn of_ten_thousand_pairs_those_that_failed_have_a_row() {
        let mut report = a_report();
        let failed = PairReport { connected: false, ..report.pairs[0].clone() };
        report.pairs = vec![report.pairs[0].clone(); 10_000];
        report.pairs[9_999] = failed;
        let page = run_page(&report);
        assert!(page.contains("id=\"pair-10000\"") && page.contains("8000 more pairs connected"), "{}", page.len());
        assert!(page.len() < 10_000_000, "{}", page.len());
    }

    #[test]
    fn a_run_that_passed_although_not_all_met_says_that_this_was_expected() {
        let mut report = a_report();
        report.pairs[1].connected = false;
        assert_eq!(sentence(&report), "1 of 2 pairs connected, as the scenario expects, and 2 checks passed");
    }
}
