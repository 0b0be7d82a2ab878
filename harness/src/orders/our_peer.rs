//! The built-in peer in an execution. What it does is a [`Behaviour`](super::execution::Behaviour): tests replace it.

use futures_util::future::BoxFuture;
use signaling::transport::{ChannelOf, InMemory};
use signaling::{Connection, MeetError, Peer, Role, RoomName};

use crate::peer::{PeerUnderTest, PeerVisit};
use crate::record::Watched;

/// A peer whose transport is recorded.
pub(super) type RecordedPeer = Peer<Watched<InMemory>>;

/// What a peer holds when it ends, and what it says of itself: its role, or why it met no other peer.
pub(super) type Ended = (Vec<Connection<ChannelOf<Watched<InMemory>>>>, Result<Role, String>);

/// What a peer does in a room.
pub(super) type Behaves = fn(RecordedPeer, RoomName) -> BoxFuture<'static, Ended>;

/// The built-in peer, as a peer under test. It keeps its connections, and sends no messages.
pub(super) struct OurPeer {
    pub(super) transport: InMemory,
    pub(super) behaves: Behaves,
}

impl PeerUnderTest for OurPeer {
    fn visit(&self, visit: PeerVisit) -> BoxFuture<'static, ()> {
        let builder = Peer::builder(&visit.launcher_url, visit.watch(self.transport.clone()));
        let peer = builder.service(visit.service.clone()).config(visit.config.clone()).build();
        let behaves = self.behaves;
        Box::pin(async move {
            let (connections, ended) = match peer {
                Ok(peer) => behaves(peer, visit.room.clone()).await,
                Err(error) => (Vec::new(), Err(error.to_string())),
            };
            match ended {
                Ok(role) => visit.connected(role),
                Err(reason) => visit.failed(&reason),
            }
            visit.told_to_leave().await;
            drop(connections);
        })
    }
}

/// Meets another peer in the room.
pub(super) async fn meet(peer: RecordedPeer, room: RoomName) -> Ended {
    match peer.meet(&room).await {
        Ok(connection) => {
            let role = connection.role();
            (vec![connection], Ok(role))
        }
        Err(error) => (Vec::new(), Err(reason(&error))),
    }
}

/// Why two peers did not meet, without what differs from order to order.
pub(super) fn reason(error: &MeetError) -> String {
    format!("while {}: {}", error.phase(), error.cause())
}
