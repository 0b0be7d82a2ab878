//! Sessions: apps that a user has let in (launcher behaviour §3).

use std::num::NonZeroUsize;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use lru::LruCache;
use rand::Rng;

use super::account::{Account, AppKey};
use super::app::{App, Permission};
use super::token::{self, Claim};

/// One app, let in by one account.
pub struct Session {
    number: u64,
    id: String,
    key: [u8; 32],
    app: App,
    permissions: Vec<Permission>,
    account: Arc<Account>,
    app_key: AppKey,
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

    /// Whether the user granted the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// A token for it, issued at `now` seconds of Unix time.
    pub fn token(&self, now: u64) -> String {
        token::mint(&self.id, &self.key, now)
    }

    fn is_for(&self, account: &Account, app: &App, permissions: &[Permission]) -> bool {
        self.account.id() == account.id() && self.app == *app && self.permissions == permissions
    }
}

/// The live sessions of one launcher.
pub struct Sessions {
    live: LruCache<String, Arc<Session>>,
    /// The tokens that were verified lately. To verify one takes longer than many operations.
    proved: LruCache<String, Arc<Session>>,
    next: u64,
}

/// How many verified tokens are kept.
const PROVED_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(255);

impl Sessions {
    /// No session yet, and at most `capacity`.
    pub fn new(capacity: NonZeroUsize) -> Self {
        let mut live = LruCache::unbounded();
        live.resize(capacity);
        let mut proved = LruCache::unbounded();
        proved.resize(PROVED_MAX);
        Self { live, proved, next: 1 }
    }

    /// Lets an app in. An equal live session is used again: same app, same permissions in the same order, same account.
    pub fn open(
        &mut self,
        account: &Arc<Account>,
        app: App,
        permissions: Vec<Permission>,
        rng: &mut impl Rng,
    ) -> Arc<Session> {
        let equal = self.live.iter().find(|(_, session)| session.is_for(account, &app, &permissions));
        if let Some(id) = equal.map(|(id, _)| id.clone())
            && let Some(session) = self.live.get(&id)
        {
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
        let session = Arc::new(Session { number: self.next, id: id.clone(), key, app, permissions, account, app_key });
        self.next += 1;
        self.live.push(id, Arc::clone(&session));
        session
    }

    /// The session of a token, if the session is live and the signature is valid.
    pub fn opened_by(&mut self, token: &str) -> Option<Arc<Session>> {
        let known = self.proved.get(token).cloned();
        let is_known = known.is_some();
        let session = known.or_else(|| self.prove(token))?;
        // It becomes the most recently used. If the session itself was lost, its verified tokens are invalid too.
        if self.live.get(&session.id).is_none() {
            self.proved.pop(token);
            return None;
        }
        if !is_known {
            self.proved.push(token.to_owned(), Arc::clone(&session));
        }
        Some(session)
    }

    fn prove(&mut self, token: &str) -> Option<Arc<Session>> {
        let claim = Claim::parse(token)?;
        let session = self.live.get(claim.session_id())?;
        claim.is_signed_with(&session.key).then(|| Arc::clone(session))
    }

    /// Ends a session; all its tokens become invalid. Returns whether it was live.
    pub fn revoke(&mut self, number: u64) -> bool {
        let id = self.live.iter().find(|(_, session)| session.number == number).map(|(id, _)| id.clone());
        id.is_some_and(|id| self.live.pop(&id).is_some())
    }

    /// Ends all sessions.
    pub fn clear(&mut self) {
        self.live.clear();
        self.proved.clear();
    }

    /// The live sessions, oldest first.
    pub fn list(&self) -> Vec<Arc<Session>> {
        let mut sessions: Vec<_> = self.live.iter().map(|(_, session)| Arc::clone(session)).collect();
        sessions.sort_by_key(|session| session.number);
        sessions
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::super::account::AccountId;
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
            Self { sessions: Sessions::new(NonZeroUsize::new(capacity).unwrap()), account, rng }
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
}
