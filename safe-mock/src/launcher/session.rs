//! Sessions: apps that a user has let in (launcher behaviour §3).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::ops::Bound;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use lru::LruCache;
use rand::Rng;
use sha2::{Digest, Sha256};

use super::account::{Account, AccountId, AppKey};
use super::app::{App, Permission};
use super::key_pair::KeyPair;
use super::page::Page;
use super::recent::Recent;
use super::token::{self, Claim};
use crate::journal::JournalApp;

/// One app, let in by one account.
pub struct Session {
    number: u64,
    id: String,
    key: [u8; 32],
    app: App,
    permissions: Vec<Permission>,
    account: Arc<Account>,
    app_key: AppKey,
    /// The app, as the journal names it: the entries of its calls share it.
    journal_app: Arc<JournalApp>,
    identity: Identity,
}

impl Session {
    /// Its number in the control plane.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The app.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The app, as the journal names it.
    pub fn journal_app(&self) -> &Arc<JournalApp> {
        &self.journal_app
    }

    /// What the user granted, as asked for.
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// The account it acts for.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The key that seals the app's content.
    pub fn app_key(&self) -> &AppKey {
        &self.app_key
    }

    /// The key pair of the app: what others seal for it, it opens with this.
    pub fn key_pair(&self) -> KeyPair {
        self.account.key_pair(&self.app)
    }

    /// Whether the user granted the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// A token for it, issued at `now` seconds of Unix time.
    pub fn token(&self, now: u64) -> String {
        token::mint(&self.id, &self.key, now)
    }

    /// How many bytes it holds, its places in the indexes included.
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + INDEXES_BYTES
            + self.app.held_bytes()
            + self.journal_app.bytes()
            + size_of_val(self.permissions.as_slice())
    }
}

/// What makes two requests for a session the same: account, app and permissions, as a hash of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Identity([u8; 32]);

impl Identity {
    fn of(account: &Account, app: &App, permissions: &[Permission]) -> Self {
        let App { name, id, vendor, version } = app;
        let mut hash = Sha256::new().chain_update(account.id().0.to_le_bytes());
        for text in [name, id, vendor, version] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        for permission in permissions {
            hash.update([match permission {
                Permission::SafeDriveAccess => 1,
                Permission::LowLevelApi => 2,
            }]);
        }
        Self(hash.finalize().into())
    }
}

/// The live sessions of one launcher. Every look-up is by an index, however many there are.
pub struct Sessions {
    live: Recent<Arc<Session>>,
    by_id: HashMap<String, u64>,
    by_identity: HashMap<Identity, u64>,
    /// The accounts of live sessions, and how many each has.
    accounts: BTreeMap<AccountId, (Arc<Account>, usize)>,
    /// The tokens that were verified lately, with the numbers of their sessions. To verify one takes longer than many
    /// operations.
    proved: LruCache<String, u64>,
    next: u64,
    changes: u64,
}

/// How many verified tokens are kept.
const PROVED_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

/// The longest token that is kept, in bytes. Padding makes a token as long as a header may be.
const PROVED_BYTES_MAX: usize = 512;

/// What a session takes in the indexes, in bytes.
const INDEXES_BYTES: usize = 384;

impl Sessions {
    /// No session yet, at most `capacity`, and at most `bytes_max` bytes.
    pub fn new(capacity: NonZeroUsize, bytes_max: usize) -> Self {
        let mut proved = LruCache::unbounded();
        proved.resize(PROVED_MAX);
        Self {
            live: Recent::new(capacity, bytes_max),
            by_id: HashMap::new(),
            by_identity: HashMap::new(),
            accounts: BTreeMap::new(),
            proved,
            next: 1,
            changes: 0,
        }
    }

    /// Lets an app in. An equal live session is used again: same app, same permissions in the same order, same account.
    pub fn open(
        &mut self,
        account: &Arc<Account>,
        app: App,
        permissions: Vec<Permission>,
        rng: &mut impl Rng,
    ) -> Arc<Session> {
        let identity = Identity::of(account, &app, &permissions);
        if let Some(session) = self.by_identity.get(&identity).and_then(|number| self.live.get(*number)) {
            return Arc::clone(session);
        }
        let mut secrets = [[0; 32]; 2];
        for secret in &mut secrets {
            rng.fill_bytes(secret);
        }
        let [id, key] = secrets;
        let id = STANDARD.encode(id);
        let app_key = account.app_key(&app);
        let account = Arc::clone(account);
        let number = self.next;
        self.next += 1;
        self.changes += 1;
        let journal_app = Arc::new(app.for_journal());
        let session = Arc::new(Session { number, id, key, app, permissions, account, app_key, journal_app, identity });
        for (_, lost) in self.live.insert(number, Arc::clone(&session), session.bytes()) {
            self.remove_from_indexes(&lost);
        }
        self.by_id.insert(session.id.clone(), number);
        self.by_identity.insert(identity, number);
        self.accounts.entry(session.account.id()).or_insert_with(|| (Arc::clone(&session.account), 0)).1 += 1;
        session
    }

    fn remove_from_indexes(&mut self, lost: &Session) {
        self.by_id.remove(&lost.id);
        self.by_identity.remove(&lost.identity);
        if let Entry::Occupied(mut place) = self.accounts.entry(lost.account.id()) {
            place.get_mut().1 -= 1;
            if place.get().1 == 0 {
                place.remove();
            }
        }
    }

    /// The session of a token, if the session is live and the signature is valid.
    pub fn opened_by(&mut self, token: &str) -> Option<Arc<Session>> {
        if let Some(number) = self.proved.get(token) {
            // It becomes the most recently used. If the session itself was lost, its verified tokens are invalid too.
            let session = self.live.get(*number).cloned();
            if session.is_none() {
                self.proved.pop(token);
            }
            return session;
        }
        let session = self.prove(token)?;
        if token.len() <= PROVED_BYTES_MAX {
            self.proved.push(token.to_owned(), session.number);
        }
        Some(session)
    }

    fn prove(&mut self, token: &str) -> Option<Arc<Session>> {
        let claim = Claim::parse(token)?;
        let number = *self.by_id.get(claim.session_id())?;
        let is_signed = claim.is_signed_with(&self.live.peek(number)?.key);
        if is_signed { self.live.get(number).cloned() } else { None }
    }

    /// Ends a session; all its tokens become invalid. Returns whether it was live.
    pub fn revoke(&mut self, number: u64) -> bool {
        let Some(session) = self.live.remove(number) else { return false };
        self.changes += 1;
        self.remove_from_indexes(&session);
        true
    }

    /// Ends all sessions, and returns them: to drop many takes time. New sessions continue to count.
    pub fn take(&mut self) -> Self {
        self.proved.clear();
        self.changes += 1;
        Self {
            live: self.live.take(),
            by_id: std::mem::take(&mut self.by_id),
            by_identity: std::mem::take(&mut self.by_identity),
            accounts: std::mem::take(&mut self.accounts),
            proved: LruCache::unbounded(),
            next: self.next,
            changes: self.changes,
        }
    }

    /// How often a session was opened, and how often some ended.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How many bytes they hold, overhead included.
    pub fn bytes(&self) -> usize {
        self.live.bytes()
    }

    /// A page of the live sessions with a higher number than `after`, oldest first.
    pub fn page(&self, after: Option<u64>, limit: Option<usize>) -> Page<Arc<Session>, u64> {
        let sessions = self.live.above(after.unwrap_or(0));
        Page::of(sessions.map(|(number, session)| (number, session.bytes(), Arc::clone(session))), limit)
    }

    /// The accounts of live sessions with a higher id than `after`.
    pub fn accounts_above(&self, after: AccountId) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.range((Bound::Excluded(after), Bound::Unbounded)).map(|(_, (account, _))| account)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;

    fn app(name: &str) -> App {
        App { name: name.into(), id: "net.example".into(), vendor: "Example".into(), version: "1".into() }
    }

    struct Fixture {
        sessions: Sessions,
        account: Arc<Account>,
        rng: ChaCha12Rng,
    }

    impl Fixture {
        fn new(capacity: usize) -> Self {
            let mut rng = ChaCha12Rng::seed_from_u64(1);
            let account = Arc::new(Account::generate(AccountId(1), &mut rng));
            Self { sessions: Sessions::new(NonZeroUsize::new(capacity).unwrap(), 1 << 20), account, rng }
        }

        fn open(&mut self, app: App, permissions: &[Permission]) -> Arc<Session> {
            self.sessions.open(&self.account, app, permissions.to_vec(), &mut self.rng)
        }
    }

    #[test]
    fn the_same_app_with_the_same_permissions_gets_the_same_session() {
        let mut fixture = Fixture::new(10);
        let first = fixture.open(app("a"), &[Permission::LowLevelApi]);
        let again = fixture.open(app("a"), &[Permission::LowLevelApi]);
        assert_eq!(first.token(5), again.token(5));
        assert_ne!(first.number(), fixture.open(app("a"), &[]).number());
        assert_ne!(first.number(), fixture.open(app("b"), &[Permission::LowLevelApi]).number());
    }

    #[test]
    fn another_account_gets_a_session_of_its_own() {
        let mut fixture = Fixture::new(10);
        let first = fixture.open(app("a"), &[]);
        fixture.account = Arc::new(Account::generate(AccountId(2), &mut fixture.rng));
        assert_ne!(first.number(), fixture.open(app("a"), &[]).number());
    }

    #[test]
    fn a_revoked_token_opens_nothing() {
        let mut fixture = Fixture::new(10);
        let session = fixture.open(app("a"), &[]);
        let token = session.token(5);
        assert!(fixture.sessions.opened_by(&token).is_some());
        assert!(fixture.sessions.revoke(session.number()));
        assert!(fixture.sessions.opened_by(&token).is_none());
        assert!(!fixture.sessions.revoke(session.number()));
    }

    #[test]
    fn a_token_of_another_launcher_opens_nothing() {
        let mut fixture = Fixture::new(10);
        let stranger = token::mint(&STANDARD.encode([1; 32]), &[1; 32], 0);
        assert!(fixture.sessions.opened_by(&stranger).is_none());
        let id = fixture.open(app("a"), &[]).id.clone();
        assert!(fixture.sessions.opened_by(&token::mint(&id, &[1; 32], 0)).is_none());
    }

    #[test]
    fn the_least_recently_used_session_makes_room() {
        let mut fixture = Fixture::new(2);
        let tokens = ["a", "b", "c"].map(|name| fixture.open(app(name), &[]).token(0));
        let live = tokens.map(|token| fixture.sessions.opened_by(&token).is_some());
        assert_eq!(live, [false, true, true]);
    }

    #[test]
    fn long_names_count_and_displace_the_least_recently_used_session() {
        let mut fixture = Fixture::new(1_000);
        let long = |number: usize| app(&format!("{number}{}", "n".repeat(100_000)));
        let tokens: Vec<_> = (0..20).map(|number| fixture.open(long(number), &[]).token(0)).collect();
        let live = tokens.iter().filter(|token| fixture.sessions.opened_by(token).is_some()).count();
        assert_eq!(live, (1 << 20) / 101_000);
        assert!(fixture.sessions.opened_by(&tokens[19]).is_some() && fixture.sessions.opened_by(&tokens[0]).is_none());
        assert!(fixture.sessions.bytes() <= 1 << 20);
    }

    #[test]
    fn a_padded_token_is_valid_and_is_not_kept() {
        let mut fixture = Fixture::new(10);
        let token = fixture.open(app("a"), &[]).token(0);
        let padded = token.clone() + &"=".repeat(60_000);
        assert!(fixture.sessions.opened_by(&padded).is_some() && fixture.sessions.proved.is_empty());
        assert!(fixture.sessions.opened_by(&token).is_some() && fixture.sessions.proved.len() == 1);
    }

    #[derive(Debug, Clone)]
    enum Operation {
        Open { account: usize, name: u8, length: usize },
        Use(usize),
        Revoke(u64),
        Take,
    }

    fn operation() -> impl Strategy<Value = Operation> {
        prop_oneof![
            6 => (0..2_usize, 0..6_u8, 0..3_usize).prop_map(|(account, name, length)| Operation::Open {
                account,
                name,
                length: length * 3_000,
            }),
            2 => (0..8_usize).prop_map(Operation::Use),
            2 => (0..20_u64).prop_map(Operation::Revoke),
            1 => Just(Operation::Take),
        ]
    }

    proptest! {
        #[test]
        fn after_any_operations_the_indexes_lead_to_the_live_sessions_and_to_no_other(
            operations in proptest::collection::vec(operation(), 0..40),
        ) {
            let mut fixture = Fixture::new(5);
            fixture.sessions = Sessions::new(NonZeroUsize::new(5).unwrap(), 16_000);
            let accounts = [1, 2].map(|id| Arc::new(Account::generate(AccountId(id), &mut fixture.rng)));
            let mut tokens = Vec::new();
            for operation in operations {
                match operation {
                    Operation::Open { account, name, length } => {
                        fixture.account = Arc::clone(&accounts[account]);
                        let session = fixture.open(app(&format!("{name}{}", "n".repeat(length))), &[]);
                        tokens.push(session.token(0));
                    }
                    Operation::Use(index) => {
                        tokens.get(index).map(|token| fixture.sessions.opened_by(token));
                    }
                    Operation::Revoke(number) => {
                        fixture.sessions.revoke(number);
                    }
                    Operation::Take => drop(fixture.sessions.take()),
                }
                let sessions = &fixture.sessions;
                let live = sessions.page(None, None).items;
                prop_assert!(sessions.bytes() <= 16_000);
                prop_assert_eq!((sessions.by_id.len(), sessions.by_identity.len()), (live.len(), live.len()));
                for session in &live {
                    let number = Some(&session.number);
                    prop_assert_eq!(sessions.by_id.get(&session.id), number);
                    let identity = Identity::of(&session.account, &session.app, &session.permissions);
                    prop_assert_eq!(sessions.by_identity.get(&identity), number);
                }
                let counted: usize = sessions.accounts.values().map(|(_, count)| count).sum();
                prop_assert_eq!(counted, live.len());
            }
        }
    }
}
