//! The control plane, under `/__mock`: what a user did in the window of the launcher, and what a test needs to see.
//!
//! It needs no token, so pages of other origins, and pages of other sites, are refused (see `http::guard`).

use std::time::Duration;

use axum::Router;
use axum::extract::{FromRequest, Path, Query, Request, State};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::config::Consent;
use crate::demo;
use crate::escape::escaped;
use crate::fault::{self, Rule};
use crate::http::body;
use crate::http::reply::{self, Failure, Reply};
use crate::journal::JournalQuery;
use crate::launcher::{Launcher, Question, RecordView};

/// Its routes; `GET /__mock` lists them.
const ROUTES: [(&str, &str); 20] = [
    ("GET /__mock/accounts", "the accounts that are logged in or have live sessions"),
    ("POST /__mock/accounts", "makes a new account and logs it in; sessions of other accounts stay"),
    ("POST /__mock/logout", "logs out: ends all sessions, and lets no app in until an account logs in"),
    ("GET /__mock/consent", "the policy, and the apps that wait to be let in"),
    ("PUT /__mock/consent", r#"{"policy":"allow"|"deny"|"ask"}"#),
    ("PUT /__mock/consent/{id}", r#"{"decision":"allow"|"deny"}, for an app that waits"#),
    ("GET /__mock/sessions", "the live sessions"),
    ("DELETE /__mock/sessions/{id}", "revokes an app"),
    ("GET /__mock/handles", "the live handles, by kind"),
    ("GET /__mock/network", "what is stored: names, states, versions, owners"),
    ("GET /__mock/journal", "the last requests; ?method= ?path= ?status= ?session= ?after= ?limit="),
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

/// The routes of the control plane, to be nested.
pub(crate) fn router(launcher: &Launcher) -> Router {
    let demo = if launcher.config().demo { demo::router() } else { Router::new() };
    demo.route("/", get(index))
        .route("/accounts", get(accounts).post(log_in_new_account))
        .route("/logout", post(log_out))
        .route("/consent", get(consent).put(set_consent))
        .route("/consent/{id}", put(decide))
        .route("/sessions", get(sessions))
        .route("/sessions/{id}", delete(revoke))
        .route("/handles", get(handles).delete(lose_handles))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/link", get(link).put(set_link))
        .route("/restart", post(restart))
        .route("/network", get(network))
        .route("/journal", get(journal))
        .route("/reset", post(reset))
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::NotFound)
        .with_state(launcher.clone())
}

/// The body of a request as it stands, whatever its type.
struct RawBody(Bytes);

impl FromRequest<Launcher> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, launcher: &Launcher) -> Result<Self, Failure> {
        body::raw(launcher, request).await.map(Self)
    }
}

/// Bodies are JSON, whatever their content type: `curl -d` sends forms.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes)
        .map_err(|error| Failure::Refused(format!("not the body of this route: {}", escaped(&error)).into()))
}

fn done_if(found: bool, otherwise: &'static str) -> Reply {
    if found { Ok(reply::done()) } else { Err(Failure::Refused(otherwise.into())) }
}

async fn index() -> Response {
    #[derive(Serialize)]
    struct Route {
        route: &'static str,
        about: &'static str,
    }
    reply::json(&ROUTES.map(|(route, about)| Route { route, about }))
}

async fn accounts(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.accounts())
}

async fn log_in_new_account(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.log_in_new_account())
}

async fn log_out(State(launcher): State<Launcher>) -> Response {
    launcher.log_out();
    reply::done()
}

async fn consent(State(launcher): State<Launcher>) -> Response {
    #[derive(Serialize)]
    struct Body {
        policy: Consent,
        waiting: Vec<Question>,
    }
    reply::json(&Body { policy: launcher.consent(), waiting: launcher.questions() })
}

async fn set_consent(State(launcher): State<Launcher>, RawBody(body): RawBody) -> Reply {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        policy: Consent,
    }
    let body: Body = parse(&body)?;
    launcher.set_consent(body.policy);
    Ok(reply::done())
}

async fn decide(State(launcher): State<Launcher>, Path(id): Path<String>, RawBody(body): RawBody) -> Reply {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Decision {
        Allow,
        Deny,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        decision: Decision,
    }
    let body: Body = parse(&body)?;
    let allow = matches!(body.decision, Decision::Allow);
    done_if(id.parse().is_ok_and(|id| launcher.decide(id, allow)), "no app waits under this number")
}

async fn sessions(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.sessions())
}

async fn revoke(State(launcher): State<Launcher>, Path(id): Path<String>) -> Reply {
    done_if(id.parse().is_ok_and(|id| launcher.revoke(id)), "no live session has this number")
}

async fn handles(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.handles())
}

async fn lose_handles(State(launcher): State<Launcher>) -> Response {
    launcher.lose_handles();
    reply::done()
}

async fn faults(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.faults())
}

async fn add_fault(State(launcher): State<Launcher>, RawBody(body): RawBody) -> Reply {
    #[derive(Serialize)]
    struct Body {
        id: u64,
    }
    let rule: Rule = parse(&body)?;
    let guard = launcher.add_fault(rule).map_err(|error| Failure::Refused(error.to_string().into()))?;
    Ok(reply::json(&Body { id: guard.keep() }))
}

async fn clear_faults(State(launcher): State<Launcher>) -> Response {
    launcher.clear_faults();
    reply::done()
}

async fn remove_fault(State(launcher): State<Launcher>, Path(id): Path<String>) -> Reply {
    done_if(id.parse().is_ok_and(|id| launcher.remove_fault(id)), "no rule has this number")
}

async fn link(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.link())
}

async fn set_link(State(launcher): State<Launcher>, RawBody(body): RawBody) -> Reply {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        joined: bool,
        #[serde(default)]
        after_ms: u64,
    }
    let body: Body = parse(&body)?;
    let timeout = Duration::from_millis(body.after_ms);
    fault::check_delay(timeout).map_err(|error| Failure::Refused(error.to_string().into()))?;
    if body.joined {
        launcher.repair();
    } else {
        launcher.partition(timeout);
    }
    Ok(reply::done())
}

async fn restart(State(launcher): State<Launcher>) -> Response {
    launcher.restart();
    reply::done()
}

async fn network(State(launcher): State<Launcher>) -> Response {
    #[derive(Serialize)]
    struct Body {
        bytes: usize,
        records: Vec<RecordView>,
    }
    let network = launcher.network();
    let records = network.records();
    reply::json(&Body { bytes: network.bytes(), records })
}

async fn journal(
    State(launcher): State<Launcher>,
    query: Result<Query<JournalQuery>, axum::extract::rejection::QueryRejection>,
) -> Reply {
    let Query(query) = query.map_err(|error| Failure::Refused(escaped(&error.body_text()).into()))?;
    Ok(reply::json(&launcher.find_requests(&query)))
}

async fn reset(State(launcher): State<Launcher>) -> Response {
    launcher.reset();
    reply::done()
}
