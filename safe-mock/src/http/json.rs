//! JSON as `JSON.parse` of the original launcher read it (launcher behaviour §2.4): text whose UTF-8 may be damaged, lone
//! surrogates, numbers of any size, deep nesting.
//!
//! The parser keeps its own stack, so no body can overflow that of the thread. It keeps values down to
//! [`KEPT_DEPTH`] and of deeper ones only the text that `String(value)` makes of them, which is all that a check of the
//! original launcher sees there. So whatever walks a value later is shallow too.

use serde_json::{Map, Number, Value};

/// How deep arrays and objects may be nested. The original launcher stopped at the stack of its thread, somewhat later.
pub const DEPTH_MAX: usize = 10_000;

/// How deep values are kept as they are.
const KEPT_DEPTH: usize = 64;

/// The text is not JSON, or nested deeper than [`DEPTH_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson;

/// Parses one JSON value.
///
/// # Errors
/// [`NotJson`].
pub fn parse(text: &str) -> Result<Value, NotJson> {
    let mut parser = Parser { rest: text, open: Vec::new(), deep: None };
    let value = parser.value()?;
    parser.skip_space();
    if parser.rest.is_empty() { Ok(value) } else { Err(NotJson) }
}

/// An array or object whose end was not reached yet.
enum Open {
    Array(Vec<Value>),
    /// The fields, and the key of the next value.
    Object(Map<String, Value>, String),
}

/// What is left of the values below [`KEPT_DEPTH`]: the text of the array that is at that depth.
#[derive(Default)]
struct Deep {
    text: String,
    /// Whether each open array or object is an object.
    open: Vec<bool>,
    /// How many of them are objects. Their content is not part of the text.
    objects: usize,
}

struct Parser<'a> {
    rest: &'a str,
    open: Vec<Open>,
    deep: Option<Deep>,
}

/// What follows a complete value.
enum Next {
    /// One more value in the same array or object.
    Value,
    /// Nothing: this is the whole value.
    Whole(Value),
}

impl Parser<'_> {
    /// The outermost value. Each round reads one scalar or one opening bracket.
    fn value(&mut self) -> Result<Value, NotJson> {
        loop {
            self.skip_space();
            let complete = match self.rest.as_bytes().first() {
                Some(b'[') => self.open_array()?,
                Some(b'{') => self.open_object()?,
                _ => Some(self.scalar()?),
            };
            if let Some(value) = complete
                && let Next::Whole(value) = self.add(value)?
            {
                return Ok(value);
            }
        }
    }

    /// An empty array, or `None` if values follow.
    fn open_array(&mut self) -> Result<Option<Value>, NotJson> {
        self.take(b'[')?;
        self.push(false)?;
        self.skip_space();
        if self.rest.starts_with(']') { self.close().map(Some) } else { Ok(None) }
    }

    /// An empty object, or `None` if values follow; then the first key was read.
    fn open_object(&mut self) -> Result<Option<Value>, NotJson> {
        self.take(b'{')?;
        self.push(true)?;
        self.skip_space();
        if self.rest.starts_with('}') {
            return self.close().map(Some);
        }
        self.key()?;
        Ok(None)
    }

    fn push(&mut self, is_object: bool) -> Result<(), NotJson> {
        let depth = self.open.len() + self.deep.as_ref().map_or(0, |deep| deep.open.len());
        if depth >= DEPTH_MAX {
            return Err(NotJson);
        }
        if self.open.len() < KEPT_DEPTH {
            let open = if is_object { Open::Object(Map::new(), String::new()) } else { Open::Array(Vec::new()) };
            self.open.push(open);
            return Ok(());
        }
        let deep = self.deep.get_or_insert_default();
        if is_object {
            if deep.objects == 0 {
                deep.text.push_str("[object Object]");
            }
            deep.objects += 1;
        }
        deep.open.push(is_object);
        Ok(())
    }

    /// Reads the bracket that closes the innermost array or object. Returns its value; that of a deep one is not used
    /// before the outermost of the deep ones is closed.
    fn close(&mut self) -> Result<Value, NotJson> {
        if let Some(deep) = &mut self.deep {
            let is_object = deep.open.pop().ok_or(NotJson)?;
            deep.objects -= usize::from(is_object);
            let text = if deep.open.is_empty() { Some(std::mem::take(&mut deep.text)) } else { None };
            self.take(if is_object { b'}' } else { b']' })?;
            return Ok(match text {
                Some(text) => {
                    self.deep = None;
                    Value::String(text)
                }
                None => Value::Null,
            });
        }
        match self.open.pop().ok_or(NotJson)? {
            Open::Array(items) => self.take(b']').map(|()| Value::Array(items)),
            Open::Object(fields, _) => self.take(b'}').map(|()| Value::Object(fields)),
        }
    }

    /// Adds a complete value to the innermost array or object, and closes all that end after it.
    fn add(&mut self, mut value: Value) -> Result<Next, NotJson> {
        loop {
            if let Some(deep) = &mut self.deep {
                // An array or object that was closed has added its text already.
                if deep.objects == 0
                    && let Value::String(_) | Value::Number(_) | Value::Bool(_) = value
                {
                    deep.text.push_str(&super::javascript::to_text(&value));
                }
            } else {
                match self.open.last_mut() {
                    None => return Ok(Next::Whole(value)),
                    Some(Open::Array(items)) => items.push(value),
                    Some(Open::Object(fields, key)) => {
                        fields.insert(std::mem::take(key), value);
                    }
                }
            }
            self.skip_space();
            if self.rest.starts_with(',') {
                return self.comma().map(|()| Next::Value);
            }
            value = self.close()?;
        }
    }

    fn comma(&mut self) -> Result<(), NotJson> {
        self.take(b',')?;
        let in_object = match &mut self.deep {
            Some(deep) => {
                if deep.objects == 0 {
                    deep.text.push(',');
                }
                deep.open.last() == Some(&true)
            }
            None => matches!(self.open.last(), Some(Open::Object(..))),
        };
        if in_object { self.key() } else { Ok(()) }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<(), NotJson> {
        self.skip_space();
        let text = self.string()?;
        self.skip_space();
        self.take(b':')?;
        if let (None, Some(Open::Object(_, key))) = (&self.deep, self.open.last_mut()) {
            *key = text;
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<Value, NotJson> {
        for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        if self.rest.starts_with('"') { self.string().map(Value::String) } else { self.number() }
    }

    fn number(&mut self) -> Result<Value, NotJson> {
        let bytes = self.rest.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = usize::from(bytes.first() == Some(&b'-'));
        let whole = digits(end);
        if whole == 0 || (whole > 1 && bytes[end] == b'0') {
            return Err(NotJson);
        }
        end += whole;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 {
                return Err(NotJson);
            }
            end += 1 + fraction;
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent == 0 {
                return Err(NotJson);
            }
            end += 1 + sign + exponent;
        }
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        if let Ok(integer) = text.parse::<i64>()
            && text != "-0"
        {
            return Ok(Value::Number(integer.into()));
        }
        // No number of JSON is infinite; the largest one passes and fails the same checks as `Infinity`.
        let double: f64 = text.parse().map_err(|_| NotJson)?;
        Ok(Value::Number(Number::from_f64(double.clamp(f64::MIN, f64::MAX)).ok_or(NotJson)?))
    }

    fn string(&mut self) -> Result<String, NotJson> {
        self.take(b'"')?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(|c: char| matches!(c, '"' | '\\' | '\0'..='\x1f')).ok_or(NotJson)?;
            let (plain, rest) = self.rest.split_at(end);
            text.push_str(plain);
            self.rest = rest;
            if self.rest.starts_with('"') {
                self.rest = &self.rest[1..];
                return Ok(text);
            }
            self.take(b'\\')?;
            text.push(self.escape()?);
        }
    }

    /// What follows a backslash. A surrogate without its other half becomes U+FFFD, as when Node writes such text.
    fn escape(&mut self) -> Result<char, NotJson> {
        let mut chars = self.rest.chars();
        let escape = chars.next().ok_or(NotJson)?;
        self.rest = chars.as_str();
        Ok(match escape {
            '"' | '\\' | '/' => escape,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.code_unit()?;
                if (0xd800..0xdc00).contains(&unit)
                    && let Some(pair) = self.low_surrogate(unit)
                {
                    pair
                } else {
                    char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
                }
            }
            _ => return Err(NotJson),
        })
    }

    fn code_unit(&mut self) -> Result<u32, NotJson> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = u32::from_str_radix(digits.ok_or(NotJson)?, 16).map_err(|_| NotJson)?;
        self.rest = &self.rest[4..];
        Ok(unit)
    }

    /// The character of two surrogates, if a low one follows. Anything else is left for the next step.
    fn low_surrogate(&mut self, high: u32) -> Option<char> {
        let digits = self.rest.strip_prefix("\\u")?.get(..4)?;
        let low = u32::from_str_radix(digits, 16).ok().filter(|low| (0xdc00..0xe000).contains(low))?;
        self.rest = &self.rest[6..];
        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }

    /// JSON knows four characters of white space.
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, expected: u8) -> Result<(), NotJson> {
        self.rest = self.rest.strip_prefix(char::from(expected)).ok_or(NotJson)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::javascript::to_text;
    use super::*;

    fn nested(depth: usize, inner: &str) -> String {
        "[".repeat(depth) + inner + &"]".repeat(depth)
    }

    #[test]
    fn text_that_is_not_json_is_refused() {
        for text in [
            "",
            " ",
            "[1,",
            "[1,]",
            "[,1]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "]",
            "[}",
            "{]",
            "[1}",
            "01",
            "-",
            "1.",
            ".5",
            "1e",
            "1e+",
            "+1",
            "NaN",
            "Infinity",
            "nul",
            "nulll",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\n\"",
            "\u{b}1",
            "\u{a0}1",
            "1 2",
            "'a'",
            "\u{feff}1",
            "[1]]",
        ] {
            assert_eq!(parse(text), Err(NotJson), "{text:?}");
        }
    }

    #[test]
    fn lone_surrogates_become_the_replacement_character() {
        for (text, read) in [
            (r#""\ud83d\ude00""#, "\u{1f600}"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\uD83Dx""#, "\u{fffd}x"),
        ] {
            assert_eq!(parse(text), Ok(json!(read)), "{text}");
        }
        assert_eq!(parse(r#""\ud83d\u00""#), Err(NotJson));
    }

    #[test]
    fn numbers_beyond_the_largest_are_read() {
        assert_eq!(parse("1e999"), Ok(json!(f64::MAX)));
        assert_eq!(parse("[-1e999]"), Ok(json!([f64::MIN])));
        assert_eq!(parse("1e-999"), Ok(json!(0.0)));
        assert_eq!(parse("18446744073709551616"), Ok(json!(18_446_744_073_709_551_616.0)));
    }

    #[test]
    fn nesting_is_read_to_the_stated_depth_and_no_deeper() {
        for depth in [1, KEPT_DEPTH - 1, KEPT_DEPTH, KEPT_DEPTH + 1, 3_000, DEPTH_MAX - 3] {
            let value = parse(&nested(depth, "5,{\"a\":[1,{}]},null,[],\"x\"")).unwrap();
            assert_eq!(to_text(&value), "5,[object Object],,,x", "{depth}");
            assert!(parse(&("{\"a\":".repeat(depth) + "1" + &"}".repeat(depth))).is_ok(), "{depth}");
        }
        assert!(parse(&nested(DEPTH_MAX, "")).is_ok());
        assert_eq!(parse(&nested(DEPTH_MAX + 1, "")), Err(NotJson));
        assert_eq!(parse(&"[".repeat(102_400)), Err(NotJson));
        assert_eq!(parse(&"{\"a\":".repeat(20_000)), Err(NotJson));
        assert_eq!(parse(&nested(100, "]")), Err(NotJson));
    }

    #[test]
    fn what_follows_a_deep_value_is_read() {
        let value = parse(&format!("{{\"deep\":{},\"name\":\"a\"}}", nested(3_000, "1"))).unwrap();
        assert_eq!(value["name"], "a");
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e300..1e300).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_read_as_it_was_written(value in value()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
                prop_assert_eq!(parse(&text), Ok(value.clone()));
            }
        }

        #[test]
        fn whatever_another_parser_accepts_is_accepted(text in "[\\[\\]{}\",:0-9a-e.+\\- \\\\u]{0,24}") {
            let other = serde_json::from_str::<Value>(&text);
            match (parse(&text), other) {
                (Ok(_), Err(error)) => prop_assert!(text.contains("\\u") || text.contains('e'), "{error}"),
                (Err(NotJson), Ok(other)) => prop_assert!(false, "{other}"),
                _ => {}
            }
        }
    }
}
