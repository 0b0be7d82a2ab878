//! [`Launcher`]: the state of one launcher behind its lock, shared by requests and the owner.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};

use super::app::{App, Permission};
use super::consent::{Question, Verdict};
use super::handle::Maker;
use super::network::Network;
use super::page::{self, PAGE_BYTES_MAX, PAGE_ITEMS_MAX, Page};
use super::session::Session;
use super::state::State;
use super::view::{AccountView, HandlesView, SessionView};
use crate::clock::Clock;
use crate::config::{Config, Consent};
use crate::fault::NetworkView;
use crate::journal::{JournalEntry, JournalPage, JournalQuery, JournalSummary};
use crate::network::DataName;
use crate::network::store::Stored;
use crate::rooms::{Observation, Outcome, Remark, RoomView, RoomsView, Times};

/// Why an app was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConsentDenied {
    /// The user, or the policy of the launcher, did not let it in.
    #[error("the user did not let the app in")]
    ByUser,
    /// No account is logged in.
    #[error("no account is logged in")]
    NoAccount,
}

/// What a request did with a record, beside what its entry in the journal says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    /// The record.
    pub record: Option<DataName>,
    /// What became of the request.
    pub outcome: Outcome,
}

/// One user's launcher in memory. Clones share it.
///
/// [`Launcher::service`] answers its requests in process; [`MockLauncher`](crate::MockLauncher) puts it on a port.
#[derive(Clone)]
pub struct Launcher {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    network: Network,
    config: Config,
    clock: Clock,
    seed: u64,
    number: u64,
    /// Whether there is any fault rule or a partition: read for each request, without the lock.
    expects_faults: AtomicBool,
}

impl Launcher {
    /// A new launcher on `network`.
    pub(crate) fn new(config: Config, seed: u64, network: Network, clock: Clock) -> Self {
        let state = State::new(&config, seed, network.clone());
        // People count launchers from 1.
        let number = state.uplink.launcher().0 + 1;
        let (state, expects_faults) = (Mutex::new(state), AtomicBool::new(false));
        Self { shared: Arc::new(Shared { state, network, config, clock, seed, number, expects_faults }) }
    }

    /// The seed of all its random choices. Pass it to [`Builder::seed`](crate::Builder::seed) to repeat a run.
    pub fn seed(&self) -> u64 {
        self.shared.seed
    }

    /// The network it stores in.
    pub fn network(&self) -> &Network {
        &self.shared.network
    }

    /// Its settings.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Locks the state, for one operation, never across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state_with(NetworkView::default())
    }

    /// As [`Launcher::state`], for an operation that sees the network by `view`.
    pub(crate) fn state_with(&self, view: NetworkView) -> MutexGuard<'_, State> {
        let mut state = self.shared.state.lock();
        state.uplink.view = view;
        state
    }

    /// Whether there is any fault rule or a partition. Takes no lock.
    pub(crate) fn expects_faults(&self) -> bool {
        self.shared.expects_faults.load(Ordering::Acquire)
    }

    /// Changes the rules or the link, and then the value of [`Launcher::expects_faults`].
    pub(super) fn change_faults<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let changed = change(&mut state);
        self.shared.expects_faults.store(state.faults.any(), Ordering::Release);
        changed
    }

    /// Asks the user and, if the app is let in, opens a session.
    ///
    /// # Errors
    /// No account is logged in, or the app is not let in.
    pub(crate) async fn authorise(
        &self,
        app: App,
        permissions: Vec<Permission>,
    ) -> Result<Arc<Session>, ConsentDenied> {
        let name = app.name.clone();
        let granted = self.ask_user(app, permissions).await;
        if granted.is_err() {
            let now = self.network().now();
            self.network().rooms().obstacles.denied(now, self.number(), &name);
        }
        granted
    }

    async fn ask_user(&self, app: App, permissions: Vec<Permission>) -> Result<Arc<Session>, ConsentDenied> {
        let verdict = {
            let mut state = self.state();
            state.account().ok_or(ConsentDenied::NoAccount)?;
            state.consents.ask(&app, &permissions)
        };
        let allowed = match verdict {
            Verdict::Decided(allowed) => allowed,
            Verdict::Waiting(id, answer) => {
                self.network().rooms().obstacles.asks(self.number(), id, &app.name);
                let _withdrawn_if_given_up = Withdraw { launcher: self, id };
                answer.await.unwrap_or(false)
            }
        };
        if !allowed {
            return Err(ConsentDenied::ByUser);
        }
        // Under one lock: the session belongs to the account that is logged in now (launcher behaviour §11.3).
        let state = &mut *self.state();
        let account = state.account.clone().ok_or(ConsentDenied::NoAccount)?;
        state.roots.name(account.id(), &app);
        Ok(state.sessions.open(&account, app, permissions, &mut state.rng))
    }

    /// Makes a new account and logs it in.
    pub fn log_in_new_account(&self) -> AccountView {
        let account = self.state().log_in_new_account();
        AccountView::new(&account, true)
    }

    /// Logs out: all sessions end, and no app is let in until an account logs in.
    pub fn log_out(&self) {
        let ended = self.state().log_out();
        drop(ended);
    }

    /// Changes how the question "let this app in?" is answered.
    pub fn set_consent(&self, policy: Consent) {
        self.state().consents.set_policy(policy);
    }

    /// How that question is answered.
    pub fn consent(&self) -> Consent {
        self.state().consents.policy()
    }

    /// The apps that wait to be let in, oldest first.
    pub fn questions(&self) -> Vec<Question> {
        page::all(|after| self.page_of_questions(after, None))
    }

    /// A page of [`Launcher::questions`], with higher numbers than `after`.
    pub(crate) fn page_of_questions(&self, after: Option<u64>, limit: Option<usize>) -> Page<Question, u64> {
        self.state().consents.page(after, limit)
    }

    /// Lets a waiting app in, or not. Returns whether it was waiting.
    pub fn decide(&self, question: u64, allow: bool) -> bool {
        self.state().consents.answer(question, allow)
    }

    /// Ends a session, as a user does by revoking an app. Returns whether it was live.
    pub fn revoke(&self, session: u64) -> bool {
        self.state().sessions.revoke(session)
    }

    /// Resets the launcher to its initial state, without faults, and empties the network for all launchers on it. One
    /// step: no request sees a part of it.
    pub fn reset(&self) {
        drop(self.reset_to_drop());
    }

    /// As [`Launcher::reset`]. Returns what the network stored: to drop many records takes time.
    pub(crate) fn reset_to_drop(&self) -> Stored {
        let (lost, stored) = self.change_faults(State::reset);
        self.network().rooms().clear();
        drop(lost);
        stored
    }

    /// The accounts that are logged in or have live sessions.
    pub fn accounts(&self) -> Vec<AccountView> {
        page::all(|after| self.page_of_accounts(after, None))
    }

    /// A page of [`Launcher::accounts`], with higher numbers than `after`.
    pub(crate) fn page_of_accounts(&self, after: Option<u64>, limit: Option<usize>) -> Page<AccountView, u64> {
        AccountView::page(&self.state(), after, limit)
    }

    /// The live sessions, oldest first. Read in parts of 1,000: a session that begins or ends meanwhile is seen or not.
    pub fn sessions(&self) -> Vec<SessionView> {
        page::all(|after| self.page_of_sessions(after, None))
    }

    /// A page of [`Launcher::sessions`], with higher numbers than `after`.
    pub(crate) fn page_of_sessions(&self, after: Option<u64>, limit: Option<usize>) -> Page<SessionView, u64> {
        let page = self.state().sessions.page(after, limit);
        page.map(|session| SessionView::new(&session))
    }

    /// The live handles.
    pub fn handles(&self) -> HandlesView {
        HandlesView::new(&self.state().handles, usize::MAX)
    }

    /// The live handles, with the numbers of at most `limit` of each kind.
    pub(crate) fn latest_handles(&self, limit: Option<usize>) -> HandlesView {
        HandlesView::new(&self.state().handles, limit.unwrap_or(PAGE_ITEMS_MAX).min(PAGE_ITEMS_MAX))
    }

    /// How many bytes its sessions, handles, journal, and the apps that wait hold, overhead included: at most
    /// [`Config::memory_bytes_max`]; and the content that apps send, at most [`Config::content_bytes_max`] more.
    pub fn memory_bytes(&self) -> usize {
        self.state().bytes()
    }

    /// The requests that were answered, oldest first: the last ones, as many as the journal holds. Requests to the
    /// control plane and preflights are there only with [`Config::journal_all`].
    pub fn requests(&self) -> Vec<JournalEntry> {
        self.find_requests(&JournalQuery::default())
    }

    /// The requests of [`Launcher::requests`] that match a query.
    pub fn find_requests(&self, query: &JournalQuery) -> Vec<JournalEntry> {
        self.latest_requests(query, query.limit.unwrap_or(usize::MAX), usize::MAX).items
    }

    /// How many requests the journal was given, and how many of them it has forgotten.
    pub fn journal_summary(&self) -> JournalSummary {
        self.state().journal.counts().summary(self.clock().started_at())
    }

    /// Removes all entries of the journal. Numbers and counts go on.
    pub fn clear_journal(&self) {
        let entries = self.state().journal.take();
        drop(entries);
    }

    /// A page of the journal: the counts, and the latest entries that match a query.
    pub(crate) fn page_of_journal(&self, query: &JournalQuery) -> JournalPage {
        let limit = query.limit.unwrap_or(PAGE_ITEMS_MAX).clamp(1, PAGE_ITEMS_MAX);
        let Page { items, next } = self.latest_requests(query, limit, PAGE_BYTES_MAX);
        JournalPage { summary: self.journal_summary(), entries: items, before: next }
    }

    /// The latest requests that match a query, at most `limit` and of little more than `bytes_max` bytes, oldest first;
    /// and the number before which to look for more. The journal is read in parts, each under a lock of its own.
    fn latest_requests(&self, query: &JournalQuery, limit: usize, bytes_max: usize) -> Page<JournalEntry, u64> {
        let mut query = query.clone();
        let (mut items, mut bytes) = (Vec::new(), 0);
        while items.len() < limit && bytes < bytes_max {
            let found = self.state().journal.find(&query, limit - items.len(), bytes_max - bytes);
            bytes += found.bytes;
            items.extend(found.entries);
            query.before = found.before;
            if found.before.is_none() {
                break;
            }
        }
        items.reverse();
        Page { items, next: query.before }
    }

    /// Its number on its network, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.shared.number
    }

    /// Writes a request to the journal, and tells the network's rooms of it. Returns what they say of it: that is in the entry too.
    pub(crate) fn record(&self, seen: Seen, mut entry: JournalEntry) -> Option<Remark> {
        let network = self.network();
        let mut state = self.state();
        let request = state.journal.next_number();
        let mut remark = None;
        if let (Some(record), Some(call)) = (seen.record, entry.call) {
            let mut rooms = network.rooms();
            remark = rooms.observe(&Observation {
                at: network.now().saturating_sub(entry.took),
                launcher: self.number(),
                request,
                session: entry.session,
                peer: entry.peer.as_deref(),
                room: entry.room.as_deref(),
                call,
                record,
                version: entry.version,
                content_bytes: entry.content.map(|content| content.bytes),
                payload: entry.payload.as_deref(),
                outcome: seen.outcome,
            });
            entry.room = entry.room.or_else(|| rooms.name_of(record).map(ToOwned::to_owned));
        }
        if let Some(remark) = &remark {
            entry.told = Some(remark.told.clone());
            entry.why = remark.why.clone().or(entry.why);
        }
        if let (Some(handle), Some(call)) = (entry.given, entry.call) {
            state.handles.made_by(handle, Maker { request, call, session: entry.session });
        }
        state.journal.push(Box::new(entry));
        remark
    }

    /// Notes that a page was refused: its peer never comes to its room.
    pub(crate) fn page_refused(&self, why: &str) {
        let now = self.network().now();
        self.network().rooms().obstacles.refused(now, self.number(), why);
    }

    /// A page of the rooms of its network, as all launchers on it saw them.
    pub(crate) fn page_of_rooms(&self, before: Option<u64>, limit: Option<usize>) -> RoomsView {
        RoomsView::page(&self.network().rooms(), self.times(), before, limit)
    }

    /// A room of its network, with all that is kept of it.
    pub(crate) fn room(&self, number: u64) -> Option<RoomView> {
        RoomView::whole(&self.network().rooms(), number, self.times())
    }

    /// The rooms of its network, as all launchers on it saw them: latest first, as many as are kept.
    pub fn rooms(&self) -> Vec<RoomView> {
        self.page_of_rooms(None, Some(usize::MAX)).rooms
    }

    /// When its network was created, and what time it is.
    pub(crate) fn times(&self) -> Times {
        let now = self.network().now();
        let started_at = (self.clock().started_at() + self.clock().elapsed()).saturating_sub(now);
        Times { started_at, now }
    }
}

impl std::fmt::Debug for Launcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launcher").field("seed", &self.shared.seed).finish_non_exhaustive()
    }
}

/// Removes a question when the request that waits for it is dropped.
struct Withdraw<'a> {
    launcher: &'a Launcher,
    id: u64,
}

impl Drop for Withdraw<'_> {
    fn drop(&mut self) {
        self.launcher.state().consents.withdraw(self.id);
        self.launcher.network().rooms().obstacles.asks_no_more(self.launcher.number(), self.id);
    }
}
