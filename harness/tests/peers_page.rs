//! docs/peers.md says what the harness does: the variables that a peer program is given, the events that are read, and the limits.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::time::Duration;

use harness::peer::{PeerChoice, PeerCommand};
use harness::record::EventKind;
use harness::scenario::{ExpectedEnd, Join, Peer, Visit};
use harness::{Report, Scenario, Settings, run};

const PAGE: &str = include_str!("../../docs/peers.md");

/// The first cells of the table below a heading, each between backticks.
fn first_cells(heading: &str) -> Vec<&'static str> {
    let below = PAGE.split_once(&format!("\n### {heading}\n")).unwrap().1;
    let section = below.split_once("\n### ").map_or(below, |(section, _)| section);
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    cells.map(|(cell, _)| cell).collect()
}

/// A run of one visit of a program in the language of the shell.
async fn played(script: &str) -> Report {
    let words = ["sh", "-c", script].map(ToOwned::to_owned).to_vec();
    let program = PeerChoice::Program(PeerCommand::new(words).unwrap());
    let visit = Visit { joins: Join::AtOnce, ends: Some(ExpectedEnd::Either), stays_ms: Some(0), ..Visit::default() };
    let scenario = Scenario::of("page", "the page is true", vec![Peer::visiting(vec![visit])]);
    let settings = Settings::default().seed(7).peers(vec![program]).poll_interval(Duration::from_millis(100));
    run(&scenario, &settings.deadline(Duration::from_secs(5))).await.unwrap()
}

fn logged(report: &Report) -> Vec<String> {
    let events = report.pairs[0].events.iter();
    events
        .filter_map(|event| match &event.kind {
            EventKind::Logged(line) => Some(line.clone()),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_program_is_given_the_variables_of_the_page_and_no_others() {
    let report = played(r#"env; echo '{"event":"failed","reason":"enough"}'; exit 1"#).await;
    let names: BTreeSet<String> = logged(&report)
        .iter()
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name.starts_with("SIGNALING_") || name.starts_with("SAFE_"))
        // What a program starts is found by it; it is no part of the contract.
        .filter(|name| name != "SIGNALING_PROCESS_MARK")
        .collect();
    let of_page: BTreeSet<String> = first_cells("Environment").into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(names, of_page);
    let contract = logged(&report).into_iter().find(|line| line.starts_with("SIGNALING_CONTRACT=")).unwrap();
    assert!(PAGE.contains("This page is version 1 of the contract") && contract == "SIGNALING_CONTRACT=1");
}

#[tokio::test]
async fn every_event_of_the_page_is_read() {
    let events = first_cells("stdout");
    assert_eq!(events.len(), 4);
    for event in events {
        let report = played(&format!("echo '{event}'; read line; exit 0")).await;
        assert_eq!(logged(&report), [""; 0], "{event} is log");
        let broken = report.failed().find(|check| check.name == "contract").map(|check| check.detail.clone());
        let is_last_without_a_meeting = !event.contains("connected") && !event.contains("failed");
        // A message and a closing alone are no meeting: that, and nothing else, is reported.
        assert!(is_last_without_a_meeting || broken.is_none(), "{event}: {broken:?}");
        assert!(!broken.unwrap_or_default().contains("cannot be read"), "{event}");
    }
}

#[tokio::test]
async fn the_limits_of_the_page_are_those_of_the_harness() {
    let report = played("head -c 1100000 /dev/zero | tr '\\0' x; echo; read line").await;
    let detail = report.failed().find(|check| check.name == "contract").unwrap().detail.clone();
    let (line, all) = (
        "| a line of stdout or stderr | 1 MiB |",
        "| all lines of one of the two, in one visit | 16 MiB, and 100,000 lines |",
    );
    assert!(PAGE.contains(line) && detail.contains("a line of more than 1 MiB"), "{detail}");
    let report = played("head -c 17000000 /dev/zero | tr '\\0' x | fold -w 1000; read line").await;
    let detail = report.failed().find(|check| check.name == "contract").unwrap().detail.clone();
    assert!(PAGE.contains(all) && detail.contains("more than 16 MiB"), "{detail}");
    let report = played("yes | head -n 100001; read line").await;
    let detail = report.failed().find(|check| check.name == "contract").unwrap().detail.clone();
    assert!(detail.contains("more than 100000 lines"), "{detail}");
}
