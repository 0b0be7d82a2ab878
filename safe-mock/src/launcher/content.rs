//! Content: what an app reads and writes, sealed or not, and its form inside structured data (launcher behaviour §5.5
//! and §8.3).

use bytes::Bytes;
use crypto_secretbox::aead::Aead;
use crypto_secretbox::{KeyInit, XSalsa20Poly1305};
use rand::Rng;

use super::account::AppKey;
use super::error::LauncherError;
use super::key_pair::{BOX_BYTES, seal_for};
use super::session::Session;
use crate::network::bytes::{Reader, Undecodable, Writer};
use crate::network::{EncryptKey, TypeTag};

/// A choice of encryption. A symmetric one has no key: content is sealed with the key of the app that uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CipherOptions {
    /// Anyone can read.
    Plain,
    /// The same app in the same account can read.
    Symmetric,
    /// The app with this key can read, and no other: not even the one that writes.
    Asymmetric(EncryptKey),
}

/// Content as it is stored: the variant says how to open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sealed {
    /// Not sealed.
    Plain(Bytes),
    /// Sealed with an app's own key.
    Symmetric {
        /// Used once.
        nonce: [u8; 24],
        /// [`SEAL_BYTES`] longer than the content.
        ciphertext: Vec<u8>,
    },
    /// Sealed for the app that has a key pair.
    Asymmetric(Vec<u8>),
}

impl Sealed {
    /// Seals content as chosen, with the app of `session`.
    pub fn seal(content: Bytes, options: CipherOptions, session: &Session, rng: &mut impl Rng) -> Self {
        match options {
            CipherOptions::Plain => Self::Plain(content),
            CipherOptions::Symmetric => {
                let mut nonce = [0; 24];
                rng.fill_bytes(&mut nonce);
                let ciphertext = encrypt(session.app_key(), nonce, &content);
                Self::Symmetric { nonce, ciphertext }
            }
            CipherOptions::Asymmetric(key) => Self::Asymmetric(seal_for(key, &content, rng)),
        }
    }

    /// Opens content for a caller.
    ///
    /// # Errors
    /// It is sealed, and the caller has no session or is another app.
    pub fn open(self, caller: Option<&Session>) -> Result<Bytes, LauncherError> {
        if let Self::Plain(content) = self {
            return Ok(content);
        }
        let session = caller.ok_or(LauncherError::SealedNeedsApp)?;
        match self {
            Self::Plain(content) => Ok(content),
            Self::Symmetric { nonce, ciphertext } => cipher(session.app_key())
                .decrypt(&nonce.into(), ciphertext.as_slice())
                .map(Bytes::from)
                .map_err(|_| LauncherError::SealedForAnother),
            Self::Asymmetric(sealed) => session.key_pair().open(&sealed).map(Bytes::from),
        }
    }

    /// How many bytes the content has.
    pub fn content_bytes(&self) -> usize {
        match self {
            Self::Plain(content) => content.len(),
            Self::Symmetric { ciphertext, .. } => ciphertext.len().saturating_sub(SEAL_BYTES),
            Self::Asymmetric(sealed) => sealed.len().saturating_sub(BOX_BYTES),
        }
    }

    /// The stored form.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        match self {
            Self::Plain(content) => writer.index(0).sequence(content),
            Self::Symmetric { nonce, ciphertext } => writer.index(1).sequence(nonce).sequence(ciphertext),
            Self::Asymmetric(ciphertext) => writer.index(2).sequence(ciphertext),
        };
        writer.finish()
    }

    /// Decodes the stored form, of which plain content remains a part.
    ///
    /// # Errors
    /// The bytes do not decode.
    pub fn decode(bytes: &Bytes) -> Result<Self, Undecodable> {
        let mut reader = Reader::new(bytes);
        match reader.index()? {
            0 => Ok(Self::Plain(bytes.slice_ref(reader.sequence()?))),
            1 => Ok(Self::Symmetric { nonce: reader.sized_sequence()?, ciphertext: reader.sequence()?.to_vec() }),
            2 => Ok(Self::Asymmetric(reader.sequence()?.to_vec())),
            _ => Err(Undecodable),
        }
    }
}

fn cipher(key: &AppKey) -> XSalsa20Poly1305 {
    XSalsa20Poly1305::new(&key.0.into())
}

#[expect(clippy::expect_used, reason = "the cipher fails only on messages longer than memory")]
fn encrypt(key: &AppKey, nonce: [u8; 24], content: &[u8]) -> Vec<u8> {
    cipher(key).encrypt(&nonce.into(), content).expect("a message in memory is short enough to seal")
}

/// How many bytes sealing with the key of an app adds to content.
const SEAL_BYTES: usize = 16;

/// The content of structured data that is not versioned.
pub fn pack(tag: TypeTag, sealed: &Sealed) -> Vec<u8> {
    if tag == TypeTag::UNVERSIONED {
        let mut writer = Writer::default();
        // Index 0 is "inline". The two others are for content that is too large for the API (§7.16).
        writer.index(0).sequence(&sealed.encode());
        writer.finish()
    } else {
        sealed.encode()
    }
}

/// Reads sealed content from structured data that is not versioned.
///
/// # Errors
/// The content is empty or damaged. The two encodings have different errors (launcher behaviour §7.11).
pub fn unpack(tag: TypeTag, content: &Bytes) -> Result<Sealed, LauncherError> {
    if tag == TypeTag::UNVERSIONED {
        let mut reader = Reader::new(content);
        let inline = match reader.index() {
            Ok(0) => reader.sequence(),
            _ => Err(Undecodable),
        };
        let wrapper = inline.map_err(|_| LauncherError::ContentUndecodable)?;
        Sealed::decode(&content.slice_ref(wrapper)).map_err(|_| LauncherError::Undecodable)
    } else {
        Sealed::decode(content).map_err(|_| LauncherError::Undecodable)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn emptied_content_is_told_apart_by_type() {
        assert_eq!(unpack(TypeTag::UNVERSIONED, &Bytes::new()), Err(LauncherError::ContentUndecodable));
        assert_eq!(unpack(TypeTag::FIRST_CUSTOM, &Bytes::new()), Err(LauncherError::Undecodable));
    }

    #[test]
    fn sealing_adds_sixteen_bytes_and_opens_with_the_same_key_only() {
        let sealed = encrypt(&AppKey([1; 32]), [2; 24], b"secret");
        assert_eq!(sealed.len(), 6 + SEAL_BYTES);
        let open = |key| cipher(&AppKey(key)).decrypt(&[2; 24].into(), sealed.as_slice());
        assert_eq!(open([1; 32]).unwrap(), b"secret");
        assert!(open([3; 32]).is_err());
    }

    proptest! {
        #[test]
        fn every_wrapper_survives_packing(content: Vec<u8>, nonce: [u8; 24], custom: bool) {
            let tag = if custom { TypeTag::FIRST_CUSTOM } else { TypeTag::UNVERSIONED };
            for sealed in [
                Sealed::Plain(content.clone().into()),
                Sealed::Symmetric { nonce, ciphertext: content.clone() },
                Sealed::Asymmetric(content.clone()),
            ] {
                prop_assert_eq!(unpack(tag, &pack(tag, &sealed).into()), Ok(sealed));
            }
        }
    }
}
