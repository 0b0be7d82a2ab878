//! From a complete offer to an open channel, with the real WebRTC crate over loopback.

use signaling::transport::{Channel, Session, Transport};
use signaling::{IceConfig, WebRtc};
use tokio::time::Instant;

use crate::statistics::{Figure, median, milliseconds};

const PAIRS: usize = 25;

/// One pair after the other.
pub async fn offer_to_open() -> Vec<Figure> {
    let mut times = Vec::new();
    for _ in 0..PAIRS {
        let (transport, ice) = (WebRtc::new(), IceConfig::default());
        let (mut initiator, offer) = transport.offer(&ice).await.unwrap();
        let begun = Instant::now();
        let (recipient, answer) = transport.answer(&offer, &ice).await.unwrap();
        initiator.accept(&answer).await.unwrap();
        let (here, there) = tokio::join!(initiator.open(), recipient.open());
        times.push(begun.elapsed().as_secs_f64());
        tokio::join!(here.unwrap().close(), there.unwrap().close());
        transport.wait_idle().await;
    }
    vec![Figure::new("offer to open channel on loopback, median", milliseconds(median(times)), "<= 30 ms")]
}
