//! What launchers saw of peers is what the seams of the peers recorded.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::record::{Call, CallOutcome, EventKind, Journals, RequestKind};
use harness::scenario::named;
use harness::{Clock, Hooks, Report, Scenario, Settings, run_with};

/// A room, and the name that a peer says in `x-mock-peer`.
type Who = (String, String);

/// A scenario in virtual time, with what its launchers saw.
async fn played(scenario: &Scenario) -> (Report, Journals) {
    let journals = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&journals);
    let hooks = Hooks { journals: Some(Arc::new(move |seen| *kept.lock().unwrap() = seen)), ..Hooks::default() };
    let settings = Settings::default().seed(7).clock(Clock::Virtual).pairs(scenario.pairs.min(14));
    let report = run_with(scenario, &settings, &hooks).await.unwrap();
    let seen = std::mem::take(&mut *journals.lock().unwrap());
    (report, seen)
}

/// The calls that each peer recorded.
fn recorded(report: &Report) -> BTreeMap<Who, Vec<Call>> {
    let mut recorded = BTreeMap::<Who, Vec<Call>>::new();
    for pair in &report.pairs {
        for event in pair.events.iter() {
            if let (Some(who), EventKind::Called(call)) = (event.who, &event.kind) {
                recorded.entry((pair.room.clone(), who.peer_index.to_string())).or_default().push(call.clone());
            }
        }
    }
    recorded
}

/// The calls of each peer that launchers saw.
fn seen(journals: &Journals) -> BTreeMap<Who, Vec<Call>> {
    let mut seen = BTreeMap::<Who, Vec<Call>>::new();
    for journal in journals {
        for entry in &journal.entries {
            let who = (entry.room.clone().unwrap(), entry.peer.clone().unwrap());
            seen.entry(who).or_default().push(Call::of_entry(entry).0);
        }
    }
    seen
}

/// Whether a launcher may have seen this request of a peer. One that was refused, or that a fault broke, may have no record: its body
/// was not read.
fn is_same_request(recorded: &Call, seen: &Call) -> bool {
    let is_same_record = recorded.name.is_none() || seen.name.is_none() || recorded.name == seen.name;
    (recorded.kind, recorded.target) == (seen.kind, seen.target) && is_same_record
}

/// Whether a launcher saw this request and gave this answer. A peer does not know the version and the content behind a handle that
/// is not its own, and what an answer said that a fault changed; a launcher does not know what is behind a handle that was lost.
fn is_same(recorded: &Call, seen: &Call) -> bool {
    let is_same_answer = (recorded.given, recorded.code) == (seen.given, seen.code)
        && agrees(recorded, recorded.version.as_ref(), seen.version.as_ref())
        && agrees(recorded, recorded.content.as_ref(), seen.content.as_ref());
    is_same_request(recorded, seen)
        && agrees(recorded, recorded.name.as_ref(), seen.name.as_ref())
        && (&recorded.outcome, &recorded.fault) == (&seen.outcome, &seen.fault)
        && (is_same_answer || !recorded.is_truthful())
}

fn agrees<T: PartialEq>(call: &Call, recorded: Option<&T>, seen: Option<&T>) -> bool {
    recorded.is_none() || recorded == seen || (!call.is_ok() && seen.is_none())
}

/// What the two sides disagree on, for one peer. `is_all` says whether the launchers have forgotten nothing.
fn disagreement(recorded: &[Call], seen: &[Call], is_all: bool) -> Option<String> {
    let mut left: Vec<&Call> = seen.iter().collect();
    let is_answered = |call: &&Call| matches!(call.outcome, CallOutcome::Answered(_));
    let (answered, unanswered): (Vec<&Call>, Vec<&Call>) = recorded.iter().partition(is_answered);
    for call in answered {
        let same = left.iter().position(|seen| is_same(call, seen));
        match same {
            Some(index) => drop(left.remove(index)),
            None if !is_all => {}
            None => {
                let close: Vec<_> =
                    left.iter().filter(|seen| seen.kind == call.kind && seen.target == call.target).collect();
                return Some(format!("no launcher saw {call:#?}; closest: {close:#?}"));
            }
        }
    }
    for call in unanswered {
        if let Some(index) = left.iter().position(|seen| is_same_request(call, seen)) {
            left.remove(index);
        }
    }
    left.first().map(|call| format!("no peer recorded {call:#?}"))
}

#[tokio::test]
async fn launchers_see_in_every_scenario_what_the_peers_record() {
    let (mut kinds, mut complete) = (BTreeSet::<RequestKind>::new(), 0);
    for scenario in named() {
        let (report, journals) = played(scenario).await;
        let is_all = journals.iter().all(|journal| journal.forgotten == 0);
        complete += usize::from(is_all);
        let (recorded, seen) = (recorded(&report), seen(&journals));
        for (who, calls) in &recorded {
            let of_launchers = seen.get(who).map(Vec::as_slice).unwrap_or_default();
            if let Some(text) = disagreement(calls, of_launchers, is_all) {
                panic!("{}, {who:?}: {text}", scenario.name);
            }
            kinds.extend(calls.iter().map(|call| call.kind));
        }
        assert!(seen.keys().all(|who| recorded.contains_key(who)), "{}", scenario.name);
    }
    assert!(complete * 10 > named().len() * 9, "{complete} of {}", named().len());
    let all_of_a_peer = [
        RequestKind::Authorise,
        RequestKind::NameRecord,
        RequestKind::FetchRecord,
        RequestKind::ReadRecord,
        RequestKind::CreateRecord,
        RequestKind::ChangeRecord,
        RequestKind::StoreRecord,
        RequestKind::UpdateRecord,
        RequestKind::DeleteRecord,
        RequestKind::DropDataId,
        RequestKind::DropRecord,
    ];
    assert!(kinds.iter().eq(&all_of_a_peer), "{kinds:?}");
}

#[tokio::test]
async fn the_times_of_a_launcher_are_those_of_the_peers() {
    let (report, journals) = played(&Scenario::classic()).await;
    let stored = |call: &&Call| call.kind == RequestKind::StoreRecord;
    let at_peers: Vec<Duration> =
        recorded(&report).values().flatten().filter(stored).map(|call| call.started).collect();
    let at_launchers: Vec<Duration> =
        seen(&journals).values().flatten().filter(stored).map(|call| call.started).collect();
    assert_eq!(at_peers.len(), 2 * report.pairs.len());
    assert_eq!(at_peers, at_launchers);
}
