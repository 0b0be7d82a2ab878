//! Values that a step binds to names, and the places where later steps use them.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::exchange::{Save, Step};
use crate::call::Answer;

/// A handle that never exists: the value that a failed step binds.
const NO_HANDLE: u64 = 987_654_321;

/// The values of one exchange, by name.
#[derive(Debug, Default)]
pub struct Bound(HashMap<String, Found>);

#[derive(Debug, Clone)]
enum Found {
    Value(Value),
    Bytes(Vec<u8>),
}

impl Bound {
    /// Binds what the step saves of its answer.
    pub(super) fn bind(&mut self, step: &Step, answer: &Answer) {
        let body = answer.json();
        let value = |field: &str| Found::Value(body.get(field).cloned().unwrap_or_else(|| json!(NO_HANDLE)));
        match &step.save {
            None => {}
            Some(Save::Name(name)) if step.opaque => {
                let bytes = if answer.status() == 200 { answer.bytes().to_vec() } else { Vec::new() };
                self.0.insert(name.clone(), Found::Bytes(bytes));
            }
            Some(Save::Name(name)) => {
                self.0.insert(name.clone(), value("handleId"));
            }
            Some(Save::Fields(fields)) => {
                self.0.extend(fields.iter().map(|(name, field)| (name.clone(), value(field))));
            }
        }
    }

    /// The text, with the value in place of each `{name}`.
    pub fn in_text(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, found) in &self.0 {
            let Found::Value(value) = found else { continue };
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            filled = filled.replace(&format!("{{{name}}}"), &value);
        }
        filled
    }

    /// JSON, with the value in place of each text that is exactly `{name}`.
    pub fn in_json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match self.reference(text) {
                Some(Found::Value(bound)) => bound.clone(),
                _ => value.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.in_json(item)).collect(),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(key, field)| (key.clone(), self.in_json(field))).collect())
            }
            other => other.clone(),
        }
    }

    /// The bytes that are bound to `{name}`, or those of base64.
    pub fn in_bytes(&self, text: &str) -> Vec<u8> {
        match self.reference(text) {
            Some(Found::Bytes(bytes)) => bytes.clone(),
            _ => STANDARD.decode(text).unwrap_or_default(),
        }
    }

    /// The value of a text that is exactly `{name}`.
    fn reference(&self, text: &str) -> Option<&Found> {
        self.0.get(text.strip_prefix('{')?.strip_suffix('}')?)
    }
}
