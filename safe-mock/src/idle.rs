//! When a connection has been idle for too long: between two requests, or in the middle of the headers or the body of
//! one.
//!
//! A timer that is reset for each request costs more than the request. So each request only stores the time, and the
//! one timer of a connection reads it when it fires.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

/// The state of one connection, which carries one request at a time. Clones share it.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Mutex<Phase>>);

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// The client has been expected to send something since then.
    Waiting(Instant),
    /// A whole request was received. The time until its answer does not count as idle.
    Answering,
}

impl Activity {
    /// A connection that starts now.
    pub fn begin() -> Self {
        Self(Arc::new(Mutex::new(Phase::Waiting(Instant::now()))))
    }

    /// The headers of a request were received.
    pub fn receiving(&self, body: Incoming) -> RequestBody {
        if body.is_end_stream() {
            self.received();
        }
        RequestBody { body, activity: self.clone() }
    }

    fn received(&self) {
        *self.0.lock() = Phase::Answering;
    }

    /// The request was answered.
    pub fn answered(&self) {
        *self.0.lock() = Phase::Waiting(Instant::now());
    }

    /// Waits until the connection has been idle for `timeout`.
    pub async fn idle_for(&self, timeout: Duration) {
        loop {
            let now = Instant::now();
            let idle_at = match *self.0.lock() {
                Phase::Waiting(since) => since + timeout,
                Phase::Answering => now + timeout,
            };
            if idle_at <= now {
                return;
            }
            sleep_until(idle_at).await;
        }
    }
}

/// The body of a request; notes when all of it was received.
#[derive(Debug)]
pub struct RequestBody {
    body: Incoming,
    activity: Activity,
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if self.body.is_end_stream() || matches!(polled, Poll::Ready(None)) {
            self.activity.received();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(10);

    /// How long it takes until the connection counts as idle.
    async fn idle_after(activity: &Activity) -> Duration {
        let begun = Instant::now();
        activity.idle_for(TIMEOUT).await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_is_idle_after_the_patience() {
        assert_eq!(idle_after(&Activity::begin()).await, TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_counts_from_the_last_answer_and_not_while_one_is_on_its_way() {
        let activity = Activity::begin();
        activity.received();
        let answered = async {
            tokio::time::sleep(TIMEOUT * 3 + TIMEOUT / 2).await;
            activity.answered();
        };
        let (idle, ()) = tokio::join!(idle_after(&activity), answered);
        assert_eq!(idle, TIMEOUT * 4 + TIMEOUT / 2);
    }
}
