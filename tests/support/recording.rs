//! Recorded exchanges with the real launcher, and how to play them again. `recordings/README.md` describes the format.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Method, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::{Answer, Client, application};

/// A handle that never exists: the value that a failed step binds.
const NO_HANDLE: u64 = 987_654_321;

/// The recordings of the project, by file name.
pub const RECORDINGS: [(&str, &str); 2] = [
    ("core.jsonl", include_str!("../recordings/core.jsonl")),
    ("written.jsonl", include_str!("../recordings/written.jsonl")),
];

/// Steps that share the values that they bind.
#[derive(Debug, Deserialize)]
pub struct Exchange {
    seed: Option<u64>,
    name: Option<String>,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    launcher: usize,
    app: Option<String>,
    method: String,
    path: String,
    json: Option<Value>,
    text: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    bytes: Option<String>,
    save: Option<String>,
    #[serde(default)]
    opaque: bool,
    answer: Expected,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    #[serde(rename = "type")]
    kind: Option<String>,
    json: Option<Value>,
    text: Option<String>,
    bytes: Option<String>,
    opaque: Option<Value>,
}

impl Exchange {
    /// Parses exchanges, one in each line.
    ///
    /// # Errors
    /// A line is not an exchange.
    pub fn read_all(text: &str) -> Result<Vec<Self>, serde_json::Error> {
        text.lines().map(serde_json::from_str).collect()
    }

    /// Its name in a failure.
    pub fn title(&self) -> String {
        match (&self.name, self.seed) {
            (Some(name), _) => name.clone(),
            (None, Some(seed)) => format!("seed {seed}"),
            (None, None) => "unnamed".to_owned(),
        }
    }

    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it has no step.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

/// Plays exchanges to two launchers on one network. Tokens are kept from exchange to exchange.
pub struct Player {
    clients: [Client; 2],
    tokens: HashMap<(usize, String), String>,
}

#[derive(Debug, Clone)]
enum Bound {
    Handle(u64),
    Bytes(Vec<u8>),
}

impl Player {
    /// A player with one client for each launcher.
    pub fn new(clients: [Client; 2]) -> Self {
        Self { clients, tokens: HashMap::new() }
    }

    /// Plays an exchange, and returns every difference as text.
    pub async fn play(&mut self, exchange: &Exchange) -> Vec<String> {
        let mut bound = HashMap::new();
        let mut differences = Vec::new();
        for (index, step) in exchange.steps.iter().enumerate() {
            let answer = self.send(step, &bound).await;
            let body = bind(step, &answer, &mut bound);
            if let Some(difference) = difference(&step.answer, &answer, &body) {
                let title = exchange.title();
                differences.push(format!("{title}, step {index}: {} {}: {difference}", step.method, step.path));
            }
        }
        differences
    }

    async fn send(&mut self, step: &Step, bound: &HashMap<String, Bound>) -> Answer {
        let authorization = self.authorization(step).await;
        let method = Method::from_bytes(step.method.as_bytes()).unwrap_or_default();
        let mut call = self.clients[step.launcher].request(method, &fill(&step.path, bound));
        if let Some(value) = authorization {
            call = call.header(header::AUTHORIZATION, &value);
        }
        if let Some(json) = &step.json {
            call = call.json(&fill_json(json, bound));
        } else if let Some(text) = &step.text {
            call = call.body(step.kind.as_deref().unwrap_or("application/json"), text.clone());
        } else if let Some(bytes) = &step.bytes {
            call = call.body("application/octet-stream", fill_bytes(bytes, bound));
        }
        call.send().await
    }

    async fn authorization(&mut self, step: &Step) -> Option<String> {
        let app = step.app.as_deref()?;
        if let Some(raw) = app.strip_prefix("raw:") {
            return Some(raw.to_owned());
        }
        let key = (step.launcher, app.to_owned());
        if !self.tokens.contains_key(&key) {
            let (id, permissions): (String, &[&str]) = match app.strip_prefix("low-") {
                Some(suffix) => (format!("net.example.recorder.{suffix}"), &["LOW_LEVEL_API"]),
                None if app == "plain" => ("net.example.recorder".to_owned(), &[]),
                None => ("net.example.recorder".to_owned(), &["LOW_LEVEL_API"]),
            };
            let mut body = application(&id, permissions);
            body["app"]["name"] = json!("recorder");
            let answer = self.clients[step.launcher].post("/auth").json(&body).send().await;
            let token = answer.json()["token"].as_str().unwrap_or_default().to_owned();
            self.tokens.insert(key.clone(), token);
        }
        self.tokens.get(&key).map(|token| format!("Bearer {token}"))
    }
}

fn fill(text: &str, bound: &HashMap<String, Bound>) -> String {
    let mut filled = text.to_owned();
    for (name, value) in bound {
        if let Bound::Handle(handle) = value {
            filled = filled.replace(&format!("{{{name}}}"), &handle.to_string());
        }
    }
    filled
}

/// The value of a text that is exactly `{name}`.
fn reference<'a>(text: &str, bound: &'a HashMap<String, Bound>) -> Option<&'a Bound> {
    bound.get(text.strip_prefix('{')?.strip_suffix('}')?)
}

fn fill_json(value: &Value, bound: &HashMap<String, Bound>) -> Value {
    match value {
        Value::String(text) => match reference(text, bound) {
            Some(Bound::Handle(handle)) => json!(handle),
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| fill_json(item, bound)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(key, field)| (key.clone(), fill_json(field, bound))).collect())
        }
        other => other.clone(),
    }
}

fn fill_bytes(text: &str, bound: &HashMap<String, Bound>) -> Vec<u8> {
    match reference(text, bound) {
        Some(Bound::Bytes(bytes)) => bytes.clone(),
        _ => STANDARD.decode(text).unwrap_or_default(),
    }
}

/// Binds the values that the step saves. Returns the body in the form of the recording: with the name in place of the
/// handle.
fn bind(step: &Step, answer: &Answer, bound: &mut HashMap<String, Bound>) -> Value {
    let mut body = answer.json();
    let Some(name) = &step.save else { return body };
    let handle = body.get("handleId").and_then(Value::as_u64);
    let value = match (step.opaque, answer.status()) {
        (true, 200) => Bound::Bytes(answer.bytes().to_vec()),
        (true, _) => Bound::Bytes(Vec::new()),
        (false, _) => Bound::Handle(handle.unwrap_or(NO_HANDLE)),
    };
    bound.insert(name.clone(), value);
    if handle.is_some() {
        body["handleId"] = json!(format!("{{{name}}}"));
    }
    body
}

fn difference(expected: &Expected, answer: &Answer, body: &Value) -> Option<String> {
    if answer.status() != expected.status {
        return Some(format!("status {} instead of {}: {}", answer.status(), expected.status, answer.text()));
    }
    if answer.kind() != expected.kind.as_deref() {
        return Some(format!("type {:?} instead of {:?}", answer.kind(), expected.kind));
    }
    let same = match expected {
        Expected { opaque: Some(_), .. } => true,
        Expected { json: Some(json), .. } => json == body && has_the_same_key_order(json, &answer.text()),
        Expected { text: Some(text), .. } => *text == answer.text(),
        Expected { bytes: Some(bytes), .. } => *bytes == STANDARD.encode(answer.bytes()),
        _ => answer.bytes().is_empty(),
    };
    (!same).then(|| format!("body {} instead of {expected:?}", answer.text()))
}

/// The keys of the original launcher have a fixed order, which a comparison of values ignores.
fn has_the_same_key_order(expected: &Value, text: &str) -> bool {
    const ORDER: [&str; 6] = ["errorCode", "description", "handleId", "isOwner", "version", "dataVersionLength"];
    let Some(fields) = expected.as_object() else { return true };
    let places = ORDER.iter().filter(|key| fields.contains_key(**key)).map(|key| text.find(&format!("\"{key}\"")));
    places.is_sorted()
}
