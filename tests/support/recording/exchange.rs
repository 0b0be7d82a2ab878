//! The format of a recording.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::ordered::Ordered;

/// Recordings of the core of the launcher, by file name.
pub const RECORDINGS: [(&str, &str); 2] = [
    ("core.jsonl", include_str!("../../recordings/core.jsonl")),
    ("written.jsonl", include_str!("../../recordings/written.jsonl")),
];

/// Recordings of the wider launcher: content, appendable data, keys, files and names.
pub const WIDER: (&str, &str) = ("wider.jsonl", include_str!("../../recordings/wider.jsonl"));

/// Steps that share the values that they bind.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    seed: Option<u64>,
    name: Option<String>,
    topic: Option<String>,
    #[serde(default)]
    pub(super) apps: BTreeMap<String, Value>,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "these are the fields of the file")]
pub(super) struct Step {
    pub(super) launcher: usize,
    pub(super) app: Option<String>,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) json: Option<Value>,
    pub(super) text: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) bytes: Option<String>,
    pub(super) repeat: Option<(String, usize)>,
    #[serde(default)]
    pub(super) chunked: bool,
    #[serde(default)]
    pub(super) send: BTreeMap<String, String>,
    pub(super) save: Option<Save>,
    #[serde(default)]
    pub(super) opaque: bool,
    /// Says how the recorder kept the body, which its answer shows.
    #[serde(default, rename = "raw")]
    _raw: bool,
    #[serde(default)]
    pub(super) sorted: bool,
    pub(super) only: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<String>,
    pub(super) answer: Expected,
}

/// What a step binds.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Save {
    /// The handle, or the whole body if the step is opaque.
    Name(String),
    /// Fields of a JSON body, by the names that they get.
    Fields(BTreeMap<String, String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) status: u16,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) json: Option<Ordered>,
    pub(super) text: Option<String>,
    pub(super) bytes: Option<String>,
    pub(super) length: Option<usize>,
    pub(super) sha256: Option<String>,
    pub(super) opaque: Option<Value>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
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
        let topic = self.topic.as_deref().map(|topic| format!(" ({topic})")).unwrap_or_default();
        match (&self.name, self.seed) {
            (Some(name), _) => format!("{name}{topic}"),
            (None, Some(seed)) => format!("seed {seed}{topic}"),
            (None, None) => format!("unnamed{topic}"),
        }
    }

    /// What it is about; only recordings of the wider launcher say so.
    pub fn topic(&self) -> Option<&str> {
        self.topic.as_deref()
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
