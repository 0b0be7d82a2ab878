//! The conversions of JavaScript by which the original launcher checked its input. Clients depend on their results.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::reply::Failure;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Whether a value counts as absent: `undefined`, `null`, `false`, `0` or `""`.
pub fn is_falsy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::String(text)) => text.is_empty(),
        Some(_) => false,
    }
}

/// What `new Buffer(value, "base64")` makes of a value (launcher behaviour §6.1).
///
/// # Errors
/// The type of the value is not accepted; the text is that of the exception.
pub fn buffer(value: Option<&Value>) -> Result<Vec<u8>, Failure> {
    let refused = |text: &'static str| Err(Failure::Refused(text.into()));
    match value {
        Some(Value::String(text)) => Ok(decode_base64(text)),
        Some(Value::Array(items)) => Ok(items.iter().map(byte).collect()),
        Some(Value::Number(_)) => refused("If encoding is specified then the first argument must be a string"),
        Some(Value::Bool(true)) => refused("Cannot use 'in' operator to search for 'length' in true"),
        None | Some(Value::Null | Value::Bool(false) | Value::Object(_)) => {
            refused("First argument must be a string, Buffer, ArrayBuffer, Array, or array-like object.")
        }
    }
}

/// An array's element as a byte: numbers wrap, anything else is 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low eight bits are what counts")]
fn byte(item: &Value) -> u8 {
    item.as_f64().map_or(0, |number| (number as i64 & 0xff) as u8)
}

/// Base64 as Node reads it: both alphabets, padding optional, foreign characters skipped.
fn decode_base64(text: &str) -> Vec<u8> {
    if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text) {
        // The common form first; the other forms take longer.
        return bytes;
    }
    let mut symbols: Vec<u8> = text
        .bytes()
        .filter_map(|symbol| match symbol {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Some(symbol),
            _ => None,
        })
        .collect();
    if symbols.len() % 4 == 1 {
        // A single symbol is less than a byte.
        symbols.pop();
    }
    LENIENT.decode(symbols).unwrap_or_default()
}

/// `!isNaN(text)`: whether text is a number in JavaScript.
pub fn is_numeric(text: &str) -> bool {
    let text = text.trim();
    let digits_of = |prefix: [&str; 2], radix| {
        let digits = prefix.iter().find_map(|prefix| text.strip_prefix(prefix))?;
        Some(!digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix)))
    };
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    text.is_empty()
        || unsigned == "Infinity"
        || digits_of(["0x", "0X"], 16)
            .or_else(|| digits_of(["0o", "0O"], 8))
            .or_else(|| digits_of(["0b", "0B"], 2))
            // Rust also reads the words "inf" and "nan", which JavaScript does not.
            .unwrap_or_else(|| {
                unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok()
            })
}

/// `parseInt(text, 10)`; `None` is its `NaN`.
pub fn parse_int(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = &unsigned[..unsigned.bytes().take_while(u8::is_ascii_digit).count()];
    let magnitude: f64 = digits.parse().ok()?;
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// `String(value)`, as exact as [`is_numeric`] and [`parse_int`] need it.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(to_text).collect::<Vec<_>>().join(","),
        Value::Object(_) => "[object Object]".to_owned(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn falsy_values_count_as_absent() {
        for value in [json!(null), json!(false), json!(0), json!(0.0), json!("")] {
            assert!(is_falsy(Some(&value)), "{value}");
        }
        for value in [json!(true), json!(1), json!("0"), json!([]), json!({})] {
            assert!(!is_falsy(Some(&value)), "{value}");
        }
        assert!(is_falsy(None));
    }

    #[test]
    fn base64_is_read_leniently() {
        for text in ["YWJj+/8=", "YWJj-_8", "YW Jj\n+/8==", "Y.W.J.j.+.!/8"] {
            assert_eq!(buffer(Some(&json!(text))).unwrap(), b"abc\xfb\xff", "{text}");
        }
        assert_eq!(buffer(Some(&json!("!"))).unwrap(), b"");
        assert_eq!(buffer(Some(&json!("YWJjZ"))).unwrap(), b"abc");
    }

    #[test]
    fn an_array_is_its_bytes() {
        assert_eq!(buffer(Some(&json!([1, 257, -1, "x"]))).unwrap(), [1, 1, 255, 0]);
    }

    #[test]
    fn text_is_numeric_as_in_javascript() {
        for text in ["12", "12.9", "-1", " 12 ", "", " ", "0x1f4", "1e5", "Infinity", ".5", "5."] {
            assert!(is_numeric(text), "{text}");
        }
        for text in ["undefined", "null", "abc", "5abc", "NaN", "nan", "inf", "infinity", "0x", "-0x1", "."] {
            assert!(!is_numeric(text), "{text}");
        }
    }

    #[test]
    fn parse_int_takes_the_leading_decimal_digits() {
        for (text, number) in [("12abc", 12.0), ("501.7", 501.0), ("1e5", 1.0), ("0x1a", 0.0), (" -3", -3.0)] {
            assert_eq!(parse_int(text), Some(number), "{text}");
        }
        for text in ["abc", "", "true", "-"] {
            assert_eq!(parse_int(text), None, "{text}");
        }
    }
}
