//! Plays a scenario: starts launchers, lets the pairs meet, counts leaks, and judges by the recorded events.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use signaling::launcher::REMOVAL_TIMEOUT;
use signaling::transport::{InMemory, Transport};
use signaling::{Config, IceConfig, PollSchedule, WebRtc};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::check::Evidence;
use crate::environment::{
    Counts, LauncherEndpoint, TurnServer, VIRTUAL_START, World, count_when_quiet, on_a_thread, tasks_and_sockets,
    virtual_webrtc, virtually,
};
use crate::peer::{Ours, Pair, PeerChoice, PeerSetup, PeerUnderTest, Program};
use crate::plan::{Clock, Plan, RunError, Settings, TransportKind, WallTime, seed};
use crate::record::{Count, CountTime, Event, EventKind, Journals, Log, Observer, Resource, Traffic};
use crate::report::{Played, Report, check_known_gap};
use crate::scenario::{Peer, PeerIndex, Scenario, Visit, VisitId};

/// How long peers may take to drop their handles and remove their records after they have ended: before that, they may have to
/// wait for a launcher that does not answer.
const IDLE_WAIT: Duration = Duration::from_secs(5 + REMOVAL_TIMEOUT.as_secs() + 5);

/// Observes a run, and may stop it.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Is called with each event of a pair as it happens. It must not block.
    pub observer: Option<Observer>,
    /// Is called with the journals of the run's own launchers, once all peers have ended. It must not block.
    pub journals: Option<Arc<dyn Fn(Journals) + Send + Sync>>,
    /// Stops the run when it is cancelled: peers clean up, and the run ends with [`RunError::Stopped`].
    pub stop: CancellationToken,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("observed", &self.observer.is_some())
            .field("journals", &self.journals.is_some())
            .field("stop", &self.stop)
            .finish()
    }
}

/// Plays a scenario and judges it. Peers that do not meet, and checks that fail, are in the report and no error.
///
/// # Errors
/// The scenario or a setting is invalid, or a launcher cannot be reached.
pub async fn run(scenario: &Scenario, settings: &Settings) -> Result<Report, RunError> {
    run_with(scenario, settings, &Hooks::default()).await
}

/// As [`run`], with hooks that observe the run and may stop it.
///
/// # Errors
/// As [`run`], and [`RunError::Stopped`].
pub async fn run_with(scenario: &Scenario, settings: &Settings, hooks: &Hooks) -> Result<Report, RunError> {
    let plan = Plan::new(scenario, settings)?;
    check_known_gap(&plan.scenario)?;
    match plan.settings.clock {
        Clock::Real => play_with_transport(&plan, hooks).await,
        Clock::Virtual => {
            let stop = hooks.stop.clone();
            let hooks = hooks.clone();
            let played = virtually(move || async move { play_with_transport(&plan, &hooks).await });
            // There is nothing to clean up: its launchers are its own. It may be computing, and hears nothing then.
            stop.run_until_cancelled(played).await.ok_or(RunError::Stopped)??
        }
    }
}

pub(crate) async fn play_with_transport(plan: &Plan, hooks: &Hooks) -> Result<Report, RunError> {
    let run = Run { plan, hooks, wall: WallTime::start(), origin: Instant::now() };
    match (plan.transport, plan.settings.clock) {
        (TransportKind::Webrtc, Clock::Real) => run.play(WebRtc::new, None).await,
        (TransportKind::Webrtc, Clock::Virtual) => {
            let webrtc = virtual_webrtc();
            run.play(|| webrtc.clone(), None).await
        }
        (TransportKind::Scripted, _) => {
            let scripted = InMemory::new();
            run.play(|| scripted.clone(), Some(&scripted)).await
        }
    }
}

/// One run, on the clock of the current runtime.
struct Run<'a> {
    plan: &'a Plan,
    hooks: &'a Hooks,
    wall: WallTime,
    origin: Instant,
}

impl Run<'_> {
    /// Plays it, each peer with its own transport. Clients under test are given the one in memory, where there is one.
    async fn play<T: Transport>(
        self,
        transport: impl Fn() -> T,
        in_memory: Option<&InMemory>,
    ) -> Result<Report, RunError> {
        let plan = self.plan;
        let mut counts = ResourceCounts { origin: self.origin, events: Vec::new() };
        let before = tasks_and_sockets(plan);
        counts.write([Resource::Tasks, Resource::Sockets], CountTime::Before, &before);

        let world = World::open(plan).await?;
        let server = TurnServer::start_for(plan.settings.ice).await?;
        let ice = server.as_ref().map(|server| server.config(plan.settings.ice)).unwrap_or_default();
        let handles = world.handles().await;
        counts.write(world.urls().into_iter().map(Resource::Handles), CountTime::Before, &handles);
        let (pairs, rooms) = self.pairs(&world, &ice, transport, in_memory)?;
        let stopped = run_all(&pairs, &self.hooks.stop).await;
        let seen = if stopped { Vec::new() } else { world.rooms().await };
        if !stopped {
            let left = count_when_quiet(&handles, async || world.handles().await).await;
            counts.write(world.urls().into_iter().map(Resource::Handles), CountTime::After, &left);
            if let Some(journals) = &self.hooks.journals {
                journals(world.journals());
            }
        }

        let mut events: Vec<Event> = pairs.iter().flat_map(|pair| pair.log().take_events()).collect();
        drop(pairs);
        world.close().await;
        if let Some(server) = server {
            counts.write_served(server.traffic());
            server.shutdown().await;
        }
        if stopped {
            return Err(RunError::Stopped);
        }
        let left = count_when_quiet(&before, async || tasks_and_sockets(plan)).await;
        counts.write([Resource::Tasks, Resource::Sockets], CountTime::After, &left);
        events.append(&mut counts.events);
        // Each log is in order, and the sort is stable: what happened at the same time stays in the order of pairs.
        events.sort_by_key(|event| event.at);
        let (elapsed, wall) = (self.origin.elapsed(), self.wall.elapsed());
        let judge = move |plan: &Plan| {
            let mut report = Report::new(Played { plan, elapsed, wall }, &Evidence::of(events, &rooms, plan));
            report.add_seen(&seen);
            report
        };
        match plan.settings.clock {
            // The whole run has a thread of its own.
            Clock::Virtual => Ok(judge(plan)),
            Clock::Real => {
                let judged = on_a_thread({
                    let plan = plan.clone();
                    move || judge(&plan)
                });
                Ok(self.hooks.stop.run_until_cancelled(judged).await.ok_or(RunError::Stopped)??)
            }
        }
    }

    /// The pairs, and the rooms in which they meet.
    fn pairs<T: Transport>(
        &self,
        world: &World,
        ice: &IceConfig,
        transport: impl Fn() -> T,
        in_memory: Option<&InMemory>,
    ) -> Result<(Pairs, Vec<String>), RunError> {
        let mut pairs = Vec::with_capacity(self.plan.pairs);
        let mut rooms = Vec::with_capacity(self.plan.pairs);
        for number in 1..=self.plan.pairs {
            if self.hooks.stop.is_cancelled() {
                return Err(RunError::Stopped);
            }
            let room = world.room_of(number)?;
            rooms.push(room.as_str().to_owned());
            let endpoints = world.endpoints_of(number)?;
            let setup = |(peer_index, peer): (PeerIndex, &Peer)| {
                let client: Arc<dyn PeerUnderTest> = match self.plan.settings.peer(peer_index, peer) {
                    PeerChoice::Program(command) => {
                        Arc::new(Program::new(command).close_wait(self.plan.settings.close_wait))
                    }
                    PeerChoice::Client(client) => client,
                    _ => Arc::new(Ours::new(transport())),
                };
                let setup = PeerSetup::of(self.plan, number, (peer_index, peer), &endpoints, ice, client)?;
                Ok::<_, RunError>(PeerSetup { in_memory: in_memory.cloned(), ..setup })
            };
            let setups = self.plan.scenario.peer_indices().map(setup).collect::<Result<_, _>>()?;
            let log = Log::new(number, self.origin, self.hooks.observer.clone());
            pairs.push(Arc::new(Pair::new(&room, setups, log)));
        }
        Ok((pairs, rooms))
    }
}

impl PeerSetup {
    /// A peer of a pair, as the plan says.
    ///
    /// # Errors
    /// The poll schedule is invalid.
    fn of(
        plan: &Plan,
        pair: usize,
        (peer_index, peer): (PeerIndex, &Peer),
        endpoints: &[LauncherEndpoint; 2],
        ice: &IceConfig,
        peer_under_test: Arc<dyn PeerUnderTest>,
    ) -> Result<Self, RunError> {
        let endpoint = &endpoints[peer.launcher_index(peer_index).min(endpoints.len() - 1)];
        let mut config =
            Config::default().poll_interval(plan.poll_interval).schedule(PollSchedule::try_from(plan.schedule)?);
        config = config.deadline(plan.deadline).ice(ice.clone()).on_stale_offer(plan.scenario.when_gone);
        config.identity.clone_from(&peer.identity);
        config.time_of_day = (plan.settings.clock == Clock::Virtual).then_some(VIRTUAL_START);
        let visit = |(visit, number): (&Visit, u32)| {
            let who = VisitId { pair, peer_index, visit: number };
            let joins = visit.joins.drawn(|within| seed::of_arrival(plan.seed, who, within));
            (Visit { joins, ..visit.clone() }, config.clone().seed(seed::of_peer(plan.seed, who)))
        };
        Ok(Self {
            peer_index,
            service: Arc::clone(&endpoint.service),
            url: endpoint.url.clone(),
            logs_in_at: endpoint.launcher.clone().filter(|_| peer.own_account),
            mutation: plan.scenario.planted,
            peer: peer_under_test,
            in_memory: None,
            late_tolerance: plan.late_tolerance,
            message_bytes: plan.settings.message_bytes,
            visits: peer.visits.iter().zip(1..).map(visit).collect(),
        })
    }
}

type Pairs = Vec<Arc<Pair>>;

/// Records what is counted.
struct ResourceCounts {
    origin: Instant,
    events: Vec<Event>,
}

impl ResourceCounts {
    fn write(&mut self, resources: impl IntoIterator<Item = Resource>, time: CountTime, counts: &Counts) {
        let at = self.origin.elapsed();
        for (resource, number) in resources.into_iter().zip(counts) {
            let count = Count { resource, time, number: number.clone() };
            self.events.push(Event { at, who: None, kind: EventKind::Counted(count) });
        }
    }

    fn write_served(&mut self, traffic: Traffic) {
        self.events.push(Event { at: self.origin.elapsed(), who: None, kind: EventKind::Served(traffic) });
    }
}

/// Runs all pairs at once, and waits until they are idle. Returns whether they were stopped.
async fn run_all(pairs: &[Arc<Pair>], stop: &CancellationToken) -> bool {
    let mut running = JoinSet::new();
    for pair in pairs {
        let pair = Arc::clone(pair);
        running.spawn(async move { pair.run().await });
    }
    let stopped = tokio::select! {
        // Biased: a run in virtual time has to repeat itself.
        biased;
        () = async { while running.join_next().await.is_some() {} } => false,
        () = stop.cancelled() => true,
    };
    running.shutdown().await;
    let idle = async {
        for pair in pairs {
            pair.wait_idle().await;
        }
    };
    // The checks for leaks find what is left by then.
    let _timed_out = timeout(IDLE_WAIT, idle).await;
    stopped
}
