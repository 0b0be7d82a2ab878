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
    /// Read the offer of the room, once.
    ReadRoom(RecordName),
    /// Make a session description, and gather its candidates.
    MakeOffer,
    /// Store the offer here.
    PublishOffer(RecordName, Offer, Place),
    /// Do nothing until then.
    WaitUntil(Instant),
    /// Look whether the answer is stored here.
    Poll(RecordName),
    /// Pass the answer to the transport.
    AcceptAnswer(Sdp),
    /// Pass the offer to the transport, and make a session description that answers it.
    MakeAnswer(Sdp),
    /// Store the answer here, where nothing was stored before.
    PublishAnswer(RecordName, Answer),
    /// Read what is stored here: this offer, or another one. The launcher did not report the result of storing.
    LookForOffer(RecordName, Offer),
    /// Read what is stored here: this answer, or another one. The launcher did not report the result of storing.
    LookForAnswer(RecordName, Answer),
    /// Wait for the data channel.
    OpenChannel,
    /// Remove the record of this peer, and close its side of the connection.
    Withdraw,
    /// Nothing: the channel is open.
    Connected(Role),
    /// Nothing: the meeting failed.
    Failed(Failure),
}
