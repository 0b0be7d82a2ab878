//! Text that came from outside, in a form that is safe to print.

use std::fmt::{self, Display, Formatter, Write};

/// How many characters of the text of another program's error are shown. It may quote a whole session description.
const CAUSE_CHARS_MAX: usize = 500;

/// What a person can read as it is, and a literal in Rust could not hold.
const KEPT: [char; 3] = ['"', '\'', '\\'];

/// Text of another party, such as a launcher's or another peer's, on one line for a person to read.
///
/// Characters that have no shape of their own (control characters, line breaks, changes of the writing direction, other
/// invisible characters) are written as in a Rust literal. Everything else stays. Twice is as once, so that a text may pass several writers.
///
/// ```
/// use signaling::Printable;
///
/// assert_eq!(Printable("it's a\u{1b}[2J\n\u{202e}b").to_string(), r"it's a\u{1b}[2J\n\u{202e}b");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Printable<'a>(pub &'a str);

impl Display for Printable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Text between kept characters is escaped as one: a combining mark stays behind the character that it belongs to.
        for part in self.0.split_inclusive(KEPT) {
            let escapable = part.trim_end_matches(KEPT);
            write!(f, "{}{}", escapable.escape_debug(), &part[escapable.len()..])?;
        }
        Ok(())
    }
}

/// What the error of another program says, escaped and cut.
pub fn cause(error: &(impl Display + ?Sized)) -> String {
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _written = write!(text, "{error}");
    let shown: String = text.chars().take(CAUSE_CHARS_MAX).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{more}", Printable(&shown))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Characters that change how a terminal shows what follows, or that show nothing.
    const UNWANTED: [char; 16] = [
        '\0', '\u{7}', '\u{8}', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{ad}', '\u{61c}', '\u{200b}',
        '\u{2028}', '\u{202e}', '\u{2066}', '\u{feff}',
    ];

    #[test]
    fn words_of_any_script_quotes_and_backslashes_stay() {
        for text in ["it's \"x\" in C:\\dir", "Grüße", "日本語", "नमस्ते", "e\u{301}", "🦀"] {
            assert_eq!(Printable(text).to_string(), text);
        }
    }

    #[test]
    fn the_text_of_another_error_is_cut() {
        assert_eq!(cause(&"ä".repeat(500)), "ä".repeat(500));
        assert_eq!(cause(&"ä".repeat(501)), "ä".repeat(500) + "…");
    }

    proptest! {
        #[test]
        fn nothing_unwanted_is_ever_shown_and_twice_is_as_once(
            parts in prop::collection::vec(prop_oneof![any::<String>(), prop::sample::select(&UNWANTED[..]).prop_map(String::from)], 0..8)
        ) {
            let once = Printable(&parts.concat()).to_string();
            prop_assert!(!once.contains(UNWANTED) && !once.contains(char::is_control));
            prop_assert_eq!(Printable(&once).to_string(), once);
        }
    }
}
