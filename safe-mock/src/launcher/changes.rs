//! Counters of changes: by them a client learns which lists to ask for again.

use serde::Serialize;

use super::shared::Launcher;

/// A counter for each list of a launcher. One that differs from what it was means that its list may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The calls that the journal was given, and how often it was cleared. The requests of a window, which `journal_all`
    /// keeps, do not count: else each look of a window would be a change.
    journal: u64,
    /// What happened in rooms, at any launcher of the network.
    rooms: u64,
    /// What is stored in the network, by any launcher.
    network: u64,
    /// Sessions and accounts.
    sessions: u64,
    /// Handles that were made, dropped or lost.
    handles: u64,
    /// Rules, their strikes, and the link.
    faults: u64,
    /// The policy, and the apps that wait.
    consent: u64,
}

impl Launcher {
    /// The counters as they are now.
    pub(crate) fn changes(&self) -> Changes {
        let rooms = self.network().rooms().changes();
        let network = self.network().lock().changes();
        let state = self.state();
        Changes {
            journal: state.journal.changes(),
            rooms,
            network,
            sessions: state.sessions.changes() + state.account_changes(),
            handles: state.handles.changes(),
            faults: state.faults.changes(),
            consent: state.consents.changes(),
        }
    }
}
