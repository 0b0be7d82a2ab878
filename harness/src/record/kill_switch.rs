//! The kill switch of a peer: a scenario may stop or crash it after a certain request.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::scenario::Death;

/// Counts the requests of one visit, and is triggered by the last that the visit may send.
///
/// A real process that ends does nothing more. The future of a peer is dropped a moment later, by the task that waits for
/// [`triggered`](KillSwitch::triggered): until then its requests are held, and after that those of a crash are refused.
#[derive(Debug, Clone, Default)]
pub(crate) struct KillSwitch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    triggered: CancellationToken,
    killed: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    /// How many more requests are answered before it is triggered.
    requests_left: Option<u64>,
    life: LifeState,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LifeState {
    #[default]
    Alive,
    /// It sends nothing, and its future still exists.
    Held,
    /// It crashed.
    Dead,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It is sent.
    Send,
    /// It waits until the future of the peer is dropped.
    Hold,
    /// It fails: the peer has crashed.
    Refuse,
}

impl KillSwitch {
    /// One that is triggered once this many requests were answered; never with `None`.
    pub(crate) fn of(requests: Option<u64>) -> Self {
        let kill_switch = Self::default();
        kill_switch.0.state.lock().requests_left = requests;
        kill_switch
    }

    /// Waits until it is triggered.
    pub(crate) async fn triggered(&self) {
        self.0.triggered.cancelled().await;
    }

    /// The future of the peer was dropped. A peer that was stopped may still drop its handles and remove its records.
    pub(crate) fn killed(&self, death: Death) {
        let mut state = self.0.state.lock();
        state.requests_left = None;
        state.life = match death {
            Death::Stop => LifeState::Alive,
            Death::Crash => LifeState::Dead,
        };
        self.0.killed.cancel();
    }

    /// The visit has ended by itself: requests that clean up do not trigger the switch.
    pub(crate) fn alive(&self) {
        self.0.state.lock().requests_left = None;
    }

    /// Holds all requests from now on.
    pub(crate) fn hold(&self) {
        self.0.state.lock().life = LifeState::Held;
    }

    pub(super) fn permission(&self) -> Permission {
        match self.0.state.lock().life {
            LifeState::Alive => Permission::Send,
            LifeState::Held => Permission::Hold,
            LifeState::Dead => Permission::Refuse,
        }
    }

    /// Waits until a request that is held may be sent, or is refused. A request of the peer's own future never gets there:
    /// the future is dropped before.
    pub(super) async fn permission_after_death(&self) -> Permission {
        self.0.killed.cancelled().await;
        self.permission()
    }

    /// A request was answered.
    pub(super) fn answered(&self) {
        let mut state = self.0.state.lock();
        let Some(left) = &mut state.requests_left else { return };
        *left = left.saturating_sub(1);
        if *left == 0 && state.life == LifeState::Alive {
            state.life = LifeState::Held;
            self.0.triggered.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_switch_of_two_requests_is_triggered_by_the_second() {
        let kill_switch = KillSwitch::of(Some(2));
        kill_switch.answered();
        assert_eq!(kill_switch.permission(), Permission::Send);
        kill_switch.answered();
        assert_eq!(kill_switch.permission(), Permission::Hold);
        kill_switch.triggered().await;
        kill_switch.killed(Death::Crash);
        assert_eq!(kill_switch.permission(), Permission::Refuse);
    }

    #[test]
    fn a_switch_is_not_triggered_after_its_visit_has_ended() {
        let kill_switch = KillSwitch::of(Some(1));
        kill_switch.alive();
        kill_switch.answered();
        assert_eq!(kill_switch.permission(), Permission::Send);
    }

    #[test]
    fn a_peer_that_was_stopped_may_still_clean_up() {
        let kill_switch = KillSwitch::of(Some(1));
        kill_switch.answered();
        kill_switch.killed(Death::Stop);
        kill_switch.answered();
        assert_eq!(kill_switch.permission(), Permission::Send);
    }
}
