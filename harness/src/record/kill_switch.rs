//! Whether a peer lives: a scenario may end it after a request of its choice.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::scenario::Death;

/// Counts the requests of one visit, and ends it at its last.
///
/// A real process that ends does nothing more. The future of a peer is dropped a moment later, by whoever waits for
/// [`is_over`](KillSwitch::over): until then its requests are held, and after that those of a crash are refused.
#[derive(Debug, Clone, Default)]
pub(crate) struct KillSwitch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    over: CancellationToken,
    killed: CancellationToken,
}

#[derive(Debug, Default)]
struct State {
    /// After how many answered requests it ends.
    requests_left: Option<u64>,
    stage: Stage,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Alive,
    /// It sends nothing, and its future is still there.
    Held,
    /// It crashed.
    Dead,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// It is sent.
    Send,
    /// It waits until the future of the peer is gone.
    Hold,
    /// There is nobody to send it.
    Refuse,
}

impl KillSwitch {
    /// One that ends once so many requests were answered; never by itself with `None`.
    pub(crate) fn of(requests: Option<u64>) -> Self {
        let kill_switch = Self::default();
        kill_switch.0.state.lock().requests_left = requests;
        kill_switch
    }

    /// Waits until it is over.
    pub(crate) async fn over(&self) {
        self.0.over.cancelled().await;
    }

    /// The future of the peer is gone. What a stopped one gives back is still sent.
    pub(crate) fn killed(&self, death: Death) {
        let mut state = self.0.state.lock();
        state.requests_left = None;
        state.stage = match death {
            Death::Stop => Stage::Alive,
            Death::Crash => Stage::Dead,
        };
        self.0.killed.cancel();
    }

    /// The visit came to its end by itself: what the peer still gives back ends no life.
    pub(crate) fn alive(&self) {
        self.0.state.lock().requests_left = None;
    }

    pub(crate) fn hold(&self) {
        self.0.state.lock().stage = Stage::Held;
    }

    pub(super) fn leave_to_send(&self) -> Leave {
        match self.0.state.lock().stage {
            Stage::Alive => Leave::Send,
            Stage::Held => Leave::Hold,
            Stage::Dead => Leave::Refuse,
        }
    }

    /// Waits until a request that is held may be sent, or is refused: whoever waits with the peer's own future never sees
    /// that, since it is gone by then.
    pub(super) async fn leave_after_burial(&self) -> Leave {
        self.0.killed.cancelled().await;
        self.leave_to_send()
    }

    /// A request was answered.
    pub(super) fn answered(&self) {
        let mut state = self.0.state.lock();
        let Some(left) = &mut state.requests_left else { return };
        *left = left.saturating_sub(1);
        if *left == 0 && state.stage == Stage::Alive {
            state.stage = Stage::Held;
            self.0.over.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_life_of_two_requests_is_over_after_the_second() {
        let kill_switch = KillSwitch::of(Some(2));
        kill_switch.answered();
        assert_eq!(kill_switch.leave_to_send(), Leave::Send);
        kill_switch.answered();
        assert_eq!(kill_switch.leave_to_send(), Leave::Hold);
        kill_switch.over().await;
        kill_switch.killed(Death::Crash);
        assert_eq!(kill_switch.leave_to_send(), Leave::Refuse);
    }

    #[test]
    fn one_whose_visit_has_ended_does_not_die_of_what_it_gives_back() {
        let kill_switch = KillSwitch::of(Some(1));
        kill_switch.alive();
        kill_switch.answered();
        assert_eq!(kill_switch.leave_to_send(), Leave::Send);
    }

    #[test]
    fn one_that_was_stopped_may_give_back_what_it_holds() {
        let kill_switch = KillSwitch::of(Some(1));
        kill_switch.answered();
        kill_switch.killed(Death::Stop);
        kill_switch.answered();
        assert_eq!(kill_switch.leave_to_send(), Leave::Send);
    }
}
