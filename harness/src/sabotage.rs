//! Bugs to be planted on purpose, between a peer and its launcher: to see that the checks find them.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Method, Request, Response};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use signaling::launcher::{HttpError, HttpService};

/// How often a request is sent by a peer that asks too often.
const HOT: usize = 5;

/// A bug to be planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Bug {
    /// The peers say that they gave their handles back, and keep them.
    KeepsHandles,
    /// The peers say that they removed their records, and keep them.
    KeepsRecords,
    /// The peers ask for each data id five times.
    AsksTooOften,
    /// The launchers change what is read from a record.
    AltersRecords,
    /// The launchers acknowledge what they do not store.
    ForgetsWrites,
    /// The launchers acknowledge a write to a name that is taken.
    AcknowledgesConflicts,
    /// The launchers, once they found nothing under a name, never find anything there.
    HidesAnswers,
}

impl Bug {
    /// Every one of them.
    pub const ALL: [Self; 7] = [
        Self::KeepsHandles,
        Self::KeepsRecords,
        Self::AsksTooOften,
        Self::AltersRecords,
        Self::ForgetsWrites,
        Self::AcknowledgesConflicts,
        Self::HidesAnswers,
    ];

    /// Whether it is the peer that does wrong: then it is planted above what writes its requests down.
    pub(crate) fn is_of_the_peer(self) -> bool {
        matches!(self, Self::KeepsHandles | Self::KeepsRecords | Self::AsksTooOften)
    }

    /// The service with the bug in it.
    pub(crate) fn plant(self, beneath: Arc<dyn HttpService>) -> Arc<dyn HttpService> {
        Arc::new(Sabotaged { bug: self, beneath, hidden: Arc::default() })
    }
}

impl fmt::Display for Bug {
    /// As it is written in scenario files and on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeepsHandles => "keeps_handles",
            Self::KeepsRecords => "keeps_records",
            Self::AsksTooOften => "asks_too_often",
            Self::AltersRecords => "alters_records",
            Self::ForgetsWrites => "forgets_writes",
            Self::AcknowledgesConflicts => "acknowledges_conflicts",
            Self::HidesAnswers => "hides_answers",
        })
    }
}

struct Sabotaged {
    bug: Bug,
    beneath: Arc<dyn HttpService>,
    /// The bodies of requests for names under which nothing was found at first, by the handle that was given for them.
    hidden: Arc<Mutex<Hidden>>,
}

/// Which names are hidden, and which handles stand for which names.
#[derive(Default)]
struct Hidden {
    names: BTreeSet<Bytes>,
    handles: Vec<(String, Bytes)>,
}

type Exchange = BoxFuture<'static, Result<Response<Bytes>, HttpError>>;

impl HttpService for Sabotaged {
    fn call(&self, request: Request<Bytes>) -> Exchange {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        match self.bug {
            Bug::KeepsHandles if method == Method::DELETE && is_of_handle(&path) => pretend(),
            Bug::KeepsRecords if method == Method::DELETE && !is_of_handle(&path) => pretend(),
            Bug::AsksTooOften if is_name(&method, &path) => self.ask_often(request),
            Bug::AltersRecords if is_read(&method, &path) => self.alter(request),
            Bug::ForgetsWrites if method == Method::PUT => pretend(),
            Bug::AcknowledgesConflicts if method == Method::PUT => self.acknowledge(request),
            Bug::HidesAnswers => self.hide(request, &method, &path),
            _ => self.beneath.call(request),
        }
    }
}

fn is_of_handle(path: &str) -> bool {
    path.contains("/data-id/") || path.contains("/structured-data/handle/")
}

fn is_name(method: &Method, path: &str) -> bool {
    *method == Method::POST && path.ends_with("/data-id/structured-data")
}

fn is_fetch(method: &Method, path: &str) -> bool {
    *method == Method::GET && path.contains("/structured-data/handle/")
}

fn is_read(method: &Method, path: &str) -> bool {
    *method == Method::GET && path.contains("/structured-data/") && !is_fetch(method, path)
}

fn done() -> Response<Bytes> {
    Response::new(Bytes::from_static(b"OK"))
}

/// Nothing is done, and success is told.
fn pretend() -> Exchange {
    Box::pin(async { Ok(done()) })
}

impl Sabotaged {
    fn ask_often(&self, request: Request<Bytes>) -> Exchange {
        let beneath = Arc::clone(&self.beneath);
        Box::pin(async move {
            for _ in 1..HOT {
                // What comes of it is of no use to anybody.
                let _unwanted = beneath.call(request.clone()).await;
            }
            beneath.call(request).await
        })
    }

    fn alter(&self, request: Request<Bytes>) -> Exchange {
        let answer = self.beneath.call(request);
        Box::pin(async move {
            let (head, body) = answer.await?.into_parts();
            // In a session description's first line: another origin is another peer.
            let text = String::from_utf8_lossy(&body).replace("s=", "s= ");
            Ok(Response::from_parts(head, Bytes::from(text)))
        })
    }

    fn acknowledge(&self, request: Request<Bytes>) -> Exchange {
        let answer = self.beneath.call(request);
        Box::pin(async move { answer.await.map(|answer| if answer.status() == 400 { done() } else { answer }) })
    }

    fn hide(&self, request: Request<Bytes>, method: &Method, path: &str) -> Exchange {
        let hidden = Arc::clone(&self.hidden);
        let (is_name, is_fetch, name) = (is_name(method, path), is_fetch(method, path), request.body().clone());
        let handle = path.rsplit('/').next().unwrap_or_default().to_owned();
        let answer = self.beneath.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            let mut hidden = hidden.lock();
            if is_name {
                let digits = String::from_utf8_lossy(answer.body()).chars().filter(char::is_ascii_digit).collect();
                hidden.handles.push((digits, name));
                return Ok(answer);
            }
            let name = hidden.handles.iter().rev().find(|(known, _)| *known == handle).map(|(_, name)| name.clone());
            let Some(name) = name.filter(|_| is_fetch) else { return Ok(answer) };
            if answer.status() == 404 {
                hidden.names.insert(name);
                return Ok(answer);
            }
            if !hidden.names.contains(&name) {
                return Ok(answer);
            }
            let nothing = Bytes::from_static(br#"{"errorCode":-18,"description":"nothing"}"#);
            let mut answer = Response::new(nothing);
            *answer.status_mut() = http::StatusCode::NOT_FOUND;
            Ok(answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::clock::Clock;
    use crate::scenario::Scenario;
    use crate::settings::Settings;

    /// The checks that fail when the bug is planted in a scenario.
    async fn caught(bug: Bug, scenario: &str) -> Vec<String> {
        let mut scenario = Scenario::find(scenario).unwrap();
        scenario.planted = Some(bug);
        let settings = Settings::default().seed(7).clock(Clock::Virtual);
        let report = crate::run(&scenario, &settings).await.unwrap();
        report.failed().map(|check| check.name.clone()).collect()
    }

    #[tokio::test]
    async fn each_bug_is_caught_by_the_check_that_is_there_for_it() {
        for (bug, scenario, check) in [
            (Bug::KeepsHandles, "classic", "handles"),
            (Bug::KeepsRecords, "classic", "records"),
            (Bug::AsksTooOften, "classic", "hot_polling"),
            (Bug::AltersRecords, "classic", "round_trips"),
            (Bug::AltersRecords, "classic", "history"),
            (Bug::ForgetsWrites, "classic", "history"),
            (Bug::AcknowledgesConflicts, "two-initiators", "history"),
            (Bug::HidesAnswers, "late-recipient", "detection"),
            (Bug::HidesAnswers, "late-recipient", "history"),
        ] {
            let caught = caught(bug, scenario).await;
            assert!(caught.iter().any(|name| name == check), "{bug}: {caught:?}");
        }
    }

    #[test]
    fn a_bug_has_one_name_everywhere() {
        for bug in Bug::ALL {
            let value = bug.to_possible_value().unwrap();
            assert_eq!(value.get_name(), bug.to_string());
            assert_eq!(serde_json::to_value(bug).unwrap(), bug.to_string());
        }
    }
}
