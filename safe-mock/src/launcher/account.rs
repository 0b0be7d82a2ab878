//! Accounts: the owners of data. At most one is logged in to a launcher at a time.
//!
//! All ownership is by account key, never by app (launcher behaviour §1).

use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::app::App;
use super::key_pair::KeyPair;
use crate::network::PublicKey;

/// The number of an account, unique in its launcher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct AccountId(pub u64);

/// The key that seals an app's symmetric content.
#[derive(Clone)]
pub struct AppKey(pub [u8; 32]);

/// One SAFE account.
pub struct Account {
    id: AccountId,
    key: SigningKey,
    app_secret: [u8; 32],
}

impl Account {
    /// A new account.
    pub fn generate(id: AccountId, rng: &mut impl Rng) -> Self {
        let mut secrets = [[0; 32]; 2];
        for secret in &mut secrets {
            rng.fill_bytes(secret);
        }
        let [key, app_secret] = secrets;
        Self { id, key: SigningKey::from_bytes(&key), app_secret }
    }

    /// Its number in this launcher.
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// The key it signs with.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The key that owns what it stores.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.key.verifying_key().to_bytes())
    }

    /// The key of one app: always the same, by id and vendor alone (launcher behaviour §1). It is derived, so that
    /// nothing is stored for each app.
    pub fn app_key(&self, app: &App) -> AppKey {
        AppKey(hmac_sha256(&self.app_secret, &app_record(app)))
    }

    /// The key pair of one app, which is derived as its key is.
    pub fn key_pair(&self, app: &App) -> KeyPair {
        let message = [app_record(app).as_slice(), b"key pair"].concat();
        KeyPair::new(hmac_sha256(&self.app_secret, &message))
    }
}

/// What names the record of an app in an account.
fn app_record(app: &App) -> [u8; 32] {
    Sha256::new().chain_update(&app.id).chain_update(&app.vendor).finalize().into()
}

/// HMAC-SHA256 of `message` under a 32-byte key.
pub(super) fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    keyed(key).chain_update(message).finalize().into_bytes().into()
}

/// The HMAC-SHA256 state for a 32-byte key.
#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
pub(super) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of every length")
}
