//! Bugs to be planted on purpose, between a peer and its launcher: to see that the checks find them.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Method, Request, Response};
use parking_lot::Mutex;
use signaling::launcher::{HttpError, HttpService};

use crate::scenario::Mutation;

/// How often a request is sent by a peer that asks too often.
const HOT: usize = 5;

/// The service with the mutation in it.
pub(crate) fn mutate(mutation: Mutation, inner: Arc<dyn HttpService>) -> Arc<dyn HttpService> {
    Arc::new(MutatedService { bug: mutation, inner, hidden: Arc::default() })
}

struct MutatedService {
    bug: Mutation,
    inner: Arc<dyn HttpService>,
    /// The bodies of requests for names under which nothing was found at first, by the handle that was given for them.
    hidden: Arc<Mutex<Hidden>>,
}

/// Which names are hidden, and which handles stand for which names.
#[derive(Default)]
struct Hidden {
    names: BTreeSet<Bytes>,
    handles: Vec<(String, Bytes)>,
}

type Reply = BoxFuture<'static, Result<Response<Bytes>, HttpError>>;

impl HttpService for MutatedService {
    fn call(&self, request: Request<Bytes>) -> Reply {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        match self.bug {
            Mutation::KeepsHandles if method == Method::DELETE && is_of_handle(&path) => pretend(),
            Mutation::KeepsRecords if method == Method::DELETE && !is_of_handle(&path) => pretend(),
            Mutation::AsksTooOften if is_name(&method, &path) => self.ask_often(request),
            Mutation::AltersRecords if is_read(&method, &path) => self.alter(request),
            Mutation::ForgetsWrites if method == Method::PUT => pretend(),
            Mutation::AcknowledgesConflicts if method == Method::PUT => self.acknowledge(request),
            Mutation::HidesAnswers => self.hide(request, &method, &path),
            _ => self.inner.call(request),
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
fn pretend() -> Reply {
    Box::pin(async { Ok(done()) })
}

impl MutatedService {
    fn ask_often(&self, request: Request<Bytes>) -> Reply {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            for _ in 1..HOT {
                // What comes of it is of no use to anybody.
                let _unwanted = inner.call(request.clone()).await;
            }
            inner.call(request).await
        })
    }

    fn alter(&self, request: Request<Bytes>) -> Reply {
        let answer = self.inner.call(request);
        Box::pin(async move {
            let (head, body) = answer.await?.into_parts();
            // In a session description's first line: another origin is another peer.
            let text = String::from_utf8_lossy(&body).replace("s=", "s= ");
            Ok(Response::from_parts(head, Bytes::from(text)))
        })
    }

    fn acknowledge(&self, request: Request<Bytes>) -> Reply {
        let answer = self.inner.call(request);
        Box::pin(async move { answer.await.map(|answer| if answer.status() == 400 { done() } else { answer }) })
    }

    fn hide(&self, request: Request<Bytes>, method: &Method, path: &str) -> Reply {
        let hidden = Arc::clone(&self.hidden);
        let (is_name, is_fetch, name) = (is_name(method, path), is_fetch(method, path), request.body().clone());
        let handle = path.rsplit('/').next().unwrap_or_default().to_owned();
        let answer = self.inner.call(request);
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
    use crate::plan::{Clock, Settings};
    use crate::scenario::Scenario;

    /// The checks that fail when the bug is planted in a scenario.
    async fn caught(bug: Mutation, scenario: &str) -> Vec<String> {
        let mut scenario = Scenario::find(scenario).unwrap();
        scenario.planted = Some(bug);
        let settings = Settings::default().seed(7).clock(Clock::Virtual);
        let report = crate::run(&scenario, &settings).await.unwrap();
        report.failed().map(|check| check.name.clone()).collect()
    }

    #[tokio::test]
    async fn each_bug_is_caught_by_the_check_that_is_there_for_it() {
        for (bug, scenario, check) in [
            (Mutation::KeepsHandles, "classic", "handles"),
            (Mutation::KeepsRecords, "classic", "records"),
            (Mutation::AsksTooOften, "classic", "hot_polling"),
            (Mutation::AltersRecords, "classic", "round_trips"),
            (Mutation::AltersRecords, "classic", "history"),
            (Mutation::ForgetsWrites, "classic", "history"),
            (Mutation::AcknowledgesConflicts, "two-initiators", "history"),
            (Mutation::HidesAnswers, "late-recipient", "detection"),
            (Mutation::HidesAnswers, "late-recipient", "history"),
        ] {
            let caught = caught(bug, scenario).await;
            assert!(caught.iter().any(|name| name == check), "{bug}: {caught:?}");
        }
    }

    #[test]
    fn a_bug_has_one_name_everywhere() {
        for bug in Mutation::ALL {
            let value = bug.to_possible_value().unwrap();
            assert_eq!(value.get_name(), bug.to_string());
            assert_eq!(serde_json::to_value(bug).unwrap(), bug.to_string());
        }
    }
}
