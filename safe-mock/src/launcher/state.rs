//! The state of one launcher, as a plain value. Its operations are in the files of their nouns.

use std::sync::Arc;

use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;

use super::account::{Account, AccountId};
use super::consent::Consents;
use super::content_budget::ContentBudget;
use super::handle::{Handle, Handles, Held};
use super::memory::Shares;
use super::network::Network;
use super::own_names::OwnNames;
use super::roots::Roots;
use super::session::Sessions;
use super::touched::Touched;
use super::uplink::Uplink;
use crate::config::{Config, MEMORY_BYTES_MIN};
use crate::fault::Faults;
use crate::journal::Journal;
use crate::network::store::Stored;

/// The state of one launcher.
pub struct State {
    /// The connection to the network.
    pub(super) uplink: Uplink,
    /// The account that is logged in; `None` after a logout.
    pub(super) account: Option<Arc<Account>>,
    first_account: Arc<Account>,
    accounts_made: u64,
    logouts: u64,
    /// The apps that were let in.
    pub sessions: Sessions,
    /// The directories that paths begin at.
    pub(super) roots: Roots,
    /// The long names of its accounts.
    pub(super) own_names: OwnNames,
    /// The policy and the open questions.
    pub consents: Consents,
    /// The objects behind handles.
    pub handles: Handles,
    /// How much content apps send at a time.
    pub content_budget: ContentBudget,
    /// The requests that were answered.
    pub journal: Journal,
    /// The fault rules and the link.
    pub faults: Faults,
    /// What the current operation touched.
    pub touched: Touched,
    pub(super) rng: ChaCha12Rng,
}

impl State {
    /// A launcher on `network`, with a new account logged in.
    pub fn new(config: &Config, seed: u64, network: Network) -> Self {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let number = network.register();
        rng.set_stream(number);
        let shares = Shares::of(config.memory_bytes_max.max(MEMORY_BYTES_MIN));
        let first_account = Arc::new(Account::generate(AccountId(1), &mut rng));
        Self {
            account: Some(Arc::clone(&first_account)),
            first_account,
            accounts_made: 1,
            logouts: 0,
            sessions: Sessions::new(config.sessions_max, shares.sessions),
            roots: Roots::default(),
            own_names: OwnNames::default(),
            consents: Consents::new(config.consent, shares.questions),
            handles: Handles::new(config.handles_max, shares),
            content_budget: ContentBudget::new(config.content_bytes_max),
            journal: Journal::new(config.journal_entries_max, shares.journal),
            uplink: Uplink::new(network, number),
            faults: Faults::new(seed, number),
            touched: Touched::default(),
            rng,
        }
    }

    /// The account that is logged in.
    pub fn account(&self) -> Option<&Arc<Account>> {
        self.account.as_ref()
    }

    /// How often another account was logged in, or none. A reset, which logs in the first one again, ends all sessions too.
    pub fn account_changes(&self) -> u64 {
        self.accounts_made + self.logouts
    }

    /// Holds a value behind a new handle, and notes the handle.
    pub(super) fn hold<T: Held>(&mut self, account: Option<AccountId>, value: T) -> Handle<T> {
        let handle = self.handles.insert(account, value);
        self.touched.given = Some(handle.number());
        handle
    }

    /// Makes an account and logs it in. Sessions of other accounts stay.
    pub fn log_in_new_account(&mut self) -> Arc<Account> {
        self.accounts_made += 1;
        let account = Arc::new(Account::generate(AccountId(self.accounts_made), &mut self.rng));
        self.account = Some(Arc::clone(&account));
        account
    }

    /// How many bytes sessions, handles, content under way, questions and journal hold, overhead included.
    pub fn bytes(&self) -> usize {
        self.sessions.bytes()
            + self.handles.bytes()
            + self.content_budget.used()
            + self.consents.bytes()
            + self.journal.bytes()
    }

    /// Logs out: every session ends and every question is denied. Handles stay (launcher behaviour §1). Returns what
    /// is to be dropped without the lock, as the next two.
    pub fn log_out(&mut self) -> impl Sized + use<> {
        self.account = None;
        self.logouts += 1;
        self.consents.answer_all(false);
        self.sessions.take()
    }

    /// Restarts: sessions, handles and questions are lost, and handles count from 1 again. The account that is logged
    /// in and the network stay.
    pub fn restart(&mut self) -> impl Sized + use<> {
        self.consents.answer_all(false);
        (self.sessions.take(), self.handles.take_and_restart())
    }

    /// Resets to the initial state: first account logged in, no session, no handle, no question, nothing stored, no
    /// fault. The network is emptied for all launchers on it, and what it stored is returned with the rest. Old tokens
    /// stay invalid: the random numbers continue and do not repeat.
    pub fn reset(&mut self) -> (impl Sized + use<>, Stored) {
        let lost = self.restart();
        self.account = Some(Arc::clone(&self.first_account));
        self.faults.clear();
        self.faults.set_link(None);
        self.roots = Roots::default();
        self.own_names = OwnNames::default();
        let journal = self.journal.take();
        let stored = self.uplink.network().lock().take();
        ((lost, journal), stored)
    }
}
