//! Who sends a call, for the handler that carries it out.

use std::sync::Arc;

use parking_lot::MutexGuard;

use super::reply::{Failure, NoSession};
use crate::fault::NetworkView;
use crate::launcher::state::State;
use crate::launcher::{AccountId, Launcher, Permission, Session};

/// An app with a session, or a caller without one. The token was checked before (see `authorization`).
pub struct Caller {
    launcher: Launcher,
    session: Option<Arc<Session>>,
    view: NetworkView,
}

impl Caller {
    /// A caller at `launcher` who sees the network by `view`.
    pub fn new(launcher: &Launcher, session: Option<Arc<Session>>, view: NetworkView) -> Self {
        Self { launcher: launcher.clone(), session, view }
    }

    /// The launcher that is called.
    pub fn launcher(&self) -> &Launcher {
        &self.launcher
    }

    /// The state of the launcher, for one operation of this call.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.launcher.state_with(self.view)
    }

    /// The session, if there is one.
    pub fn known(&self) -> Option<&Session> {
        self.session.as_deref()
    }

    /// The account of the session, if there is one.
    pub fn account(&self) -> Option<AccountId> {
        self.known().map(|session| session.account().id())
    }

    /// The session.
    ///
    /// # Errors
    /// There is none; what that answers depends on the route (launcher behaviour §2.3).
    pub fn session(&self, otherwise: NoSession) -> Result<&Session, Failure> {
        self.known().ok_or(Failure::NoSession(otherwise))
    }

    /// The session of an app that was granted the low-level API.
    ///
    /// # Errors
    /// There is no session, or it was not granted that.
    pub fn low_level(&self) -> Result<&Session, Failure> {
        let session = self.session(NoSession::UnauthorisedAccess)?;
        if session.may(Permission::LowLevelApi) { Ok(session) } else { Err(Failure::NoPermission) }
    }
}
