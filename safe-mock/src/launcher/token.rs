//! Tokens: how a request names its session (launcher behaviour §2.3 and §3.1).
//!
//! A JSON Web Token with header and claims in the order of the original launcher, signed with the key of the session.
//! Written here because the general crates neither keep that order nor look the key up by a claim.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use serde::{Deserialize, Serialize};

use super::account::{hmac_sha256, keyed};

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    id: String,
    iat: u64,
}

/// Signs a token for the session `id`, issued at `issued_at` seconds of Unix time.
pub fn mint(id: &str, key: &[u8; 32], issued_at: u64) -> String {
    let claims = Claims { id: id.to_owned(), iat: issued_at };
    // Text and a number always serialise.
    let claims = serde_json::to_vec(&claims).unwrap_or_default();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let signature = hmac_sha256(key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// A well-formed token that claims a session. It is not verified before [`Claim::is_signed_with`].
#[derive(Debug)]
pub struct Claim<'a> {
    session_id: String,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Claim<'a> {
    /// Parses a token; `None` unless it has three parts and the algorithm HS256.
    ///
    /// The original launcher accepted HS384 and HS512 too. It never issued them, and no other program had its keys.
    pub fn parse(token: &'a str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        if claims.contains('.') {
            return None;
        }
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
        // The original launcher read the standard alphabet and padding too.
        let signature = signature.trim_end_matches('=').replace('+', "-").replace('/', "_");
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        (header.alg == "HS256").then_some(Self { session_id: claims.id, signed, signature })
    }

    /// The session it claims.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// Whether the holder of `key` signed it. Compares in constant time.
    pub fn is_signed_with(&self, key: &[u8; 32]) -> bool {
        keyed(key).chain_update(self.signed).verify_slice(&self.signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const KEY: [u8; 32] = [9; 32];

    #[test]
    fn a_token_is_readable_as_the_launcher_wrote_it() {
        let token = mint("an id", &KEY, 1_490_000_000);
        let parts: Vec<_> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
        assert_eq!(parts[0], br#"{"alg":"HS256","typ":"JWT"}"#);
        assert_eq!(parts[1], br#"{"id":"an id","iat":1490000000}"#);
    }

    #[test]
    fn only_the_signing_key_proves_a_token() {
        let token = mint("an id", &KEY, 0);
        let claim = Claim::parse(&token).unwrap();
        assert_eq!(claim.session_id(), "an id");
        assert!(claim.is_signed_with(&KEY));
        assert!(!claim.is_signed_with(&[8; 32]));
    }

    #[test]
    fn a_signature_may_be_in_standard_base64() {
        for seconds in 0..20 {
            let token = mint("an id", &KEY, seconds);
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let signature = STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap());
            let token = format!("{signed}.{signature}");
            assert!(Claim::parse(&token).unwrap().is_signed_with(&KEY), "{token}");
        }
    }

    #[test]
    fn a_changed_claim_proves_nothing() {
        let token = mint("an id", &KEY, 0);
        let signature = token.rsplit_once('.').unwrap().1;
        let other = mint("an id", &[8; 32], 1);
        let forged = format!("{}.{signature}", other.rsplit_once('.').unwrap().0);
        assert!(!Claim::parse(&forged).unwrap().is_signed_with(&KEY));
    }

    #[test]
    fn other_algorithms_are_not_read() {
        for algorithm in ["none", "HS384", "HS512", "RS256"] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#));
            let claims = URL_SAFE_NO_PAD.encode(r#"{"id":"an id","iat":0}"#);
            let signed = format!("{header}.{claims}");
            let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac_sha256(&KEY, signed.as_bytes())));
            assert!(Claim::parse(&token).is_none(), "{algorithm}");
        }
    }

    #[test]
    fn anything_but_three_parts_is_not_a_token() {
        for text in ["", "undefined", "a.b", "a.b.c.d", "..", "abc.def.ghi"] {
            assert!(Claim::parse(text).is_none(), "{text}");
        }
    }
}
