//! What the rendezvous asks of the driver.

use tokio::time::Instant;

use super::failure::Failure;
use crate::answer::Answer;
use crate::offer::Offer;
use crate::role::Role;
use crate::room::{Place, RecordName};
use crate::sdp::Sdp;

/// What the driver has to do now. It answers each with a [`Input`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Ask the launcher for a session.
    Authorise,
    /// Look once whether somebody's offer is stored here.
    ReadRoom(RecordName),
    /// Make a session description, and gather its candidates.
    MakeOffer,
    /// Store the offer here.
    PublishOffer(RecordName, Offer, Place),
    /// Do nothing until then.
    WaitUntil(Instant),
    /// Look whether the answer is stored here.
    Poll(RecordName),
    /// Give the answer to the transport.
    AcceptAnswer(Sdp),
    /// Give the offer to the transport, and make a session description that answers it.
    MakeAnswer(Sdp),
    /// Store the answer here, where nothing was stored before.
    PublishAnswer(RecordName, Answer),
    /// Look what is stored here: this offer, since the launcher did not say that it is, or another's.
    LookForOffer(RecordName, Offer),
    /// Look what is stored here: this answer, since the launcher did not say that it is, or another's.
    LookForAnswer(RecordName, Answer),
    /// Wait for the data channel.
    OpenChannel,
    /// Take back what this peer has stored, and close its side of the connection.
    Withdraw,
    /// Nothing: the channel is open.
    Connected(Role),
    /// Nothing: it did not work.
    Failed(Failure),
}
