//! How the original launcher read a 64-bit number, from a path or from JSON (launcher behaviour §4.3).
//!
//! It read text as C's `strtoull` does with automatic base: the longest valid prefix counts.

use serde_json::Value;

use super::reply::Failure;

const NO_DIGITS: &str = "no digits we found in input String";
const OUT_OF_RANGE: &str = "input String numerical value out of range";
const WRONG_TYPE: &str = "Number/String 64-bit value required";

/// Reads a number from text. `argument` is the number of the argument in the error text of the original launcher.
///
/// # Errors
/// No digits, or more than 64 bits.
pub fn from_text(text: &str, argument: usize) -> Result<u64, Failure> {
    let trimmed = text.trim_start_matches([' ', '\t', '\n', '\r', '\u{b}', '\u{c}']);
    let (negative, unsigned) = match trimmed.as_bytes().first() {
        Some(b'-') => (true, &trimmed[1..]),
        Some(b'+') => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let (radix, digits) = radix(unsigned);
    let length = digits.bytes().take_while(|byte| (*byte as char).is_digit(radix)).count();
    if length == 0 {
        return Err(complaint(argument, NO_DIGITS));
    }
    let number = u64::from_str_radix(&digits[..length], radix).map_err(|_| complaint(argument, OUT_OF_RANGE))?;
    Ok(if negative { number.wrapping_neg() } else { number })
}

/// `0x` and a hexadecimal digit, or a leading `0`, choose the base. In `08` the digits are `0` alone.
fn radix(text: &str) -> (u32, &str) {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) if digits.starts_with(|first: char| first.is_ascii_hexdigit()) => (16, digits),
        _ if text.starts_with('0') => (8, text),
        _ => (10, text),
    }
}

/// Reads a number from JSON.
///
/// # Errors
/// As [`from_text`]; neither number nor text.
pub fn from_json(value: &Value, argument: usize) -> Result<u64, Failure> {
    match value {
        Value::Number(number) => Ok(from_double(number.as_f64().unwrap_or(f64::INFINITY))),
        Value::String(text) => from_text(text, argument),
        _ => Err(complaint(argument, WRONG_TYPE)),
    }
}

/// Converts a number of JavaScript: truncated; negative numbers wrap, large ones saturate at 2^63 - 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "this is the conversion of the original launcher"
)]
pub fn from_double(number: f64) -> u64 {
    number as i64 as u64
}

/// Reads a handle with JavaScript's `parseInt`, base 10, as one route did. Text without digits meant handle 0
/// there, which was deleted; here it is refused (§11.3).
///
/// # Errors
/// No digits.
pub fn from_parse_int(text: &str, argument: usize) -> Result<u64, Failure> {
    super::javascript::parse_int(text).map(from_double).ok_or_else(|| complaint(argument, NO_DIGITS))
}

fn complaint(argument: usize, what: &str) -> Failure {
    Failure::Refused(format!("error setting argument {argument} - writeUInt64: {what}").into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_longest_prefix_counts() {
        for (text, number) in [
            ("12", 12),
            ("12abc", 12),
            ("12.9", 12),
            (" 12", 12),
            ("+12", 12),
            ("0x1a", 26),
            ("0x", 0),
            ("010", 8),
            ("08", 0),
            ("-1", u64::MAX),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(from_text(text, 0).ok(), Some(number), "{text}");
        }
    }

    #[test]
    fn text_without_digits_is_refused_with_the_place() {
        for text in ["abc", "NaN", "undefined", " ", "", "-", "Infinity"] {
            let Err(Failure::Refused(why)) = from_text(text, 1) else { panic!("{text}") };
            assert_eq!(why, "error setting argument 1 - writeUInt64: no digits we found in input String");
        }
    }

    #[test]
    fn more_than_64_bits_are_refused() {
        let Err(Failure::Refused(why)) = from_text("18446744073709551616", 0) else { panic!("it was read") };
        assert_eq!(why, "error setting argument 0 - writeUInt64: input String numerical value out of range");
    }

    #[test]
    fn json_numbers_are_truncated_wrapped_and_stopped() {
        for (value, number) in [
            (json!(12.9), 12),
            (json!(-1), u64::MAX),
            (json!("0x10"), 16),
            (json!(1e300), i64::MAX as u64),
            (json!(18_446_744_073_709_551_615_u64), i64::MAX as u64),
        ] {
            assert_eq!(from_json(&value, 0).ok(), Some(number), "{value}");
        }
        for value in [json!(null), json!(true), json!([1]), json!({})] {
            assert!(from_json(&value, 0).is_err(), "{value}");
        }
    }
}
