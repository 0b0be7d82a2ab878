//! The fingerprint of the other peer's certificate: `a=fingerprint:sha-256 AB:CD:…` (RFC 8122).

use std::fmt;

use super::error::DescriptionError;

/// The one algorithm that the `webrtc` crate can check.
const ALGORITHM: &str = "sha-256";

/// How many other algorithms an error names.
const NAMED_MAX: usize = 8;

/// The SHA-256 of the other peer's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The first fingerprint of SHA-256 among `values` that can be read. Names of algorithms are read without regard to case.
    pub(super) fn find<'a>(values: impl Iterator<Item = &'a str>) -> Result<Self, DescriptionError> {
        let mut others = Vec::<&str>::new();
        let mut is_malformed = false;
        for value in values {
            let (algorithm, hash) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
            if algorithm.eq_ignore_ascii_case(ALGORITHM) {
                match bytes(hash.trim()) {
                    Some(bytes) => return Ok(Self(bytes)),
                    None => is_malformed = true,
                }
            } else if others.len() < NAMED_MAX && !others.contains(&algorithm) {
                others.push(algorithm);
            }
        }
        match others.as_slice() {
            _ if is_malformed => Err(DescriptionError::BadFingerprint),
            [] => Err(DescriptionError::NoFingerprint),
            _ => {
                Err(DescriptionError::FingerprintAlgorithm { found: others.iter().map(ToString::to_string).collect() })
            }
        }
    }
}

/// 32 bytes in hexadecimal, separated by colons.
fn bytes(text: &str) -> Option<[u8; 32]> {
    let mut read = [0; 32];
    let mut words = text.split(':');
    for byte in &mut read {
        let word = words.next()?;
        let is_hexadecimal = word.len() == 2 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
        *byte = is_hexadecimal.then(|| u8::from_str_radix(word, 16).ok()).flatten()?;
    }
    words.next().is_none().then_some(read)
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ALGORITHM)?;
        let mut before = ' ';
        for byte in self.0 {
            write!(f, "{before}{byte:02X}")?;
            before = ':';
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(bytes: usize) -> String {
        vec!["aB"; bytes].join(":")
    }

    #[test]
    fn sha_256_is_found_whatever_its_case_and_its_place() {
        let (upper, lower) = (format!("SHA-256 {}", hash(32)), format!("sha-256  {}", hash(32).to_lowercase()));
        let other = format!("sha-512 {}", hash(64));
        let mixed = format!("Sha-256\t{}", hash(32));
        for values in [
            vec![upper.as_str()],
            vec![&other, &lower],
            vec![&mixed, &other],
            vec!["", "x", &upper],
            vec!["sha-256 AB", &lower],
        ] {
            let found = Fingerprint::find(values.iter().copied()).unwrap();
            assert_eq!(found.to_string(), format!("sha-256 {}", hash(32).to_uppercase()), "{values:?}");
        }
    }

    #[test]
    fn other_algorithms_alone_are_refused_by_name() {
        let values = ["sha-384 AB", "SHA-512 AB", "sha-384 CD"];
        let error = Fingerprint::find(values.into_iter()).unwrap_err();
        assert_eq!(error.to_string(), "its fingerprint is of sha-384 and SHA-512; one of sha-256 was expected");
        assert!(matches!(Fingerprint::find(std::iter::empty()), Err(DescriptionError::NoFingerprint)));
    }

    #[test]
    fn a_hash_that_is_not_32_bytes_is_refused() {
        let [short, long, sign] = [hash(31), hash(33), format!("+1:{}", hash(31))];
        for text in
            ["", ":", "AB", "ä", &short, &long, &sign, &hash(32).replace(':', ""), &hash(32).replace("aB", "aG")]
        {
            let value = format!("sha-256 {text}");
            let found = Fingerprint::find([value.as_str()].into_iter());
            assert!(matches!(found, Err(DescriptionError::BadFingerprint)), "{text}");
        }
    }
}
