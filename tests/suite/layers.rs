//! The table of layers: for each folder, or file beside the folders, of each crate, what it imports. A row stands below the
//! rows of what it imports, so the table reads from the foundation up. `law.rs` holds the sources to it.

/// One crate of the workspace.
pub struct Crate {
    /// Its folder.
    pub folder: &'static str,
    /// Its folders and files below `src`, from the foundation up.
    pub rows: &'static [Row],
    /// The circles of files that stay, since each is one thing in several files.
    pub circles: &'static [&'static str],
}

/// A folder or file, and what it imports.
pub struct Row {
    /// Its name, without `.rs`.
    pub unit: &'static str,
    /// The folders and files of its crate that it imports, separated by spaces.
    pub units: &'static str,
    /// The dependencies that it imports, separated by spaces.
    pub dependencies: &'static str,
}

const fn row(unit: &'static str, units: &'static str, dependencies: &'static str) -> Row {
    Row { unit, units, dependencies }
}

/// Every crate whose sources are held to rows.
pub const CRATES: [Crate; 3] = [
    Crate { folder: "signaling", rows: SIGNALING, circles: SIGNALING_CIRCLES },
    Crate { folder: "safe-mock", rows: SAFE_MOCK, circles: &[] },
    Crate { folder: "harness", rows: HARNESS, circles: &[] },
];

/// A session makes handles, and a handle holds its session; a record removes itself with the current session, which keeps the
/// records that are still to be removed. Either is one thing in several files.
const SIGNALING_CIRCLES: &[&str] = &[
    "launcher/client.rs launcher/handle.rs launcher/session.rs",
    "launcher/current_session.rs launcher/own_record.rs",
];

const SIGNALING: &[Row] = &[
    row("address", "", ""),
    row("app_identity", "", ""),
    row("clock", "", "tokio"),
    row("printable", "", ""),
    row("ice_url", "address", "thiserror"),
    row("ice_config", "ice_url printable", "serde serde_json thiserror"),
    row("launcher_url", "", "http thiserror"),
    row("millis", "", "serde"),
    row("phase", "", ""),
    row("role", "", ""),
    row("room", "", "base64 rand sha2 thiserror"),
    row("identity", "room", "base64 sha2"),
    row("schedule", "", "thiserror"),
    row("sdp", "", "base64 sha2"),
    row("payload", "printable room sdp", "serde serde_json thiserror"),
    row("answer", "payload room sdp", ""),
    row("offer", "identity payload room sdp", ""),
    row("setup_error", "ice_config launcher_url", "thiserror"),
    row(
        "launcher",
        "app_identity printable launcher_url room setup_error",
        "base64 bytes http http_body http_body_util parking_lot reqwest serde serde_json thiserror tokio tokio_util tower_service tracing",
    ),
    row("ticks", "schedule", "rand rand_chacha"),
    row("poller", "clock schedule ticks", "tokio"),
    row("rendezvous", "answer clock identity offer phase poller role room schedule sdp", "rand rand_chacha tokio"),
    row("config", "app_identity ice_config phase rendezvous schedule", ""),
    row("timeline", "", "tokio"),
    row(
        "transport",
        "address printable ice_config sdp",
        "async_trait bytes parking_lot rtc thiserror tokio tokio_util tracing webrtc",
    ),
    row("connection", "launcher role room sdp timeline transport", "tokio"),
    row("last_seen", "printable", ""),
    row("meet_cause", "launcher payload phase transport", "thiserror"),
    row(
        "diagnosis",
        "clock last_seen launcher launcher_url meet_cause phase printable rendezvous sdp timeline transport",
        "tokio",
    ),
    row("error", "diagnosis last_seen meet_cause phase room timeline", ""),
    row("step_error", "launcher meet_cause rendezvous transport", ""),
    row(
        "driver",
        "answer app_identity clock connection diagnosis error ice_config last_seen launcher meet_cause offer phase rendezvous role room sdp step_error timeline transport",
        "bytes tokio tracing",
    ),
    row(
        "peer",
        "clock config connection driver error identity launcher rendezvous room transport",
        "parking_lot rand rand_chacha tokio",
    ),
    row("peer_builder", "clock config launcher peer setup_error transport", "getrandom rand rand_chacha tokio tracing"),
];

const SAFE_MOCK: &[Row] = &[
    row("call", "", "http serde"),
    row("clock", "", "tokio"),
    row("page_file", "", "axum http"),
    row("demo", "page_file", "axum"),
    row("window", "page_file", "axum http"),
    row("escape", "", ""),
    row("host", "escape", ""),
    row("unread", "", "http_body_util hyper tokio"),
    row("idle", "unread", "bytes http http_body hyper tokio"),
    row("millis", "", "serde"),
    row("journal", "call", "base64 serde serde_json sha2"),
    row("network", "", "base64 bytes ed25519_dalek sha2"),
    row("fault", "call escape millis network", "rand rand_chacha serde"),
    row("origin", "escape host", "http"),
    row("config", "escape host origin", "serde"),
    row("rooms", "call escape journal millis network", "base64 lru serde sha2 strsim"),
    row(
        "launcher",
        "call clock config fault journal millis network rooms",
        "base64 bytes crypto_box crypto_secretbox ed25519_dalek getrandom hmac lru parking_lot rand rand_chacha serde serde_json sha2 tokio",
    ),
    row(
        "http",
        "call config demo escape fault host journal launcher network origin rooms window",
        "axum base64 bytes flate2 http http_body_util hyper parking_lot percent_encoding serde serde_json tokio tokio_util tower tracing",
    ),
    row("readable", "", "axum http http_body_util"),
    row("listing", "http", "axum serde"),
    row("events", "http launcher", "axum bytes http http_body serde_json tokio tokio_util"),
    row(
        "control",
        "config demo escape events fault http journal launcher listing millis network readable rooms window",
        "axum bytes http percent_encoding serde serde_json tokio tokio_util",
    ),
    row("shortage", "", "parking_lot tokio tracing"),
    row("listening", "shortage", "parking_lot tokio tokio_util tracing"),
    row("resettable_stream", "idle unread", "parking_lot socket2 tokio tracing"),
    row("service", "control http launcher", "axum bytes http http_body tokio_util tower"),
    row(
        "server",
        "http idle launcher listening resettable_stream service shortage",
        "http hyper hyper_util socket2 tokio tower tracing",
    ),
    row("builder", "clock config host launcher origin server", "getrandom"),
    row("program", "", "anstyle_query clap parking_lot tokio"),
    row(
        "cli",
        "builder config demo escape host launcher origin program server",
        "clap tokio tracing tracing_subscriber",
    ),
];

const HARNESS: &[Row] = &[
    row("exit_code", "", ""),
    row("format", "", "shlex signaling"),
    row("github", "format", "getrandom signaling"),
    row("linearizability", "", "safe_mock"),
    row("process", "", "getrandom parking_lot tempfile tokio"),
    row("screen", "format", "anstyle clap safe_mock signaling terminal_size textwrap"),
    row("suggestion", "", "strsim"),
    row("scenario", "format suggestion", "safe_mock serde signaling tempfile toml"),
    row(
        "record",
        "linearizability scenario",
        "base64 bytes futures_util http parking_lot safe_mock serde serde_json signaling tokio tokio_util",
    ),
    row(
        "peer",
        "format process record scenario",
        "bytes futures_util http http_body_util hyper hyper_util parking_lot safe_mock serde serde_json shlex signaling tokio tokio_util",
    ),
    row("plan", "format peer scenario", "clap getrandom rand rand_chacha reqwest safe_mock signaling"),
    row(
        "environment",
        "plan record scenario",
        "async_trait getrandom reqwest safe_mock serde serde_json signaling tokio turn webrtc webrtc_util",
    ),
    row("trace", "format plan record scenario", "signaling"),
    row("check", "format linearizability plan record scenario trace", "signaling"),
    row("progress", "record scenario trace", "indicatif parking_lot safe_mock signaling"),
    row(
        "report",
        "check format github peer plan record scenario screen suggestion trace",
        "clap maud quick_junit serde serde_json signaling",
    ),
    row(
        "orders",
        "check environment format github peer plan record report scenario screen trace",
        "bytes futures_util http maud parking_lot signaling tokio",
    ),
    row("run", "check environment peer plan record report scenario", "signaling tokio tokio_util"),
    row(
        "interop",
        "peer plan record report run scenario suggestion",
        "clap futures_util serde signaling tokio tokio_util toml",
    ),
    row("polling_costs", "format plan report run scenario screen trace", "maud"),
    row("scenarios_run", "plan progress report run scenario", "futures_util safe_mock tokio_util"),
    row(
        "score",
        "check format github peer plan report run scenario screen",
        "clap futures_util maud quick_junit serde signaling tokio tokio_util",
    ),
    row(
        "soak",
        "check environment format github peer plan record report run scenario screen trace",
        "maud parking_lot proptest rand rand_chacha safe_mock serde signaling tokio_util",
    ),
    row("witness", "record scenario trace", "safe_mock signaling"),
    row(
        "judging",
        "check environment format plan process record report scenario trace witness",
        "clap reqwest safe_mock serde_json signaling tokio tokio_util",
    ),
    row("cli", "interop judging orders plan polling_costs report scenario score screen", "clap"),
    row(
        "program",
        "cli environment exit_code format github interop judging orders plan polling_costs process progress report scenario scenarios_run score screen soak",
        "safe_mock tokio tokio_util",
    ),
];
