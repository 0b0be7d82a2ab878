//! Times, counts and foreign text, as reports and checks show them.

use std::time::Duration;

use signaling::Printable;

/// A length of time, such as "3 ms" or "2.5 s".
pub(crate) fn length(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 1.0 {
        trimmed(&format!("{seconds:.3}"), " s")
    } else {
        trimmed(&format!("{:.1}", seconds * 1_000.0), " ms")
    }
}

fn trimmed(number: &str, unit: &str) -> String {
    format!("{}{unit}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// Lines for a person to read: what is not printable in them is escaped. Names of scenarios and launchers' errors are foreign.
pub(crate) fn printable(lines: &str) -> String {
    lines.split('\n').map(|line| Printable(line).to_string()).collect::<Vec<_>>().join("\n")
}

/// The text, with spaces up to this width. A width of `format!` has an upper bound, and it panics beyond it.
pub(crate) fn padded(text: &str, width: usize) -> String {
    text.to_owned() + &" ".repeat(width.saturating_sub(text.chars().count()))
}

/// A count with its noun, such as "1 pair" or "2 pairs".
pub(crate) fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A word for a shell.
pub(crate) fn quoted(word: &str) -> String {
    // Only a word with a NUL byte cannot be quoted, and no argument has one.
    shlex::try_quote(word).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines_and_show_nothing_that_a_terminal_obeys() {
        assert_eq!(printable("Größe \u{1b}[2J\u{202e}\r\n  2\n"), "Größe \\u{1b}[2J\\u{202e}\\r\n  2\n");
    }

    #[test]
    fn a_time_is_shown_in_seconds_or_milliseconds() {
        let shown = |micros| length(Duration::from_micros(micros));
        assert_eq!(shown(0), "0 ms");
        assert_eq!(shown(20_000), "20 ms");
        assert_eq!(shown(1_234), "1.2 ms");
        assert_eq!(shown(2_000_000), "2 s");
        assert_eq!(shown(1_965_400), "1.965 s");
    }
}
