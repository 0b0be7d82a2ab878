//! Text that came from outside, in a form that is safe to print: in logs, errors and reports.

use std::fmt::{self, Display, Formatter, Write};

/// How many characters of a text are shown. A path of 60 kB would hide the rest of a log.
const SHOWN_CHARS_MAX: usize = 500;

/// Text from outside, for a person to read.
///
/// Characters that have no shape of their own (control characters, line breaks, changes of the writing direction, other
/// invisible characters) and backslashes are written as Rust writes them in a literal. A long text is cut, and its
/// length follows.
///
/// ```
/// use safe_mock::Escaped;
///
/// assert_eq!(Escaped("a\u{1b}[2J\n\u{202e}b").to_string(), r"a\u{1b}[2J\n\u{202e}b");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        let end = text.char_indices().nth(SHOWN_CHARS_MAX).map_or(text.len(), |(index, _)| index);
        // Quotes are escaped in literals, and are harmless here. Text between them is escaped as one, because a
        // combining mark stays only behind the character that it belongs to.
        for part in text[..end].split_inclusive(QUOTES) {
            let unquoted = part.trim_end_matches(QUOTES);
            write!(f, "{}{}", unquoted.escape_debug(), &part[unquoted.len()..])?;
        }
        if end < text.len() { write!(f, "... ({} bytes)", text.len()) } else { Ok(()) }
    }
}

const QUOTES: [char; 2] = ['"', '\''];

/// What a value displays, escaped.
pub(crate) fn escaped(value: &impl Display) -> String {
    let mut text = String::new();
    // Writing to a `String` does not fail.
    let _written = write!(text, "{value}");
    Escaped(&text).to_string()
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
    fn words_of_any_script_and_quotes_stay() {
        for text in ["GET /auth 200", "O'Brien \"x\"", "Grüße", "日本語", "नमस्ते", "e\u{301}", "🦀"]
        {
            assert_eq!(Escaped(text).to_string(), text);
        }
    }

    #[test]
    fn two_texts_are_told_apart() {
        assert_ne!(Escaped("\u{202e}").to_string(), Escaped(r"\u{202e}").to_string());
    }

    #[test]
    fn a_long_text_is_cut_and_its_length_follows() {
        let shown = Escaped(&"ä".repeat(SHOWN_CHARS_MAX + 1)).to_string();
        assert_eq!(shown, format!("{}... (1002 bytes)", "ä".repeat(SHOWN_CHARS_MAX)));
        assert_eq!(Escaped(&"a".repeat(SHOWN_CHARS_MAX)).to_string().len(), SHOWN_CHARS_MAX);
    }

    proptest! {
        #[test]
        fn nothing_unwanted_is_ever_shown(
            parts in proptest::collection::vec((proptest::sample::select(&UNWANTED[..]), any::<char>(), ".*"), 0..20),
        ) {
            let text: String = parts.into_iter().flat_map(|(a, b, c)| [a.to_string(), b.to_string(), c]).collect();
            let shown = Escaped(&text).to_string();
            prop_assert!(!shown.contains(|c: char| c.is_control() || UNWANTED.contains(&c)), "{shown:?}");
        }
    }
}
