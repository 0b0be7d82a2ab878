//! Makes visible the characters that a format cannot hold.

/// The text with each `unwanted` character as in a Rust literal: `\u{1b}`, `\r`.
pub(super) fn visible(text: &str, unwanted: impl Fn(char) -> bool) -> String {
    let mut seen = String::with_capacity(text.len());
    for character in text.chars() {
        if unwanted(character) {
            seen.extend(character.escape_default());
        } else {
            seen.push(character);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unwanted_characters_are_escaped_and_others_stay() {
        assert_eq!(visible("ä\n\u{1b}[1m\r", char::is_control), r"ä\n\u{1b}[1m\r");
        assert_eq!(visible("ä\n", |character| character == '\r'), "ä\n");
    }
}
