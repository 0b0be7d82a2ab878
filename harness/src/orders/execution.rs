//! One execution: two peers join an empty room at once, over fresh launchers, and one choice follows the other.
//!
//! What runs are peers under test: the built-in one, with a [`Behaviour`], or clients in Rust. What records it is the common recorder, in front of the gate; what judges it is
//! [`Outcome::of`], by the trace of the pair.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use signaling::launcher::{HttpService, InProcess};
use signaling::transport::InMemory;
use signaling::{Config, RoomName};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::checks;
use super::error::ExploreError;
use super::gate::{Gate, Step};
use super::our_peer::{Behaves, OurPeer, meet};
use super::outcome::Outcome;
use super::paused_runtime::PausedRuntime;
use super::schedule::{Choice, PEERS};
use super::settings::OrderSettings;
use crate::environment::{VIRTUAL_START, in_process_launchers, in_process_url};
use crate::peer::{Given, PeerVisit};
use crate::plan::seed;
use crate::record::{Intent, Link, Log, RequestKind};
use crate::scenario::{PeerIndex, VisitId};
use crate::trace::PairTrace;

/// Where the peers meet. No other peer uses their network, so any room is empty.
const ROOM: &str = "orders";

/// The number of the pair in its log.
const PAIR: usize = 1;

/// The number of the visit that each peer makes.
const VISIT: u32 = 1;

/// The most requests and waits of one execution.
const MOVES_MAX: usize = 1_000;

/// Timers have whole milliseconds, so a deadline may be late by that much.
const TIMER_GRAIN: Duration = Duration::from_millis(1);

/// An execution that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionResult {
    /// Its outcome.
    pub outcome: Outcome,
    /// What happened, as far as it was chosen, in order.
    pub steps: Vec<Step>,
}

/// How launchers and peers behave. Tests replace one or the other.
#[derive(Clone, Copy)]
pub(super) struct Behaviour {
    /// Wraps the launcher of a peer, behind the gate.
    pub(super) launcher: fn(PeerIndex, Arc<dyn HttpService>) -> Arc<dyn HttpService>,
    /// What the built-in peer does.
    pub(super) peer: Behaves,
}

/// Launchers and peers without mutations.
pub(super) const UNCHANGED: Behaviour =
    Behaviour { launcher: |_, launcher| launcher, peer: |peer, room| Box::pin(meet(peer, room)) };

/// What counts as a choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// Which requests are held. The others are released at once.
    pub(super) is_held: fn(RequestKind) -> bool,
    /// Whether choices end once both peers have stored or were refused, and time is never a choice.
    pub(super) only_joining: bool,
}

/// The scope of an exploration.
pub(super) const WHOLE: Scope = Scope { is_held: RequestKind::touches_network, only_joining: false };

/// An execution under way.
pub(super) struct Execution {
    runtime: PausedRuntime,
    gate: Gate,
    log: Arc<Log>,
    settings: OrderSettings,
    scope: Scope,
    started: Instant,
    held_until: Instant,
    end: Instant,
    moves: usize,
    /// Keeps open what the peers opened.
    _peers: Vec<JoinHandle<()>>,
}

impl Execution {
    /// Both peers join.
    ///
    /// # Errors
    /// The machine or the settings do not allow it.
    pub(super) fn start(settings: &OrderSettings, behaviour: Behaviour, scope: Scope) -> Result<Self, ExploreError> {
        let runtime = PausedRuntime::new()?;
        let started = runtime.now();
        let (gate, log, transport, room) =
            (Gate::default(), Log::new(PAIR, started, None), InMemory::new(), RoomName::new(ROOM)?);
        let launchers = {
            let _guard = runtime.enter();
            in_process_launchers(settings.launchers, PAIR, settings.seed)
        };
        let mut peers = Vec::new();
        for (peer_index, launcher) in PEERS.into_iter().zip(settings.launchers.of_pair(PAIR)) {
            let service: Arc<dyn HttpService> = Arc::new(InProcess::new(launchers[launcher].service()));
            let gated = gate.guard(peer_index, &room, (behaviour.launcher)(peer_index, service));
            let recorder = log.recorder(peer_index, VISIT);
            let link = Link::new(gated, recorder.clone()).reading_descriptions();
            let seed = seed::of_peer(settings.seed, VisitId { pair: PAIR, peer_index, visit: VISIT });
            let (room, config, in_memory) = (room.clone(), config(settings).seed(seed), Some(transport.clone()));
            let given = Given { room, launcher_url: in_process_url(launcher), config, message_bytes: 0, in_memory };
            let visit = PeerVisit::new(given, link.clone(), Arc::new(link), recorder);
            let peer = settings
                .client(peer_index)
                .unwrap_or_else(|| Arc::new(OurPeer { transport: transport.clone(), behaves: behaviour.peer }));
            let _guard = runtime.enter();
            let acting = peer.visit(visit.clone());
            peers.push(runtime.spawn(act(acting, visit, gate.clone(), peer_index)));
        }
        let (held_until, end) = (started + settings.hold, started + settings.deadline + TIMER_GRAIN);
        Ok(Self {
            runtime,
            gate,
            log,
            settings: settings.clone(),
            scope,
            started,
            held_until,
            end,
            moves: 0,
            _peers: peers,
        })
    }

    /// What can be chosen now: nothing once the execution has ended.
    ///
    /// # Errors
    /// The execution is too long.
    pub(super) fn options(&mut self) -> Result<Vec<Choice>, ExploreError> {
        self.run_until_choice()?;
        let have_all_ended = PEERS.iter().all(|peer_index| self.gate.has_ended(*peer_index));
        if have_all_ended || self.runtime.now() >= self.end {
            return Ok(Vec::new());
        }
        let mut options: Vec<_> = self.held().map(|(peer_index, _)| Choice::Release(peer_index)).collect();
        if options.is_empty() || self.may_time_pass() {
            options.push(Choice::AdvanceTime);
        }
        if self.scope.only_joining && self.have_both_joined() {
            options.truncate(1);
        }
        Ok(options)
    }

    /// Takes one of the options. Returns `false` if it turns out to be impossible: while a request is held, time may pass
    /// only to something that happens before the end of the hold, and that is not known before.
    ///
    /// # Errors
    /// The execution is too long.
    pub(super) fn take(&mut self, choice: Choice) -> Result<bool, ExploreError> {
        self.count_move()?;
        match choice {
            Choice::Release(peer_index) => Ok(self.gate.release(peer_index)),
            Choice::AdvanceTime => Ok(self.advance_time()),
        }
    }

    /// The result of an execution that has ended.
    pub(super) fn result(&self) -> ExecutionResult {
        let trace = PairTrace::new(PAIR, ROOM, &self.log.events());
        let is_choice = |step: &Step| match step {
            Step::Requested { intent, .. } => self.is_choice(*intent),
            Step::TimePassed(_) => true,
        };
        let steps = self.gate.steps().into_iter().filter(is_choice).collect();
        ExecutionResult { outcome: Outcome::of(&trace, checks::failed(&trace, &self.settings)), steps }
    }

    /// Runs until all tasks wait, and releases the requests that are no choice.
    fn run_until_choice(&mut self) -> Result<(), ExploreError> {
        loop {
            self.runtime.run_until_idle();
            let Some((peer_index, _)) = self.held().find(|(_, intent)| !self.is_choice(*intent)) else { return Ok(()) };
            self.count_move()?;
            self.gate.release(peer_index);
        }
    }

    fn held(&self) -> impl Iterator<Item = (PeerIndex, Intent)> {
        PEERS.into_iter().filter_map(|peer_index| self.gate.held(peer_index).map(|intent| (peer_index, intent)))
    }

    fn is_choice(&self, intent: Intent) -> bool {
        (self.scope.is_held)(intent.kind)
    }

    /// Whether a peer waits for time while a request of the other is held.
    fn may_time_pass(&self) -> bool {
        let waits = |peer_index: &PeerIndex| !self.gate.has_ended(*peer_index) && self.gate.held(*peer_index).is_none();
        !self.scope.only_joining && self.runtime.now() < self.held_until && PEERS.iter().any(waits)
    }

    fn have_both_joined(&self) -> bool {
        let steps = self.gate.steps();
        let storing = |step: &Step| match step {
            Step::Requested { peer_index, intent, .. } => {
                (intent.kind == RequestKind::StoreRecord).then_some(*peer_index)
            }
            Step::TimePassed(_) => None,
        };
        let stored: BTreeSet<_> = steps.iter().filter_map(storing).collect();
        PEERS.iter().all(|peer_index| stored.contains(peer_index) || self.gate.has_ended(*peer_index))
    }

    fn advance_time(&self) -> bool {
        let is_held = self.held().next().is_some();
        let limit = if is_held { self.held_until } else { self.end };
        let before = self.gate.changes();
        self.runtime.advance_time(limit, self.gate.changed_since(before));
        let changed = self.gate.changes() > before;
        if changed {
            self.gate.time_passed(self.runtime.now() - self.started);
        }
        // Where nothing is held, only the deadline is left, and then the execution has ended.
        changed || !is_held
    }

    fn count_move(&mut self) -> Result<(), ExploreError> {
        self.moves += 1;
        if self.moves > MOVES_MAX { Err(ExploreError::TooLong(MOVES_MAX)) } else { Ok(()) }
    }
}

/// Joins, and goes on after the meeting as long as the execution lasts.
async fn act(mut acting: BoxFuture<'static, ()>, visit: PeerVisit, gate: Gate, peer_index: PeerIndex) {
    visit.joined();
    tokio::select! {
        biased;
        _is_met = visit.meeting_ended() => {}
        () = &mut acting => {
            visit.fail_unless_reported();
            return gate.end(peer_index);
        }
    }
    gate.end(peer_index);
    acting.await;
}

/// The settings of a peer. How long a request takes is chosen here, so no peer abandons one before its deadline.
fn config(settings: &OrderSettings) -> Config {
    let OrderSettings { poll_interval, deadline, .. } = *settings;
    // Offers carry the time, so the clock has to show the same time at the start of every execution.
    let config = Config::default().time_of_day(VIRTUAL_START);
    config.poll_interval(poll_interval).deadline(deadline).request_timeout(deadline.saturating_mul(2))
}
