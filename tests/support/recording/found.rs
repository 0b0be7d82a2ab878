//! An answer in the form of the recording, and what differs from it.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::exchange::{Expected, Save, Step};
use super::ordered::Ordered;
use crate::call::Answer;

/// What a time is written as.
const TIME: &str = "<time>";

/// What the answer to a step differs in.
pub(super) fn difference(step: &Step, answer: &Answer) -> Option<String> {
    let expected = &step.answer;
    let mut found = Vec::new();
    if answer.status() != expected.status {
        found.push(format!("status {} in place of {}", answer.status(), expected.status));
    }
    if answer.kind() != expected.kind.as_deref() {
        found.push(format!("type {:?} in place of {:?}", answer.kind(), expected.kind));
    }
    if (200..300).contains(&expected.status) && found.is_empty() {
        found.extend(step.headers.iter().filter_map(|name| other_header(name, expected, answer)));
    }
    if let Some(shown) = other_body(step, answer) {
        found.push(format!(
            "body\n    {}\n  in place of\n    {}",
            shorter(&shown, 600),
            shorter(&described(expected), 600)
        ));
    }
    (!found.is_empty()).then(|| found.join("; "))
}

fn other_header(name: &str, expected: &Expected, answer: &Answer) -> Option<String> {
    let found = match answer.header(name) {
        Some(value) if is_time(value) => Some(TIME.to_owned()),
        Some(value) => Some(value.to_owned()),
        // In process, the length of an answer is that of its body until a server sends it.
        None if name.eq_ignore_ascii_case("content-length") => Some(answer.bytes().len().to_string()),
        None => None,
    };
    let wanted = expected.headers.get(name);
    (found.as_ref() != wanted).then(|| format!("header {name}: {found:?} in place of {wanted:?}"))
}

/// The body, if it is another one.
fn other_body(step: &Step, answer: &Answer) -> Option<String> {
    let expected = &step.answer;
    if expected.opaque.is_some() {
        return None;
    }
    let bytes = answer.bytes();
    if let Some(json) = &expected.json {
        let Some(found) = Ordered::read(bytes) else { return Some(answer.text()) };
        let value = in_form_of_recording(found.value, step);
        let wanted = with_order(json.value.clone(), step);
        return (value != wanted || found.keys != json.keys).then(|| format!("{value} with the keys {:?}", found.keys));
    }
    let same = match expected {
        Expected { text: Some(text), .. } => text.as_bytes() == bytes,
        Expected { bytes: Some(text), .. } => *text == STANDARD.encode(bytes),
        Expected { length: Some(length), sha256: Some(sha256), .. } => {
            *length == bytes.len() && *sha256 == hexadecimal(&Sha256::digest(bytes))
        }
        _ => bytes.is_empty(),
    };
    (!same).then(|| answer.text())
}

/// The body with names in place of bound values, without times, and in an order that can be compared.
fn in_form_of_recording(mut value: Value, step: &Step) -> Value {
    match &step.save {
        Some(Save::Name(name)) => {
            if let Some(handle) = value.get_mut("handleId") {
                *handle = json!(format!("{{{name}}}"));
            }
        }
        Some(Save::Fields(fields)) => {
            for (name, field) in fields {
                let name = json!(format!("{{{name}}}"));
                let is_named = step.answer.json.as_ref().is_some_and(|json| json.value.get(field) == Some(&name));
                if let Some(value) = value.get_mut(field).filter(|_| is_named) {
                    *value = name;
                }
            }
        }
        None => {}
    }
    with_order(without_times(value), step)
}

fn with_order(mut value: Value, step: &Step) -> Value {
    if let Some(items) = value.as_array_mut() {
        if let Some(start) = &step.only {
            items.retain(|item| item.as_str().is_some_and(|text| text.starts_with(start)));
        }
        if step.sorted {
            items.sort_by_key(ToString::to_string);
        }
    }
    value
}

fn without_times(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(without_times).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, field)| {
                let is_time = matches!(key.as_str(), "createdOn" | "modifiedOn") && field.as_str().is_some_and(is_time);
                let field = if is_time { json!(TIME) } else { without_times(field) };
                (key, field)
            });
            Value::Object(fields.collect())
        }
        other => other,
    }
}

/// Whether a text has the form `2017-01-02T03:04:05.678Z`.
fn is_time(text: &str) -> bool {
    let form = "dddd-dd-ddTdd:dd:dd.dddZ";
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(byte, form)| if form == b'd' { byte.is_ascii_digit() } else { byte == form })
}

fn described(expected: &Expected) -> String {
    match expected {
        Expected { json: Some(json), .. } => format!("{} with the keys {:?}", json.value, json.keys),
        Expected { text: Some(text), .. } => text.clone(),
        Expected { bytes: Some(bytes), .. } => format!("the bytes {bytes}"),
        Expected { length: Some(length), .. } => format!("{length} bytes of another digest"),
        _ => "nothing".to_owned(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The start of a text of more than `max` characters.
pub(super) fn shorter(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{} … ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_set_aside_and_other_texts_are_not() {
        let found = json!({"info": {"createdOn": "2017-01-02T03:04:05.678Z", "modifiedOn": "2017-01-02"}});
        let shown = json!({"info": {"createdOn": "<time>", "modifiedOn": "2017-01-02"}});
        assert_eq!(without_times(found), shown);
    }
}
