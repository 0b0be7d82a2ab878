//! JSON with the order of its keys, which the original launcher kept and a comparison of values ignores.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A JSON value, and all keys in the order of the text.
#[derive(Debug, Default)]
pub struct Ordered {
    /// The value.
    pub value: Value,
    /// The keys of all its objects, from the outside in and from the first to the last.
    pub keys: Vec<String>,
}

impl Ordered {
    /// Reads JSON; `None` if the text is none.
    pub fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }
}

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut keys = Vec::new();
        let value = Keys(&mut keys).deserialize(deserializer)?;
        Ok(Self { value, keys })
    }
}

/// Collects the keys of the value that is read.
struct Keys<'a>(&'a mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(Keys(&mut *self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = serde_json::Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            self.0.push(key.clone());
            let value = fields.next_value_seed(Keys(&mut *self.0))?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_order_of_the_text() {
        let read = Ordered::read(br#"{"b": [{"z": 1, "a": null}], "a": {"c": "x", "b": -1.5}}"#).unwrap_or_default();
        assert_eq!(read.keys, ["b", "z", "a", "a", "c", "b"]);
        assert_eq!(read.value, serde_json::json!({"a": {"b": -1.5, "c": "x"}, "b": [{"a": null, "z": 1}]}));
        assert!(Ordered::read(b"{").is_none());
    }
}
