//! What launchers saw of peers is what the seams of the peers recorded.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use harness::record::{Call, CallOutcome, Description, EventKind, Journals, RequestKind};
use harness::report::PairReport;
use harness::scenario::named;
use harness::trace::{End, PairTrace, VisitTrace};
use harness::witness::{SeenRoom, Witnessed};
use harness::{Clock, Hooks, Report, Scenario, Settings, run_with};
use signaling::{RecordName, RoomName, Sdp};

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

fn record_of(room: &str) -> String {
    RecordName::of_room(&RoomName::new(room).unwrap()).as_str().to_owned()
}

/// What is known of a room: who made which descriptions, and which offers were answered.
#[derive(Debug, Default, PartialEq, Eq)]
struct Known {
    /// For each client that made a description, the hashes of all that it made, and what it is at last.
    clients: BTreeSet<(Vec<(Description, String)>, Description)>,
    /// The hashes of an offer and its answer, and whether the initiator was given the answer.
    exchanges: BTreeSet<(String, String, bool)>,
}

/// The descriptions that count in a comparison.
#[derive(Debug, Default)]
struct Counting {
    /// The hashes of those that launchers saw.
    seen: BTreeSet<String>,
    /// The hashes of the offers of peers that died: a launcher does not see whether its answer has arrived.
    of_the_dead: BTreeSet<String>,
}

impl Counting {
    fn of(report: &Report, journals: &Journals) -> Self {
        let entries = journals.iter().flat_map(|journal| &journal.entries);
        let seen = entries.filter_map(|entry| Some(entry.payload.as_ref()?.sdp_hash.clone()));
        let traces = report.pairs.iter().zip(1..).map(|(pair, number)| trace(number, pair)).collect::<Vec<_>>();
        let dead =
            traces.iter().flat_map(|trace| &trace.visits).filter(|visit| matches!(visit.end, Some((End::Died(_), _))));
        let of_the_dead = dead.flat_map(|visit| visit.made.iter().map(|(_, sdp, _)| hash(sdp)));
        Self { seen: seen.collect(), of_the_dead: of_the_dead.collect() }
    }
}

fn trace(number: usize, pair: &PairReport) -> PairTrace {
    PairTrace::new(number, &pair.room, pair.events.iter())
}

fn hash(sdp: &Sdp) -> String {
    sdp.hash().as_str().to_owned()
}

impl Known {
    /// Adds what a trace says.
    fn add(&mut self, trace: &PairTrace, hash: impl Fn(&Sdp) -> String, counting: &Counting) {
        let client = |visit: &VisitTrace| {
            let made = visit.made.iter().map(|(kind, sdp, _)| (*kind, hash(sdp)));
            let made: Vec<_> = made.filter(|(_, hash)| counting.seen.contains(hash)).collect();
            let (last, _) = made.last()?.clone();
            Some((made, last))
        };
        self.clients.extend(trace.visits.iter().filter_map(client));
        for exchange in trace.exchanges() {
            let (offer, answer) = (hash(exchange.offer), hash(exchange.answer));
            if counting.seen.contains(&offer) && counting.seen.contains(&answer) {
                let is_taken = exchange.is_accepted() && !counting.of_the_dead.contains(&offer);
                self.exchanges.insert((offer, answer, is_taken));
            }
        }
    }

    fn of_peers(report: &Report, counting: &Counting) -> BTreeMap<String, Self> {
        let mut known = BTreeMap::<String, Self>::new();
        for (pair, number) in report.pairs.iter().zip(1..) {
            known.entry(pair.room.clone()).or_default().add(&trace(number, pair), hash, counting);
        }
        known
    }

    /// What launchers know, by what a room is called.
    fn of_launchers(
        journals: &Journals,
        counting: &Counting,
        name: impl Fn(&SeenRoom) -> String,
    ) -> BTreeMap<String, Self> {
        let mut known = BTreeMap::<String, Self>::new();
        for room in Witnessed::of(journals).rooms {
            // A hash stands for the text.
            known.entry(name(&room)).or_default().add(&room.trace, |sdp| sdp.as_str().to_owned(), counting);
        }
        known
    }
}

/// The journals without the names that clients say.
fn without_names(journals: &Journals) -> Journals {
    let mut journals = journals.clone();
    for entry in journals.iter_mut().flat_map(|journal| &mut journal.entries) {
        (entry.peer, entry.room) = (None, None);
    }
    journals
}

/// The rooms of which peers know something else than launchers.
fn differences<'a>(
    of_peers: &'a BTreeMap<String, Known>,
    of_launchers: &'a BTreeMap<String, Known>,
) -> impl Iterator<Item = String> + 'a {
    let nothing = Known::default();
    let rooms: BTreeSet<&String> = of_peers.keys().chain(of_launchers.keys()).collect();
    rooms.into_iter().filter_map(move |room| {
        let (of_peers, of_launchers) = (of_peers.get(room), of_launchers.get(room));
        let is_same = of_peers.unwrap_or(&nothing) == of_launchers.unwrap_or(&nothing);
        (!is_same).then(|| format!("{room}: the peers know {of_peers:?}, and launchers {of_launchers:?}"))
    })
}

#[tokio::test]
async fn rooms_peers_and_exchanges_follow_from_the_journals_alone() {
    let (mut compared, mut nameless, mut wrong) = (0, 0, Vec::new());
    for scenario in named() {
        let (report, journals) = played(scenario).await;
        if journals.iter().any(|journal| journal.forgotten > 0) {
            continue;
        }
        compared += 1;
        let counting = Counting::of(&report, &journals);
        let of_peers = Known::of_peers(&report, &counting);
        let of_launchers = Known::of_launchers(&journals, &counting, |room| room.name.clone());
        wrong.extend(differences(&of_peers, &of_launchers).map(|text| format!("{}, {text}", scenario.name)));
        // Of a room without a name, no launcher knows that its next generation is the same room.
        if Witnessed::of(&journals).rooms.iter().any(|room| room.records().len() > 1) {
            continue;
        }
        nameless += 1;
        let rooms = report.pairs.iter().map(|pair| (record_of(&pair.room), pair.room.clone()));
        let rooms: BTreeMap<String, String> = rooms.collect();
        let name = |room: &SeenRoom| rooms[&room.records()[0]].clone();
        let of_launchers = Known::of_launchers(&without_names(&journals), &counting, name);
        let differences = differences(&of_peers, &of_launchers);
        wrong.extend(differences.map(|text| format!("{} without names, {text}", scenario.name)));
    }
    assert_eq!(wrong, [""; 0]);
    assert!(compared >= 45 && nameless >= 45, "{compared}, {nameless} of them without names");
}
