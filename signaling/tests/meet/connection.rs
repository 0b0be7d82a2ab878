//! What a connection reports, over a transport in memory.

use signaling::transport::InMemoryChannel;
use signaling::{ChannelState, CloseReason, Connection, Message, Path};
use tokio::time::timeout;

use crate::{World, joined_pair, millis};

/// Two peers that have met.
async fn joined() -> (Connection<InMemoryChannel>, Connection<InMemoryChannel>) {
    let world = World::new();
    joined_pair(&world.peer(1), &world.peer(2), millis(200)).await
}

#[tokio::test(start_paused = true)]
async fn both_sides_learn_which_side_closed_the_connection() {
    for is_dropped in [false, true] {
        let (ours, theirs) = joined().await;
        assert_eq!((ours.state(), theirs.state()), (ChannelState::Open, ChannelState::Open));
        let here = ours.watch_state();
        if is_dropped {
            drop(ours);
        } else {
            ours.close().await;
        }
        assert_eq!(*here.borrow(), ChannelState::Closed(CloseReason::ThisSide));
        assert_eq!(theirs.closed().await, CloseReason::OtherSide);
        assert_eq!(theirs.state(), ChannelState::Closed(CloseReason::OtherSide));
    }
}

#[tokio::test(start_paused = true)]
async fn each_change_is_returned_once_and_none_is_lost_without_a_waiting_task() {
    let (ours, theirs) = joined().await;
    assert!(timeout(millis(10), theirs.state_changed()).await.is_err(), "it was open from the beginning");
    ours.close().await;
    assert_eq!(theirs.state_changed().await, Some(ChannelState::Closed(CloseReason::OtherSide)));
    assert_eq!(theirs.state_changed().await, None);
}

#[tokio::test(start_paused = true)]
async fn messages_and_their_bytes_are_counted_each_way() {
    let (ours, theirs) = joined().await;
    ours.send(Message::text("four")).await.unwrap();
    ours.send(Message::binary(vec![0; 1_000])).await.unwrap();
    theirs.send(Message::text("\u{20ac}")).await.unwrap();
    theirs.receive().await.unwrap();
    let numbers = |statistics: signaling::Statistics| {
        let signaling::Statistics { messages_sent, messages_received, bytes_sent, bytes_received, .. } = statistics;
        [messages_sent, bytes_sent, messages_received, bytes_received]
    };
    assert_eq!(numbers(ours.statistics().await), [2, 1_004, 0, 0]);
    assert_eq!(numbers(theirs.statistics().await), [1, 3, 1, 4], "one that was not asked for yet does not count");
    ours.receive().await.unwrap();
    assert_eq!(numbers(ours.statistics().await), [2, 1_004, 1, 3]);
    assert_eq!(ours.statistics().await.path, Path::default(), "a transport in memory takes no way that it knows");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_cannot_be_sent_does_not_count() {
    let (ours, theirs) = joined().await;
    theirs.close().await;
    assert!(ours.send(Message::text("late")).await.is_err());
    assert_eq!(ours.statistics().await.messages_sent, 0);
}
