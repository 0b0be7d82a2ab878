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

/// A time as a sum says it: to a tenth of a second, or to a second where it is long.
pub(crate) fn short_length(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 100.0 => format!("{seconds:.0} s"),
        seconds if seconds >= 1.0 => trimmed(&format!("{seconds:.1}"), " s"),
        _ => length(time),
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

/// How many of all, such as "3 pairs" if it is all of them, or "1 of 3 pairs".
pub(crate) fn counted_of(part: usize, all: usize, noun: &str) -> String {
    if part == all { counted(all, noun) } else { format!("{part} of {}", counted(all, noun)) }
}

/// The numbers in a text whose nouns do not agree with them, such as "1 pairs", and "1 of 1 pair".
#[cfg(test)]
pub(crate) fn wrong_plurals(text: &str) -> Vec<String> {
    let nouns = ["pair", "room", "check", "scenario", "world", "order", "session", "point", "failure", "row"];
    let is_wrong = |two: &&[&str]| {
        let (number, word) = (two[0].trim_start_matches('('), two[1].trim_end_matches(&[')', ',', ';', ':', '.'][..]));
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let (is_one, is_many) = (nouns.contains(&word), word.strip_suffix('s').is_some_and(|one| nouns.contains(&one)));
        is_number && ((number == "1" && is_many) || (number != "1" && is_one))
    };
    let of_line = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.windows(2).filter(is_wrong).map(|two| two.join(" ").replace([',', '('], "")).collect::<Vec<_>>()
    };
    let all_of_one = text.contains("1 of 1 ").then(|| "1 of 1".to_owned());
    text.lines().flat_map(of_line).chain(all_of_one).collect()
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
    fn a_number_has_the_form_of_its_noun() {
        assert_eq!([0, 1, 2].map(|number| counted(number, "pair")), ["0 pairs", "1 pair", "2 pairs"]);
        let of = [(0, 1), (1, 1), (1, 2), (2, 2), (0, 0)].map(|(part, all)| counted_of(part, all, "pair"));
        assert_eq!(of, ["0 of 1 pair", "1 pair", "1 of 2 pairs", "2 pairs", "0 pairs"]);
        assert_eq!(wrong_plurals("1 pairs, 2 checks; 0 room, 1 of 1 pair (1 world)"), ["1 pairs", "0 room", "1 of 1"]);
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
