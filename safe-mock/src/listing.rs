//! What can be asked of the control plane, as `GET /` and `GET /__mock` list it for a reader at a terminal.

use axum::response::Response;
use serde::Serialize;

use crate::http::reply;

/// What is listening here.
const ABOUT: &str = "safe-mock, an emulator of the SAFE Launcher and its network. Open this address in a browser to see its \
                     rooms, requests, apps, faults and records. The routes below are its control plane, and need no token.";

/// Its routes; `GET /__mock` lists them.
const ROUTES: [(&str, &str); 27] = [
    ("GET /__mock/", "in a browser the window of the launcher: rooms, requests, apps, faults, records; else this list"),
    ("GET /__mock/events", "server-sent events: a counter for each list, whenever one has changed"),
    ("GET /__mock/accounts", "the accounts that are logged in or have live sessions; ?after= ?limit="),
    ("POST /__mock/accounts", "makes a new account and logs it in; sessions of other accounts stay"),
    ("POST /__mock/logout", "logs out: ends all sessions, and lets no app in until an account logs in"),
    ("GET /__mock/consent", "the policy, and the apps that wait to be let in; ?after= ?limit="),
    ("PUT /__mock/consent", r#"{"policy":"allow"|"deny"|"ask"}"#),
    ("PUT /__mock/consent/{id}", r#"{"decision":"allow"|"deny"}, for an app that waits"#),
    ("GET /__mock/sessions", "the live sessions; ?after= ?limit="),
    ("DELETE /__mock/sessions/{id}", "revokes an app"),
    ("GET /__mock/handles", "the live handles, by kind, and the request that made each; ?limit="),
    ("GET /__mock/rooms", "the rooms in which peers meet, latest first: state of each in a sentence; ?before= ?limit="),
    ("GET /__mock/rooms/{number}", "a room: what each peer did, and the latest offer and answer"),
    (
        "GET /__mock/network/{name}",
        "a record: content as text, JSON and hexadecimal digits, who stored it; the name in base64, percent-encoded",
    ),
    ("GET /__mock/launchers", "the id of this network, and its launchers that listen on a port"),
    ("GET /__mock/network", "what is stored: names, states, versions, owners; ?after= ?limit="),
    (
        "GET /__mock/journal",
        "the last requests, and how many there were; ?call= ?record= ?room= ?peer= ?app= ?session= ?status= ?method= ?path= ?after= ?before= ?limit=",
    ),
    ("DELETE /__mock/journal", "clears it; its numbers and counts go on"),
    ("DELETE /__mock/handles", "loses all handles"),
    ("GET /__mock/faults", "the fault rules, and how many calls each struck"),
    ("POST /__mock/faults", r#"{"matching":{"call":"put"},"fault":"lose_answer","until":{"times":1}}; returns its id"#),
    ("DELETE /__mock/faults", "removes all rules"),
    ("DELETE /__mock/faults/{id}", "removes a rule"),
    ("GET /__mock/link", "whether the launcher reaches its network"),
    (
        "PUT /__mock/link",
        r#"{"joined":true|false,"after_ms":0}: after_ms is how long it waits for an unreachable network"#,
    ),
    ("POST /__mock/restart", "restarts the launcher: sessions and handles are lost, account and network stay"),
    (
        "POST /__mock/reset",
        "back to the initial state: first account, no sessions, no handles, nothing stored, no faults",
    ),
];

/// The list, one field a line.
pub fn listing() -> Response {
    #[derive(Serialize)]
    struct Route {
        route: &'static str,
        about: &'static str,
    }
    #[derive(Serialize)]
    struct Index {
        about: &'static str,
        routes: Vec<Route>,
    }
    let routes = ROUTES.iter().map(|(route, about)| Route { route, about }).collect();
    reply::pretty_json(&Index { about: ABOUT, routes })
}
