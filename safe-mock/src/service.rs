//! A launcher as a `tower` service: served on a port, or called in process.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

#[cfg(feature = "axum")]
use axum::Router;
use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use tokio_util::sync::CancellationToken;
use tower::Service;

use crate::control;
use crate::http::app::{App, BuildControl};
use crate::http::broken::BrokenConnection;
use crate::launcher::Launcher;

/// A [`Launcher`] as a service. Its error is a connection that a fault broke.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use safe_mock::fault::{Fault, Rule};
/// use safe_mock::{BrokenConnection, Builder};
/// use tower::ServiceExt;
///
/// let launcher = Builder::default().build();
/// let _guard = launcher.add_fault(Rule::new(Fault::LoseAnswer).times(1))?;
/// let request = || http::Request::get("/health").body(String::new());
/// assert_eq!(launcher.service().oneshot(request()?).await.err(), Some(BrokenConnection::AnswerLost));
/// assert_eq!(launcher.service().oneshot(request()?).await?.status(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LauncherService(Arc<App>);

impl LauncherService {
    fn new(launcher: &Launcher, is_on_port: bool, stopping: CancellationToken) -> Self {
        let control = launcher.config().control.then_some(control::router as BuildControl);
        Self(Arc::new(App::new(launcher, control, is_on_port, stopping)))
    }

    /// A launcher on a port. `stopping` is cancelled when the port is closed.
    pub(crate) fn on_port(launcher: &Launcher, stopping: CancellationToken) -> Self {
        Self::new(launcher, true, stopping)
    }
}

impl Launcher {
    /// The launcher as a service, to be called in process: every route of the API and, by default, of the control
    /// plane. It fails where a fault breaks the connection, and works under a paused clock. Any host may be in the
    /// requests: serve it on a port with [`MockLauncher::serve`](crate::MockLauncher::serve), which checks it.
    pub fn service(&self) -> LauncherService {
        LauncherService::new(self, false, CancellationToken::new())
    }

    /// As [`Launcher::service`], as a router of axum 0.8. A router cannot fail: where a fault breaks the connection, it
    /// answers with status 502 and a body that is an error.
    #[cfg(feature = "axum")]
    pub fn router(&self) -> Router {
        use axum::extract::State;

        let serve = async |State(LauncherService(app)): State<LauncherService>, request| app.serve(request).await;
        Router::new().fallback(serve).with_state(self.service())
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

/// The body of an answer. It is in memory, or a stream of events, and fails only where a fault breaks the connection in the middle of it.
#[derive(Debug)]
pub struct ResponseBody(Body);

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.0).poll_frame(cx).map_err(axum::Error::into_inner)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl<B> Service<Request<B>> for LauncherService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody>;
    type Error = BrokenConnection;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BrokenConnection>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BrokenConnection>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let app = Arc::clone(&self.0);
        Box::pin(async move {
            let response = app.serve(request.map(Body::new)).await;
            match response.extensions().get() {
                Some(broken) => Err(*broken),
                None => Ok(response.map(ResponseBody)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;
    use crate::builder::Builder;
    use crate::fault::{Call, Fault, Matcher, Rule};

    /// The number of requests. Half of them are sent without any rule.
    const REQUESTS: usize = 100_000;

    /// Of this many requests, two use the network.
    const ROUND: usize = 500;

    /// One launcher, called as a service.
    struct Client {
        service: LauncherService,
        token: String,
    }

    impl Client {
        async fn send(&mut self, method: &str, path: &str, body: &Value) -> (u16, Bytes) {
            let mut request = Request::builder().method(method).uri(path);
            if !self.token.is_empty() {
                request = request.header("authorization", format!("Bearer {}", self.token));
            }
            let body = if body.is_null() { String::new() } else { body.to_string() };
            let request = request.header("content-type", "application/json").body(Body::from(body)).unwrap();
            let answer =
                ServiceExt::<Request<Body>>::ready(&mut self.service).await.unwrap().call(request).await.unwrap();
            (answer.status().as_u16(), answer.into_body().collect().await.unwrap().to_bytes())
        }

        async fn value(&mut self, method: &str, path: &str, body: &Value) -> Value {
            let (status, body) = self.send(method, path, body).await;
            assert_eq!(status, 200, "{method} {path}");
            serde_json::from_slice(&body).unwrap_or_default()
        }
    }

    #[tokio::test]
    async fn without_a_rule_that_strikes_a_hundred_thousand_requests_meet_no_fault() {
        let launcher = Builder::default().seed(7).build();
        let mut client = Client { service: launcher.service(), token: String::new() };
        let app = json!({"name": "n", "id": "i", "vendor": "v", "version": "1"});
        let granted = client.value("POST", "/auth", &json!({"app": app, "permissions": ["LOW_LEVEL_API"]})).await;
        client.token = granted["token"].as_str().unwrap().to_owned();
        let draft = json!({"name": "A".repeat(43) + "=", "data": "aGk="});
        let handle = &client.value("POST", "/structured-data", &draft).await["handleId"];
        client.value("PUT", &format!("/structured-data/{handle}"), &Value::Null).await;
        let id = &client.value("POST", "/data-id/structured-data", &draft).await["handleId"];
        let (fetch, read) = (format!("/structured-data/handle/{id}"), format!("/structured-data/{handle}/undefined"));

        let mut guards = Vec::new();
        for round in 0..REQUESTS / ROUND {
            if round == REQUESTS / ROUND / 2 {
                assert_eq!(launcher.faults(), []);
                guards.push(launcher.add_fault(Rule::new(Fault::LoseAnswer).on(Matcher::call(Call::Unclaim))).unwrap());
                guards.push(launcher.add_fault(Rule::new(Fault::Refuse).expires_after(Duration::ZERO)).unwrap());
            }
            assert_eq!(client.value("GET", &fetch, &Value::Null).await["version"], json!(0));
            assert_eq!(client.send("GET", &read, &Value::Null).await, (200, Bytes::from_static(b"hi")));
            for _ in 2..ROUND {
                assert_eq!(client.send("GET", "/health", &Value::Null).await, (200, Bytes::from_static(b"OK")));
            }
        }
        for view in guards.iter().map(|guard| guard.view().unwrap()) {
            assert_eq!((view.matched, view.strikes), (0, 0));
        }
        let requests = launcher.requests();
        assert!(requests.iter().all(|entry| entry.status == 200 && entry.fault.is_none()));
        assert_eq!(requests.last().map(|entry| entry.number), Some(REQUESTS as u64 + 4));
    }
}
