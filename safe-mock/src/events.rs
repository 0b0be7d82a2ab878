//! `GET /__mock/events`: which lists have changed, as server-sent events, so that the window asks again for what it shows.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http_body::Frame;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::http::reply::{Failure, Reply};
use crate::launcher::{Changes, Launcher};

/// How often the counters are compared: a client hears of a change four times a second at most.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A stream without a change sends a comment after this time, so that nobody on the way takes the connection for dead. It is
/// less where the launcher closes idle connections sooner.
const COMMENT_AFTER: Duration = Duration::from_secs(15);

/// How many streams may be open at a time. Each window has one, and each is looked after four times a second.
const STREAMS_MAX: usize = 64;

/// How a browser is told when to come back, in milliseconds.
const FIRST: &str = "retry: 1000\n\n";

const COMMENT: &[u8] = b": nothing has changed\n\n";

/// The streams of one address.
#[derive(Debug, Clone)]
pub struct Events {
    places: Arc<Semaphore>,
    stopping: CancellationToken,
}

impl Events {
    /// Streams that end when `stopping` is cancelled.
    pub fn new(stopping: CancellationToken) -> Self {
        Self { places: Arc::new(Semaphore::new(STREAMS_MAX)), stopping }
    }

    /// Opens a stream.
    ///
    /// # Errors
    /// Too many are open.
    pub fn open(&self, launcher: &Launcher) -> Reply {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            let text = format!("{STREAMS_MAX} clients follow the events already; close one, and ask again");
            return Err(Failure::Refused(text.into()));
        };
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let stream = EventStream {
            launcher: launcher.clone(),
            seen: None,
            ticks,
            quiet_since: Instant::now(),
            comment_after: COMMENT_AFTER.min(launcher.config().idle_timeout / 2),
            stopping: Box::pin(self.stopping.clone().cancelled_owned()),
            _place: place,
        };
        let mut response = Response::new(Body::new(stream));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }
}

/// The body of one stream. It is dropped with the connection of its client.
struct EventStream {
    launcher: Launcher,
    /// What the client was told last.
    seen: Option<Changes>,
    ticks: Interval,
    quiet_since: Instant,
    comment_after: Duration,
    stopping: Pin<Box<WaitForCancellationFutureOwned>>,
    _place: OwnedSemaphorePermit,
}

impl EventStream {
    /// What there is to send now, if anything.
    fn look(&mut self, now: Instant) -> Option<Bytes> {
        let changes = self.launcher.changes();
        let said = if self.seen == Some(changes) {
            let is_due = now.duration_since(self.quiet_since) >= self.comment_after;
            Bytes::from_static(if is_due { COMMENT } else { return None })
        } else {
            let first = if self.seen.is_none() { FIRST } else { "" };
            // A structure of numbers always serialises.
            let counters = serde_json::to_string(&changes).unwrap_or_default();
            Bytes::from(format!("{first}event: change\ndata: {counters}\n\n"))
        };
        self.seen = Some(changes);
        self.quiet_since = now;
        Some(said)
    }
}

impl HttpBody for EventStream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.stopping.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        loop {
            let now = ready!(self.ticks.poll_tick(cx));
            if let Some(said) = self.look(now) {
                return Poll::Ready(Some(Ok(Frame::data(said))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use http_body_util::BodyExt;
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;
    use crate::builder::Builder;
    use crate::config::Consent;
    use crate::service::ResponseBody;

    async fn ask(launcher: &Launcher, path: &str) -> http::Response<ResponseBody> {
        let request = Request::get(path).body(Body::empty()).unwrap();
        launcher.service().oneshot(request).await.unwrap()
    }

    async fn said(stream: &mut (impl HttpBody<Data = Bytes, Error: std::fmt::Debug> + Unpin)) -> Option<String> {
        let frame = stream.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    async fn counters(stream: &mut (impl HttpBody<Data = Bytes, Error: std::fmt::Debug> + Unpin)) -> Value {
        let event = said(stream).await.unwrap();
        let (_, rest) = event.split_once("event: change\ndata: ").unwrap();
        serde_json::from_str(rest.strip_suffix("\n\n").unwrap()).unwrap()
    }

    /// A change of what a list shows.
    type Change = fn(&Launcher);

    #[tokio::test(start_paused = true)]
    async fn a_stream_begins_with_the_counters_and_goes_on_with_each_that_differs() {
        let launcher = Builder::default().build();
        let answer = ask(&launcher, "/__mock/events").await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let mut stream = answer.into_body();
        let mut before = counters(&mut stream).await;
        let steps: [(&str, Change); 5] = [
            ("sessions", |launcher| drop(launcher.log_in_new_account())),
            ("consent", |launcher| launcher.set_consent(Consent::Ask)),
            ("faults", |launcher| launcher.partition(Duration::ZERO)),
            ("handles", Launcher::lose_handles),
            ("journal", Launcher::clear_journal),
        ];
        for (list, change) in steps {
            change(&launcher);
            let after = counters(&mut stream).await;
            let names = after.as_object().unwrap().keys();
            let differs: Vec<_> = names.filter(|name| after[*name] != before[*name]).collect();
            assert_eq!(differs, [list]);
            before = after;
        }
        ask(&launcher, "/health").await;
        assert_ne!(counters(&mut stream).await["journal"], before["journal"]);
    }

    #[tokio::test(start_paused = true)]
    async fn many_changes_at_once_are_one_event_and_quiet_is_a_comment_every_15_s() {
        let launcher = Builder::default().build();
        let mut stream = ask(&launcher, "/__mock/events").await.into_body();
        said(&mut stream).await;
        let begun = Instant::now();
        for _ in 0..1_000 {
            launcher.lose_handles();
        }
        said(&mut stream).await;
        assert_eq!(begun.elapsed(), LOOK_EVERY);
        for comments in 1..4 {
            assert_eq!(said(&mut stream).await.unwrap().as_bytes(), COMMENT);
            assert_eq!(begun.elapsed(), LOOK_EVERY + COMMENT_AFTER * comments);
        }
        let impatient = Builder::default().idle_timeout(Duration::from_secs(4)).build();
        let mut stream = ask(&impatient, "/__mock/events").await.into_body();
        said(&mut stream).await;
        let begun = Instant::now();
        assert_eq!(said(&mut stream).await.unwrap().as_bytes(), COMMENT);
        assert_eq!(begun.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn looks_of_a_window_are_no_change_even_where_the_journal_keeps_them() {
        let launcher = Builder::default().journal_all(true).build();
        let mut stream = ask(&launcher, "/__mock/events").await.into_body();
        said(&mut stream).await;
        ask(&launcher, "/__mock/journal").await;
        assert_eq!(said(&mut stream).await.unwrap().as_bytes(), COMMENT);
        assert_eq!(launcher.requests().len(), 2);
    }

    #[tokio::test]
    async fn there_are_so_many_streams_at_a_time_and_one_that_is_dropped_makes_room() {
        let launcher = Builder::default().build();
        let events = Events::new(CancellationToken::new());
        let mut open: Vec<_> = (0..STREAMS_MAX).map(|_| events.open(&launcher).unwrap()).collect();
        assert!(matches!(events.open(&launcher), Err(Failure::Refused(text)) if text.starts_with("64 clients follow")));
        open.pop();
        assert!(events.open(&launcher).is_ok());
    }

    #[tokio::test]
    async fn a_stream_ends_when_the_launcher_begins_to_stop() {
        let (launcher, stopping) = (Builder::default().build(), CancellationToken::new());
        let mut stream = Events::new(stopping.clone()).open(&launcher).unwrap().into_body();
        said(&mut stream).await;
        stopping.cancel();
        assert_eq!(said(&mut stream).await, None);
    }
}
