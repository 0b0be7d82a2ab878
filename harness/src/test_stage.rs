//! A stage for tests: a pair over launchers in this process and a transport without WebRTC, so that a paused clock is exact
//! and mistakes can be planted anywhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response};
use safe_mock::{Launcher, MockLauncher, Network};
use signaling::launcher::{HttpError, HttpService, InProcess};
use signaling::{Config, RoomName};
use tokio::time::Instant;

use crate::check::{CHECKS, Evidence, Verdict};
use crate::environment::Scripted;
use crate::peer::{Pair, PeerSetup};
use crate::plan::{Plan, Settings};
use crate::record::{Count, CountTime, Event, EventKind, Log, Resource};
use crate::scenario::{Join, PeerIndex, Scenario, Visit};
use crate::trace::PairTrace;

/// Where the pair of a stage meets.
const ROOM: &str = "stage";

/// Everything that a pair is made of, for a test to change before it is played.
pub(crate) struct TestStage {
    pub(crate) launchers: [Launcher; 2],
    pub(crate) services: [Arc<dyn HttpService>; 2],
    pub(crate) transports: [Scripted; 2],
    pub(crate) configs: [Config; 2],
    pub(crate) second_joins: Join,
    pub(crate) log: Arc<Log>,
}

impl TestStage {
    pub(crate) fn new() -> Self {
        let network = Network::new();
        let launchers = [1, 2].map(|seed| MockLauncher::builder().network(&network).seed(seed).build());
        let wires = Scripted::default();
        Self {
            services: launchers.clone().map(|launcher| service(&launcher)),
            launchers,
            transports: [wires.clone(), wires],
            configs: [3, 4].map(|seed| Config::default().seed(seed)),
            second_joins: Join::AfterPolls(0),
            log: Log::new(1, Instant::now(), None),
        }
    }

    /// Plays the pair to its end, and judges it by the usual settings.
    pub(crate) async fn play(self) -> Played {
        let joins = [Join::AtOnce, self.second_joins];
        let visits = self.configs.into_iter().zip(self.services).zip(self.transports);
        let setups = PeerIndex::ALL.into_iter().zip(joins).zip(visits).map(
            |((peer_index, joins), ((config, service), transport))| {
                let (url, visits) = ("http://stage".to_owned(), vec![(Visit { joins, ..Visit::default() }, config)]);
                PeerSetup { peer_index, service, url, logs_in_at: None, planted: None, transport, visits }
            },
        );
        let pair = Pair::new(RoomName::new(ROOM).unwrap(), setups.collect(), Arc::clone(&self.log)).unwrap();
        pair.play().await;
        pair.settled().await;
        let mut events = self.log.events();
        for (launcher, number) in self.launchers.iter().zip(1..) {
            let resource = Resource::Handles(format!("launcher {number}"));
            let view = launcher.handles();
            let live = view.structured_data.live + view.data_id.live;
            for (time, number) in [(CountTime::Before, Ok(0)), (CountTime::After, Ok(live))] {
                let count = Count { resource: resource.clone(), time, number };
                events.push(Event { at: self.log.now(), who: None, kind: EventKind::Counted(count) });
            }
        }
        let plan = Plan::new(&Scenario::classic(), &Settings::default().seed(7)).unwrap();
        Played(Evidence::of(&events, &[ROOM.to_owned()], &plan))
    }
}

/// What is known of a pair that was played.
pub(crate) struct Played(pub(crate) Evidence);

impl Played {
    /// What happened to the pair.
    pub(crate) fn trace(&self) -> &PairTrace {
        &self.0.traces[0]
    }

    /// The names of the checks that failed, each with what it complains of.
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

/// A launcher that misbehaves as the function says, which is given each request and the launcher.
pub(crate) struct Planted<F> {
    pub(crate) inner: Arc<dyn HttpService>,
    pub(crate) bug: F,
}

impl<F: Fn(Request<Bytes>, &Arc<dyn HttpService>) -> Reply + Send + Sync + 'static> HttpService for Planted<F> {
    fn call(&self, request: Request<Bytes>) -> Reply {
        (self.bug)(request, &self.inner)
    }
}

/// How long a poll interval of a stage is.
pub(crate) const INTERVAL: Duration = crate::scenario::DEFAULT_POLL_INTERVAL;
