//! Plays exchanges, and reports what differs.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderName, Method, header};
use serde_json::{Value, json};

use super::bound::Bound;
use super::exchange::{Exchange, Step};
use super::found::{difference, shorter};
use crate::call::{Answer, Call, Client, application};

/// Plays exchanges to two launchers on one network. Tokens are kept from exchange to exchange, but for apps that an exchange
/// brings.
pub struct Player {
    clients: [Client; 2],
    tokens: HashMap<(usize, String), String>,
}

impl Player {
    /// A player with one client for each launcher.
    pub fn new(clients: [Client; 2]) -> Self {
        Self { clients, tokens: HashMap::new() }
    }

    /// Plays an exchange, and returns every difference as text.
    pub async fn play(&mut self, exchange: &Exchange) -> Vec<String> {
        let mut bound = Bound::default();
        let mut differences = Vec::new();
        for (index, step) in exchange.steps.iter().enumerate() {
            let answer = self.send(step, exchange, &bound).await;
            bound.bind(step, &answer);
            if let Some(difference) = difference(step, &answer) {
                let request = shown(step, &bound);
                differences.push(format!("{}, step {index}: {request}\n  {difference}\n", exchange.title()));
            }
        }
        self.tokens.retain(|(_, app), _| !exchange.apps.contains_key(app));
        differences
    }

    async fn send(&mut self, step: &Step, exchange: &Exchange, bound: &Bound) -> Answer {
        let authorization = self.authorization(step, exchange).await;
        let method = Method::from_bytes(step.method.as_bytes()).unwrap_or_default();
        let mut call = self.clients[step.launcher].request(method, &bound.in_text(&step.path));
        if let Some(value) = authorization {
            call = call.header(header::AUTHORIZATION, &value);
        }
        for (name, value) in &step.send {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                call = call.header(name, &bound.in_text(value));
            }
        }
        call = with_body(call, step, bound);
        if step.chunked { call.chunked() } else { call }.send().await
    }

    async fn authorization(&mut self, step: &Step, exchange: &Exchange) -> Option<String> {
        let app = step.app.as_deref()?;
        if let Some(raw) = app.strip_prefix("raw:") {
            return Some(raw.to_owned());
        }
        let key = (step.launcher, app.to_owned());
        if !self.tokens.contains_key(&key) {
            let body = exchange.apps.get(app).cloned().unwrap_or_else(|| recorder(app));
            let answer = self.clients[step.launcher].post("/auth").json(&body).send().await;
            let token = answer.json()["token"].as_str().unwrap_or_default().to_owned();
            self.tokens.insert(key.clone(), token);
        }
        self.tokens.get(&key).map(|token| format!("Bearer {token}"))
    }
}

/// The request for a session of an app that its exchange does not bring.
fn recorder(app: &str) -> Value {
    let (id, permissions): (String, &[&str]) = match app.strip_prefix("low-") {
        Some(suffix) => (format!("net.example.recorder.{suffix}"), &["LOW_LEVEL_API"]),
        None if app == "plain" => ("net.example.recorder".to_owned(), &[]),
        None => ("net.example.recorder".to_owned(), &["LOW_LEVEL_API"]),
    };
    let mut body = application(&id, permissions);
    body["app"]["name"] = json!("recorder");
    body
}

fn with_body<'a>(call: Call<'a>, step: &Step, bound: &Bound) -> Call<'a> {
    let bytes = "application/octet-stream";
    let kind = |default| step.kind.as_deref().unwrap_or(default);
    if let Some(json) = &step.json {
        call.json(&bound.in_json(json))
    } else if let Some(text) = &step.text {
        call.body(kind("application/json"), text.clone())
    } else if let Some(text) = &step.bytes {
        call.body(kind(bytes), bound.in_bytes(text))
    } else if let Some((text, times)) = &step.repeat {
        call.body(kind(bytes), STANDARD.decode(text).unwrap_or_default().repeat(*times))
    } else {
        call
    }
}

/// A request for a reader.
fn shown(step: &Step, bound: &Bound) -> String {
    let app = step.app.as_deref().unwrap_or("nobody");
    let mut parts =
        vec![format!("{} {} by {app} at launcher {}", step.method, bound.in_text(&step.path), step.launcher)];
    parts.extend(step.send.iter().map(|(name, value)| format!("{name}: {value}")));
    if let Some(json) = &step.json {
        parts.push(shorter(&bound.in_json(json).to_string(), 300));
    } else if let Some(text) = step.text.as_ref().or(step.bytes.as_ref()) {
        parts.push(format!("{:?} {}", step.kind, shorter(text, 120)));
    } else if let Some((bytes, times)) = &step.repeat {
        parts.push(format!("{:?} {times} times {}", step.kind, shorter(bytes, 120)));
    }
    parts.join(", ")
}
