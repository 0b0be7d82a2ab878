//! The built-in peer, the `signaling` crate, as a peer under test. What passes its transport is recorded.

use std::sync::Arc;

use futures_util::future::{BoxFuture, join_all};
use parking_lot::Mutex;
use signaling::transport::{ChannelOf, Transport};
use signaling::{Connection, MeetError, Peer, SetupError};

use super::under_test::{PeerUnderTest, PeerVisit};
use crate::record::Watched;

/// The built-in peer over a transport. Each visit has a peer of its own, as a page that is loaded again has.
#[derive(Debug)]
pub(crate) struct Ours<T: Transport> {
    transport: T,
    /// The peers of all visits.
    peers: Mutex<Vec<PeerOver<T>>>,
}

/// A peer whose transport is recorded.
type PeerOver<T> = Arc<Peer<Watched<T>>>;

impl<T: Transport> Ours<T> {
    pub(crate) fn new(transport: T) -> Self {
        Self { transport, peers: Mutex::default() }
    }

    fn peer_of(&self, visit: &PeerVisit) -> Result<PeerOver<T>, SetupError> {
        let builder = Peer::builder(&visit.launcher_url, visit.watch(self.transport.clone()));
        let peer = Arc::new(builder.service(Arc::clone(&visit.service)).config(visit.config.clone()).build()?);
        self.peers.lock().push(Arc::clone(&peer));
        Ok(peer)
    }
}

impl<T: Transport> PeerUnderTest for Ours<T> {
    fn visit(&self, visit: PeerVisit) -> BoxFuture<'static, ()> {
        let peer = self.peer_of(&visit);
        Box::pin(async move {
            let peer = match peer {
                Ok(peer) => peer,
                Err(error) => return visit.failed(&error.to_string()),
            };
            let met = tokio::select! {
                // Biased: a run in virtual time has to repeat itself.
                biased;
                () = visit.told_to_leave() => return,
                met = peer.meet(&visit.room) => met,
            };
            match met {
                Ok(connection) => stay::<T>(&visit, connection).await,
                Err(error) => did_not_meet(&visit, &error),
            }
        })
    }

    fn wait_idle(&self) -> BoxFuture<'_, ()> {
        let peers = self.peers.lock().clone();
        Box::pin(async move {
            join_all(peers.iter().map(|peer| peer.wait_idle())).await;
        })
    }
}

fn did_not_meet(visit: &PeerVisit, error: &MeetError) {
    if let Some(diagnosis) = error.diagnosis() {
        visit.diagnosed(&diagnosis.to_string());
    }
    visit.failed(&error.to_string());
}

async fn stay<T: Transport>(visit: &PeerVisit, connection: Connection<ChannelOf<Watched<T>>>) {
    visit.connected(connection.role());
    visit.talk(connection.send(visit.message.clone()), || connection.receive()).await;
    connection.close().await;
}
