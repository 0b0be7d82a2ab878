//! The future of a meeting is dropped, at each moment there is.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use proptest::prelude::*;
use signaling::Config;
use tokio::time::{sleep, timeout};

use crate::{World, millis, room};

/// A future that is dropped when it waits for the `left`th time. Answers `None` then.
pub(crate) struct DroppedAt<'a, F> {
    future: Pin<Box<dyn Future<Output = F> + Send + 'a>>,
    left: usize,
}

impl<'a, F> DroppedAt<'a, F> {
    pub(crate) fn new(left: usize, future: impl Future<Output = F> + Send + 'a) -> Self {
        Self { future: Box::pin(future), left }
    }
}

impl<F> Future for DroppedAt<'_, F> {
    type Output = Option<F>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F>> {
        if let Poll::Ready(output) = self.future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        self.left -= 1;
        if self.left == 0 { Poll::Ready(None) } else { Poll::Pending }
    }
}

/// How long things take in a world in which a meeting is dropped, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Timing {
    request: u64,
    gathering: u64,
    /// From one peer's coming to the other's.
    between: u64,
}

/// Two peers meet, and the meeting of the one that comes first, or second, is dropped at its `nth` await; whether it came to
/// that. Fails unless nothing is left of both.
async fn dropped_at(nth: usize, is_first: bool, pace: Timing) -> bool {
    let world = World::gathering(millis(pace.gathering));
    world.launcher.latency(millis(pace.request));
    let peer = |seed| world.peer_with(Config::default().seed(seed).deadline(millis(12_000)));
    let (dropped, other, room) = (peer(1), peer(2), room());
    let wait = |is_late: bool| sleep(millis(if is_late { pace.between } else { 0 }));
    let dropped_side = async {
        wait(!is_first).await;
        DroppedAt::new(nth, dropped.meet(&room)).await.is_none()
    };
    let other_side = async {
        wait(is_first).await;
        drop(other.meet(&room).await);
    };
    let (is_dropped, ()) = tokio::join!(dropped_side, other_side);
    world.assert_nothing_left(&[&dropped, &other]).await;
    is_dropped
}

/// Every await there is. A meeting that ended was dropped at each of its own.
#[tokio::test(start_paused = true)]
async fn a_meeting_dropped_at_any_await_leaves_no_handle_record_task_or_session() {
    for is_first in [true, false] {
        let pace = Timing { request: 10, gathering: 5, between: 500 };
        let mut nth = 1;
        while dropped_at(nth, is_first, pace).await {
            nth += 1;
        }
        assert!(nth > 10, "an initiator and a recipient wait for ten requests and more, and it was {nth}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn however_long_things_take_a_meeting_can_be_dropped_at_any_await(
        nth in 1_usize..60,
        is_first: bool,
        (request, gathering, between) in (0_u64..300, 0_u64..300, 0_u64..3_000),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(dropped_at(nth, is_first, Timing { request, gathering, between }));
    }
}

/// Each request takes 10 ms, 5 before it takes effect and 5 after, so each millisecond is another point to be dropped at.
#[tokio::test(start_paused = true)]
async fn an_initiator_dropped_at_any_moment_leaves_nothing_behind() {
    for after in 0..2_150 {
        if (100..1_990).contains(&after) {
            continue; // It waits for its first poll.
        }
        let world = World::gathering(millis(5));
        world.launcher.latency(millis(10));
        let peer = world.peer(1);
        let ended = timeout(millis(after), peer.meet(&room())).await;
        assert!(ended.is_err());
        world.assert_nothing_left(&[&peer]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_recipient_dropped_at_any_moment_leaves_nothing_behind() {
    for after in 0..130 {
        let world = World::gathering(millis(5));
        world.launcher.latency(millis(10));
        let first = world.peer(1);
        let room = room();
        let second = world.peer(2);
        let late = async {
            sleep(millis(200)).await;
            timeout(millis(after), second.meet(&room)).await
        };
        let (_, ended) = tokio::join!(timeout(millis(1_900), first.meet(&room)), late);
        assert!(ended.is_err());
        world.assert_nothing_left(&[&first, &second]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_deadline_at_any_moment_leaves_nothing_behind() {
    for after in 0..130 {
        let world = World::new();
        world.launcher.latency(millis(10));
        let peer = world.peer_with(Config::default().seed(1).deadline(millis(after)));
        assert!(peer.meet(&room()).await.is_err());
        world.assert_nothing_left(&[&peer]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_launcher_that_never_answers_keeps_no_task_for_long() {
    let world = World::new();
    world.launcher.script("POST /0.5/data-id", 1, crate::launcher::Reply::Never);
    let peer = world.peer(1);
    let ended = timeout(millis(50), peer.meet(&room())).await;
    assert!(ended.is_err());
    let waited = tokio::time::Instant::now();
    world.assert_nothing_left(&[&peer]).await;
    assert_eq!(waited.elapsed(), millis(5_000));
}

#[test]
fn a_future_dropped_outside_its_runtime_does_not_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let world = World::new();
    world.launcher.latency(millis(10));
    let peer = world.peer(1);
    let room = room();
    let mut meeting = Box::pin(peer.meet(&room));
    // Far enough to hold a data id.
    let _ = runtime.block_on(async { timeout(millis(25), meeting.as_mut()).await });
    assert_eq!(world.launcher.handles().len(), 1);
    drop(meeting);
    runtime.block_on(world.assert_nothing_left(&[&peer]));
}
