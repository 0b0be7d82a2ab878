//! Who plays: how a peer's requests get to its launcher, and what it does. A test can plant a bug in either.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use signaling::launcher::HttpService;
use signaling::transport::ChannelOf;
use signaling::{Connection, Peer, RoomName};

use super::outcome::Ending;
use super::schedule::Side;
use super::witness::Witness;
use crate::environment::Scripted;

/// A peer whose transport is watched.
pub(super) type WatchedPeer = Peer<Witness<Scripted>>;

/// What a peer came to: the connections that it has, and what it says.
pub(super) type CameTo = (Vec<Connection<ChannelOf<Witness<Scripted>>>>, Ending);

/// Who plays.
#[derive(Clone, Copy)]
pub(super) struct Cast {
    /// What a peer's requests go through behind the gate; it is given the launcher.
    pub(super) service: fn(Side, Arc<dyn HttpService>) -> Arc<dyn HttpService>,
    /// What a peer does.
    pub(super) act: fn(WatchedPeer, RoomName) -> BoxFuture<'static, CameTo>,
}

/// The launchers and peers as they are.
pub(super) const AS_THEY_ARE: Cast =
    Cast { service: |_, launcher| launcher, act: |peer, room| Box::pin(meet(peer, room)) };

async fn meet(peer: WatchedPeer, room: RoomName) -> CameTo {
    match peer.meet(&room).await {
        Ok(connection) => (vec![connection], Ending::Met),
        Err(error) => (Vec::new(), Ending::failed(&error)),
    }
}
