//! One play: two peers that come to an empty room at once, from fresh launchers on, one choice after the other.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use safe_mock::{Clock, Launcher, MockLauncher, Network};
use signaling::launcher::{HttpService, InProcess};
use signaling::{Config, Peer, RoomName};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::cast::{CameTo, Cast};
use super::error::ExploreError;
use super::gate::{Gate, Step};
use super::outcome::{Ending, Outcome, judge};
use super::paused_runtime::PausedRuntime;
use super::request::{Asked, Deed};
use super::schedule::{Choice, Side};
use super::settings::{Launchers, OrderSettings};
use super::witness::Notes;
use crate::environment::Scripted;
use crate::plan::seed;

/// Where the two meet. The network is theirs alone, so any room is empty.
const ROOM: &str = "interleavings";

/// After how many requests and waits a play is broken off.
const MOVES_MAX: usize = 1_000;

/// Timers go by whole milliseconds, so a deadline may come that much late.
const TIMER_GRAIN: Duration = Duration::from_millis(1);

/// A play that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What came of it.
    pub outcome: Outcome,
    /// What happened, as far as it was chosen, in order.
    pub steps: Vec<Step>,
}

/// What counts as a choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// Which requests are held. The others go at once.
    pub(super) is_held: fn(Deed) -> bool,
    /// Whether nothing is chosen any more once both peers have stored or were refused, and time never is.
    pub(super) only_joining: bool,
}

/// What is explored.
pub(super) const WHOLE: Scope = Scope { is_held: Deed::touches_network, only_joining: false };

/// A play under way.
pub(super) struct Execution {
    stage: PausedRuntime,
    gate: Gate,
    notes: Notes,
    scope: Scope,
    began: Instant,
    held_until: Instant,
    end: Instant,
    moves: usize,
    /// Keeps open what the peers opened.
    _peers: Vec<JoinHandle<CameTo>>,
}

impl Execution {
    /// Both peers join.
    ///
    /// # Errors
    /// The machine or the setting does not allow it.
    pub(super) fn begin(setting: &OrderSettings, cast: Cast, scope: Scope) -> Result<Self, ExploreError> {
        let stage = PausedRuntime::new()?;
        let began = stage.now();
        let (gate, notes, wires, room) = (Gate::default(), Notes::default(), Scripted::default(), RoomName::new(ROOM)?);
        let launchers = launchers(&stage, setting.launchers, seed::of_launchers_of(setting.seed, 1));
        let mut peers = Vec::new();
        for side in Side::BOTH {
            let launcher: Arc<dyn HttpService> = Arc::new(InProcess::new(launchers[side.index()].service()));
            let way = gate.way(side, &room, (cast.service)(side, launcher));
            let config = config(setting).seed(seed::of_peer(setting.seed, side.who()));
            let peer = Peer::with(way, "http://launcher", notes.watch(side, wires.clone()), config)?;
            let (gate, acting) = (gate.clone(), (cast.act)(peer, room.clone()));
            peers.push(stage.spawn(async move {
                let came_to = acting.await;
                gate.ended(side, came_to.1.clone());
                came_to
            }));
        }
        let (held_until, end) = (began + setting.hold, began + setting.deadline + TIMER_GRAIN);
        Ok(Self { stage, gate, notes, scope, began, held_until, end, moves: 0, _peers: peers })
    }

    /// What can be chosen now: nothing once the play is at its end.
    ///
    /// # Errors
    /// The play is too long.
    pub(super) fn options(&mut self) -> Result<Vec<Choice>, ExploreError> {
        self.settle()?;
        let is_over = Side::BOTH.iter().all(|side| self.gate.ending(*side).is_some()) || self.stage.now() >= self.end;
        if is_over {
            return Ok(Vec::new());
        }
        let mut options: Vec<_> = self.held().map(|(side, _)| Choice::Release(side)).collect();
        if options.is_empty() || self.may_time_pass() {
            options.push(Choice::AdvanceTime);
        }
        if self.scope.only_joining && self.have_both_joined() {
            options.truncate(1);
        }
        Ok(options)
    }

    /// Takes one of the options. Answers `false` if it turns out to be none: while a request is held, time may pass only to
    /// something that happens before requests are held no longer, and that is not known before.
    ///
    /// # Errors
    /// The play is too long.
    pub(super) fn take(&mut self, choice: Choice) -> Result<bool, ExploreError> {
        self.count_move()?;
        match choice {
            Choice::Release(side) => Ok(self.gate.release(side)),
            Choice::AdvanceTime => Ok(self.advance_time()),
        }
    }

    /// What came of a play that is at its end.
    pub(super) fn played(&self) -> Played {
        let endings = Side::BOTH.map(|side| self.gate.ending(side).unwrap_or(Ending::Overdue));
        let is_choice = |step: &Step| match step {
            Step::Requested { asked, .. } => self.is_choice(*asked),
            Step::TimePassed(_) => true,
        };
        let steps = self.gate.steps().into_iter().filter(is_choice).collect();
        Played { outcome: judge(&self.notes.attempts(), endings), steps }
    }

    /// Lets everything go on until nothing moves, and lets those requests go that are no choice.
    fn settle(&mut self) -> Result<(), ExploreError> {
        loop {
            self.stage.settle();
            let Some((side, _)) = self.held().find(|(_, asked)| !self.is_choice(*asked)) else { return Ok(()) };
            self.count_move()?;
            self.gate.release(side);
        }
    }

    fn held(&self) -> impl Iterator<Item = (Side, Asked)> {
        Side::BOTH.into_iter().filter_map(|side| self.gate.held(side).map(|asked| (side, asked)))
    }

    fn is_choice(&self, asked: Asked) -> bool {
        (self.scope.is_held)(asked.deed)
    }

    /// Whether a peer waits for time while a request of the other is held.
    fn may_time_pass(&self) -> bool {
        let waits = |side: &Side| self.gate.ending(*side).is_none() && self.gate.held(*side).is_none();
        !self.scope.only_joining && self.stage.now() < self.held_until && Side::BOTH.iter().any(waits)
    }

    fn have_both_joined(&self) -> bool {
        let steps = self.gate.steps();
        let storing = |step: &Step| match step {
            Step::Requested { side, asked, .. } => (asked.deed == Deed::Store).then_some(*side),
            Step::TimePassed(_) => None,
        };
        let stored: BTreeSet<_> = steps.iter().filter_map(storing).collect();
        Side::BOTH.iter().all(|side| stored.contains(side) || self.gate.ending(*side).is_some())
    }

    fn advance_time(&self) -> bool {
        let is_held = self.held().next().is_some();
        let limit = if is_held { self.held_until } else { self.end };
        let before = self.gate.happenings();
        self.stage.advance_time(limit, self.gate.happens_after(before));
        let happened = self.gate.happenings() > before;
        if happened {
            self.gate.time_passed(self.stage.now() - self.began);
        }
        // If nothing is held, nobody but the deadline is waited for, and then the play is at its end.
        happened || !is_held
    }

    fn count_move(&mut self) -> Result<(), ExploreError> {
        self.moves += 1;
        if self.moves > MOVES_MAX { Err(ExploreError::TooLong(MOVES_MAX)) } else { Ok(()) }
    }
}

/// The launchers of the two peers, on a network of their own.
fn launchers(stage: &PausedRuntime, which: Launchers, seeds: [u64; 2]) -> [Launcher; 2] {
    let _guard = stage.enter();
    let network = Network::new();
    // Tokens carry the time, so that has to begin at the same moment in every play.
    let clock = Clock::starting_at(Duration::ZERO);
    let launcher = |seed| MockLauncher::builder().network(&network).seed(seed).clock(clock.clone()).build();
    match which {
        Launchers::Two => seeds.map(launcher),
        Launchers::One => {
            let shared = launcher(seeds[0]);
            [shared.clone(), shared]
        }
    }
}

/// The settings of a peer. How long a request takes is chosen here, so no peer gives one up before its deadline.
fn config(setting: &OrderSettings) -> Config {
    let OrderSettings { poll_interval, deadline, .. } = *setting;
    // Offers carry the time, so that has to begin at the same moment in every play.
    let config = Config::default().time_of_day(Duration::ZERO);
    config.poll_interval(poll_interval).deadline(deadline).request_timeout(deadline.saturating_mul(2))
}
