//! When a connection has been silent for too long: between two requests, in the middle of a request's headers, or of its
//! body.
//!
//! A timer that is set anew for each request costs more than the request. So each request only notes the time, and one
//! timer a connection looks at that when it fires.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep_until};

/// What is going on over one connection, which carries one request at a time. Clones are of the same one.
#[derive(Debug, Clone)]
pub struct Activity(Arc<Mutex<Phase>>);

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// Something is expected from the client, since then.
    Waiting(Instant),
    /// A whole request is here. How long its answer takes is not for the client to say.
    Answering,
}

impl Activity {
    /// A connection that begins now.
    pub fn begin() -> Self {
        Self(Arc::new(Mutex::new(Phase::Waiting(Instant::now()))))
    }

    /// A request is here, up to its body.
    pub fn arriving(&self, body: Incoming) -> Arriving {
        if body.is_end_stream() {
            self.arrived();
        }
        Arriving { body, activity: self.clone() }
    }

    fn arrived(&self) {
        *self.0.lock() = Phase::Answering;
    }

    /// The request was answered.
    pub fn answered(&self) {
        *self.0.lock() = Phase::Waiting(Instant::now());
    }

    /// Waits until something has been expected from the client for as long as `patience`.
    pub async fn silence(&self, patience: Duration) {
        loop {
            let now = Instant::now();
            let silent_at = match *self.0.lock() {
                Phase::Waiting(since) => since + patience,
                Phase::Answering => now + patience,
            };
            if silent_at <= now {
                return;
            }
            sleep_until(silent_at).await;
        }
    }
}

/// The body of a request; tells when all of it is here.
#[derive(Debug)]
pub struct Arriving {
    body: Incoming,
    activity: Activity,
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if self.body.is_end_stream() || matches!(polled, Poll::Ready(None)) {
            self.activity.arrived();
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

    const PATIENCE: Duration = Duration::from_secs(10);

    /// How long it takes until the connection counts as silent.
    async fn silent_after(activity: &Activity) -> Duration {
        let begun = Instant::now();
        activity.silence(PATIENCE).await;
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_request_is_silent_after_the_patience() {
        assert_eq!(silent_after(&Activity::begin()).await, PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_counts_from_the_last_answer_and_not_while_one_is_on_its_way() {
        let activity = Activity::begin();
        activity.arrived();
        let answered = async {
            tokio::time::sleep(PATIENCE * 3 + PATIENCE / 2).await;
            activity.answered();
        };
        let (silent, ()) = tokio::join!(silent_after(&activity), answered);
        assert_eq!(silent, PATIENCE * 4 + PATIENCE / 2);
    }
}
