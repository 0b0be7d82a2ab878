//! A stage for tests: a pair over launchers in this process and a transport without WebRTC. A paused clock is exact there, and
//! every part can be mutated.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use safe_mock::{Launcher, MockLauncher, Network};
use signaling::launcher::{HttpError, HttpService, InProcess};
use signaling::transport::InMemory;
use signaling::{Config, RoomName};
use tokio::time::Instant;

use crate::check::{CHECKS, Evidence, Verdict};
use crate::peer::{Ours, Pair, PeerSetup};
use crate::plan::{Plan, Settings};
use crate::record::{Count, CountTime, Event, EventKind, Log, Resource};
use crate::scenario::{Join, PeerIndex, Scenario, Visit};
use crate::trace::PairTrace;

/// The room of the pair.
const ROOM: &str = "stage";

/// Everything that a pair is made of, for a test to change before it runs.
pub(crate) struct TestStage {
    pub(crate) launchers: [Launcher; 2],
    pub(crate) services: [Arc<dyn HttpService>; 2],
    pub(crate) transports: [InMemory; 2],
    pub(crate) configs: [Config; 2],
    pub(crate) second_joins: Join,
    pub(crate) log: Arc<Log>,
}

impl TestStage {
    pub(crate) fn new() -> Self {
        let network = Network::new();
        let launchers = [1, 2].map(|seed| MockLauncher::builder().network(&network).seed(seed).build());
        let wires = InMemory::new();
        Self {
            services: launchers.clone().map(|launcher| service(&launcher)),
            launchers,
            transports: [wires.clone(), wires],
            configs: [3, 4].map(|seed| Config::default().seed(seed)),
            second_joins: Join::AfterPolls(0),
            log: Log::new(1, Instant::now(), None),
        }
    }

    /// Runs the pair to its end, and judges it by the default settings.
    pub(crate) async fn run(self) -> StageResult {
        let joins = [Join::AtOnce, self.second_joins];
        let visits = self.configs.into_iter().zip(self.services).zip(self.transports);
        let setups = PeerIndex::ALL.into_iter().zip(joins).zip(visits).map(
            |((peer_index, joins), ((config, service), transport))| {
                let (url, visits) = ("http://stage".to_owned(), vec![(Visit { joins, ..Visit::default() }, config)]);
                let (peer, late_tolerance) = (Arc::new(Ours::new(transport)), Duration::ZERO);
                let (logs_in_at, mutation, in_memory, message_bytes) = (None, None, None, 0);
                PeerSetup {
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
                }
            },
        );
        let pair = Pair::new(&RoomName::new(ROOM).unwrap(), setups.collect(), Arc::clone(&self.log));
        pair.run().await;
        pair.wait_idle().await;
        let mut events = self.log.events();
        for (launcher, number) in self.launchers.iter().zip(1..) {
            let resource = Resource::Handles(format!("launcher {number}"));
            let live = launcher.handles().live();
            for (time, number) in [(CountTime::Before, Ok(0)), (CountTime::After, Ok(live))] {
                let count = Count { resource: resource.clone(), time, number };
                events.push(Event { at: self.log.now(), who: None, kind: EventKind::Counted(count) });
            }
        }
        let plan = Plan::new(&Scenario::classic(), &Settings::default().seed(7)).unwrap();
        StageResult(Evidence::of(events, &[ROOM.to_owned()], &plan))
    }
}

/// The evidence of a pair that has run.
pub(crate) struct StageResult(pub(crate) Evidence);

impl StageResult {
    /// What happened to the pair.
    pub(crate) fn trace(&self) -> &PairTrace {
        &self.0.traces[0]
    }

    /// The names of the checks that failed, each with its failures.
    pub(crate) fn failed(&self) -> BTreeMap<&'static str, String> {
        let judged = CHECKS.iter().map(|check| (check.name, (check.judge)(&self.0)));
        judged
            .filter(|(_, verdict)| matches!(verdict, Verdict::Failed(_)))
            .map(|(name, verdict)| (name, verdict.detail()))
            .collect()
    }
}

/// A launcher as a service in this process.
pub(crate) fn service(launcher: &Launcher) -> Arc<dyn HttpService> {
    Arc::new(InProcess::new(launcher.service()))
}

type Reply = BoxFuture<'static, Result<Response<Bytes>, HttpError>>;

/// A launcher with a mutation: the function is given each request and the launcher.
pub(crate) struct MutatedLauncher<F> {
    pub(crate) inner: Arc<dyn HttpService>,
    pub(crate) mutation: F,
}

impl<F: Fn(Request<Bytes>, &Arc<dyn HttpService>) -> Reply + Send + Sync + 'static> HttpService for MutatedLauncher<F> {
    fn call(&self, request: Request<Bytes>) -> Reply {
        (self.mutation)(request, &self.inner)
    }
}

/// The poll interval of a stage.
pub(crate) const INTERVAL: Duration = crate::scenario::DEFAULT_POLL_INTERVAL;
