//! The other peer's ICE credentials: `a=ice-ufrag` and `a=ice-pwd` (RFC 8839 §5.4).

use super::error::DescriptionError;
use super::sections::Lines;

/// The longest credential.
const CHARS_MAX: usize = 256;

/// The user name fragment and the password that connectivity checks use.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct IceCredentials {
    pub(super) fragment: String,
    pub(super) password: String,
}

impl IceCredentials {
    /// The credentials of the first of `places` that has one.
    pub(super) fn find(places: &[&Lines<'_>]) -> Result<Self, DescriptionError> {
        let (fragment, password) =
            places.iter().find_map(|lines| both(lines)).ok_or(DescriptionError::NoIceCredentials)?;
        if [fragment, password].iter().any(|text| !is_credential(text)) {
            return Err(DescriptionError::BadIceCredentials);
        }
        Ok(Self { fragment: fragment.to_owned(), password: password.to_owned() })
    }
}

fn both<'a>(lines: &Lines<'a>) -> Option<(&'a str, &'a str)> {
    Some((lines.values("ice-ufrag").next()?, lines.values("ice-pwd").next()?))
}

/// Other stacks use more characters than RFC 8839 allows, and shorter texts.
fn is_credential(text: &str) -> bool {
    (1..=CHARS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl std::fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceCredentials").field("fragment", &self.fragment).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_with_both_counts_and_what_is_not_a_credential_is_refused() {
        let (neither, one) = (Lines(vec!["a=x"]), Lines(vec!["a=ice-ufrag:only"]));
        let both = Lines(vec!["a=ice-ufrag:abcd", "a=ice-pwd:secret"]);
        let found = IceCredentials::find(&[&neither, &one, &both]).unwrap();
        assert_eq!((found.fragment.as_str(), found.password.as_str()), ("abcd", "secret"));
        assert!(!format!("{found:?}").contains("secret"));
        assert!(matches!(IceCredentials::find(&[&neither, &one]), Err(DescriptionError::NoIceCredentials)));
        let long = format!("a=ice-pwd:{}", "x".repeat(CHARS_MAX + 1));
        for password in ["a=ice-pwd:", "a=ice-pwd:a b", "a=ice-pwd:ä", &long] {
            let lines = Lines(vec!["a=ice-ufrag:abcd", password]);
            assert!(matches!(IceCredentials::find(&[&lines]), Err(DescriptionError::BadIceCredentials)), "{password}");
        }
    }
}
