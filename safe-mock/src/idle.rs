//! When a connection is idle: nothing has arrived and nothing has left for some time, and no answer is being made.
//!
//! A timer that is reset for each request costs more than the request. So each transfer only stores the time, and the
//! one timer of a connection reads it when it fires.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use crate::unread::{UNREAD_BYTES_MAX, read_rest};

/// The state of one connection, which carries one request at a time. Clones share it; all are used by one task.
#[derive(Debug, Clone)]
pub struct Activity(Arc<State>);

#[derive(Debug)]
struct State {
    begun: Instant,
    /// When bytes arrived or left last, in nanoseconds since `begun`.
    moved: AtomicU64,
    /// Whether the launcher is at work on a request, and the client has nothing to send for it.
    answering: AtomicBool,
    /// Whether the client may still send a body that the launcher will not read to its end.
    leaves_unread: AtomicBool,
}

impl Activity {
    /// A connection that starts now.
    pub fn begin() -> Self {
        Self(Arc::new(State {
            begun: Instant::now(),
            moved: AtomicU64::new(0),
            answering: AtomicBool::new(false),
            leaves_unread: AtomicBool::new(false),
        }))
    }

    /// Bytes arrived or left.
    pub fn moved(&self) {
        let since = u64::try_from(self.0.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.0.moved.store(since, Relaxed);
    }

    /// The headers of a request were received.
    pub fn receiving(&self, request: Request<Incoming>) -> Request<RequestBody> {
        self.answer(true);
        let awaits_continue = request.headers().contains_key(header::EXPECT);
        request.map(|body| RequestBody { body: Some(body), awaits_continue, activity: self.clone() })
    }

    /// Whether the connection ends with the answer, because a body will not be read to its end.
    pub fn leaves_unread(&self) -> bool {
        self.0.leaves_unread.load(Relaxed)
    }

    fn leave_unread(&self) {
        self.0.leaves_unread.store(true, Relaxed);
    }

    /// The request was answered. The answer is still to be sent.
    pub fn answered(&self) {
        self.answer(false);
        self.moved();
    }

    /// Whether the launcher is at work on a request. That time does not count as idle.
    pub fn is_answering(&self) -> bool {
        self.0.answering.load(Relaxed)
    }

    fn answer(&self, answering: bool) {
        self.0.answering.store(answering, Relaxed);
    }

    /// Waits until the connection has been idle for `timeout`.
    pub async fn idle_for(&self, timeout: Duration) {
        loop {
            let now = Instant::now();
            let since =
                if self.is_answering() { now } else { self.0.begun + Duration::from_nanos(self.0.moved.load(Relaxed)) };
            if since + timeout <= now {
                return;
            }
            sleep_until(since + timeout).await;
        }
    }
}

/// The body of a request; notes when the launcher waits for more of it. What is left of it when it is dropped is read and
/// dropped too.
#[derive(Debug)]
pub struct RequestBody {
    /// `None` once all of it was read.
    body: Option<Incoming>,
    /// The client sends the body when it is told to. The first read tells it.
    awaits_continue: bool,
    activity: Activity,
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| !body.is_end_stream()) else { return };
        if self.awaits_continue || body.size_hint().lower() > UNREAD_BYTES_MAX {
            self.activity.leave_unread();
        }
        if self.awaits_continue {
            return;
        }
        let activity = self.activity.clone();
        if let Ok(runtime) = Handle::try_current() {
            // It ends with the connection.
            runtime.spawn(async move {
                if !read_rest(body).await {
                    activity.leave_unread();
                }
            });
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.awaits_continue = false;
        let polled = self.body.as_mut().map_or(Poll::Ready(None), |body| Pin::new(body).poll_frame(cx));
        self.activity.answer(polled.is_ready());
        if let Poll::Ready(None | Some(Err(_))) = polled {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
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
        activity.answer(true);
        let answered = async {
            tokio::time::sleep(TIMEOUT * 3 + TIMEOUT / 2).await;
            activity.answered();
        };
        let (idle, ()) = tokio::join!(idle_after(&activity), answered);
        assert_eq!(idle, TIMEOUT * 4 + TIMEOUT / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_transfer_is_not_idle_however_long_all_of_it_takes() {
        let activity = Activity::begin();
        let transfer = async {
            for _ in 0..10 {
                tokio::time::sleep(TIMEOUT * 9 / 10).await;
                activity.moved();
            }
        };
        let (idle, ()) = tokio::join!(idle_after(&activity), transfer);
        assert_eq!(idle, TIMEOUT * 9 + TIMEOUT);
    }
}
