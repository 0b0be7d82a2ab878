//! Characters that a format cannot hold, made visible instead of lost.

/// The text with each character that is `unwanted` as Rust would write it in a literal: `\u{1b}`, `\r`.
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
    fn what_is_unwanted_can_be_seen_and_all_else_stays() {
        assert_eq!(visible("ä\n\u{1b}[1m\r", char::is_control), r"ä\n\u{1b}[1m\r");
        assert_eq!(visible("ä\n", |character| character == '\r'), "ä\n");
    }
}
