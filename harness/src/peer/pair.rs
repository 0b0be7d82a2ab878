//! The peers of one room, each with its visits, one after the other.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use safe_mock::Launcher;
use signaling::launcher::HttpService;
use signaling::transport::InMemory;
use signaling::{Config, RoomName};
use tokio::time::{sleep, timeout};

use super::join_condition::JoinCondition;
use super::mutation::mutate;
use super::under_test::{Given, PeerUnderTest, PeerVisit};
use super::visit::VisitRunner;
use crate::record::{EventKind, KillSwitch, Link, Log, Recorder};
use crate::scenario::{Join, Mutation, PeerIndex, Visit};

/// What a peer of a pair is made of.
pub(crate) struct PeerSetup {
    /// Which peer of the pair it is.
    pub(crate) peer_index: PeerIndex,
    /// The service that sends its requests to its launcher.
    pub(crate) service: Arc<dyn HttpService>,
    /// The URL of its launcher.
    pub(crate) url: String,
    /// The launcher at which another user logs in before its first visit, if one does.
    pub(crate) logs_in_at: Option<Launcher>,
    /// The mutation of the peer or of its launcher.
    pub(crate) mutation: Option<Mutation>,
    /// The client under test.
    pub(crate) peer: Arc<dyn PeerUnderTest>,
    /// The transport that all peers share, where WebRTC is scripted.
    pub(crate) in_memory: Option<InMemory>,
    /// How late it may end.
    pub(crate) late_tolerance: Duration,
    /// How long its message is, at least.
    pub(crate) message_bytes: usize,
    /// Its visits, each with the settings of the peer.
    pub(crate) visits: Vec<(Visit, Config)>,
}

/// The peers of one room.
pub(crate) struct Pair {
    peers: Vec<PeerRunner>,
    log: Arc<Log>,
}

/// A peer of the pair, with its visits.
struct PeerRunner {
    peer_index: PeerIndex,
    peer: Arc<dyn PeerUnderTest>,
    logs_in_at: Option<Launcher>,
    runners: Vec<VisitRunner>,
}

impl Pair {
    pub(crate) fn new(room: &RoomName, setups: Vec<PeerSetup>, log: Arc<Log>) -> Self {
        let peers = setups.into_iter().map(|setup| PeerRunner::new(setup, room, &log)).collect();
        Self { peers, log }
    }

    /// Runs all visits of all peers.
    pub(crate) async fn run(&self) {
        join_all(self.peers.iter().map(|peer| self.visits_of(peer))).await;
    }

    /// Waits until the peers have removed their records, dropped their handles and closed their sockets.
    pub(crate) async fn wait_idle(&self) {
        join_all(self.peers.iter().map(|peer| peer.peer.wait_idle())).await;
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// After this time, all visits that do not wait for other peers have ended.
    fn longest_wait(&self) -> Duration {
        let runners = self.peers.iter().flat_map(|peer| &peer.runners);
        let longest = |runner: &VisitRunner| match runner.visit.joins {
            Join::AfterMs(after) | Join::WithinMs(after) => runner.deadline() + Duration::from_millis(after),
            _ => runner.deadline(),
        };
        let stay = |runner: &VisitRunner| Duration::from_millis(runner.visit.stays_ms.unwrap_or(0));
        runners.map(|runner| longest(runner) + stay(runner) + runner.longest_gap()).sum()
    }

    async fn visits_of(&self, peer: &PeerRunner) {
        let mut seen = 0;
        for (runner, index) in peer.runners.iter().zip(0..) {
            if self.may_join(peer.peer_index, runner.visit.joins, seen).await {
                if let Some(launcher) = peer.logs_in_at.as_ref().filter(|_| index == 0) {
                    launcher.log_in_new_account();
                }
                runner.run().await;
            } else {
                let reason = "what it waited for did not happen".to_owned();
                runner.recorder().write(EventKind::StayedAway(reason));
            }
            seen = self.log.len();
        }
        if let Some(last) = peer.runners.last() {
            last.recorder().write(EventKind::Left);
        }
    }

    /// Waits until a peer may join; `false` if it never will. Events before number `from` are of earlier visits.
    async fn may_join(&self, peer_index: PeerIndex, join: Join, from: usize) -> bool {
        match join {
            Join::AtOnce => true,
            // The plan has drawn the moment.
            Join::AfterMs(after) | Join::WithinMs(after) => {
                sleep(Duration::from_millis(after)).await;
                true
            }
            Join::AfterPolls(_) | Join::OnceAnswered | Join::OnceMet | Join::OnceOthersLeft => {
                let others = self.peers.len().saturating_sub(1);
                let mut condition = JoinCondition::new(join, peer_index, others);
                let waiting = self.log.wait_for(from, |event| condition.decide(event));
                // A single peer has no other to wait for; and two may wait for each other.
                others > 0 && timeout(self.longest_wait(), waiting).await.unwrap_or(false)
            }
        }
    }
}

impl PeerRunner {
    fn new(setup: PeerSetup, room: &RoomName, log: &Arc<Log>) -> Self {
        let PeerSetup {
            peer_index,
            service,
            url,
            logs_in_at,
            mutation,
            peer,
            in_memory,
            late_tolerance,
            message_bytes,
            visits,
        } = setup;
        let service = match mutation.filter(|mutation| !mutation.is_of_the_peer()) {
            Some(mutation) => mutate(mutation, service),
            None => service,
        };
        let runner = |((visit, config), number): ((Visit, Config), u32)| {
            let recorder: Recorder = log.recorder(peer_index, number);
            let kill_switch = KillSwitch::of(visit.dies.and_then(|dying| dying.when.requests(recorder.who().pair)));
            let link = Link::new(Arc::clone(&service), recorder.clone()).with_kill_switch(kill_switch.clone());
            let link = link.naming(&peer_index.to_string(), room.as_str()).reading_descriptions();
            let sends: Arc<dyn HttpService> = Arc::new(link.clone());
            let sends = match mutation.filter(|mutation| mutation.is_of_the_peer()) {
                Some(mutation) => mutate(mutation, sends),
                None => sends,
            };
            let (room, launcher_url, in_memory) = (room.clone(), url.clone(), in_memory.clone());
            let given = Given { room, launcher_url, config, message_bytes, in_memory };
            let given = PeerVisit::new(given, link, sends, recorder);
            VisitRunner { peer: Arc::clone(&peer), given, visit, kill_switch, late_tolerance }
        };
        let runners = visits.into_iter().zip(1..).map(runner).collect();
        Self { peer_index, peer, logs_in_at, runners }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use bytes::Bytes;
    use http::Response;

    use super::*;
    use crate::record::RequestKind;
    use crate::scenario::{ExpectedEnd, NamedSchedule, Scenario};
    use crate::test_stage::{INTERVAL, MutatedLauncher, TestStage};
    use crate::trace::VisitTrace;

    #[tokio::test(start_paused = true)]
    async fn a_pair_without_a_mutation_fails_no_check() {
        let result = TestStage::new().run().await;
        assert!(result.failed().is_empty(), "{:?}", result.failed());
        assert_eq!(result.trace().poll_intervals(), [INTERVAL]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_peer_that_joins_after_three_polls_is_found_at_the_fourth() {
        let stage = TestStage { second_joins: Join::AfterPolls(3), ..TestStage::new() };
        let result = stage.run().await;
        assert!(result.failed().is_empty(), "{:?}", result.failed());
        assert_eq!(result.trace().poll_intervals(), [INTERVAL; 4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_launcher_that_alters_an_offer_is_caught() {
        let mut stage = TestStage::new();
        let inner = Arc::clone(&stage.services[1]);
        let mutation = |request, inner: &Arc<dyn HttpService>| {
            let answer = inner.call(request);
            Box::pin(async move {
                let (head, body) = answer.await?.into_parts();
                let text = String::from_utf8_lossy(&body).replace("scripted offer 1", "scripted offer 1 ");
                Ok(Response::from_parts(head, Bytes::from(text)))
            }) as _
        };
        stage.services[1] = Arc::new(MutatedLauncher { inner, mutation });
        let failed = stage.run().await.failed();
        let said = "the offer that the second peer of pair 1 applied was not made by another peer of its room";
        assert_eq!(failed["round_trips"], said);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_polls_more_often_than_its_settings_say_is_caught() {
        let mut stage = TestStage::new();
        stage.configs[0].poll_interval = INTERVAL / 4;
        let failed = stage.run().await.failed();
        assert_eq!(failed["poll_timing"], "poll 1 of the first peer of pair 1 began 1.5 s before its tick");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_polls_less_often_than_its_settings_say_is_caught() {
        let mut stage = TestStage::new();
        stage.configs[0].poll_interval = 2 * INTERVAL;
        let failed = stage.run().await.failed();
        assert_eq!(failed["poll_timing"], "poll 1 of the first peer of pair 1 began 2 s after its tick");
        assert!(failed.contains_key("detection"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_polls_by_another_schedule_than_its_settings_say_is_caught() {
        for schedule in NamedSchedule::ALL.into_iter().filter(|schedule| *schedule != NamedSchedule::Fixed) {
            let mut stage = TestStage { second_joins: Join::AfterPolls(4), ..TestStage::new() };
            stage.configs[0].schedule = schedule.rule().try_into().unwrap();
            let failed = stage.run().await.failed();
            assert!(failed.contains_key("poll_timing"), "{schedule}: {failed:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_goes_on_polling_after_the_answer_is_caught() {
        let mut stage = TestStage::new();
        let link = Arc::new(Link::new(Arc::clone(&stage.services[0]), stage.log.recorder(PeerIndex::First, 1)));
        let [first, _] = &mut stage.transports;
        *first = first.clone().on_accept(move || {
            let link = Arc::clone(&link);
            tokio::spawn(async move {
                tokio::time::sleep(INTERVAL / 2).await;
                let poll =
                    http::Request::post("http://stage/0.5/data-id/structured-data").body(r#"{"name":"answer"}"#.into());
                let _answer = link.call(poll.unwrap()).await;
            });
        });
        let failed = stage.run().await.failed();
        assert!(
            failed["poll_timing"].contains("poll 2 of the first peer of pair 1 began 1 s after the answer was found"),
            "{failed:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_is_hidden_for_two_polls_is_caught() {
        let mut stage = TestStage::new();
        let fetches = AtomicUsize::new(0);
        let mutation = move |request: http::Request<Bytes>, inner: &Arc<dyn HttpService>| {
            // The first fetch is that of the room; the next two are polls, which find nothing.
            let is_fetch = RequestKind::of(&request) == RequestKind::FetchRecord;
            if is_fetch && (1..=2).contains(&fetches.fetch_add(1, Ordering::Relaxed)) {
                let nothing = Bytes::from_static(br#"{"errorCode":-18,"description":"nothing"}"#);
                let answer = Response::builder().status(404).body(nothing).unwrap();
                return Box::pin(async { Ok(answer) }) as _;
            }
            inner.call(request)
        };
        stage.services[0] = Arc::new(MutatedLauncher { inner: Arc::clone(&stage.services[0]), mutation });
        let failed = stage.run().await.failed();
        assert!(failed["detection"].contains("was found after 6 s; the limit is 2 s"), "{failed:?}");
        assert!(!failed.contains_key("poll_timing"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn handles_that_are_not_dropped_are_caught() {
        let mut stage = TestStage::new();
        let mutation = |request: http::Request<Bytes>, inner: &Arc<dyn HttpService>| {
            if matches!(RequestKind::of(&request), RequestKind::DropDataId | RequestKind::DropRecord) {
                return Box::pin(async { Ok(Response::new(Bytes::from_static(b"OK"))) }) as _;
            }
            inner.call(request)
        };
        stage.services[1] = Arc::new(MutatedLauncher { inner: Arc::clone(&stage.services[1]), mutation });
        let failed = stage.run().await.failed();
        assert_eq!(failed["handles"], "5 handles more than before the run at launcher 2: 5 after it, 0 before");
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_that_loses_the_messages_of_one_peer_is_caught() {
        let mut stage = TestStage::new();
        let [_, second] = &mut stage.transports;
        *second = second.clone().lose_messages();
        let failed = stage.run().await.failed();
        assert_eq!(failed["channels"], "the messages of the second peer of pair 1 did not arrive unchanged");
    }

    #[tokio::test(start_paused = true)]
    async fn where_the_first_peer_is_refused_the_second_never_joins() {
        let stage = TestStage::new();
        stage.launchers[0].set_consent(safe_mock::Consent::Deny);
        let result = stage.run().await;
        let error = |peer_index| result.trace().last_visit(peer_index).and_then(VisitTrace::error).unwrap();
        assert!(error(PeerIndex::First).contains("did not authorise"), "{}", error(PeerIndex::First));
        assert!(
            error(PeerIndex::Second).starts_with("it did not join: what it waited for"),
            "{}",
            error(PeerIndex::Second)
        );
        assert!(result.failed().contains_key("outcomes"));
    }

    #[tokio::test(start_paused = true)]
    async fn of_two_peers_that_wait_for_each_other_one_never_joins() {
        let mut scenario = Scenario::classic();
        let waits = |joins| Visit { joins, ends: Some(ExpectedEnd::Either), ..Visit::default() };
        scenario.peers[0].visits.push(waits(Join::OnceOthersLeft));
        scenario.peers[1].visits.push(waits(Join::OnceOthersLeft));
        let settings = crate::Settings::default().seed(7).clock(crate::Clock::Virtual);
        let report = crate::run(&scenario, &settings).await.unwrap();
        assert!(report.passed, "{}", crate::report::text(&report));
        let stayed_away = report.pairs[0].errors.iter().filter(|error| error.contains("did not join")).count();
        assert_eq!(stayed_away, 1, "the other joins once the first has left: {:?}", report.pairs[0].errors);
    }
}
