//! A digest of content, by which contents are compared and not kept.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A digest of some bytes: 64-bit FNV-1a, the same on every machine. It is no cryptographic
/// hash: two contents with the same digest can be made on purpose. As text it is 16 hexadecimal digits.
///
/// ```
/// use safe_mock::ContentDigest;
///
/// assert_eq!(ContentDigest::of(b"foobar").to_string(), "85944171f73967e8");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentDigest(pub u64);

/// How many digits it has as text.
const DIGITS: usize = 16;

impl ContentDigest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        Self(bytes.iter().fold(BASIS, |digest, byte| (digest ^ u64::from(*byte)).wrapping_mul(PRIME)))
    }

    /// The digest that is written as text.
    fn parse(text: &str) -> Option<Self> {
        let is_written_so = text.len() == DIGITS && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_written_so.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$x}", self.0)
    }
}

impl Serialize for ContentDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContentDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("a digest is 16 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_the_published_one() {
        // From the test vectors of FNV's authors.
        assert_eq!(ContentDigest::of(b""), ContentDigest(0xcbf2_9ce4_8422_2325));
        assert_eq!(ContentDigest::of(b"foobar"), ContentDigest(0x8594_4171_f739_67e8));
    }

    #[test]
    fn it_is_read_as_it_is_written_and_in_no_other_form() {
        for number in [0, 1, u64::MAX] {
            let json = serde_json::to_string(&ContentDigest(number)).unwrap();
            assert_eq!(serde_json::from_str::<ContentDigest>(&json).unwrap(), ContentDigest(number), "{json}");
        }
        for text in ["", "1", "+000000000000001", "00000000000000001", "000000000000000g"] {
            assert_eq!(ContentDigest::parse(text), None, "{text}");
        }
    }
}
