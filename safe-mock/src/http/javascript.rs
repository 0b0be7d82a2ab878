//! The conversions of JavaScript by which the original launcher checked its input. Clients depend on their results.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};

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

/// The largest `length` of an array-like object. The original launcher allocated as much as it was asked for.
const ARRAY_LIKE_MAX: u32 = 1 << 20;

/// What `new Buffer(value, "base64")` makes of a value (launcher behaviour §6.1).
///
/// # Errors
/// The type of the value is not accepted; the text is that of the exception.
pub fn buffer(value: Option<&Value>) -> Result<Vec<u8>, Failure> {
    let refused = |text: &'static str| Err(Failure::Refused(text.into()));
    match value {
        Some(Value::String(text)) => Ok(decode_base64(text)),
        Some(Value::Array(items)) => Ok(bytes(items)),
        Some(Value::Number(_)) => refused("If encoding is specified then the first argument must be a string"),
        Some(Value::Bool(true)) => refused("Cannot use 'in' operator to search for 'length' in true"),
        Some(Value::Object(fields)) => match (fields.get("length"), fields.get("type"), fields.get("data")) {
            (Some(length), ..) => array_like(fields, length),
            (None, Some(Value::String(kind)), Some(Value::Array(items))) if kind == "Buffer" => Ok(bytes(items)),
            _ => refused(NOT_A_BUFFER),
        },
        None | Some(Value::Null | Value::Bool(false)) => refused(NOT_A_BUFFER),
    }
}

const NOT_A_BUFFER: &str = "First argument must be a string, Buffer, ArrayBuffer, Array, or array-like object.";

fn bytes(items: &[Value]) -> Vec<u8> {
    items.iter().map(byte).collect()
}

/// The bytes of an object with a `length`: its fields `0`, `1` and so on. A length that is not a number means none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the length was checked")]
fn array_like(fields: &Map<String, Value>, length: &Value) -> Result<Vec<u8>, Failure> {
    let length = length.as_f64().unwrap_or(0.0).max(0.0);
    if length > f64::from(ARRAY_LIKE_MAX) {
        return Err(Failure::Refused("Invalid typed array length".into()));
    }
    let mut bytes = vec![0; length as usize];
    for (key, item) in fields {
        // `"01"` is not an index.
        let index = key.parse::<usize>().ok().filter(|index| index.to_string() == *key);
        if let Some(place) = index.and_then(|index| bytes.get_mut(index)) {
            *place = byte(item);
        }
    }
    Ok(bytes)
}

/// `item & 255`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low eight bits are what counts")]
fn byte(item: &Value) -> u8 {
    let number = match item {
        Value::Number(number) => number.as_f64().unwrap_or(0.0),
        Value::Bool(is_true) => f64::from(u8::from(*is_true)),
        Value::Null => 0.0,
        Value::String(_) | Value::Array(_) | Value::Object(_) => to_number(&to_text(item)).unwrap_or(0.0),
    };
    if number.is_finite() { (number.trunc() % 256.0) as i16 as u8 } else { 0 }
}

/// Base64 as Node reads it: both alphabets, foreign characters skipped, padding optional and the end of what is read.
pub fn decode_base64(text: &str) -> Vec<u8> {
    if let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(text) {
        // The common form first; the other forms take longer.
        return bytes;
    }
    let read = text.bytes().take_while(|symbol| *symbol != b'=');
    let mut symbols: Vec<u8> = read
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
    to_number(text).is_some()
}

/// `Number(text)`; `None` is its `NaN`.
pub fn to_number(text: &str) -> Option<f64> {
    let text = trim(text);
    if text.is_empty() {
        return Some(0.0);
    }
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            let values = digits.chars().map(|digit| digit.to_digit(radix));
            let number = values
                .map(|value| value.map(f64::from))
                .try_fold(0.0, |sum, value| value.map(|value| sum * f64::from(radix) + value));
            return number.filter(|_| !digits.is_empty());
        }
    }
    let (sign, unsigned) = match text.as_bytes()[0] {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if unsigned == "Infinity" {
        return Some(sign * f64::INFINITY);
    }
    // Rust also reads the words "inf" and "nan", which JavaScript does not.
    let number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.').then(|| unsigned.parse::<f64>().ok());
    number.flatten().map(|number| sign * number)
}

/// `text.trim()`. White space is that of Unicode in both languages, but for two characters.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

fn is_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

/// `parseInt(text, 10)`; `None` is its `NaN`.
pub fn parse_int(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(is_space);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = &unsigned[..unsigned.bytes().take_while(u8::is_ascii_digit).count()];
    let magnitude: f64 = digits.parse().ok()?;
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

/// `String(value)`. Values are shallow (see `json`), so this recursion is too.
pub fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(to_text).collect::<Vec<_>>().join(","),
        Value::Object(_) => "[object Object]".to_owned(),
        // As an item of an array.
        Value::Null => String::new(),
        Value::Bool(is_true) => is_true.to_string(),
        Value::Number(number) => number_to_text(number.as_f64().unwrap_or(0.0)),
    }
}

/// All digits from 1e-6 to 1e21, and an exponent beyond.
fn number_to_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if (1e-6..1e21).contains(&number.abs()) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    if number.abs() < 1.0 { text } else { text.replace('e', "e+") }
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
    fn base64_stops_at_its_padding() {
        for (text, bytes) in
            [("aGVsbG8=YWJj", "hello"), ("YQ==YQ==", "a"), ("=YWJj", ""), ("YWJj=", "abc"), ("YW=Jj", "a")]
        {
            assert_eq!(buffer(Some(&json!(text))).unwrap(), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn an_array_is_its_bytes() {
        assert_eq!(buffer(Some(&json!([1, 257, -1, "x"]))).unwrap(), [1, 1, 255, 0]);
        assert_eq!(
            buffer(Some(&json!([1.9, -1.9, -256, 1e20, 1e300, 4_294_967_297_i64]))).unwrap(),
            [1, 255, 0, 0, 0, 1]
        );
    }

    #[test]
    fn an_item_of_an_array_is_converted_to_a_number() {
        let items = json!(["65", " 65 ", "0x41", "6.5e1", "", "65x", "-1", true, null, [65], [[65]], [1, 2], {"a": 1}]);
        assert_eq!(buffer(Some(&items)).unwrap(), [65, 65, 65, 65, 0, 0, 255, 1, 0, 65, 65, 0, 0]);
    }

    #[test]
    fn a_serialised_buffer_and_an_array_like_object_are_their_bytes() {
        for (value, bytes) in [
            (json!({"type": "Buffer", "data": [104, "105", 256]}), &[104, 105, 0][..]),
            (json!({"type": "Buffer", "data": []}), &[]),
            (json!({"length": 3}), &[0, 0, 0]),
            (json!({"length": 3, "0": 65, "2": "66", "3": 67, "01": 68}), &[65, 0, 66]),
            (json!({"length": 2.9}), &[0, 0]),
            (json!({"length": -1}), &[]),
            (json!({"length": "3"}), &[]),
            (json!({"length": null, "type": "Buffer", "data": [1]}), &[]),
            (json!({"length": 1, "type": "Buffer", "data": [1]}), &[0]),
        ] {
            assert_eq!(buffer(Some(&value)).unwrap(), bytes, "{value}");
        }
        for value in [json!({}), json!({"type": "Buffer"}), json!({"type": "buffer", "data": [1]})] {
            assert!(matches!(buffer(Some(&value)), Err(Failure::Refused(text)) if text == NOT_A_BUFFER), "{value}");
        }
        assert_eq!(buffer(Some(&json!({"length": ARRAY_LIKE_MAX}))).unwrap().len(), 1 << 20);
        for length in [json!(ARRAY_LIKE_MAX + 1), json!(f64::MAX)] {
            assert!(buffer(Some(&json!({"length": length}))).is_err(), "{length}");
        }
    }

    #[test]
    fn numbers_have_the_text_of_javascript() {
        for (number, text) in [
            (json!(0), "0"),
            (json!(-0.0), "0"),
            (json!(501), "501"),
            (json!(501.0), "501"),
            (json!(501.7), "501.7"),
            (json!(1e16), "10000000000000000"),
            (json!(1.5e20), "150000000000000000000"),
            (json!(1e21), "1e+21"),
            (json!(-1.5e300), "-1.5e+300"),
            (json!(1e-6), "0.000001"),
            (json!(1.5e-7), "1.5e-7"),
        ] {
            assert_eq!(to_text(&number), text);
        }
    }

    #[test]
    fn text_is_numeric_as_in_javascript() {
        for text in ["12", "12.9", "-1", " 12 ", "", " ", "\u{feff}12", "0x1f4", "1e5", "Infinity", ".5", "5."] {
            assert!(is_numeric(text), "{text}");
        }
        for text in ["undefined", "null", "abc", "5abc", "NaN", "nan", "inf", "infinity", "0x", "-0x1", ".", "\u{85}1"]
        {
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
