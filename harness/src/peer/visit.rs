//! One visit of a peer: it joins, meets another peer or not, exchanges messages and leaves, or dies during the visit. What it
//! does is recorded at its seams; nothing is judged here.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::under_test::{PeerUnderTest, PeerVisit};
use crate::format::length;
use crate::record::{EventKind, KillSwitch, Recorder};
use crate::scenario::{Death, DeathTime, Visit};

/// How long a message between two open channels may take, at least. A peer that stays longer listens for as long as it stays: the
/// other peer's channel may open late.
const MESSAGE_WAIT: Duration = Duration::from_secs(10);

/// How long a peer may go on waiting after its deadline, beside the tolerance of the run, before it is told to leave.
const OVERTIME: Duration = Duration::from_secs(10);

/// How long a peer may take to leave once it was told to.
const LEAVE_WAIT: Duration = Duration::from_secs(15);

/// Runs one visit.
pub(crate) struct VisitRunner {
    pub(super) peer: Arc<dyn PeerUnderTest>,
    pub(super) given: PeerVisit,
    pub(super) visit: Visit,
    pub(super) kill_switch: KillSwitch,
    /// How late a peer may end.
    pub(super) late_tolerance: Duration,
}

impl VisitRunner {
    /// Runs the visit to its end.
    pub(crate) async fn run(&self) {
        self.given.joined();
        let joined = Instant::now();
        let mut playing = self.peer.visit(self.given.clone());
        let death = tokio::select! {
            biased;
            death = self.die() => Some(death),
            () = self.attend(&mut playing) => None,
        };
        if let Some(death) = death {
            self.end_by(death, playing).await;
        } else {
            self.given.ended(self.patience(joined));
            self.kill_switch.alive();
        }
    }

    /// The longest time between two of its polls.
    pub(crate) fn longest_gap(&self) -> Duration {
        let config = &self.given.config;
        config.schedule.longest_gap(config.poll_interval)
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.given.config.deadline
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.given.recorder
    }

    /// Within which time a peer would have polled again before its visit ended. One that gave up before its deadline would not.
    fn patience(&self, joined: Instant) -> Duration {
        let next_poll = self.longest_gap() + self.late_tolerance;
        let gave_up = self.given.has_failed() && joined.elapsed() + next_poll < self.deadline();
        if gave_up { Duration::ZERO } else { self.longest_gap() + next_poll }
    }

    /// Waits until the peer dies, if it does.
    async fn die(&self) -> Death {
        let Some(dying) = self.visit.dies else { return std::future::pending().await };
        match dying.when {
            DeathTime::AfterRequests(_) | DeathTime::EachStep => self.kill_switch.triggered().await,
            DeathTime::AfterMs(after) => {
                sleep(Duration::from_millis(after)).await;
                self.kill_switch.hold();
            }
        }
        dying.how
    }

    /// By the end, of a peer that died only the requests that clean up are left.
    async fn end_by(&self, death: Death, mut playing: BoxFuture<'static, ()>) {
        match death {
            Death::Crash => {
                drop(playing);
                self.kill_switch.killed(death);
                self.recorder().write(EventKind::Died(death));
            }
            Death::Stop => {
                self.given.leave.cancel();
                // What it did until now ends before its requests are sent again.
                let ended = futures_util::poll!(&mut playing).is_ready();
                self.kill_switch.killed(death);
                self.recorder().write(EventKind::Died(death));
                if !ended {
                    // A peer that does not leave is for the checks to find.
                    let _left = timeout(LEAVE_WAIT, playing).await;
                }
            }
        }
    }

    /// Lets the peer meet another, and tells it to leave when it is time.
    async fn attend(&self, playing: &mut BoxFuture<'static, ()>) {
        tokio::select! {
            biased;
            () = playing => {}
            () = self.see_off() => return,
        }
        self.given.fail_unless_reported();
    }

    /// Waits until the peer has met another and has stayed, or has failed, and until it must have left.
    async fn see_off(&self) {
        let patience = self.deadline() + self.late_tolerance.max(OVERTIME);
        let is_met = timeout(patience, self.given.meeting_ended()).await.unwrap_or_else(|_| {
            self.recorder().write(EventKind::StillWaiting(patience.saturating_sub(self.deadline())));
            false
        });
        if is_met {
            let met = Instant::now();
            // An initiator that wrongly goes on polling would do so by then.
            let stay = self.visit.stays_ms.map_or(self.longest_gap(), Duration::from_millis);
            let mut reported = self.given.reported.subscribe();
            let exchanged = reported.wait_for(|reported| reported.message || reported.closed);
            // What did not arrive is for the checks to find.
            drop(timeout(stay.max(MESSAGE_WAIT), exchanged).await);
            sleep_until(met + stay).await;
        }
        self.given.leave.cancel();
        sleep(LEAVE_WAIT).await;
        self.given.misbehaved(format!("it did not end within {} after it was told to leave", length(LEAVE_WAIT)));
    }
}
