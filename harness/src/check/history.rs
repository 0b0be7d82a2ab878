//! Whether the history of each stored name is linearizable: whether all writes and reads have one order in which
//! versions increase by one, one write of each version succeeds, and each read sees the last write before it.

use std::collections::BTreeMap;

use super::evidence::Evidence;
use super::verdict::Verdict;
use crate::format::counted;
use crate::linearizability::{
    Action, Change, CheckError, Counterexample, Observed, Operation, OperationId, Register, Response, STEPS_MAX, check,
};
use crate::record::{Call, CallOutcome, RequestKind};
use crate::scenario::Scenario;
use crate::trace::{LauncherCode, PairTrace, VisitTrace};

/// What holds if this passes.
pub const PROMISE: &str = "The history of each stored name is linearizable: versions increase by one, one write of \
                           each succeeds, no read is older than what was read or acknowledged before, and no \
                           acknowledged write is lost.";

/// The fault after which other launchers see an acknowledged write with a delay.
const SLOW_VISIBILITY: &str = "slow_visibility";

/// Judges by the versions and contents in requests and responses.
pub fn judge(evidence: &Evidence) -> Verdict {
    let (mut operations, mut names) = (0, 0);
    let (mut failures, mut undecided) = (Vec::new(), None);
    for trace in &evidence.traces {
        for (name, history) in histories(trace, evidence) {
            operations += history.len();
            names += 1;
            match check(&history, Register::Absent, STEPS_MAX) {
                Ok(_) => {}
                Err(CheckError::NotLinearizable(example)) => failures.push(failure(trace, &name, &example)),
                Err(undecidable) => undecided = Some(undecidable.to_string()),
            }
        }
    }
    match undecided {
        Some(why) if failures.is_empty() => Verdict::NotChecked(why),
        _ if names == 0 => Verdict::NotChecked("no record was stored or looked up".to_owned()),
        _ => Verdict::of(failures, || format!("{} on {}", counted(operations, "operation"), counted(names, "name"))),
    }
}

/// The sentence of the counterexample first, then its operations.
fn failure(trace: &PairTrace, name: &str, example: &Counterexample) -> String {
    let text = example.to_string();
    let lines: Vec<_> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != example.sentence).collect();
    format!(
        "the history of {} is not linearizable: {} The history: {}",
        trace.record(name),
        example.sentence,
        lines.join("; ")
    )
}

/// Whether a fault of the scenario delays when a write is seen. A lost response does not name the faults of its request.
fn may_be_slow(scenario: &Scenario) -> bool {
    scenario.faults.iter().any(|fault| fault.rule.fault.name() == SLOW_VISIBILITY)
}

/// The operations on each name.
fn histories(trace: &PairTrace, evidence: &Evidence) -> BTreeMap<String, Vec<Operation>> {
    let may_be_slow = may_be_slow(&evidence.scenario);
    let mut histories: BTreeMap<String, Vec<(Operation, bool)>> = BTreeMap::new();
    let mut slow: Vec<String> = Vec::new();
    for visit in &trace.visits {
        for (place, (call, ended)) in visit.calls.iter().enumerate() {
            let Some(name) = &call.name else { continue };
            let is_slow = call.fault.as_ref().is_some_and(|fault| fault.contains(SLOW_VISIBILITY));
            let is_answered = matches!(call.outcome, CallOutcome::Answered(_));
            if call.kind.is_mutating() && (is_slow || may_be_slow && !is_answered) {
                slow.push(name.clone());
            }
            // A foreign client may store over a record: that is refused, whatever the version is.
            let is_taken = || LauncherCode::of(call) == Some(LauncherCode::NameTaken);
            if evidence.is_foreign(visit.who) && call.kind == RequestKind::StoreRecord && is_taken() {
                continue;
            }
            let Some(action) = action(visit, place, call) else { continue };
            let history = histories.entry(name.clone()).or_default();
            let time = call.started..=*ended;
            let operation = Operation::new(OperationId(history.len()), visit.who.name(), time, action);
            history.push((operation, matches!(action, Action::Read(_))));
        }
    }
    // Where a write becomes visible after its acknowledgement, reads say nothing about the order.
    let counts = |name: &String, is_read: bool| !(is_read && slow.contains(name));
    let kept = histories.into_iter().map(|(name, history)| {
        let history = history.into_iter().filter(|(_, is_read)| counts(&name, *is_read));
        let history = history.map(|(operation, _)| operation).collect();
        (name, history)
    });
    kept.collect()
}

/// The operation of a request on its record; `None` if it is none, or its response says nothing.
fn action(visit: &VisitTrace, place: usize, call: &Call) -> Option<Action> {
    match call.kind {
        RequestKind::StoreRecord | RequestKind::UpdateRecord => {
            let change = Change::Write { version: call.version?, content: call.content? };
            Some(Action::Change(change, response(call)))
        }
        RequestKind::DeleteRecord => Some(Action::Change(Change::Delete { version: call.version? }, response(call))),
        RequestKind::FetchRecord if call.is_truthful() && call.is_ok() => Some(Action::Read(read(visit, place, call)?)),
        RequestKind::FetchRecord
            if call.is_truthful() && LauncherCode::of(call) == Some(LauncherCode::NothingStored) =>
        {
            Some(Action::Read(Observed::Nothing))
        }
        _ => None,
    }
}

fn response(call: &Call) -> Response {
    if call.is_ok() && !call.fault.as_ref().is_some_and(|fault| fault.contains(SLOW_VISIBILITY)) {
        Response::Acknowledged
    } else if call.is_truthful() && LauncherCode::of(call).is_some_and(LauncherCode::is_conflict) {
        Response::Refused
    } else {
        Response::Unknown
    }
}

/// The version that was fetched, with its content if that was read with the same handle.
fn read(visit: &VisitTrace, place: usize, fetch: &Call) -> Option<Observed> {
    let version = fetch.version?;
    // A launcher that restarted uses its handle numbers again, for other records.
    let reads = visit.calls.iter().skip(place + 1).map(|(call, _)| call).take_while(|call| call.given != fetch.given);
    let mut reads = reads.filter(|call| call.kind == RequestKind::ReadRecord && call.target == fetch.given);
    Some(match reads.next().filter(|read| read.is_truthful()) {
        Some(read) if read.is_ok() => Observed::Stored { version, content: read.content },
        Some(read) if LauncherCode::of(read) == Some(LauncherCode::NoContent) => Observed::Deleted { version },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use safe_mock::fault::{Fault, Rule};

    use super::*;
    use crate::check::test_run::{Run, failures, good_run};
    use crate::linearizability::Content;
    use crate::record::{CallOutcome, EventKind};
    use crate::scenario::{PeerIndex, PlacedFault};

    const NOTHING_STORED: i64 = -18;
    const SOON: Duration = Duration::from_millis(50);

    fn change(run: &mut Run, peer_index: PeerIndex, kind: RequestKind, change: impl Fn(&mut Call)) {
        run.change(peer_index, |what| {
            if let EventKind::Called(call) = what
                && call.kind == kind
            {
                change(call);
            }
        });
    }

    fn said(run: &Run) -> String {
        failures(&judge(&run.evidence())).join("\n")
    }

    #[test]
    fn a_good_history_is_linearizable() {
        assert_eq!(said(&good_run()), "");
    }

    #[test]
    fn a_skipped_version_is_found() {
        let mut run = good_run();
        change(&mut run, PeerIndex::First, RequestKind::FetchRecord, |call| call.version = call.version.map(|_| 3));
        assert!(said(&run).contains("of the answer of the second peer of pair 1 (answer)"), "{}", said(&run));
    }

    #[test]
    fn two_winners_of_one_version_are_found() {
        let mut run = good_run();
        let put = Call { name: Some("room".into()), version: Some(0), content: Some(Content(7)), ..Call::default() };
        let put = Call { kind: RequestKind::StoreRecord, outcome: CallOutcome::Answered(200), ..put };
        run.add(PeerIndex::Second, 50, EventKind::Called(put));
        assert!(said(&run).contains("of the offer of pair 1 (room)"), "{}", said(&run));
    }

    #[test]
    fn a_client_that_is_not_ours_may_be_refused_to_store_over_a_record() {
        let mut run = good_run();
        let put = Call { name: Some("room".into()), version: Some(1), content: Some(Content(7)), ..Call::default() };
        let outcome = CallOutcome::Answered(400);
        let put = Call { kind: RequestKind::StoreRecord, code: Some(-23), outcome, started: SOON, ..put };
        run.add(PeerIndex::Second, 51, EventKind::Called(put));
        assert!(said(&run).contains("was refused, but there was no conflict"), "{}", said(&run));
        let mut evidence = run.evidence();
        evidence.foreign.insert(PeerIndex::Second);
        assert_eq!(failures(&judge(&evidence)), [""; 0]);
    }

    #[test]
    fn a_lost_acknowledged_write_is_found() {
        let mut run = good_run();
        change(&mut run, PeerIndex::First, RequestKind::FetchRecord, |call| {
            (call.outcome, call.code, call.given) = (CallOutcome::Answered(404), Some(NOTHING_STORED), None);
        });
        assert!(said(&run).contains("of the answer of"), "{}", said(&run));
    }

    #[test]
    fn a_content_that_no_peer_wrote_is_found() {
        let mut run = good_run();
        change(&mut run, PeerIndex::First, RequestKind::ReadRecord, |call| call.content = Some(Content(7)));
        assert!(said(&run).contains("of the answer of"), "{}", said(&run));
    }

    #[test]
    fn a_read_that_a_fault_made_stale_is_not_judged() {
        let mut run = good_run();
        change(&mut run, PeerIndex::First, RequestKind::FetchRecord, |call| {
            (call.outcome, call.code) = (CallOutcome::Answered(404), Some(NOTHING_STORED));
            call.fault = Some("delay+stale_read".to_owned());
        });
        assert_eq!(said(&run), "");
    }

    #[test]
    fn a_write_whose_response_was_lost_may_be_seen_late_if_the_scenario_delays_writes() {
        let mut run = good_run();
        change(&mut run, PeerIndex::Second, RequestKind::StoreRecord, |call| {
            call.outcome = CallOutcome::Failed("the response was lost".to_owned());
        });
        let fetched = CallOutcome::Answered(404);
        let started = Duration::from_secs(10);
        let read = Call {
            name: Some("answer".into()),
            code: Some(NOTHING_STORED),
            outcome: fetched,
            started,
            ..Call::default()
        };
        run.add(PeerIndex::First, 10_000, EventKind::Called(Call { kind: RequestKind::FetchRecord, ..read }));
        assert!(said(&run).contains("of the answer of"), "{}", said(&run));
        let rule = Rule::new(Fault::SlowVisibility { by: Duration::from_secs(2) });
        run.scenario.faults.push(PlacedFault { pair: None, launcher: None, each_step: false, rule });
        assert_eq!(said(&run), "");
    }

    #[test]
    fn a_read_belongs_to_the_fetch_that_last_gave_its_handle() {
        let mut run = good_run();
        let last = |run: &Run, kind| {
            let calls = run.events.iter().filter_map(|event| match &event.kind {
                EventKind::Called(call)
                    if call.kind == kind && event.who.is_some_and(|who| who.peer_index == PeerIndex::First) =>
                {
                    Some(call.clone())
                }
                _ => None,
            });
            calls.last().unwrap()
        };
        let (fetch, read) = (last(&run, RequestKind::FetchRecord), last(&run, RequestKind::ReadRecord));
        // The launcher restarts, and gives the same handle to another record.
        run.add(PeerIndex::First, 10_000, EventKind::Called(fetch.clone()));
        run.add(PeerIndex::First, 10_001, EventKind::Called(Call { name: Some("another".into()), ..fetch }));
        run.add(PeerIndex::First, 10_002, EventKind::Called(Call { content: Some(Content(7)), ..read }));
        assert!(!said(&run).contains("(answer)"), "{}", said(&run));
    }

    #[test]
    fn a_write_whose_response_was_lost_may_have_taken_effect_or_not() {
        let mut run = good_run();
        change(&mut run, PeerIndex::Second, RequestKind::StoreRecord, |call| {
            call.outcome = CallOutcome::Failed("the response was lost".to_owned());
        });
        assert_eq!(said(&run), "");
        change(&mut run, PeerIndex::First, RequestKind::FetchRecord, |call| {
            if call.name.as_deref() == Some("answer") {
                (call.outcome, call.code, call.given) = (CallOutcome::Answered(404), Some(NOTHING_STORED), None);
            }
        });
        assert_eq!(said(&run), "");
    }
}
