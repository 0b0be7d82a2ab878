//! What a stored record and a live launcher cost, by the resident memory of this process.

use base64::{Engine, engine::general_purpose::STANDARD};
use safe_mock::{Builder, MockLauncher, Network};
use serde_json::json;
use suite::call::{Client, name};

use crate::statistics::Figure;

const RECORDS: usize = 20_000;
const LAUNCHERS: usize = 1_000;

/// Bytes of content in each record: a small offer.
const CONTENT_BYTES: usize = 1_000;

/// The figure if the system does not report memory.
const UNKNOWN: &str = "unknown on this system";

/// Resident bytes of this process; `None` if the system does not report them.
pub fn resident() -> Option<usize> {
    status_field("VmRSS:")
}

/// The most resident bytes that this process had at any time; `None` if the system does not report them.
pub fn peak() -> Option<usize> {
    status_field("VmHWM:")
}

fn status_field(field: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().trim_end_matches("kB").trim().parse::<usize>().ok().map(|kilobytes| kilobytes << 10)
}

/// Bytes for each of many, from before they were there to now or to the peak.
pub fn each(before: Option<usize>, after: Option<usize>, count: usize) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("{} bytes", after.saturating_sub(before) / count),
        _ => UNKNOWN.to_owned(),
    }
}

fn figure(what: String, before: Option<usize>, count: usize) -> Figure {
    Figure::new(what, each(before, resident(), count), "")
}

/// Memory for each of many. The small things first: what is freed is not taken again from the system.
pub async fn per_launcher_and_record() -> Vec<Figure> {
    let before = resident();
    let mut routers = Vec::new();
    for _ in 0..LAUNCHERS {
        let launcher = Builder::default().build();
        Client::in_process(&launcher).token("bench", &["LOW_LEVEL_API"]).await;
        routers.push(launcher);
    }
    let in_process = figure("memory per live launcher, in process".to_owned(), before, LAUNCHERS);

    let before = resident();
    let mut ports = Vec::new();
    // Two sockets each; a third of them keeps within common limits.
    for _ in 0..LAUNCHERS / 3 {
        ports.push(MockLauncher::start().await.unwrap());
    }
    let on_ports = figure("memory per live launcher, on a port".to_owned(), before, LAUNCHERS / 3);

    let network = Network::new();
    let client = Client::in_process(&Builder::default().network(&network).build());
    let token = client.token("bench", &["LOW_LEVEL_API"]).await;
    let before = resident();
    for index in 0..RECORDS {
        let content = STANDARD.encode(vec![1; CONTENT_BYTES]);
        let draft = json!({"name": name(&index.to_string()), "typeTag": 500, "data": content});
        let handle = client.post("/structured-data").token(&token).json(&draft).send().await.handle();
        assert_eq!(client.put(&format!("/structured-data/{handle}")).token(&token).send().await.status(), 200);
    }
    let records = figure(format!("memory per stored record of {CONTENT_BYTES} bytes"), before, RECORDS);
    vec![in_process, on_ports, records]
}
