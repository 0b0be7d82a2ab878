//! The box key pair of an app: anyone seals content for its public key, and that app alone opens it.

use crypto_box::aead::Aead;
use crypto_box::{PublicKey, SalsaBox, SecretKey};
use rand::Rng;

use super::error::LauncherError;
use crate::network::EncryptKey;

/// How many bytes sealing for a public key adds to content: the public key of the sealing, and the authentication.
pub const BOX_BYTES: usize = 48;

/// How many bytes a public key has.
const KEY_BYTES: usize = 32;

/// The key of one sealing is used for nothing else, so that its nonce needs to be no other.
const NONCE: [u8; 24] = [0; 24];

/// The key pair of one app in one account.
#[derive(Clone)]
pub struct KeyPair(SecretKey);

impl KeyPair {
    /// The key pair with this secret key.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(SecretKey::from_bytes(secret))
    }

    /// The public key, for which others seal.
    pub fn encrypt_key(&self) -> EncryptKey {
        EncryptKey(self.0.public_key().to_bytes())
    }

    /// Opens what was sealed for the public key.
    ///
    /// # Errors
    /// It was sealed for another key, or is damaged.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, LauncherError> {
        let (key, ciphertext) = sealed.split_first_chunk::<KEY_BYTES>().ok_or(LauncherError::SealedForAnother)?;
        let opener = SalsaBox::new(&PublicKey::from_bytes(*key), &self.0);
        opener.decrypt(&NONCE.into(), ciphertext).map_err(|_| LauncherError::SealedForAnother)
    }
}

/// Seals content for the app with this public key: [`BOX_BYTES`] longer, and different each time.
pub fn seal_for(key: EncryptKey, content: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut secret = [0; 32];
    rng.fill_bytes(&mut secret);
    let once = SecretKey::from_bytes(secret);
    let mut sealed = Vec::with_capacity(content.len() + BOX_BYTES);
    sealed.extend_from_slice(once.public_key().as_bytes());
    sealed.extend(encrypt(&SalsaBox::new(&PublicKey::from_bytes(key.0), &once), content));
    sealed
}

#[expect(clippy::expect_used, reason = "the cipher fails only on messages longer than memory")]
fn encrypt(sealer: &SalsaBox, content: &[u8]) -> Vec<u8> {
    sealer.encrypt(&NONCE.into(), content).expect("a message in memory is short enough to seal")
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;

    #[test]
    fn what_is_sealed_for_a_key_opens_with_its_pair_alone() {
        let mut rng = ChaCha12Rng::seed_from_u64(1);
        let [pair, other] = [KeyPair::new([1; 32]), KeyPair::new([2; 32])];
        for content in [&b""[..], b"secret"] {
            let sealed = seal_for(pair.encrypt_key(), content, &mut rng);
            assert_eq!(sealed.len(), content.len() + BOX_BYTES);
            assert_eq!(pair.open(&sealed).as_deref(), Ok(content));
            assert_eq!(other.open(&sealed), Err(LauncherError::SealedForAnother));
            assert_ne!(seal_for(pair.encrypt_key(), content, &mut rng), sealed);
        }
    }

    #[test]
    fn damaged_bytes_do_not_open() {
        let pair = KeyPair::new([1; 32]);
        let sealed = seal_for(pair.encrypt_key(), b"secret", &mut ChaCha12Rng::seed_from_u64(1));
        for length in 0..sealed.len() {
            assert_eq!(pair.open(&sealed[..length]), Err(LauncherError::SealedForAnother));
        }
        assert_eq!(pair.open(&[0; 64]), Err(LauncherError::SealedForAnother));
    }
}
