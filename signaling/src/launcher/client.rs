//! One user's launcher, and the one request that needs no session: to ask for one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use parking_lot::Mutex;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::debug;

use super::call::{Call, Token, expect_ok, parse};
use super::error::{HttpError, LauncherError};
use super::sentence::Heard;
use super::service::HttpService;
use super::session::Session;
use super::wire::{AuthAnswer, AuthRequest};
use crate::app_identity::AppIdentity;
use crate::launcher_url::LauncherUrl;
use crate::room::RecordName;

/// One user's launcher, before authorisation. Clones share everything.
#[derive(Clone)]
pub struct LauncherClient {
    shared: Arc<Shared>,
    /// What the launcher says in response to the requests of this clone.
    heard: Heard,
}

struct Shared {
    service: Arc<dyn HttpService>,
    url: LauncherUrl,
    base: String,
    request_timeout: Duration,
    tasks: TaskTracker,
    /// Those that store and remove records, by the names of these.
    records: Mutex<BTreeMap<RecordName, TaskTracker>>,
}

impl LauncherClient {
    /// A client of the launcher at `url`. Requests wait `request_timeout` for an answer.
    pub fn new(service: Arc<dyn HttpService>, url: &LauncherUrl, request_timeout: Duration) -> Self {
        let (base, tasks, records) = (format!("{url}/0.5/"), closed_tracker(), Mutex::default());
        let shared = Arc::new(Shared { service, url: url.clone(), base, request_timeout, tasks, records });
        Self { shared, heard: Heard::default() }
    }

    /// The same launcher, with what it says kept in `heard`.
    #[must_use]
    pub fn heard_by(&self, heard: &Heard) -> Self {
        Self { shared: Arc::clone(&self.shared), heard: heard.clone() }
    }

    /// Where the launcher is.
    pub fn url(&self) -> &LauncherUrl {
        &self.shared.url
    }

    /// Asks the launcher's user to allow the app; waits until the user has answered.
    ///
    /// # Errors
    ///
    /// [`LauncherError::Refused`] when the user says no, others when the launcher does not answer as one.
    pub async fn authorise(&self, app: &AppIdentity) -> Result<Session, LauncherError> {
        const REQUEST: &str = "authorising";
        let call = Call::new(REQUEST, Method::POST, "auth".into()).json(&AuthRequest::new(app))?;
        let answer = self.exchange(call, None).await?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            return Err(LauncherError::Refused);
        }
        let AuthAnswer { token } = parse(REQUEST, &expect_ok(REQUEST, &answer)?)?;
        Token::new(&token).map(|token| Session::new(self.clone(), token))
    }

    /// Waits until no background request of this client is under way, such as the drop of a handle.
    pub async fn wait_idle(&self) {
        self.wait_for_records().await;
        self.shared.tasks.wait().await;
    }

    /// Waits until no record of this client is being stored or removed.
    pub async fn wait_for_records(&self) {
        let all: Vec<TaskTracker> = self.shared.records.lock().values().cloned().collect();
        for tracker in all {
            tracker.wait().await;
        }
    }

    /// Waits until this record is not being stored or removed.
    pub async fn wait_for_record(&self, name: &RecordName) {
        self.removals_of(name).wait().await;
    }

    pub(super) fn request_timeout(&self) -> Duration {
        self.shared.request_timeout
    }

    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.shared.tasks
    }

    /// The tasks that store or remove this record.
    pub(super) fn removals_of(&self, name: &RecordName) -> TaskTracker {
        let mut records = self.shared.records.lock();
        records.retain(|_, tracker| !tracker.is_empty());
        records.entry(name.clone()).or_insert_with(closed_tracker).clone()
    }

    pub(super) async fn exchange(
        &self,
        call: Call,
        timeout: Option<Duration>,
    ) -> Result<http::Response<Bytes>, LauncherError> {
        let name = call.name;
        let failed = |source| LauncherError::Http { request: name, source };
        let request = call.build(&self.shared.base).map_err(failed)?;
        self.heard.asked(Instant::now());
        let answer = self.shared.service.call(request);
        let answer = match timeout {
            Some(after) => {
                let timed_out = |_| HttpError::TimedOut(after);
                tokio::time::timeout(after, answer).await.map_err(timed_out).and_then(|answer| answer)
            }
            None => answer.await,
        };
        self.heard.ended(answer.as_ref().ok().map(http::Response::headers));
        let answer = answer.map_err(failed)?;
        debug!(request = name, status = answer.status().as_u16(), "launcher answered");
        Ok(answer)
    }
}

/// A closed tracker still takes tasks; it means that waiting ends when there are none.
fn closed_tracker() -> TaskTracker {
    let tracker = TaskTracker::new();
    tracker.close();
    tracker
}

impl fmt::Debug for LauncherClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LauncherClient").field("base", &self.shared.base).finish_non_exhaustive()
    }
}
