//! Mutations: defects between a peer and its launcher, made on purpose to see that the checks find them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, StatusCode};
use parking_lot::Mutex;
use signaling::launcher::{HttpError, HttpService};

use crate::record::{ParsedRequest, ParsedResponse, RequestKind};
use crate::scenario::Mutation;

/// How often a request is sent by a peer that asks too often.
const HOT: usize = 5;

/// The service with the mutation in it.
pub(crate) fn mutate(mutation: Mutation, inner: Arc<dyn HttpService>) -> Arc<dyn HttpService> {
    Arc::new(MutatedService { mutation, inner, hidden: Arc::default() })
}

struct MutatedService {
    mutation: Mutation,
    inner: Arc<dyn HttpService>,
    hidden: Arc<Mutex<HiddenNames>>,
}

/// The names under which nothing was found at first, and the names of data ids by their handles.
#[derive(Default)]
struct HiddenNames {
    names: BTreeSet<String>,
    data_ids: BTreeMap<u64, String>,
}

type Reply = BoxFuture<'static, Result<Response<Bytes>, HttpError>>;

impl HttpService for MutatedService {
    fn call(&self, request: Request<Bytes>) -> Reply {
        match (self.mutation, RequestKind::of(&request)) {
            (Mutation::KeepsHandles, RequestKind::DropDataId | RequestKind::DropRecord)
            | (Mutation::KeepsRecords, RequestKind::DeleteRecord)
            | (Mutation::ForgetsWrites, RequestKind::StoreRecord) => Box::pin(async { Ok(success()) }),
            (Mutation::AsksTooOften, RequestKind::NameRecord) => self.ask_often(request),
            (Mutation::AltersRecords, RequestKind::ReadRecord) => self.alter(request),
            (Mutation::AcknowledgesConflicts, RequestKind::StoreRecord) => self.acknowledge(request),
            (Mutation::HidesAnswers, RequestKind::NameRecord | RequestKind::FetchRecord) => self.hide(request),
            _ => self.inner.call(request),
        }
    }
}

fn success() -> Response<Bytes> {
    Response::new(Bytes::from_static(b"OK"))
}

impl MutatedService {
    fn ask_often(&self, request: Request<Bytes>) -> Reply {
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            for _ in 1..HOT {
                // Only the last response counts.
                let _unused = inner.call(request.clone()).await;
            }
            inner.call(request).await
        })
    }

    fn alter(&self, request: Request<Bytes>) -> Reply {
        let response = self.inner.call(request);
        Box::pin(async move {
            let (head, body) = response.await?.into_parts();
            // In a session description's first line: another origin is another peer.
            let text = String::from_utf8_lossy(&body).replace("s=", "s= ");
            Ok(Response::from_parts(head, Bytes::from(text)))
        })
    }

    fn acknowledge(&self, request: Request<Bytes>) -> Reply {
        let response = self.inner.call(request);
        let conflict = StatusCode::BAD_REQUEST;
        Box::pin(async move {
            response.await.map(|response| if response.status() == conflict { success() } else { response })
        })
    }

    fn hide(&self, request: Request<Bytes>) -> Reply {
        let hidden = Arc::clone(&self.hidden);
        let ParsedRequest { kind, target, name, .. } = ParsedRequest::parse(&request);
        let response = self.inner.call(request);
        Box::pin(async move {
            let mut response = response.await?;
            let mut hidden = hidden.lock();
            if kind == RequestKind::NameRecord {
                hidden.data_ids.extend(ParsedResponse::parse(&response).handle.zip(name));
                return Ok(response);
            }
            let Some(name) = target.and_then(|handle| hidden.data_ids.get(&handle).cloned()) else {
                return Ok(response);
            };
            if response.status() == StatusCode::NOT_FOUND {
                hidden.names.insert(name);
            } else if hidden.names.contains(&name) {
                response = Response::new(Bytes::from_static(br#"{"errorCode":-18,"description":"nothing"}"#));
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;
    use crate::plan::{Clock, Settings};
    use crate::scenario::Scenario;

    /// The checks that fail in a scenario with this mutation.
    async fn caught(mutation: Mutation, scenario: &str) -> Vec<String> {
        let mut scenario = Scenario::find(scenario).unwrap();
        scenario.planted = Some(mutation);
        let settings = Settings::default().seed(7).clock(Clock::Virtual);
        let report = crate::run(&scenario, &settings).await.unwrap();
        report.failed().map(|check| check.name.clone()).collect()
    }

    #[tokio::test]
    async fn each_mutation_is_caught_by_the_check_that_is_there_for_it() {
        for (mutation, scenario, check) in [
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
            let caught = caught(mutation, scenario).await;
            assert!(caught.iter().any(|name| name == check), "{mutation}: {caught:?}");
        }
    }

    #[test]
    fn a_mutation_has_one_name_everywhere() {
        for mutation in Mutation::ALL {
            let value = mutation.to_possible_value().unwrap();
            assert_eq!(value.get_name(), mutation.to_string());
            assert_eq!(serde_json::to_value(mutation).unwrap(), mutation.to_string());
        }
    }
}
