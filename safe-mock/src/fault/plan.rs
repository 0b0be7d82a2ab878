//! The plan for one call: the combined effect of all rules that strike it.

use std::time::Duration;

use super::delay::When;
use super::error::NetworkError;
use super::kind::Fault;
use crate::call::Call;

/// How one call sees the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct NetworkView {
    /// Whether the network is unreachable.
    pub partitioned: bool,
    /// How old the state is that it reads.
    pub stale_by: Duration,
    /// How long its writes are hidden from other launchers.
    pub hidden_for: Duration,
}

/// What happens to the launcher before or after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SideEffects {
    /// How long to wait.
    pub wait: Duration,
    /// Whether the session that sends the call is revoked.
    pub revoke_session: bool,
    /// Whether all handles are lost.
    pub lose_handles: bool,
    /// Whether the launcher restarts.
    pub restart: bool,
}

/// What happens to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseFault {
    /// Closed before the call is carried out.
    Refuse,
    /// Reset before the call is carried out.
    Reset,
    /// Fails instead of being carried out.
    Fail(NetworkError),
    /// Closed after the call was carried out.
    LoseAnswer,
    /// Closed in the middle of the answer.
    CloseHalfway,
    /// Without its body.
    EmptyAnswer,
    /// With half of its body.
    CutAnswer,
    /// With a body that cannot be parsed.
    MalformedAnswer,
}

impl ResponseFault {
    fn of(fault: &Fault) -> Option<Self> {
        match *fault {
            Fault::Refuse => Some(Self::Refuse),
            Fault::Reset => Some(Self::Reset),
            Fault::Fail { error } => Some(Self::Fail(error)),
            Fault::LoseAnswer => Some(Self::LoseAnswer),
            Fault::CloseHalfway => Some(Self::CloseHalfway),
            Fault::EmptyAnswer => Some(Self::EmptyAnswer),
            Fault::CutAnswer => Some(Self::CutAnswer),
            Fault::MalformedAnswer => Some(Self::MalformedAnswer),
            _ => None,
        }
    }
}

/// The plan for one call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The call.
    pub call: Call,
    /// The side effects before it.
    pub before: SideEffects,
    /// How it sees the network.
    pub view: NetworkView,
    /// How long the launcher waits for an unreachable network.
    pub timeout: Duration,
    /// The side effects after it.
    pub after: SideEffects,
    /// What happens to its answer.
    pub response: Option<ResponseFault>,
    /// The names of the faults that struck.
    pub names: Vec<&'static str>,
}

impl Plan {
    /// Nothing goes wrong.
    pub fn new(call: Call) -> Self {
        Self {
            call,
            before: SideEffects::default(),
            view: NetworkView::default(),
            timeout: Duration::ZERO,
            after: SideEffects::default(),
            response: None,
            names: Vec::new(),
        }
    }

    /// Whether a planned fault excludes this one: only one can change the answer.
    pub fn excludes(&self, fault: &Fault) -> bool {
        self.response.is_some() && ResponseFault::of(fault).is_some()
    }

    /// Adds a fault; `drawn` is its delay, if it is one.
    pub fn add(&mut self, fault: &Fault, drawn: Duration) {
        self.names.push(fault.name());
        match *fault {
            Fault::Delay { when, .. } => self.side_effects(when).wait += drawn,
            Fault::RevokeSession { when } => self.side_effects(when).revoke_session = true,
            Fault::LoseHandles { when } => self.side_effects(when).lose_handles = true,
            Fault::RestartLauncher { when } => self.side_effects(when).restart = true,
            Fault::StaleRead { by } => self.view.stale_by = self.view.stale_by.max(by),
            Fault::SlowVisibility { by } => self.view.hidden_for = self.view.hidden_for.max(by),
            Fault::Partition { after } => self.partition(after),
            _ => self.response = self.response.or(ResponseFault::of(fault)),
        }
    }

    /// Makes the network unreachable; the launcher answers after `timeout`.
    pub fn partition(&mut self, timeout: Duration) {
        self.view.partitioned = true;
        self.timeout = self.timeout.max(timeout);
    }

    fn side_effects(&mut self, when: When) -> &mut SideEffects {
        match when {
            When::Before => &mut self.before,
            When::After => &mut self.after,
        }
    }
}
